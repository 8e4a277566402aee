#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Two laws whose log-ratio is the privacy loss of one step: Q is the noise about 0, P = (1 - q) Q + q (noise about 1).
/// Removing a unit is the pair (P, Q), adding one the pair (Q, P); all neighbours are dominated by them.
///
/// Everything is written in t, the log-ratio of the unsampled step: t = (2x - 1)/(2 z^2) for Gaussian noise of standard
/// deviation z, 1/b clamped for Laplace noise of scale b; the loss is ln(1 - q + q e^t).
struct LossPair: Hashable, Sendable {
    enum Noise: Hashable, Sendable {
        case gaussian(Double)
        case laplace(Double)
    }

    let noise: Noise
    let rate: Double

    /// The loss where the unsampled one is `t`.
    func loss(_ t: Double) -> Double {
        if rate == 1 { return t }
        return t > 30 ? t + log(rate + (1 - rate) * exp(-t)) : log1p(rate * expm1(t))
    }

    /// The t that is covered: `below` and `above` standard deviations beyond the centres, all of it for Laplace noise.
    func range(below: Double, above: Double) -> (low: Double, high: Double) {
        switch noise {
        case .gaussian(let z): (-below / z - 0.5 / (z * z), above / z + 0.5 / (z * z))
        case .laplace(let b): (-1 / b, 1 / b)
        }
    }

    /// Standard deviation of the loss under P, roughly; it only steers the mesh.
    var deviation: Double {
        switch noise {
        case .laplace(let b):
            let (low, high) = (loss(-1 / b), loss(1 / b))
            return max(0.25 * (high - low), 1e-300)
        case .gaussian(let z):
            var moments = (0.0, 0.0, 0.0)
            for index in -48...48 {
                let x = Double(index) / 8
                let weight = exp(-0.5 * x * x)
                for (share, t) in [(1 - rate, x / z - 0.5 / (z * z)), (rate, x / z + 0.5 / (z * z))] {
                    let value = loss(t)
                    let mass = share * weight
                    moments = (moments.0 + mass, moments.1 + mass * value, moments.2 + mass * value * value)
                }
            }
            let mean = moments.1 / moments.0
            return max(moments.2 / moments.0 - mean * mean, 1e-300).squareRoot()
        }
    }

    /// The largest loss: infinite for Gaussian noise, rounded up otherwise; and the same after exchanging P and Q.
    var bounds: (removal: Double, addition: Double) {
        let least = rate == 1 ? Double.infinity : -log1p(-rate) * (1 + 0x1p-48)
        switch noise {
        case .gaussian: return (.infinity, least)
        case .laplace(let b):
            let edge = 1 / b
            let high = loss(edge)
            return ((high + (abs(high) + rate) * 0x1p-48).nextUp, min(least, (-loss(-edge) * (1 + 0x1p-46)).nextUp))
        }
    }
}
