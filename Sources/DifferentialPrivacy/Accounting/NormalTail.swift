#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The normal law with enclosures, relative precision kept in both tails.
enum NormalTail {
    /// Relative error of `mills`: 2^-45, section 2 of the page.
    static let millsError = 0x1p-45

    private static let rootOfTwoPi = Enclosure(outward: 2.506_628_274_631_000_5, 2.506_628_274_631_000_5)

    /// P[X >= x] / density(x) for x >= 0: the Taylor series of the integral below 5/4, Laplace's continued fraction
    /// above.
    static func mills(_ x: Double) -> Double {
        let square = x * x
        if x < 1.25 {
            var term = x
            var sum = x
            var odd = 3.0
            while term > sum * 0x1p-60 {
                term *= square / odd
                sum += term
                odd += 2
            }
            return 1.253_314_137_315_500_3 * exp(0.5 * square) - sum
        }
        var fraction = x
        var step = (30 + 400 / square).rounded(.up)
        while step >= 1 {
            fraction = x + step / fraction
            step -= 1
        }
        return 1 / fraction
    }

    /// The Mills ratio over an enclosed argument at or above zero: it falls, by less than 4/5 of itself a unit.
    static func mills(_ x: Enclosure) -> Enclosure {
        let low = Swift.max(0, x.lower)
        let value = mills(low)
        let fall = x.upper < .infinity ? Swift.max(0, 1 - 0.8 * (x.upper - low).nextUp - millsError) : 0
        return Enclosure(outward: value * fall, value * (1 + millsError)).nonNegative
    }

    /// The density at an enclosed argument.
    static func density(_ x: Enclosure) -> Enclosure {
        let least = x.lower > 0 ? x.lower : (x.upper < 0 ? -x.upper : 0)
        let most = Swift.max(abs(x.lower), abs(x.upper))
        let half = Enclosure(0.5)
        let top = (-(Enclosure(least) * Enclosure(least) * half)).exponential
        let bottom = most.isFinite ? (-(Enclosure(most) * Enclosure(most) * half)).exponential.lower : 0
        return (Enclosure(between: bottom, and: top.upper) / rootOfTwoPi).nonNegative
    }

    /// P[X >= x] and P[X <= x]: relative error about 2^-44 for the smaller one, absolute for the other.
    static func split(_ x: Enclosure) -> (above: Enclosure, below: Enclosure) {
        if x.lower >= 0 {
            let tail = (density(x) * mills(x)).probability
            return (tail, (Enclosure.one - tail).probability)
        }
        if x.upper <= 0 {
            let tail = (density(-x) * mills(-x)).probability
            return ((Enclosure.one - tail).probability, tail)
        }
        let left = split(Enclosure(x.lower))
        let right = split(Enclosure(x.upper))
        return (left.above.hull(right.above), left.below.hull(right.below))
    }
}
