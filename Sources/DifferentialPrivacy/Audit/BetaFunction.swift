#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The regularised incomplete beta function for whole parameters, and binomial laws through it.
/// Source: self-audit section 1
enum BetaFunction {
    /// ln gamma(x) for x >= 1: Stirling's series beyond 15, reached by the recurrence.
    static func logGamma(_ x: Double) -> Double {
        var (x, shift) = (x, 1.0)
        while x < 15 {
            shift *= x
            x += 1
        }
        let inverse = 1 / (x * x)
        let series =
            (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x
        return (x - 0.5) * log(x) - x + 0.918_938_533_204_672_74 + series - log(shift)
    }

    /// ln of n over k, 0 <= k <= n.
    static func logChoose(_ n: Int, _ k: Int) -> Double {
        logGamma(Double(n) + 1) - logGamma(Double(k) + 1) - logGamma(Double(n - k) + 1)
    }

    /// I_x(a, b) for a, b >= 1, 0 <= x <= 1: the continued fraction on its fast side. Relative error about 1e-12.
    static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - regularised(complement: x, a, b) }
        return front(x, a, b) * fraction(x, a, b)
    }

    /// 1 - I_x(a, b) on the far side of the mean.
    private static func regularised(complement x: Double, _ a: Double, _ b: Double) -> Double {
        front(x, a, b) / b * a * fraction(1 - x, b, a)
    }

    /// x^a (1 - x)^b / (a B(a, b)).
    private static func front(_ x: Double, _ a: Double, _ b: Double) -> Double {
        exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)) / a
    }

    /// The continued fraction of the incomplete beta function, by Lentz's method with a bounded number of steps.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func safe(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var numerator = 1.0
        var denominator = 1 / safe(1 - (a + b) * x / (a + 1))
        var result = denominator
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            denominator = 1 / safe(1 + even * denominator)
            numerator = safe(1 + even / numerator)
            result *= denominator * numerator
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            denominator = 1 / safe(1 + odd * denominator)
            numerator = safe(1 + odd / numerator)
            let change = denominator * numerator
            result *= change
            if abs(change - 1) < 1e-16 { break }
        }
        return result
    }

    /// P[Binomial(n, p) = k].
    static func mass(_ k: Int, of n: Int, _ p: Double) -> Double {
        guard k >= 0, k <= n else { return 0 }
        if p <= 0 { return k == 0 ? 1 : 0 }
        if p >= 1 { return k == n ? 1 : 0 }
        return exp(logChoose(n, k) + Double(k) * log(p) + Double(n - k) * log1p(-p))
    }

    /// P[Binomial(n, p) >= k].
    static func upperTail(_ k: Int, of n: Int, _ p: Double) -> Double {
        if k <= 0 { return 1 }
        if k > n { return 0 }
        return regularised(p, Double(k), Double(n - k) + 1)
    }
}
