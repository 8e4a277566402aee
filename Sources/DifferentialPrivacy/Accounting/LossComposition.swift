#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How much work the loss lattice may take. Less work means a coarser mesh and a wider interval, never an unsound one.
/// Source: privacy-accounting section 5
public struct AccountingLimits: Hashable, Sendable {
    /// Lattice points of one step, 2^8 ... 2^20.
    public let bins: Int
    /// Length of the transform, a power of two, 2^10 ... 2^22.
    public let window: Int

    /// Values outside the ranges are moved into them; the window is rounded up to a power of two.
    /// Source: privacy-accounting section 5
    public init(bins: Int = 1 << 17, window: Int = 1 << 19) {
        self.bins = min(max(bins, 1 << 8), 1 << 20)
        var length = 1 << 10
        while length < min(window, 1 << 22) { length *= 2 }
        self.window = length
    }
}

/// The composition of a schedule on loss lattices, both directions of neighbours, both ends.
struct LossComposition {
    private let schedule: PrivacySchedule
    private let limits: AccountingLimits

    init(_ schedule: PrivacySchedule, limits: AccountingLimits) {
        self.schedule = schedule
        self.limits = limits
    }

    func epsilon(upperDelta: Double, lowerDelta: Double) -> PrivacyInterval {
        var interval = (lower: 0.0, upper: 0.0)
        for adding in directions {
            var cuts = CutCache()
            let upper = ComposedLoss(parts(adding, upper: true), .upper, .delta(upperDelta), limits, &cuts)
            interval.upper = max(interval.upper, upper?.epsilon(upperAt: upperDelta) ?? .infinity)
            let lower = ComposedLoss(parts(adding, upper: false), .lower, .delta(lowerDelta), limits, &cuts)
            interval.lower = max(interval.lower, lower?.epsilon(lowerAt: lowerDelta) ?? 0)
        }
        return PrivacyInterval(lower: interval.lower, upper: interval.upper)
    }

    /// The upper end alone.
    func epsilon(upperDelta: Double) -> Double {
        var epsilon = 0.0
        for adding in directions {
            var cuts = CutCache()
            let upper = ComposedLoss(parts(adding, upper: true), .upper, .delta(upperDelta), limits, &cuts)
            epsilon = max(epsilon, upper?.epsilon(upperAt: upperDelta) ?? .infinity)
        }
        return epsilon
    }

    func delta(upperEpsilon: Double, lowerEpsilon: Double) -> PrivacyInterval {
        var interval = (lower: 0.0, upper: 0.0)
        for adding in directions {
            var cuts = CutCache()
            let upper = ComposedLoss(parts(adding, upper: true), .upper, .epsilon(upperEpsilon), limits, &cuts)
            interval.upper = max(interval.upper, upper?.delta(at: upperEpsilon) ?? 1)
            let lower = ComposedLoss(parts(adding, upper: false), .lower, .epsilon(lowerEpsilon), limits, &cuts)
            interval.lower = max(interval.lower, lower?.delta(at: lowerEpsilon) ?? 0)
        }
        return PrivacyInterval(lower: max(0, interval.lower), upper: min(1, interval.upper))
    }

    /// Without sampling both directions have one law of losses.
    private var directions: [Bool] { schedule.steps.allSatisfy { $0.rate == 1 } ? [false] : [false, true] }

    private func parts(_ adding: Bool, upper: Bool) -> [(pair: LossPair, count: Int)] {
        var counts: [LossPair: Int] = [:]
        var order: [LossPair] = []
        for step in schedule.steps {
            guard let noise = upper ? step.noise : step.lowerNoise else { continue }
            let pair: LossPair =
                step.isLaplace
                ? .laplace(scale: noise)
                : adding && step.rate < 1
                    ? .addition(noise: noise, rate: step.rate) : .removal(noise: noise, rate: step.rate)
            if counts[pair] == nil { order.append(pair) }
            counts[pair, default: 0] += step.count
        }
        return order.map { ($0, counts[$0] ?? 0) }
    }
}
