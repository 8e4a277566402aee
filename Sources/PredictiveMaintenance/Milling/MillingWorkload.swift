public import FederatedLearning

/// Some rows of the milling table.
struct MillingRows: Sendable {
    var features: [Float] = []
    var failed: [Bool] = []

    init() {}

    init(_ table: MillingTable, _ rows: [Int]) {
        let width = MillingTable.featureCount
        for row in rows {
            features += table.features[row * width..<(row + 1) * width]
            failed.append(table.failed[row])
        }
    }

    mutating func append(_ other: MillingRows) {
        features += other.features
        failed += other.failed
    }

    func examples(_ normaliser: GroupNormaliser) throws(LearningFailure) -> ExampleTable {
        let width = MillingTable.featureCount
        guard normaliser.sensors == width, normaliser.groups == 1 else {
            throw .dimensionMismatch(expected: width, found: normaliser.means.count)
        }
        let inputs = features.enumerated().map { place, value in
            Float(normaliser.normalise(Double(value), sensor: place % width, group: 0))
        }
        return try ExampleTable(
            inputs: inputs, inputWidth: width, targets: failed.map { $0 ? 1 : 0 }, targetWidth: 1)
    }
}

/// Milling machines: whether the machine fails at this product, from eight numbers.
/// Source: ai4i section 2
public struct MillingWorkload: Workload {
    var training: MillingRows
    var validation: MillingRows
    let test: MillingRows

    /// The model: unless chosen otherwise 8-16-8 with one head "failure": 289 parameters.
    public private(set) var network = Self.dense(hidden: [16, 8])
    /// One group of eight features within public ranges.
    public let statistics = FederatedStatistics(
        groups: 1,
        sensorRanges: [
            (290, 310), (300, 320), (1000, 3000), (0, 90), (0, 300), (0, 20), (0, 15_000), (0, 20_000),
        ].map { PublicRange(lower: $0.0, upper: $0.1) }, maximumRows: 1 << 13)
    /// 9 x 10 / 2 + 10 numbers over rows; the target is 1 for a failure.
    public let ridge = RidgeStatistics(
        features: MillingTable.featureCount, featureBound: GroupNormaliser.limit, targetBound: 1,
        maximumRows: 1 << 13)

    init(training: MillingRows, validation: MillingRows, test: MillingRows) {
        self.training = training
        self.validation = validation
        self.test = test
    }

    static func pooling(_ parts: [MillingWorkload]) -> MillingWorkload {
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
                inputs: MillingTable.featureCount, hidden: hidden,
                heads: [MLP.Head(name: "failure", width: 1, loss: .binaryCrossEntropy(positiveWeight: 3))]))
    }

    /// Any model but `lstm`.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload {
        if model == .autoencoder { return AnomalyWorkload(self) }
        var copy = self
        copy.network = Self.dense(hidden: try model.hidden([16, 8]))
        return copy
    }

    /// One row a training product.
    public func statisticsUpload() throws(LearningFailure) -> Upload {
        try statistics.upload(
            values: training.features.map { Double($0) },
            groupOfRow: [Int](repeating: 0, count: training.failed.count))
    }

    /// Normalised rows with 1 for a failure.
    public func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable) {
        (try training.examples(normaliser), try validation.examples(normaliser))
    }

    /// 1 for a failure.
    public func ridgeTargets() -> [Double] { training.failed.map { $0 ? 1 : 0 } }

    /// Accuracy of "fails" at one half; alarms on the probability of a failure.
    public func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation quiet: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics {
        let scores = try network.predict(model, on: test.examples(normaliser), head: "failure").map { Double($0) }
        let quietScores = try network.predict(model, on: quiet, head: "failure").map { Double($0) }
        let alarm = try AlarmEvaluation(
            validation: (quietScores, quiet.targets.map { $0 > 0.5 }), test: (scores, test.failed))
        let counts = try ConfusionCounts(scores: scores, labels: test.failed, threshold: 0.5)
        return WorkloadMetrics(
            accuracy: counts.accuracy, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate, prAUC: alarm.prAUC)
    }
}

extension MillingWorkload: AnomalySource {
    var autoencoder: Autoencoder { Autoencoder(inputs: MillingTable.featureCount, encoder: [6], code: 3) }
    var labelledMeasure: Scenario.Measure { .machineState }

    func anomalyRows(_ normaliser: GroupNormaliser) throws(LearningFailure) -> AnomalyRows {
        func healthy(_ rows: MillingRows) throws(LearningFailure) -> [Float] {
            AnomalyRows.rows(of: try rows.examples(normaliser).inputs, width: MillingTable.featureCount) {
                !rows.failed[$0]
            }
        }
        return AnomalyRows(
            training: try healthy(training), validation: try healthy(validation),
            test: try test.examples(normaliser).inputs, isHealthy: test.failed.map { !$0 }, isAlarming: test.failed)
    }
}

extension Scenario {
    /// The milling machines of the table in the folder `directory`, one company a product type: three companies of 6000, 2997
    /// and 1003 rows. `seed` decides the split, the start and the order.
    ///
    /// Half of a company's rows train, a fifth validate, the rest test; failures are dealt in the same shares. Throws
    /// `MillingDataFailure`.
    /// Source: ai4i section 2
    public static func ai4i(directory: String, seed: UInt64 = 0) throws(MillingDataFailure) -> Scenario {
        let table = try MillingTable(directory: directory)
        return try ai4i(table, seed: seed)
    }

    static func ai4i(_ table: MillingTable, seed: UInt64) throws(MillingDataFailure) -> Scenario {
        var workloads: [MillingWorkload] = []
        for type in MillingType.allCases {
            var hands = [[Int]](repeating: [], count: 3)
            for failed in [true, false] {
                let rows = (0..<table.count).filter { table.types[$0] == type && table.failed[$0] == failed }
                let deals = deal(
                    rows.count, shares: [0.5, 0.2, 0.3],
                    seed: SimulationSeed(seed).child(.split, 2 * type.rawValue + (failed ? 1 : 0)))
                guard deals.allSatisfy({ !$0.isEmpty }) else { throw .tooFew(type: type.rawValue) }
                for (hand, places) in deals.enumerated() { hands[hand] += places.map { rows[$0] } }
            }
            workloads.append(
                MillingWorkload(
                    training: MillingRows(table, hands[0]), validation: MillingRows(table, hands[1]),
                    test: MillingRows(table, hands[2])))
        }
        let companies = zip(MillingType.allCases, workloads).map { type, workload in
            MaintenanceCompany(name: "type \(type.name)", participant: UInt64(type.rawValue), workload: workload)
        }
        let pooled = MaintenanceCompany(
            name: "pooled", participant: UInt64(companies.count), workload: MillingWorkload.pooling(workloads))
        return Scenario(
            name: "ai4i", measure: .machineState, companies: companies, pooled: pooled,
            terms: TrainingTerms(
                rounds: 60, localEpochs: 2, batchSize: 64, learningRate: 4e-3, updateClip: 1, maximumExamples: 4096,
                lossBound: 8, seed: seed))
    }
}
