#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The shape of what a failure time's logarithm deviates by, in units of its scale.
/// Source: aft section 1
public enum SurvivalDistribution: Hashable, Sendable, CaseIterable {
    /// Log-normal times: a normal residual.
    case logNormal
    /// Weibull times: a residual with the smallest-extreme-value law, survival exp(-e^r).
    case weibull
    /// Log-logistic times: a logistic residual, survival 1 / (1 + e^r).
    case logLogistic

    /// One row's share of the negative log-likelihood, with its first and second derivative by the residual.
    struct Terms {
        var loss: Double
        var slope: Double
        var curvature: Double
    }

    /// Beyond this residual the Weibull terms are continued by their second-order polynomial: convex, twice differentiable
    /// and finite, so that a wild trial point can be judged. A failure there has a likelihood below e^-2900.
    static let weibullKnee = 8.0

    /// -log f(r) for a failure, -log S(r) for a row that had not failed yet; the scale's -log(1/s) is not in it.
    func terms(residual r: Double, failed: Bool) -> Terms {
        switch self {
        case .logNormal:
            if failed { return Terms(loss: r * r / 2 + Self.halfLogTau, slope: r, curvature: 1) }
            let hazard = Self.normalHazard(r)
            let loss = r < 30 ? -log(erfc(r * 0.5.squareRoot()) / 2) : r * r / 2 + Self.halfLogTau + log(hazard)
            return Terms(loss: loss, slope: hazard, curvature: max(0, hazard * (hazard - r)))
        case .weibull:
            let inside = min(r, Self.weibullKnee)
            let power = exp(inside)
            let beyond = r - inside
            let loss = power * (1 + beyond + beyond * beyond / 2)
            let slope = power * (1 + beyond)
            return failed
                ? Terms(loss: loss - r, slope: slope - 1, curvature: power)
                : Terms(loss: loss, slope: slope, curvature: power)
        case .logLogistic:
            let small = exp(-r.magnitude)
            let softplus = max(r, 0) + log1p(small)
            let share = r >= 0 ? 1 / (1 + small) : small / (1 + small)
            let spread = small / ((1 + small) * (1 + small))
            return failed
                ? Terms(loss: 2 * softplus - r, slope: 2 * share - 1, curvature: 2 * spread)
                : Terms(loss: softplus, slope: share, curvature: spread)
        }
    }

    /// Bounds of the magnitudes of `terms` for all residuals in `-largest...largest`.
    func bounds(largest: Double) -> Terms {
        switch self {
        case .logNormal:
            return Terms(loss: largest * largest / 2 + 1 + log1p(largest), slope: largest + 1, curvature: 1)
        case .weibull:
            let edge = terms(residual: largest, failed: false)
            return Terms(loss: edge.loss + largest, slope: edge.slope + 1, curvature: edge.curvature)
        case .logLogistic:
            return Terms(loss: largest + 2, slope: 1, curvature: 0.5)
        }
    }

    /// The residual below which a share `fraction` (in 0..<1, above 0) of all failures lies.
    public func quantile(_ fraction: Double) -> Double {
        precondition(fraction > 0 && fraction < 1, "a fraction out of range")
        switch self {
        case .logNormal: return Self.normalQuantile(fraction)
        case .weibull: return log(-log1p(-fraction))
        case .logLogistic: return log(fraction) - log1p(-fraction)
        }
    }

    /// The probability of a residual above `r`.
    public func survival(_ r: Double) -> Double {
        switch self {
        case .logNormal: erfc(r * 0.5.squareRoot()) / 2
        case .weibull: exp(-exp(r))
        case .logLogistic: r > 0 ? exp(-r) / (1 + exp(-r)) : 1 / (1 + exp(r))
        }
    }

    private static let halfLogTau = 0.918_938_533_204_672_74

    /// Density over survival; beyond 30 by its asymptotic series, whose error there is below 1e-11 of it.
    private static func normalHazard(_ r: Double) -> Double {
        if r < 30 { return exp(-r * r / 2 - halfLogTau) / (erfc(r * 0.5.squareRoot()) / 2) }
        let inverse = 1 / (r * r)
        return r * (1 + inverse * (1 - inverse * (2 - inverse * (10 - 74 * inverse))))
    }

    /// A start of Abramowitz and Stegun's kind, then Newton steps on the tail's logarithm until nothing changes.
    private static func normalQuantile(_ fraction: Double) -> Double {
        if fraction == 0.5 { return 0 }
        let tail = min(fraction, 1 - fraction)
        let t = (-2 * log(tail)).squareRoot()
        var x = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t))
        for _ in 0..<8 {
            let found = erfc(x * 0.5.squareRoot()) / 2
            x += log(found / tail) / normalHazard(x)
        }
        return fraction < 0.5 ? -x : x
    }
}
