#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// SplitMix64: a small seeded generator for shuffles and initial weights.
///
/// **Not cryptographic**: its output tells its state. It must never make a key, a mask, a rounding bit of an upload or
/// the noise of a privacy mechanism. The same seed gives the same integers on every machine.
/// Source: backpropagation section 4
public struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    /// Starts from a public seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// Starts from several public numbers mixed together, such as a seed, a round and a participant's index.
    public init(mixing parts: UInt64...) {
        var mixed = SeededGenerator(seed: 0)
        for part in parts {
            mixed.state ^= part
            mixed.state = mixed.next()
        }
        self = mixed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<1 with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number in 0..<`bound` without bias; `bound` must be at least 1.
    public mutating func index(below bound: Int) -> Int {
        precondition(bound >= 1, "an empty range")
        let span = UInt64(bound)
        let rejected = (0 &- span) % span
        while true {
            let product = next().multipliedFullWidth(by: span)
            if product.low >= rejected { return Int(product.high) }
        }
    }

    /// A standard normal number by Box and Muller's transform, one of each pair; two draws a call.
    public mutating func gaussian() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// Puts the elements into a random order (Fisher and Yates); the order depends on this type alone, not on the
    /// standard library's version.
    public mutating func shuffle(_ elements: inout [Int]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, index(below: last + 1))
        }
    }
}
