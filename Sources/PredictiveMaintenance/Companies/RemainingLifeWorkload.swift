public import FederatedLearning

/// Turbofan engines: predict the remaining cycles and whether an engine fails within 30.
/// Source: cmapss section 2
public struct RemainingLifeWorkload: Workload {
    /// Lives above this many cycles count as this many.
    public static let lifeCap = 125.0
    /// An engine with this many cycles left or fewer should raise an alarm.
    public static let alarmHorizon = 30
    /// Stride between the windows on which test alarms are counted.
    public static let testStride = 3

    /// Engines the model is fitted on.
    public private(set) var training: TurbofanFleet
    /// Engines that choose the round and the alarm threshold.
    public private(set) var validation: TurbofanFleet
    /// Engines the model is judged on.
    public let test: TurbofanFleet
    /// Cycles between the ends of successive training (and validation) windows.
    public let stride: Int

    /// The model: unless chosen otherwise 56-64-32 with heads "life" (remaining cycles over 125) and "alarm" (fails within
    /// 30): 5794 parameters.
    /// Source: cmapss section 3
    public private(set) var network = TrainableModel.mlp(
        MLP(inputs: WindowFeatures.count, hidden: [64, 32], heads: Self.heads))
    /// Six regimes of 14 sensors within their public envelope: 6 x 29 numbers.
    public let statistics = FederatedStatistics(
        groups: OperatingRegime.count, groupedRanges: TurbofanEnvelope.ranges, maximumRows: 1 << 16)
    /// 57 x 58 / 2 + 58 numbers in two parts over windows; the target is the capped life in cycles.
    public let ridge = RidgeStatistics(
        featureBounds: WindowFeatures.bounds, targetBound: Self.lifeCap, maximumRows: 1 << 16)

    /// Keeps the three fleets; precondition: a positive stride.
    public init(training: TurbofanFleet, validation: TurbofanFleet, test: TurbofanFleet, stride: Int) {
        precondition(stride > 0, "a stride is positive")
        self.training = training
        self.validation = validation
        self.test = test
        self.stride = stride
    }

    /// All engines of several companies as one company's; the test fleet is the first one's. Precondition: not empty.
    public static func pooling(_ parts: [RemainingLifeWorkload]) -> RemainingLifeWorkload {
        guard var pooled = parts.first else { preconditionFailure("a pool of nobody") }
        for part in parts.dropFirst() {
            pooled.training.append(part.training)
            pooled.validation.append(part.validation)
        }
        return pooled
    }

    /// One row a cycle of the training engines, grouped by regime.
    public func statisticsUpload() throws(LearningFailure) -> Upload {
        try statistics.upload(
            values: training.readings.map { Double($0) }, groupOfRow: training.regimes.map { Int($0) })
    }

    /// The same engines with another model.
    func withNetwork(_ network: TrainableModel) -> RemainingLifeWorkload {
        var copy = self
        copy.network = network
        return copy
    }

    /// Windows at this workload's stride.
    public func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable) {
        let selection = WindowSelection.every(stride: stride)
        return (
            try table(of: training, selection, normaliser: normaliser),
            try table(of: validation, selection, normaliser: normaliser)
        )
    }

    /// Capped remaining cycles of each training window.
    public func ridgeTargets() -> [Double] {
        training.lives(.every(stride: stride)).map { min(Double($0), Self.lifeCap) }
    }

    /// RMSE and score on each test engine's last window; alarms on windows at stride 3.
    public func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation quiet: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics {
        let last = try table(of: test, .last, normaliser: normaliser)
        let lifeOutputs = try network.predict(model, on: last, head: "life")
        let errors = try Self.lifeErrors(
            predicted: lifeOutputs.map { Double($0) * Self.lifeCap }, lives: test.lives(.last))
        let selection = WindowSelection.every(stride: Self.testStride)
        let windows = try table(of: test, selection, normaliser: normaliser)
        let scores = try network.predict(model, on: windows, head: "alarm")
        let quietScores = try network.predict(model, on: quiet, head: "alarm")
        let alarm = try AlarmEvaluation(
            validation: (
                quietScores.map { Double($0) },
                (0..<quiet.rows).map { quiet.targets[$0 * quiet.targetWidth + 1] > 0.5 }
            ),
            test: (scores.map { Double($0) }, test.lives(selection).map { $0 <= Self.alarmHorizon }), overlapping: true)
        return WorkloadMetrics(
            rmse: errors.rmse, nasaScore: errors.score, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate,
            prAUC: alarm.prAUC)
    }

    /// RMSE in cycles of a ridge regression on each test engine's last window.
    public func rmse(
        of regression: RidgeRegression, normaliser: GroupNormaliser
    ) throws(LearningFailure) -> Double {
        let last = try test.windows(.last, normaliser: normaliser)
        let width = WindowFeatures.count
        let predicted = last.lives.indices.map { row in
            regression.predict(last.features[row * width..<(row + 1) * width].map { Double($0) })
        }
        return try Self.lifeErrors(predicted: predicted, lives: last.lives).rmse
    }

    /// RMSE and mean score; predictions are clipped to 0...125, true lives capped at 125.
    static func lifeErrors(
        predicted: [Double], lives: [Int]
    ) throws(LearningFailure) -> (rmse: Double, score: Double) {
        let clipped = predicted.map { min(max($0, 0), lifeCap) }
        let actual = lives.map { min(Double($0), lifeCap) }
        let rmse = try RegressionMetrics.rootMeanSquaredError(predicted: clipped, actual: actual)
        let score = try RegressionMetrics.turbofanScore(predicted: clipped, actual: actual)
        return (rmse, score / Double(actual.count))
    }
}
