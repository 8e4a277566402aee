/// A number of a noise plan that makes no sense by itself.
/// Source: discrete-gaussian section 5
public enum NoiseField: String, Hashable, Sendable {
    /// Not in 1...65,536.
    case participants
    /// Negative.
    case colluders
    /// Negative.
    case dropouts
    /// Not in 1...2^28.
    case dimension
    /// Not in 1...2^32.
    case rounds
    /// Not in 1...2^32.
    case machinesPerParticipant
    /// Zero.
    case sensitivity
    /// Not in 1...2^31 over 1...2^16, or a floating-point number that is not positive, finite and at most 2^15.
    case multiplier
}

/// Why no noise is planned, drawn or added. Carries public numbers alone.
/// Source: discrete-gaussian section 5
public enum NoiseRefusal: Error, Hashable, Sendable {
    /// A number out of its range.
    case invalidField(NoiseField)
    /// Zero, or t^2 * denominator above 2^58 where t = floor(sigma) + 1: sigma must stay below about 5e8.
    case varianceOutOfRange
    /// A discrete Laplace scale whose numerator or denominator is not in 1...2^32.
    case scaleOutOfRange
    /// Nobody honest would be left: the smallest cohort for these colluders and dropouts.
    case tooFewParticipants(minimum: Int)
    /// A share's variance below the smallest for which the accountant's bound holds, in squared grid units; use a finer
    /// grid.
    case shareTooSmall(minimum: UInt64)
    /// A share's variance above what the exact sampler admits; use a coarser grid.
    case shareTooLarge
    /// Fewer survivors than the plan bills for: the sum must stay masked.
    case belowFloor(survivors: Int, minimum: Int)
    /// More survivors than members.
    case tooManySurvivors(maximum: Int)
    /// The sum could wrap: the width needed (above 64: a coarser grid, fewer machines or less noise).
    case sumCouldWrap(requiredBits: Int)
    /// The vector has another number of elements than the noise.
    case dimensionMismatch(expected: Int)
    /// A value above 2^62 in magnitude, which no clipped sum has.
    case valueOutOfRange
}

extension NoiseRefusal: CustomStringConvertible {
    /// One sentence: what, and what would do.
    public var description: String {
        switch self {
        case .invalidField(let field): "\(field.rawValue) is out of range"
        case .varianceOutOfRange: "the variance is zero or beyond the exact sampler"
        case .scaleOutOfRange: "the scale is not in 1...2^32 over 1...2^32"
        case .tooFewParticipants(let minimum): "too few participants; at least \(minimum) are needed"
        case .shareTooSmall(let minimum):
            "a share's variance is below \(minimum) squared grid units; use a finer grid"
        case .shareTooLarge: "a share's variance is beyond the exact sampler; use a coarser grid"
        case .belowFloor(let survivors, let minimum):
            "\(survivors) survivors carry too little noise; the sum stays masked below \(minimum)"
        case .tooManySurvivors(let maximum): "there are only \(maximum) members"
        case .sumCouldWrap(let bits):
            bits <= 64
                ? "the sum could wrap; \(bits) bits are needed"
                : "the sum could wrap: it needs \(bits) bits; use a coarser grid, fewer machines or less noise"
        case .dimensionMismatch(let expected): "the vector must have \(expected) elements"
        case .valueOutOfRange: "a value is too large for any clipped sum"
        }
    }
}
