public import FederatedLearning

extension MachineStateWorkload: MachineWorkload {
    /// From the public range of each feature.
    public var publicNormaliser: GroupNormaliser {
        GroupNormaliser(ranges: statistics, spread: GroupNormaliser.publicSpread)
    }

    /// Of all 22 features with an indicator of each state, centred on a quarter.
    public var moments: MomentStatistics {
        MomentStatistics(
            features: SimulatedFleet.featureCount,
            centres: [Double](repeating: 0.25, count: MachineState.allCases.count), limit: 4, weight: 2)
    }

    /// What machines reach within the public ranges; a constant.
    public var momentNorm: Double { 2.8 }

    /// In words.
    public var momentRecipe: String { "the 22 normalised features times 0.5" }

    /// What a feature is multiplied by before its moments are taken.
    private static let momentScale: Float = 0.5

    /// A constant.
    public var changeNorm: Double { 1 }

    /// A constant.
    public var gradientNorm: Double { 1 }

    /// The recordings of each machine.
    public func machines() -> [MachineRecordings] {
        [training, validation].flatMap { fleet in fleet.machineNumbers.map { prepared(fleet.selecting($0)) } }
    }

    /// One recording a record: no two share a sample.
    public func records() -> [MachineRecordings]? {
        [training, validation].flatMap { fleet in
            (0..<fleet.count).map { place in prepared(SimulatedFleet(fleet) { $0 == place }) }
        }
    }

    private func prepared(_ recordings: SimulatedFleet) -> MachineRecordings {
        guard let examples = try? recordings.examples(publicNormaliser) else {
            return MachineRecordings(examples: nil, features: [], targets: [])
        }
        return MachineRecordings(
            examples: examples, features: examples.inputs.map { Self.momentScale * $0 },
            targets: examples.targets.flatMap { state in
                MachineState.allCases.map { Float($0.rawValue) == state ? 1 : 0 }
            })
    }

    /// Accuracy of the largest of four outputs; the outputs of the two alarming states together raise the alarm.
    public func evaluate(_ model: LinearModel) throws(LearningFailure) -> WorkloadMetrics {
        let normaliser = publicNormaliser
        func outputs(_ fleet: SimulatedFleet) throws(LearningFailure) -> [[Double]] {
            let table = try fleet.examples(normaliser).inputs.map { Self.momentScale * $0 }
            var outputs: [[Double]] = []
            for output in 0..<model.outputs { outputs.append(try model.predict(table, output: output)) }
            return outputs
        }
        func alarms(_ outputs: [[Double]]) -> [Double] {
            outputs[0].indices.map { row in outputs.dropFirst(MachineState.critical.rawValue).reduce(0) { $0 + $1[row] }
            }
        }
        let judged = try outputs(test)
        let states = test.states.indices.map { row in
            judged.indices.reduce(0) { judged[$1][row] > judged[$0][row] ? $1 : $0 }
        }
        let matrix = try ConfusionMatrix(
            predicted: states, actual: test.states, classes: MachineState.allCases.count)
        let alarm = try AlarmEvaluation(
            validation: (
                alarms(try outputs(validation)), validation.states.map { $0 >= MachineState.critical.rawValue }
            ),
            test: (alarms(judged), test.states.map { $0 >= MachineState.critical.rawValue }))
        return WorkloadMetrics(
            accuracy: matrix.accuracy, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate, prAUC: alarm.prAUC)
    }

    /// As `evaluate`, with features under the public normaliser.
    public func evaluatePublic(_ model: ParameterVector) throws(LearningFailure) -> WorkloadMetrics {
        let normaliser = publicNormaliser
        return try evaluate(model, normaliser: normaliser, validation: examples(normaliser).validation)
    }
}

extension SimulatedFleet {
    /// The machines that recorded, each once, in order.
    var machineNumbers: [UInt64] {
        var seen: Set<UInt64> = []
        return machines.filter { seen.insert($0).inserted }
    }

    /// The recordings of one machine.
    func selecting(_ machine: UInt64) -> SimulatedFleet {
        SimulatedFleet(self) { machines[$0] == machine }
    }
}
