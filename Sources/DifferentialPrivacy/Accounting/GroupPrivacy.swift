#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What a schedule for single units says about several of them at once.
/// Source: privacy-accounting section 8
public struct GroupPrivacy: Hashable, Sendable {
    /// The most units of a group, 2^20.
    public static let largest = 1 << 20

    /// The units that appear or disappear together.
    public let size: Int

    /// Refuses a group without members and one above 2^20.
    /// Source: privacy-accounting section 8
    public init(size: Int) throws(AccountingRefusal) {
        guard (1...Self.largest).contains(size) else { throw .groupOutOfRange }
        self.size = size
    }

    /// The schedule as it protects the group: every sensitivity times the size, which is exact for noise without
    /// sampling. Poisson and fixed-size sampling are billed as if everybody took part: what holds for every outcome of
    /// the coins holds for their mixture. Throws `countOutOfRange` where noise over the group's reach leaves the range
    /// served, and what a schedule throws.
    /// Source: privacy-accounting section 8
    public func schedule(_ schedule: PrivacySchedule) throws(AccountingRefusal) -> PrivacySchedule {
        var events: [PrivacyEvent] = []
        for event in schedule.events {
            events.append(try PrivacyEvent(widened(event.mechanism), sampling: .none, count: event.count))
        }
        return try PrivacySchedule(unit: schedule.unit, adjacency: schedule.adjacency, events: events)
    }

    /// The rule that needs nothing but one pair: (size epsilon, delta (e^(size epsilon) - 1)/(e^epsilon - 1)), rounded up;
    /// nil where the latter reaches one. Cruder than `schedule`, for claims whose events are not known.
    /// Source: privacy-accounting section 8
    public func pair(epsilon: Epsilon, delta: Double) -> (epsilon: Double, delta: Double)? {
        let whole = Enclosure(Double(size)) * Enclosure(epsilon.value)
        let factor =
            epsilon.value == 0
            ? Enclosure(Double(size)) : whole.exponentialMinusOne / Enclosure(epsilon.value).exponentialMinusOne
        let grown = (Enclosure(delta) * factor).upper
        guard grown < 1 else { return nil }
        return (whole.upper, grown)
    }

    private func widened(_ mechanism: Mechanism) throws(AccountingRefusal) -> Mechanism {
        func less(_ noise: NoiseMultiplier) throws(AccountingRefusal) -> NoiseMultiplier {
            guard let part = try? NoiseMultiplier((noise.value / Double(size)).nextDown) else { throw .countOutOfRange }
            return part
        }
        func more(_ sensitivity: L2Sensitivity) throws(AccountingRefusal) -> L2Sensitivity {
            let (product, overflow) = sensitivity.value.multipliedReportingOverflow(by: UInt64(size))
            guard !overflow, let wide = try? L2Sensitivity(product) else { throw .countOutOfRange }
            return wide
        }
        switch mechanism {
        case .gaussian(let noise): return .gaussian(try less(noise))
        case .laplace(let noise): return .laplace(try less(noise))
        case .discreteGaussian(let sum):
            return .discreteGaussian(
                try DiscreteGaussianSum(
                    variances: sum.variances, sensitivity: more(sum.sensitivity), coordinates: sum.coordinates))
        case .gridGaussian(let noise):
            return .gridGaussian(try GridGaussian(variance: noise.variance, sensitivity: more(noise.sensitivity)))
        }
    }
}
