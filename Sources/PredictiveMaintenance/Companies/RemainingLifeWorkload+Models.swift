public import FederatedLearning

extension RemainingLifeWorkload: AnomalySource {
    static let heads = [
        MLP.Head(name: "life", width: 1, loss: .meanSquaredError),
        MLP.Head(name: "alarm", width: 1, loss: .binaryCrossEntropy(positiveWeight: 3), weight: 0.05),
    ]

    /// The recurrent network: 30 steps of 14 sensors, 32 cells, 16 units of attention, the heads of the dense one: 6626
    /// parameters.
    /// Source: lstm-attention section 6
    static let recurrent = AttentionLSTM(
        features: TurbofanFleet.sensorCount, steps: WindowFeatures.windowLength, hidden: 32, attention: 16,
        heads: heads)

    /// Any model: `lstm` sees the 30 normalised rows of each window, the others 56 features of it.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload {
        if model == .autoencoder { return AnomalyWorkload(self) }
        return withNetwork(
            model == .lstm
                ? .lstm(Self.recurrent)
                : .mlp(MLP(inputs: WindowFeatures.count, hidden: try model.hidden([64, 32]), heads: Self.heads)))
    }

    /// The windows of a fleet as the model wants to see them.
    func table(
        of fleet: TurbofanFleet, _ selection: WindowSelection, normaliser: GroupNormaliser
    ) throws(LearningFailure) -> ExampleTable {
        switch network {
        case .mlp: try fleet.windows(selection, normaliser: normaliser).examples()
        case .lstm: try fleet.sequences(selection, normaliser: normaliser).examples()
        }
    }

    /// The features of the training windows, whatever the model.
    public func ridgeFeatures(_ normaliser: GroupNormaliser) throws(LearningFailure) -> [Float] {
        try training.windows(.every(stride: stride), normaliser: normaliser).features
    }

    var autoencoder: Autoencoder { Autoencoder(inputs: WindowFeatures.count, encoder: [32], code: 8) }
    var labelledMeasure: Scenario.Measure { .remainingLife }

    /// Windows with the cap's 125 cycles or more left are healthy, those with 30 or fewer should raise an alarm.
    func anomalyRows(_ normaliser: GroupNormaliser) throws(LearningFailure) -> AnomalyRows {
        func isHealthy(_ life: Int) -> Bool { Double(life) >= Self.lifeCap }
        func healthy(_ fleet: TurbofanFleet) throws(LearningFailure) -> [Float] {
            let windows = try fleet.windows(.every(stride: stride), normaliser: normaliser)
            return AnomalyRows.rows(of: windows.features, width: windows.width) { isHealthy(windows.lives[$0]) }
        }
        let judged = try test.windows(.every(stride: Self.testStride), normaliser: normaliser)
        return AnomalyRows(
            training: try healthy(training), validation: try healthy(validation), test: judged.features,
            isHealthy: judged.lives.map(isHealthy), isAlarming: judged.lives.map { $0 <= Self.alarmHorizon })
    }
}

extension TurbofanFleet {
    /// The selected windows of every engine as sequences: 30 normalised rows of 14 sensors each, about 1.7 kB a window; a
    /// window that starts before cycle 1 repeats the first row. Throws as `windows` does.
    func sequences(
        _ selection: WindowSelection, normaliser: GroupNormaliser
    ) throws(LearningFailure) -> TurbofanWindows {
        try checkNormaliser(normaliser)
        let width = WindowFeatures.windowLength * Self.sensorCount
        let lives = lives(selection)
        var inputs: [Float] = []
        inputs.reserveCapacity(lives.count * width)
        for engine in engines {
            let history = normalised(engine.rows, by: normaliser)
            for end in selection.ends(cycles: engine.rows.count) {
                for _ in 0..<max(0, WindowFeatures.windowLength - end) { inputs += history[..<Self.sensorCount] }
                let start = max(0, end - WindowFeatures.windowLength)
                inputs += history[start * Self.sensorCount..<end * Self.sensorCount]
            }
        }
        return TurbofanWindows(features: inputs, width: width, lives: lives)
    }
}
