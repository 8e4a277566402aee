public import FederatedLearning

/// Windows of bearing recordings, as features and faults.
struct BearingWindows: Sendable {
    static let length = 2048
    /// What a rolling element, a spot of the inner and of the outer race meets, in multiples of shaft speed: the maker's numbers
    /// for the bearing of the test stand.
    static let recipe = BearingFeatures(
        length: length, sampleRate: BearingRecording.sampleRate, rates: [4.7135, 5.4152, 3.5848])

    var features: [Float] = []
    var faults: [Int] = []

    init() {}

    /// Windows side by side over the share `part` of a recording, from its start.
    init(_ recording: BearingRecording, part: Range<Double>) {
        let count = Double(recording.samples.count)
        var start = Int(part.lowerBound * count)
        while start + Self.length <= Int(part.upperBound * count) {
            Self.recipe.append(
                Array(recording.samples[start..<start + Self.length]), shaft: recording.shaft, to: &features)
            faults.append(recording.fault.rawValue)
            start += Self.length
        }
    }

    mutating func append(_ other: BearingWindows) {
        features += other.features
        faults += other.faults
    }

    func examples(_ normaliser: GroupNormaliser) throws(LearningFailure) -> ExampleTable {
        let width = Self.recipe.count
        guard normaliser.sensors == width, normaliser.groups == 1 else {
            throw .dimensionMismatch(expected: width, found: normaliser.means.count)
        }
        let inputs = features.enumerated().map { place, value in
            Float(normaliser.normalise(Double(value), sensor: place % width, group: 0))
        }
        return try ExampleTable(inputs: inputs, inputWidth: width, targets: faults.map { Float($0) }, targetWidth: 1)
    }
}

/// Bearings: which part is damaged, from one vibration window.
///
/// There is no healthy recording at this rate, so the alarm is "a race is damaged", quiet windows being those of damaged
/// rolling elements.
/// Source: cwru section 2
public struct BearingWorkload: Workload {
    var training: BearingWindows
    var validation: BearingWindows
    let test: BearingWindows

    /// The model: unless chosen otherwise 26-32 with one head "fault" of three classes: 963 parameters.
    public private(set) var network = Self.dense(hidden: [32])
    /// One group of features within public ranges.
    public let statistics = FederatedStatistics(
        groups: 1, sensorRanges: BearingWindows.recipe.ranges, maximumRows: 1 << 14)
    /// Sums over windows; the target is the fault's number, 0 to 2.
    public let ridge = RidgeStatistics(
        features: BearingWindows.recipe.count, featureBound: GroupNormaliser.limit, targetBound: 2,
        maximumRows: 1 << 14)

    init(training: BearingWindows, validation: BearingWindows, test: BearingWindows) {
        self.training = training
        self.validation = validation
        self.test = test
    }

    static func pooling(_ parts: [BearingWorkload]) -> BearingWorkload {
        guard var pooled = parts.first else { preconditionFailure("a pool of nobody") }
        for part in parts.dropFirst() {
            pooled.training.append(part.training)
            pooled.validation.append(part.validation)
        }
        return pooled
    }

    private static func dense(hidden: [Int]) -> TrainableModel {
        .mlp(
            MLP(
                inputs: BearingWindows.recipe.count, hidden: hidden,
                heads: [MLP.Head(name: "fault", width: BearingFault.allCases.count, loss: .softmaxCrossEntropy)]))
    }

