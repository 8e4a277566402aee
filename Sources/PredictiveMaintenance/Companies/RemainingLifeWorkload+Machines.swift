public import FederatedLearning

extension RemainingLifeWorkload: MachineWorkload {
    /// From the envelope of each sensor in each regime.
    public var publicNormaliser: GroupNormaliser {
        GroupNormaliser(ranges: statistics, spread: GroupNormaliser.publicSpread)
    }

    /// Of the last-5 means and slopes of 14 sensors, 28 features, with the capped life over 125, centred on 0.65.
    public var moments: MomentStatistics {
        MomentStatistics(features: 2 * TurbofanFleet.sensorCount, centres: [0.65], limit: 4, weight: 2)
    }

    /// What engines reach within the sensors' public envelope; a constant.
    public var momentNorm: Double { 1.9 }

    /// A constant.
    public var changeNorm: Double { 1 }

    /// A constant.
    public var gradientNorm: Double { 1 }

    /// nil: windows overlap.
    public func records() -> [MachineRecordings]? { nil }

    /// In words.
    public var momentRecipe: String { "last-5 means, then slopes, of the window features, times 0.7/3" }

    /// What a feature is multiplied by before its moments are taken.
    private static let momentScale: Float = 0.7 / 3

    /// Windows of each engine at the workload's stride.
    public func machines() -> [MachineRecordings] {
        let normaliser = publicNormaliser
        return [training, validation].flatMap { fleet in
            fleet.engines.indices.map { index in
                let engine = fleet.selecting([index])
                guard let windows = try? engine.windows(.every(stride: stride), normaliser: normaliser),
                    let examples = try? table(of: engine, .every(stride: stride), normaliser: normaliser)
                else {
                    return MachineRecordings(examples: nil, features: [], targets: [])
                }
                return MachineRecordings(
                    examples: examples, features: Self.momentFeatures(windows.features),
                    targets: windows.lives.map { Float(min(Double($0), Self.lifeCap) / Self.lifeCap) })
            }
        }
    }

    private static func momentFeatures(_ table: [Float]) -> [Float] {
        let sensors = TurbofanFleet.sensorCount
        var chosen: [Float] = []
        chosen.reserveCapacity(table.count / 2)
        for window in 0..<table.count / WindowFeatures.count {
            let base = window * WindowFeatures.count
            for column in 0..<sensors { chosen.append(momentScale * table[base + column]) }
            for column in 2 * sensors..<3 * sensors { chosen.append(momentScale * table[base + column]) }
        }
        return chosen
    }

    /// RMSE and score on each test engine's last window; a short predicted life raises the alarm.
    public func evaluate(_ model: LinearModel) throws(LearningFailure) -> WorkloadMetrics {
        let normaliser = publicNormaliser
        func predicted(_ windows: TurbofanWindows) throws(LearningFailure) -> [Double] {
            try model.predict(Self.momentFeatures(windows.features), output: 0).map { $0 * Self.lifeCap }
        }
        let last = try test.windows(.last, normaliser: normaliser)
        let errors = try Self.lifeErrors(predicted: predicted(last), lives: last.lives)
        let windows = try test.windows(.every(stride: Self.testStride), normaliser: normaliser)
        let quiet = try validation.windows(.every(stride: stride), normaliser: normaliser)
        let alarm = try AlarmEvaluation(
            validation: (try predicted(quiet).map { -$0 }, quiet.lives.map { $0 <= Self.alarmHorizon }),
            test: (try predicted(windows).map { -$0 }, windows.lives.map { $0 <= Self.alarmHorizon }), overlapping: true
        )
        return WorkloadMetrics(
            rmse: errors.rmse, nasaScore: errors.score, recall: alarm.recall, falseAlarmRate: alarm.falseAlarmRate,
            prAUC: alarm.prAUC)
    }

    /// As `evaluate`, with features under the public normaliser.
    public func evaluatePublic(_ model: ParameterVector) throws(LearningFailure) -> WorkloadMetrics {
        let normaliser = publicNormaliser
        return try evaluate(model, normaliser: normaliser, validation: examples(normaliser).validation)
    }
}
