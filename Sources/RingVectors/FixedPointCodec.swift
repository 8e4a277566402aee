/// Turns real numbers into bounded integers and back: v becomes round(clamp(v, -clip, clip) * scale).
///
/// Stochastic rounding is unbiased up to 2^-32 (Float) or 2^-53 (Double) of a level; what it hides is nothing: the
/// integer is as secret as the number was.
/// Source: fixed-point section 1
public struct FixedPointCodec: Sendable, Equatable {
    /// How the product is brought to an integer.
    public enum Rounding: Sendable, Equatable {
        /// Up with the probability of the fractional part, from injected randomness.
        case stochastic
        /// To the nearest integer, ties to the even one; draws no randomness.
        case nearest
    }

    /// The largest `valueBound`: 2^51, so that Double arithmetic on levels and their fractions stays exact.
    public static let largestValueBound: Int64 = 1 << 51

    /// Levels for one unit of the input, positive and finite.
    public let scale: Double
    /// The largest magnitude that is not clipped, in units of the input, positive and finite.
    public let clip: Double
    /// The rounding rule.
    public let rounding: Rounding
    /// ceil(scale * clip): no encoded value has a larger magnitude.  1...2^51.
    public let valueBound: Int64

    /// A codec of `scale` levels a unit and clipping at `clip`.
    ///
    /// Throws `invalidScale` unless both are finite and positive and 0 < scale * clip <= 2^51.
    public init(scale: Double, clip: Double, rounding: Rounding = .stochastic) throws(RingFailure) {
        let product = scale * clip
        guard scale > 0, scale.isFinite, clip > 0, clip.isFinite, product > 0,
            product <= Double(FixedPointCodec.largestValueBound)
        else { throw .invalidScale }
        self.scale = scale
        self.clip = clip
        self.rounding = rounding
        valueBound = Int64(product.rounded(.up))
    }

    /// The codec that uses `valueBound` levels on each side of zero for the range -clip...clip.
    ///
    /// The scale is valueBound / clip, one unit in the last place less where that product would round above the bound.
    /// Throws `invalidScale` unless valueBound is 1...2^51, `clip` is finite and positive and the scale is a normal number.
    /// Source: fixed-point section 3
    public static func levels(
        valueBound: Int64, clip: Double, rounding: Rounding = .stochastic
    ) throws(RingFailure) -> FixedPointCodec {
        guard valueBound >= 1, valueBound <= largestValueBound, clip > 0, clip.isFinite else { throw .invalidScale }
        var scale = Double(valueBound) / clip
        guard scale.isNormal else { throw .invalidScale }
        if scale * clip > Double(valueBound) { scale = scale.nextDown }
        let codec = try FixedPointCodec(scale: scale, clip: clip, rounding: rounding)
        guard codec.valueBound == valueBound else { throw .invalidScale }
        return codec
    }

    /// The real numbers that integers, or sums of them, stand for: Double(q) / scale.
    /// Source: fixed-point section 1
    public func dequantise(_ values: [Int64]) -> [Double] {
        let scale = scale
        return values.map { Double($0) / scale }
    }
}
