public import FederatedLearning

/// Simulated machines: tell the state (healthy, degraded, critical, failure) from one vibration recording.
/// Source: sensor-simulator section 4
public struct MachineStateWorkload: Workload {
    /// Recordings the model is fitted on.
    public private(set) var training: SimulatedFleet
    /// Recordings of other machines that choose the round and the alarm threshold.
    public private(set) var validation: SimulatedFleet
    /// Recordings of machines nobody trains on.
    public let test: SimulatedFleet

    /// The model: unless chosen otherwise 22-24 with one head "state" of four classes: 652 parameters.
    public private(set) var network = Self.dense(hidden: [24])
    /// One group of 22 features within public ranges.
    public let statistics = FederatedStatistics(
        groups: 1, sensorRanges: VibrationFeatures.ranges, maximumRows: 1 << 14)
    /// 23 x 24 / 2 + 24 numbers over recordings; the target is the state's number, 0 to 3.
    public let ridge = RidgeStatistics(
        features: SimulatedFleet.featureCount, featureBound: GroupNormaliser.limit, targetBound: 3,
        maximumRows: 1 << 14)

    /// Keeps the three sets.
    public init(training: SimulatedFleet, validation: SimulatedFleet, test: SimulatedFleet) {
        self.training = training
        self.validation = validation
        self.test = test
    }

    /// All recordings of several companies as one company's; the test set is the first one's. Precondition: not empty.
    public static func pooling(_ parts: [MachineStateWorkload]) -> MachineStateWorkload {
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
                inputs: SimulatedFleet.featureCount, hidden: hidden,
                heads: [MLP.Head(name: "state", width: MachineState.allCases.count, loss: .softmaxCrossEntropy)]))
    }

    /// Any model but `lstm`.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload {
        if model == .autoencoder { return AnomalyWorkload(self) }
        var copy = self
        copy.network = Self.dense(hidden: try model.hidden([24]))
        return copy
    }

    /// One row a training recording.
    public func statisticsUpload() throws(LearningFailure) -> Upload {
        try statistics.upload(
            values: training.features.map { Double($0) }, groupOfRow: [Int](repeating: 0, count: training.count))
    }

    /// Normalised recordings with the state as class index.
    public func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable) {
        (try training.examples(normaliser), try validation.examples(normaliser))
    }

    /// The state's number of each training recording.
    public func ridgeTargets() -> [Double] {
        training.states.map { Double($0) }
    }

    /// Accuracy over the four states; alarms on the probability of critical or failure.
    public func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation quiet: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics {
        let judged = try probabilities(model, on: test.examples(normaliser))
        let matrix = try ConfusionMatrix(
            predicted: judged.states, actual: test.states, classes: MachineState.allCases.count)
        let alarm = try AlarmEvaluation(
            validation: (
                try probabilities(model, on: quiet).alarms,
                quiet.targets.map { Int($0) >= MachineState.critical.rawValue }
            ),
            test: (judged.alarms, test.states.map { $0 >= MachineState.critical.rawValue }))
        return WorkloadMetrics(
            accuracy: matrix.accuracy, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate, prAUC: alarm.prAUC)
    }

    /// The likeliest state and the probability of an alarming one, for each recording.
    private func probabilities(
        _ model: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (states: [Int], alarms: [Double]) {
        let classes = MachineState.allCases.count
        let table = try network.predict(model, on: examples, head: "state")
        var states: [Int] = []
        var alarms: [Double] = []
        for row in 0..<examples.rows {
            let shares = table[row * classes..<(row + 1) * classes]
            var best = shares.startIndex
            for index in shares.indices where shares[index] > shares[best] { best = index }
            states.append(best - shares.startIndex)
            alarms.append(shares.dropFirst(MachineState.critical.rawValue).reduce(0) { $0 + Double($1) })
        }
        return (states, alarms)
    }
}

extension MachineStateWorkload: AnomalySource {
    var autoencoder: Autoencoder { Autoencoder(inputs: SimulatedFleet.featureCount, encoder: [16], code: 4) }
    var labelledMeasure: Scenario.Measure { .machineState }

    func anomalyRows(_ normaliser: GroupNormaliser) throws(LearningFailure) -> AnomalyRows {
        func isHealthy(_ state: Int) -> Bool { state == MachineState.healthy.rawValue }
        func healthy(_ fleet: SimulatedFleet) throws(LearningFailure) -> [Float] {
            AnomalyRows.rows(of: try fleet.examples(normaliser).inputs, width: SimulatedFleet.featureCount) {
                isHealthy(fleet.states[$0])
            }
        }
        return AnomalyRows(
            training: try healthy(training), validation: try healthy(validation),
            test: try test.examples(normaliser).inputs, isHealthy: test.states.map(isHealthy),
            isAlarming: test.states.map { $0 >= MachineState.critical.rawValue })
    }
}

extension SimulatedFleet {
    /// Normalised features with the state as class index; throws `dimensionMismatch` for another workload's normaliser.
    func examples(_ normaliser: GroupNormaliser) throws(LearningFailure) -> ExampleTable {
        guard normaliser.sensors == Self.featureCount, normaliser.groups == 1 else {
            throw .dimensionMismatch(expected: Self.featureCount, found: normaliser.means.count)
        }
        var inputs: [Float] = []
        inputs.reserveCapacity(features.count)
        for (place, value) in features.enumerated() {
            let sensor = place % Self.featureCount
            inputs.append(Float(normaliser.normalise(Double(value), sensor: sensor, group: 0)))
        }
        return try ExampleTable(
            inputs: inputs, inputWidth: Self.featureCount, targets: states.map { Float($0) }, targetWidth: 1)
    }
}
