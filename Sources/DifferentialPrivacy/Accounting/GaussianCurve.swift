#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The exact privacy curve of the Gaussian mechanism, and of any number of compositions of it without sampling.
///
/// With mu = sqrt(sum of 1/z^2), a = epsilon/mu - mu/2 and b = a + mu,
/// delta(epsilon) = P[X >= a] - e^epsilon P[X >= b] = density(a) (mills(a) - mills(b)).
/// The second form has no large cancelling factors and is used for a >= 0. Every figure is an enclosure; its relative
/// width is about 1e-13 a/mu.
/// Source: privacy-accounting section 2
public struct GaussianCurve: Hashable, Sendable {
    let mu: Enclosure

    /// `count` releases with one noise multiplier (standard deviation over how far a neighbour moves the release);
    /// count at least 1 (a precondition).
    /// Source: privacy-accounting section 2
    public init(_ noise: NoiseMultiplier, count: Int = 1) {
        precondition(count >= 1, "a composition of nothing")
        self.init(muSquared: Enclosure(Double(count)) / (Enclosure(noise.value) * Enclosure(noise.value)))
    }

    init(muSquared: Enclosure) { mu = muSquared.squareRoot }

    /// delta(epsilon), the true value in between; epsilon at least zero. Cost: about a microsecond.
    /// Source: privacy-accounting section 2
    public func delta(at epsilon: Epsilon) -> PrivacyInterval {
        let value = delta(Enclosure(epsilon.value))
        return PrivacyInterval(lower: value.lower, upper: value.upper)
    }

    /// epsilon(delta), the true value in between. Cost: about a hundred evaluations of delta.
    /// Source: privacy-accounting section 2
    public func epsilon(at delta: Delta) -> PrivacyInterval {
        epsilonInterval(at: delta.value)
    }

    func epsilonInterval(at delta: Double) -> PrivacyInterval {
        // exp(-x^2 / 2) bounds the tail, so that delta is met there; 40 is beyond every double's.
        let reach = max(9, min(40, (-2 * log(delta)).squareRoot() + 1))
        let top = mu.upper * (0.5 * mu.upper + reach) + 1
        let upper = Bisection.first(from: 0, to: top) { self.delta(Enclosure($0)).upper <= delta }
        let lower = Bisection.last(from: 0, to: top) { self.delta(Enclosure($0)).lower >= delta }
        return PrivacyInterval(lower: lower ?? 0, upper: upper ?? .infinity)
    }

    func delta(_ epsilon: Enclosure) -> Enclosure {
        let ratio = epsilon / mu
        let half = Enclosure(0.5) * mu
        let a = ratio - half
        let b = ratio + half
        if a.lower >= 0 {
            return (NormalTail.density(a) * (NormalTail.mills(a) - NormalTail.mills(b))).probability
        }
        return (NormalTail.split(a).above - NormalTail.density(a) * NormalTail.mills(b)).probability
    }
}