    /// `mlp` or `softmax`: windows are rows of features, and none is healthy.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload {
        var copy = self
        copy.network = Self.dense(hidden: try model.hidden([32]))
        return copy
    }

    /// One row a training window.
    public func statisticsUpload() throws(LearningFailure) -> Upload {
        try statistics.upload(
            values: training.features.map { Double($0) },
            groupOfRow: [Int](repeating: 0, count: training.faults.count))
    }

    /// Normalised windows with the fault as class index.
    public func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable) {
        (try training.examples(normaliser), try validation.examples(normaliser))
    }

    /// The fault's number of each training window.
    public func ridgeTargets() -> [Double] { training.faults.map { Double($0) } }

    /// Accuracy over the three faults; alarms on the probability of a damaged race.
    public func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation quiet: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics {
        let classes = BearingFault.allCases.count
        let shares = try network.predict(model, on: test.examples(normaliser), head: "fault")
        let guesses = test.faults.indices.map { row in
            (0..<classes).reduce(0) { shares[row * classes + $1] > shares[row * classes + $0] ? $1 : $0 }
        }
        let matrix = try ConfusionMatrix(predicted: guesses, actual: test.faults, classes: classes)
        func races(_ shares: [Float]) -> [Double] {
            (0..<shares.count / classes).map { 1 - Double(shares[$0 * classes]) }
        }
        let alarm = try AlarmEvaluation(
            validation: (
                races(try network.predict(model, on: quiet, head: "fault")), quiet.targets.map { $0 > 0 }
            ), test: (races(shares), test.faults.map { $0 > 0 }))
        return WorkloadMetrics(
            accuracy: matrix.accuracy, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate, prAUC: alarm.prAUC)
    }
}

/// What a company of the bearing scenario knows.
/// Source: cwru section 2
public enum BearingPartition: Hashable, Sendable {
    /// One fault size each, at all loads.
    case size
    /// One load each, all fault sizes.
    case load

    func key(of recording: BearingRecording) -> Int { self == .size ? recording.size : recording.load }
}

extension Scenario {
    /// Real bearing recordings in the folder `directory` as a federation; for measuring only. `seed` decides the start and the
    /// order; what trains and what tests is fixed by time.
    ///
    /// Of every recording the first 55 % train, the next 15 % validate, the last 28 % test (a gap keeps them apart); a company
    /// trains on its own size or load and is tested on those of all. Throws `BearingDataFailure`.
    /// Source: cwru section 2
    public static func cwru(
        _ partition: BearingPartition, directory: String, seed: UInt64 = 0
    ) throws(BearingDataFailure) -> Scenario {
        try cwru(partition, BearingRecording.all(directory: directory), seed: seed)
    }

    static func cwru(
        _ partition: BearingPartition, _ recordings: [BearingRecording], seed: UInt64
    ) throws(BearingDataFailure) -> Scenario {
        let cuts = Parallel.map(count: recordings.count) { index in
            [0..<0.55, 0.56..<0.71, 0.72..<1.0].map { BearingWindows(recordings[index], part: $0) }
        }
        var test = BearingWindows()
        for parts in cuts { test.append(parts[2]) }
        let keys = Set(recordings.map { partition.key(of: $0) }).sorted()
        var workloads: [BearingWorkload] = []
        for key in keys {
            var (training, validation) = (BearingWindows(), BearingWindows())
            for (recording, parts) in zip(recordings, cuts) where partition.key(of: recording) == key {
                training.append(parts[0])
                validation.append(parts[1])
            }
            let faults = BearingFault.allCases.count
            guard Set(training.faults).count == faults, Set(validation.faults).count == faults else {
                throw .incomplete(key)
            }
            workloads.append(BearingWorkload(training: training, validation: validation, test: test))
        }
        let companies = zip(keys, workloads).enumerated().map { index, part in
            MaintenanceCompany(
                name: partition == .size ? "\(part.0) mil" : "\(part.0) hp", participant: UInt64(index),
                workload: part.1)
        }
        let pooled = MaintenanceCompany(
            name: "pooled", participant: UInt64(companies.count), workload: BearingWorkload.pooling(workloads))
        return Scenario(
            name: partition == .size ? "cwru-size" : "cwru-load", measure: .machineState, companies: companies,
            pooled: pooled,
            terms: TrainingTerms(
                rounds: 40, localEpochs: 2, batchSize: 32, learningRate: 2e-3, updateClip: 0.5, maximumExamples: 2048,
                lossBound: 8, seed: seed))
    }
}
