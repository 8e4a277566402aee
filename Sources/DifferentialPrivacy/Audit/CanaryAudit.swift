#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What many runs with and without a canary say about a mechanism: lower bounds of its epsilon, at a confidence.
///
/// A lower bound never certifies anything: that an audit finds little says that this attack found little.
/// Source: self-audit section 2
public struct CanaryAudit: Hashable, Sendable {
    /// The attack's errors at one threshold.
    public struct Point: Hashable, Sendable {
        /// "Present" is answered from here on, grid units.
        public let threshold: Int64
        /// The canary was there and was missed.
        public let missed: ErrorRate
        /// It was not there and was seen.
        public let falseAlarm: ErrorRate
        /// Bounds of both rates that hold together, with those of all other thresholds, at the audit's confidence.
        public let missedBound: Double
        /// See `missedBound`.
        public let falseAlarmBound: Double
    }

    /// The thresholds in their order.
    public let points: [Point]
    /// The probability that every bound holds: above 1/2, below 1.
    public let confidence: Double

    /// Counts the errors of thresholds that were fixed beforehand.
    ///
    /// `present` and `absent` are independent observations with and without the canary. Throws `countOutOfRange`
    /// for none, `thresholdsOutOfRange` unless there are 1...64, `confidenceOutOfRange`.
    /// Source: self-audit section 2
    public init(
        present: [Int64], absent: [Int64], thresholds: [Int64], confidence: Double
    ) throws(AuditRefusal) {
        guard (1...64).contains(thresholds.count) else { throw .thresholdsOutOfRange }
        guard confidence > 0.5, confidence < 1 else { throw .confidenceOutOfRange }
        let each = 1 - (1 - confidence) / Double(2 * thresholds.count)
        var points: [Point] = []
        for threshold in thresholds {
            let missed = try ErrorRate(errors: present.count { $0 < threshold }, trials: present.count)
            let alarm = try ErrorRate(errors: absent.count { $0 >= threshold }, trials: absent.count)
            points.append(
                Point(
                    threshold: threshold, missed: missed, falseAlarm: alarm,
                    missedBound: missed.upperBound(confidence: each),
                    falseAlarmBound: alarm.upperBound(confidence: each)))
        }
        self.points = points
        self.confidence = confidence
    }

    /// A lower bound of epsilon at delta, from the counts alone; for claims. 0 when nothing was found.
    /// Source: self-audit section 2
    public func epsilonLowerBound(at delta: Delta) -> Double {
        points.reduce(0) { best, point in
            let (missed, alarm) = (point.missedBound, point.falseAlarmBound)
            let one = log((1 - delta.value - missed) / alarm)
            let other = log((1 - delta.value - alarm) / missed)
            return max(best, one.isNaN ? 0 : one, other.isNaN ? 0 : other)
        }
    }

    /// A lower bound of mu if the mechanism is mu-GDP: sharper, for finding faults. 0 when nothing was found.
    /// Source: self-audit section 2
    public var muLowerBound: Double {
        points.reduce(0) { best, point in
            max(best, -NormalQuantile.of(point.missedBound) - NormalQuantile.of(point.falseAlarmBound))
        }
    }

    /// The lower bound of epsilon at delta if the mechanism is Gaussian.
    /// Source: self-audit section 2
    public func epsilonLowerBoundIfGaussian(at delta: Delta) -> Double {
        let mu = muLowerBound
        guard mu > 0 else { return 0 }
        return GaussianCurve(muSquared: Enclosure(mu * mu)).epsilonInterval(at: delta.value).lower
    }

    /// Whether the counts cannot come from a mechanism with the schedule's guarantee, at the audit's confidence.
    ///
    /// Compares the error rates with the trade-off curve at sixty slopes; costs as many deltas of the schedule.
    /// Source: self-audit section 2
    public func contradicts(
        _ schedule: PrivacySchedule, limits: AccountingLimits = AccountingLimits()
    ) -> Bool {
        for step in 0..<60 {
            let value = step == 0 ? 0 : 0.02 * exp(0.115 * Double(step))
            guard let epsilon = try? Epsilon(value) else { continue }
            let least = 1 - schedule.delta(at: epsilon, limits: limits).upper
            let factor = exp(value)
            for point in points {
                let (missed, alarm) = (point.missedBound, point.falseAlarmBound)
                if min(missed + factor * alarm, alarm + factor * missed) < least { return true }
            }
        }
        return false
    }
}
