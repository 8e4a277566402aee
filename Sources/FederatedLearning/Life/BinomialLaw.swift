#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Exact tails of the binomial law and the Clopper-Pearson interval.
///
/// Good for independent trials. Overlapping windows of one machine are not: count windows that do not overlap.
/// Cost of a tail: about 10 square roots of the trials; of an interval: some hundred tails.
/// Source: model-life section 3
public enum BinomialLaw {
    /// The most trials.
    public static let mostTrials = 1 << 32

    /// P[Binomial(trials, rate) >= successes]; 0 <= rate <= 1, trials in 0...2^32.
    public static func upperTail(_ successes: Int, of trials: Int, rate: Double) -> Double {
        check(trials, rate)
        if successes <= 0 { return 1 }
        if successes > trials { return 0 }
        if Double(successes) <= Double(trials) * rate { return 1 - downward(successes - 1, trials, rate) }
        return upward(successes, trials, rate)
    }

    /// P[Binomial(trials, rate) <= successes]; 0 <= rate <= 1, trials in 0...2^32.
    public static func lowerTail(_ successes: Int, of trials: Int, rate: Double) -> Double {
        check(trials, rate)
        if successes < 0 { return 0 }
        if successes >= trials { return 1 }
        if Double(successes) > Double(trials) * rate { return 1 - upward(successes + 1, trials, rate) }
        return downward(successes, trials, rate)
    }

    /// The rates that so many successes do not contradict at the confidence, both sides alike (Clopper and Pearson).
    ///
    /// 0...1 without trials. `successes` in 0...trials, 0 < confidence < 1.
    public static func interval(_ successes: Int, of trials: Int, confidence: Double) -> ClosedRange<Double> {
        precondition(confidence > 0 && confidence < 1, "a confidence out of range")
        precondition(successes >= 0 && successes <= trials, "more successes than trials")
        let tail = (1 - confidence) / 2
        var lower = 0.0
        var upper = 1.0
        let observed = trials > 0 ? Double(successes) / Double(trials) : 0
        if successes > 0 {
            lower = lastRate(0, observed) { upperTail(successes, of: trials, rate: $0) <= tail }
        }
        if successes < trials {
            let mirrored = lastRate(0, 1 - observed) { lowerTail(successes, of: trials, rate: 1 - $0) <= tail }
            upper = 1 - mirrored
        }
        return lower...max(lower, upper)
    }

    /// The largest rate between the ends at which the condition, true at the lower end, still holds.
    private static func lastRate(_ lower: Double, _ upper: Double, _ holds: (Double) -> Bool) -> Double {
        var (good, bad) = (lower, upper)
        while true {
            let middle = good + (bad - good) / 2
            guard middle > good, middle < bad, bad - good > 1e-15 * bad else { return good }
            if holds(middle) { good = middle } else { bad = middle }
        }
    }

    private static func check(_ trials: Int, _ rate: Double) {
        precondition((0...mostTrials).contains(trials) && rate >= 0 && rate <= 1, "trials or a rate out of range")
    }

    /// The sum of masses from `k` up, `k` above the mean.
    private static func upward(_ k: Int, _ n: Int, _ p: Double) -> Double {
        var term = mass(k, n, p)
        var sum = 0.0
        var place = k
        let odds = p / (1 - p)
        while term > 1e-18 * sum, term > 0 {
            sum += term
            term *= Double(n - place) / Double(place + 1) * odds
            place += 1
        }
        return min(1, sum)
    }

    /// The sum of masses from `k` down, `k` below the mean.
    private static func downward(_ k: Int, _ n: Int, _ p: Double) -> Double {
        var term = mass(k, n, p)
        var sum = 0.0
        var place = k
        let odds = (1 - p) / p
        while term > 1e-18 * sum, term > 0 {
            sum += term
            term *= Double(place) / Double(n - place + 1) * odds
            place -= 1
        }
        return min(1, sum)
    }

    /// P[Binomial(n, p) = k] in saddle-point form, whose parts do not cancel.
    static func mass(_ k: Int, _ n: Int, _ p: Double) -> Double {
        if p <= 0 { return k == 0 ? 1 : 0 }
        if p >= 1 { return k == n ? 1 : 0 }
        if k == 0 { return exp(Double(n) * log1p(-p)) }
        if k == n { return exp(Double(n) * log(p)) }
        let (x, m) = (Double(k), Double(n))
        let y = m - x
        let exponent =
            stirlingRest(n) - stirlingRest(k) - stirlingRest(n - k) - deviance(x, m * p) - deviance(y, m * (1 - p))
        return exp(exponent) * (m / (2 * Double.pi * x * y)).squareRoot()
    }

    /// ln n! less Stirling's ln(sqrt(2 pi n) (n / e)^n), n >= 1.
    private static func stirlingRest(_ n: Int) -> Double {
        let x = Double(n)
        if n < 16 {
            let factorial = (1...n).reduce(1.0) { $0 * Double($1) }
            return log(factorial) - (x + 0.5) * log(x) + x - 0.5 * log(2 * Double.pi)
        }
        let s = 1 / (x * x)
        return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / x
    }

    /// x ln(x / m) + m - x, by its series where the terms would cancel.
    private static func deviance(_ x: Double, _ m: Double) -> Double {
        let difference = x - m
        let v = difference / (x + m)
        guard v.magnitude < 0.1 else { return x * log(x / m) - difference }
        var sum = difference * v
        var power = 2 * x * v
        var odd = 1.0
        while true {
            power *= v * v
            odd += 2
            let next = sum + power / odd
            if next == sum { return sum }
            sum = next
        }
    }
}
