#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Upper bounds on the Rényi divergence of a schedule at a fixed list of orders, rounded up.
///
/// Gaussian, discrete Gaussian and Laplace steps at every order; the Poisson-sampled Gaussian exactly at integer
/// orders, and between them by the chord of the convex function (order - 1) x divergence, which lies above it.
/// Source: privacy-accounting section 4
public struct RenyiCurve: Hashable, Sendable {
    /// Orders above one: eighths to 4, quarters to 12, integers to 64, then sparser to 1024.
    public static let orders: [Double] = {
        var orders: [Double] = []
        for index in 1..<24 { orders.append(1 + Double(index) / 8) }
        for index in 0..<32 { orders.append(4 + Double(index) / 4) }
        for order in 12...64 { orders.append(Double(order)) }
        for order in stride(from: 72, through: 128, by: 8) { orders.append(Double(order)) }
        orders += [160, 192, 256, 384, 512, 768, 1024]
        return orders
    }()

    /// Divergence in nats at each order, never below the true one.
    public let divergences: [Double]

    /// All steps of a schedule, added up; the log-ratio of discrete noise is not in it (the schedule adds it to
    /// epsilon). Cost: milliseconds for each distinct sampled step.
    /// Source: privacy-accounting section 4
    init(_ schedule: PrivacySchedule) {
        var sum = [Enclosure](repeating: Enclosure(0), count: Self.orders.count)
        for step in schedule.steps {
            let one = Self.curve(of: step)
            for index in sum.indices { sum[index] = sum[index] + Enclosure(Double(step.count)) * one[index] }
        }
        divergences = sum.map { max(0, $0.upper) }
    }

    /// The least epsilon over the orders: R + ln(1 - 1/a) - (ln delta + ln a)/(a - 1), at least zero.
    func epsilon(atDelta delta: Double) -> Double {
        var best = Double.infinity
        guard delta > 0 else { return best }
        for (order, divergence) in zip(Self.orders, divergences) where divergence.isFinite {
            let a = Enclosure(order)
            let less = a - .one
            let value =
                Enclosure(divergence) + (less / a).logarithm - (Enclosure(delta).logarithm + a.logarithm) / less
            best = min(best, max(0, value.upper))
        }
        return best
    }

    /// The least delta over the orders: exp((a - 1)(R - epsilon)) (1 - 1/a)^a / (a - 1), at most one.
    func delta(atEpsilon epsilon: Double) -> Double {
        var best = 1.0
        for (order, divergence) in zip(Self.orders, divergences) where divergence.isFinite {
            let a = Enclosure(order)
            let less = a - .one
            let exponent =
                less * (Enclosure(divergence) - Enclosure(epsilon)) + a * (less / a).logarithm - less.logarithm
            best = min(best, exponent.exponential.upper)
        }
        return best
    }

    private static func curve(of step: PrivacySchedule.Step) -> [Enclosure] {
        if step.share < 1 { return FixedSizeRenyi(share: step.share, noise: step.noise).divergences(at: orders) }
        let noise = Enclosure(step.rate == 1 ? step.renyiNoise : step.noise)
        if step.isLaplace { return orders.map { laplace(order: $0, scale: noise) } }
        let precision = Enclosure.one / (Enclosure(2) * noise * noise)
        if step.rate == 1 { return orders.map { Enclosure($0) * precision } }
        var known: [Int: Enclosure] = [1: Enclosure(0)]
        func moment(_ order: Int) -> Enclosure {
            if let value = known[order] { return value }
            let value = logMoment(order: order, rate: step.rate, precision: precision)
            known[order] = value
            return value
        }
        return orders.map { order in
            let below = Int(order.rounded(.down))
            let part = Enclosure(order - Double(below))
            let low = moment(below)
            let value = part.upper == 0 ? low : low + part * (moment(below + 1) - low)
            return value / (Enclosure(order) - .one)
        }
    }

    /// ln of sum_k C(a, k) (1 - q)^(a - k) q^k exp(k (k - 1) / (2 z^2)), the logarithm of one plus the same sum with
    /// exp(..) - 1, whose terms are all positive.
    private static func logMoment(order: Int, rate: Double, precision: Enclosure) -> Enclosure {
        let logRate = Enclosure(rate).logarithm
        let logRest = (-Enclosure(rate)).logarithmOfOnePlus
        var logBinomial = Enclosure(Double(order)).logarithm
        var terms: [Enclosure] = []
        for k in 2...order {
            logBinomial = logBinomial + (Enclosure(Double(order - k + 1)) / Enclosure(Double(k))).logarithm
            let power = Enclosure(Double(k) * Double(k - 1)) * precision
            let factor =
                power.lower > 40
                ? power + (-(-power).exponential).logarithmOfOnePlus : power.exponentialMinusOne.logarithm
            terms.append(logBinomial + Enclosure(Double(k)) * logRate + Enclosure(Double(order - k)) * logRest + factor)
        }
        let peak = terms.map(\.upper).max() ?? 0
        let sum = terms.reduce(Enclosure(0)) { $0 + ($1 - Enclosure(peak)).exponential }
        let log = Enclosure(peak) + sum.logarithm
        return log.upper > 40
            ? log + (-log).exponential.logarithmOfOnePlus : log.exponential.logarithmOfOnePlus
    }

    private static func laplace(order: Double, scale: Enclosure) -> Enclosure {
        let a = Enclosure(order)
        let less = a - .one
        let twice = a + less
        // ln(a/(2a-1) e^((a-1)/b) + (a-1)/(2a-1) e^(-a/b)), the larger power taken out.
        let lead = less / scale
        let rest = (less / twice) * (-(twice / scale)).exponential
        let value = (lead + (a / twice + rest).logarithm) / less
        let pure = Enclosure.one / scale
        return Enclosure(between: max(0, value.lower), and: min(value.upper, pure.upper))
    }
}
