#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The normal law's distribution function and its inverse, for audits: relative error about 1e-12.
enum NormalQuantile {
    /// P[X <= x].
    static func below(_ x: Double) -> Double { 0.5 * erfc(-x * 0.707_106_781_186_547_52) }

    /// The x with P[X <= x] = p; infinite at 0 and 1.
    static func of(_ p: Double) -> Double {
        if p > 0.5 { return -of(1 - p) }
        guard p > 0 else { return -.infinity }
        var (low, high) = (-39.0, 0.0)
        while true {
            let middle = 0.5 * (low + high)
            if middle <= low || middle >= high { return middle }
            if below(middle) < p { low = middle } else { high = middle }
        }
    }
}
