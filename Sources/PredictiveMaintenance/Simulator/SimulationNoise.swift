internal import FederatedLearning

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The random numbers of one simulated stream: uniform, normal, and draws by weight.
/// Source: sensor-simulator section 2
struct SimulationNoise {
    private var generator: SeededGenerator
    private var spare: Double?

    /// The stream of `seed`.
    init(_ seed: SimulationSeed) {
        generator = SeededGenerator(seed: seed.value)
    }

    /// Uniform in [0, 1).
    mutating func uniform() -> Double {
        Double(generator.next() >> 11) * 0x1p-53
    }

    /// Uniform in `range`.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Uniform in `range`.
    mutating func uniform(_ range: Range<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Standard normal, by the polar method.
    mutating func gaussian() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let first = 2 * uniform() - 1
            let second = 2 * uniform() - 1
            let square = first * first + second * second
            if square > 0, square < 1 {
                let factor = (-2 * log(square) / square).squareRoot()
                spare = second * factor
                return first * factor
            }
        }
    }

    /// An index drawn with the given shares, which add up to one.
    mutating func draw(_ shares: [Double]) -> Int {
        var rest = uniform()
        for (index, share) in shares.enumerated() {
            rest -= share
            if rest < 0 { return index }
        }
        return shares.count - 1
    }
}
