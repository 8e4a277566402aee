#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@testable import DifferentialPrivacy

/// The slow, obvious version of a cut pair, in intervals: two laws (P, Q) whose log-ratio L = ln dP/dQ is the privacy loss of one step; all neighbours are dominated by them.
enum EnclosedLossPair: Hashable, Sendable {
    /// P = (1 - q) N(0, z^2) + q N(1, z^2), Q = N(0, z^2): a unit is removed.
    case removal(noise: Double, rate: Double)
    /// The same two laws exchanged: a unit is added.
    case addition(noise: Double, rate: Double)
    /// Laplace of one scale at 0 and at 1.
    case laplace(scale: Double)

    /// What lies at or above a loss, and below it, under P and under Q.
    struct Split {
        var above: Enclosure
        var below: Enclosure
        var otherAbove: Enclosure
        var otherBelow: Enclosure
    }

    /// A range of losses: `reach` standard deviations of the noise upwards, at most 9.5 downwards.
    func range(reach: Double) -> (low: Double, high: Double) {
        switch self {
        case .removal(let z, let q): (Self.loss(-9.5 * z, z, q), Self.loss(1 + reach * z, z, q))
        case .addition(let z, let q): (-Self.loss(9.5 * z, z, q), -Self.loss(-reach * z, z, q))
        case .laplace(let b): (-1 / b, 1 / b)
        }
    }

    /// The variance of the loss under P, roughly; it only steers the mesh.
    var variance: Double {
        switch self {
        case .laplace(let b): return min(1 / (b * b), 1 / b)
        case .removal(let z, let q), .addition(let z, let q):
            var moments = (0.0, 0.0, 0.0)
            for index in -400...400 {
                let x = Double(index) / 50
                for (weight, centre) in [(1 - q, 0.0), (q, 1.0)] {
                    let place = centre + z * x
                    let mass = weight * exp(-0.5 * x * x)
                    let loss = Self.loss(place, z, q)
                    moments = (moments.0 + mass, moments.1 + mass * loss, moments.2 + mass * loss * loss)
                }
            }
            let mean = moments.1 / moments.0
            return max(moments.2 / moments.0 - mean * mean, 1e-300)
        }
    }

    /// ln(1 - q + q e^((2x - 1)/(2 z^2))).
    private static func loss(_ x: Double, _ z: Double, _ q: Double) -> Double {
        let t = (2 * x - 1) / (2 * z * z)
        if q == 1 { return t }
        return t > 30 ? t + log(q + (1 - q) * exp(-t)) : log1p(q * expm1(t))
    }

    /// Where ln(1 - q + q e^((2x - 1)/(2 z^2))) reaches a loss; nil when it stays above.
    private static func place(_ loss: Enclosure, _ z: Enclosure, _ q: Enclosure) -> Enclosure? {
        let half = Enclosure(0.5)
        if q.lower == 1 { return z * z * loss + half }
        let t: Enclosure
        if loss.lower > 30 {
            let rest = (Enclosure.one - q) * (-loss).exponential
            t = loss + (-rest).logarithmOfOnePlus - q.logarithm
        } else {
            let excess = loss.exponentialMinusOne / q
            if excess.upper <= -1 { return nil }
            t = excess.logarithmOfOnePlus
        }
        return z * z * t + half
    }

    func split(at loss: Enclosure) -> Split {
        let one = Enclosure.one
        let none = Enclosure(0)
        switch self {
        case .removal(let noise, let rate):
            let z = Enclosure(noise)
            let q = Enclosure(rate)
            guard let x = Self.place(loss, z, q) else {
                return Split(above: one, below: none, otherAbove: one, otherBelow: none)
            }
            let near = x / z
            let far = (x - one) / z
            let (nearAbove, nearBelow) = NormalTail.split(near)
            let (farAbove, farBelow) = NormalTail.split(far)
            return Split(
                above: Self.mix(q, nearAbove, farAbove), below: Self.mix(q, nearBelow, farBelow),
                otherAbove: nearAbove, otherBelow: nearBelow)
        case .addition(let noise, let rate):
            let z = Enclosure(noise)
            let q = Enclosure(rate)
            guard let x = Self.place(-loss, z, q) else {
                return Split(above: none, below: one, otherAbove: none, otherBelow: one)
            }
            let near = x / z
            let far = (x - one) / z
            let (nearBelow, nearAbove) = NormalTail.split(near)
            let (farBelow, farAbove) = NormalTail.split(far)
            return Split(
                above: nearAbove, below: nearBelow,
                otherAbove: Self.mix(q, nearAbove, farAbove), otherBelow: Self.mix(q, nearBelow, farBelow))
        case .laplace(let scale):
            // L = (1 - 2x)/b between the centres; L >= loss where x <= (1 - loss b)/2.
            let b = Enclosure(scale)
            let edge = one / b
            let half = Enclosure(0.5)
            if loss.lower > edge.upper { return Split(above: none, below: one, otherAbove: none, otherBelow: one) }
            if loss.upper <= -edge.upper { return Split(above: one, below: none, otherAbove: one, otherBelow: none) }
            let below = (half * (half * (loss - edge)).exponential).probability
            let otherAbove = (half * (-(half * (edge + loss))).exponential).probability
            var split = Split(
                above: (one - below).probability, below: below, otherAbove: otherAbove,
                otherBelow: (one - otherAbove).probability)
            // An edge that rounding cannot place lies on either side.
            if loss.upper >= edge.lower {
                split = Split(
                    above: split.above.hull(none), below: split.below.hull(one),
                    otherAbove: split.otherAbove.hull(none), otherBelow: split.otherBelow.hull(one))
            }
            if loss.lower <= -edge.lower {
                split = Split(
                    above: split.above.hull(one), below: split.below.hull(none),
                    otherAbove: split.otherAbove.hull(one), otherBelow: split.otherBelow.hull(none))
            }
            return split
        }
    }

    private static func mix(_ q: Enclosure, _ near: Enclosure, _ far: Enclosure) -> Enclosure {
        if q.lower == 1 { return far }
        return ((Enclosure.one - q) * near + q * far).probability
    }
}
