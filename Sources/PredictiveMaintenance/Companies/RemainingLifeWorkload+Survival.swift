public import FederatedLearning

extension RemainingLifeWorkload {
    /// The training windows for a regression of failure times: the time is the remaining cycles plus one, and a window with the
    /// cap's 125 cycles or more left counts as one that had not failed by then.
    ///
    /// Throws `dimensionMismatch` for another workload's normaliser.
    /// Source: aft section 4
    public func survivalTable(_ normaliser: GroupNormaliser) throws(LearningFailure) -> SurvivalTable {
        let windows = try training.windows(.every(stride: stride), normaliser: normaliser)
        return try SurvivalTable(
            features: windows.features.map { Double($0) }, width: WindowFeatures.count,
            times: windows.lives.map { min(Double($0), Self.lifeCap) + 1 },
            failed: windows.lives.map { Double($0) < Self.lifeCap })
    }

    /// What companies sum for a pooled fit on these windows.
    /// Source: aft section 4
    public static func survivalStatistics(_ distribution: SurvivalDistribution) -> AcceleratedFailureStatistics {
        // log(1) to log(126), and a little room
        AcceleratedFailureStatistics(
            distribution, featureBounds: WindowFeatures.bounds, logTimes: PublicRange(lower: -0.1, upper: 5),
            maximumRows: 1 << 16)
    }

    /// On each test engine's last window: the error of the median in cycles, and the share of capped lives within the interval
    /// that should hold `coverage` of them.
    public func evaluate(
        _ model: AcceleratedFailureModel, normaliser: GroupNormaliser, coverage: Double
    ) throws(LearningFailure) -> (rmse: Double, covered: Double) {
        let last = try test.windows(.last, normaliser: normaliser)
        let width = WindowFeatures.count
        var predicted: [Double] = []
        var covered = 0
        for (row, life) in last.lives.enumerated() {
            let x = last.features[row * width..<(row + 1) * width].map { Double($0) }
            predicted.append(model.quantile(x, at: 0.5) - 1)
            let interval = model.interval(x, coverage: coverage)
            // beyond the cap nothing was observed: an interval that reaches it holds every longer life
            let isCapped = Double(life) >= Self.lifeCap
            if isCapped ? interval.upperBound > Self.lifeCap : interval.contains(Double(life) + 1) { covered += 1 }
        }
        guard !last.lives.isEmpty else { throw .noExamples }
        let rmse = try Self.lifeErrors(predicted: predicted, lives: last.lives).rmse
        return (rmse, Double(covered) / Double(last.lives.count))
    }
}
