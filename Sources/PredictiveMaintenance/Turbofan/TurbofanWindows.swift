internal import FederatedLearning

/// Windows of a fleet, normalised and described: what the model sees.
/// Source: cmapss section 2
struct TurbofanWindows: Sendable {
    /// `width` numbers a window.
    let features: [Float]
    /// `WindowFeatures.count`, or 30 rows of 14 sensors.
    let width: Int
    /// Remaining cycles after each window's last cycle, not capped.
    let lives: [Int]

    init(features: [Float], width: Int = WindowFeatures.count, lives: [Int]) {
        self.features = features
        self.width = width
        self.lives = lives
    }

    /// Features with the model's two targets: capped life over 125, and 1 when the engine fails within 30 cycles.
    func examples() throws(LearningFailure) -> ExampleTable {
        var targets: [Float] = []
        targets.reserveCapacity(2 * lives.count)
        for life in lives {
            targets.append(Float(min(Double(life), RemainingLifeWorkload.lifeCap) / RemainingLifeWorkload.lifeCap))
            targets.append(life <= RemainingLifeWorkload.alarmHorizon ? 1 : 0)
        }
        return try ExampleTable(
            inputs: features, inputWidth: width, targets: targets, targetWidth: 2)
    }
}

extension TurbofanFleet {
    /// The selected windows of every engine; throws `dimensionMismatch` for another fleet's normaliser.
    ///
    /// Cost: about 1 microsecond a window.
    func windows(
        _ selection: WindowSelection, normaliser: GroupNormaliser
    ) throws(LearningFailure) -> TurbofanWindows {
        try checkNormaliser(normaliser)
        var features: [Float] = []
        features.reserveCapacity(rowCount / 2 * WindowFeatures.count)
        for engine in engines {
            let history = normalised(engine.rows, by: normaliser)
            for end in selection.ends(cycles: engine.rows.count) {
                WindowFeatures.append(endingBefore: end, of: history, to: &features)
            }
        }
        return TurbofanWindows(features: features, lives: lives(selection))
    }

    func checkNormaliser(_ normaliser: GroupNormaliser) throws(LearningFailure) {
        guard normaliser.sensors == Self.sensorCount, normaliser.groups == OperatingRegime.count else {
            throw .dimensionMismatch(expected: OperatingRegime.count * Self.sensorCount, found: normaliser.means.count)
        }
    }

    /// Remaining cycles after each selected window.
    func lives(_ selection: WindowSelection) -> [Int] {
        engines.flatMap { engine in
            selection.ends(cycles: engine.rows.count).map { engine.remainingLife(afterCycle: $0) }
        }
    }

    /// The rows' readings, each normalised within its regime and clipped to -8...8.
    func normalised(_ rows: Range<Int>, by normaliser: GroupNormaliser) -> [Float] {
        let means = normaliser.means
        let factors = normaliser.factors
        let limit = GroupNormaliser.limit
        var history: [Float] = []
        history.reserveCapacity(rows.count * Self.sensorCount)
        for row in rows {
            let group = Int(regimes[row]) * Self.sensorCount
            for sensor in 0..<Self.sensorCount {
                let z =
                    (Double(readings[row * Self.sensorCount + sensor]) - means[group + sensor])
                    * factors[group + sensor]
                history.append(Float(min(max(z, -limit), limit)))
            }
        }
        return history
    }
}
