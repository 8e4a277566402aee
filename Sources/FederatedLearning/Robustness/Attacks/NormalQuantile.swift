#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The inverse of the standard normal distribution function.
/// Source: robust-sums section 7
enum NormalQuantile {
    /// For a probability in 0<..<1; Newton's steps on the logarithm of the smaller tail, to about 1e-13.
    static func value(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a probability out of range")
        let tail = min(probability, 1 - probability)
        // Convex and decreasing: Newton from the left end never overshoots.
        var z = 0.0
        for _ in 0..<100 {
            let mass = 0.5 * erfc(z * 0.5.squareRoot())
            let density = exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
            let step = (log(mass) - log(tail)) * mass / density
            z += step
            if step.magnitude < 1e-14 * (1 + z) { break }
        }
        return probability < 0.5 ? -z : z
    }
}
