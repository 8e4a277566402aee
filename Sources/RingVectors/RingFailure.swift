/// Why a vector, a codec or a configuration was refused; payloads are sizes and positions, never values.
public enum RingFailure: Error, Equatable, Sendable {
    /// The ring width is not 8...62 or 64.
    case unsupportedBits(Int)
    /// The sum could leave the ring; `requiredBits` is the smallest width that holds it (above 64: none does).
    case overflowPossible(requiredBits: Int)
    /// Two vectors of different length, or bytes that are not a whole number of words of this vector.
    case dimensionMismatch
    /// A value outside the ring, or a word with unused bits set.
    case elementOutOfRange
    /// A NaN or an infinity at this position.
    case nonFiniteInput(index: Int)
    /// A scale or clip that is not finite and positive, or a largest level above 2^51.
    case invalidScale
    /// More than `PackedVector.maximumCount` values.
    case vectorTooLarge
    /// Two vectors of different lane layouts.
    case layoutMismatch
}
