#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The curve that a filter fixed beforehand allows to claim, whatever happened within it.
/// Source: privacy-ledger section 3
public struct PrivacyGuarantee: Hashable, Sendable {
    enum Basis: Hashable, Sendable {
        case schedule(PrivacySchedule)
        case gaussian(muSquared: Double)
        case renyi(order: Double, bound: Double)
    }

    /// The log-ratio between discrete noise and its continuous stand-in over all that a filter can let through: 2^16
    /// shares, 2^28 coordinates, 2^40 releases, times 3e-77.
    static let slack = 1e-50

    let basis: Basis

    init(_ filter: PrivacyFilter, unit: PrivacyUnit, adjacency: Adjacency) throws(LedgerRefusal) {
        switch filter {
        case .planned(let releases):
            basis = .schedule(try .charged(unit: unit, adjacency: adjacency, releases.map(\.event)))
        case .gaussian(let bound):
            guard bound > 0, bound.isFinite else { throw .boundOutOfRange }
            basis = .gaussian(muSquared: bound)
        case .renyi(let order, let bound):
            guard bound > 0, bound.isFinite, RenyiCurve.orders.contains(order) else { throw .boundOutOfRange }
            basis = .renyi(order: order, bound: bound)
        }
    }

    init(_ schedule: PrivacySchedule) { basis = .schedule(schedule) }

    /// epsilon at a delta. The lower end is zero for a filter that is not a plan: what will be spent is not known.
    /// Source: privacy-ledger section 3
    public func epsilon(at delta: Delta) -> PrivacyInterval {
        let slack = Enclosure(Self.slack)
        let inner = (Enclosure(delta.value) * (-slack).exponential).lower
        let upper: Double
        switch basis {
        case .schedule(let schedule): return schedule.epsilon(at: delta)
        case .gaussian(let square): upper = GaussianCurve(muSquared: Enclosure(square)).epsilonInterval(at: inner).upper
        case .renyi(let order, let bound):
            let a = Enclosure(order)
            let less = a - .one
            let value = Enclosure(bound) + (less / a).logarithm - (Enclosure(inner).logarithm + a.logarithm) / less
            upper = max(0, value.upper)
        }
        return PrivacyInterval(lower: 0, upper: (Enclosure(upper) + Enclosure(2) * slack).upper)
    }

    /// delta at an epsilon.
    /// Source: privacy-ledger section 3
    public func delta(at epsilon: Epsilon) -> PrivacyInterval {
        let slack = Enclosure(Self.slack)
        let inner = max(0, (Enclosure(epsilon.value) - Enclosure(2) * slack).lower)
        let value: Enclosure
        switch basis {
        case .schedule(let schedule): return schedule.delta(at: epsilon)
        case .gaussian(let square): value = GaussianCurve(muSquared: Enclosure(square)).delta(Enclosure(inner))
        case .renyi(let order, let bound):
            let a = Enclosure(order)
            let less = a - .one
            value =
                (less * (Enclosure(bound) - Enclosure(inner)) + a * (less / a).logarithm - less.logarithm).exponential
        }
        let upper = Enclosure(value.upper) * slack.exponential + Enclosure(4) * slack
        return PrivacyInterval(lower: 0, upper: min(1, upper.upper))
    }

    /// mu where the curve is that of Gaussian noise without sampling, rounded up; for discrete noise up to the
    /// log-ratio of 1e-50.
    public var mu: Double? {
        switch basis {
        case .schedule(let schedule): schedule.gaussian?.upper.mu.upper
        case .gaussian(let square): Enclosure(square).squareRoot.upper
        case .renyi: nil
        }
    }

    /// rho of zero-concentrated privacy where it is known exactly, rounded up.
    public var rho: Double? {
        switch basis {
        case .schedule(let schedule): schedule.zeroConcentrated
        case .gaussian, .renyi: nil
        }
    }
}
