/// The most that any test can achieve that tells two neighbouring data sets apart, from proven points of the curve.
///
/// Every (epsilon, delta) that holds bounds the detection rate at a false-alarm rate a by e^epsilon a + delta and by
/// 1 - e^-epsilon (1 - delta - a); the least over the points holds too. All figures are rounded up.
/// Source: privacy-report section 4
public struct TradeOffBound: Hashable, Sendable {
    struct Point: Hashable, Sendable {
        var epsilon: Double
        var delta: Double
    }

    let points: [Point]

    init(_ points: [Point]) { self.points = points }

    /// The highest detection rate at a false-alarm rate, 0 ... 1.
    /// Source: privacy-report section 4
    public func detection(atFalseAlarms rate: Double) -> Double {
        var best = 1.0
        let alarms = Enclosure(rate)
        for point in points where point.epsilon.isFinite {
            let delta = Enclosure(point.delta)
            let factor = Enclosure(point.epsilon).exponential
            let low = factor * alarms + delta
            let high = Enclosure.one - (Enclosure.one - delta - alarms) / factor
            best = min(best, low.upper, high.upper)
        }
        return max(min(1, rate), best)
    }

    /// The largest difference between detections and false alarms over all tests, 0 ... 1.
    /// Source: privacy-report section 4
    public var advantage: Double {
        var best = 1.0
        for point in points where point.epsilon.isFinite {
            let growth = Enclosure(point.epsilon).exponential
            let value = (growth - .one + Enclosure(2) * Enclosure(point.delta)) / (growth + .one)
            best = min(best, value.upper)
        }
        return max(0, best)
    }

    /// The most that somebody who held membership likely with `prior`, and now sees the alarm of the best test of that
    /// false-alarm rate, can conclude.
    /// Source: privacy-report section 4
    public func posterior(prior: Double, falseAlarms rate: Double) -> Double {
        let hit = Enclosure(prior) * Enclosure(detection(atFalseAlarms: rate))
        let miss = (Enclosure.one - Enclosure(prior)) * Enclosure(rate)
        return min(1, (hit / (hit + miss)).upper)
    }
}
