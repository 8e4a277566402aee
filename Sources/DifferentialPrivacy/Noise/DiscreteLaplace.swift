/// The law P(x) proportional to exp(-|x| / scale) on the integers; scale = numerator / denominator grid units.
///
/// Draws are exact but for magnitudes above 65,536 scales, left out: total variation below exp(-65,535) a draw.
/// > Important: a draw's time tells its number of rejections and of whole scales, so draw before there are data.
/// Source: discrete-gaussian section 2
public struct DiscreteLaplace: Hashable, Sendable {
    /// The most a numerator or a denominator may be: 2^32.
    static let largestPart: UInt64 = 1 << 32
    /// Draws of this many whole numerators are drawn again.
    static let scaleLimit: UInt64 = 1 << 16

    /// 1...2^32.
    public let scaleNumerator: UInt64
    /// 1...2^32.
    public let scaleDenominator: UInt64

    /// The law of scale numerator / denominator; throws `scaleOutOfRange` unless both are in 1...2^32.
    public init(scale numerator: UInt64, over denominator: UInt64 = 1) throws(NoiseRefusal) {
        guard (1...Self.largestPart).contains(numerator), (1...Self.largestPart).contains(denominator) else {
            throw .scaleOutOfRange
        }
        scaleNumerator = numerator
        scaleDenominator = denominator
    }

    /// A draw below 2^48 in magnitude.
    @inline(__always)
    func draw(from stream: inout NoiseStream) -> Int64 {
        stream.laplace(scaleNumerator, over: scaleDenominator, limit: Self.scaleLimit)
    }
}

extension NoiseStream {
    /// A discrete Laplace draw, conditioned on floor(|x| denominator / numerator) < limit.
    ///
    /// For numerator * limit <= 2^63: the magnitude before division is uniform + numerator * geometric < numerator *
    /// limit.
    @inline(__always)
    mutating func laplace(_ numerator: UInt64, over denominator: UInt64, limit: UInt64) -> Int64 {
        while true {
            let part = uniform(below: numerator)
            guard exponentialCoin(UInt128(part), over: UInt128(numerator)) else { continue }
            guard let whole = geometric(below: limit) else { continue }
            let fine = part &+ numerator &* whole
            let magnitude = Int64(bitPattern: denominator == 1 ? fine : fine / denominator)
            let negative = word() >> 63 == 1
            if negative && magnitude == 0 { continue }
            return negative ? -magnitude : magnitude
        }
    }
}
