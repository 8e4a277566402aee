/// The parameter sigma^2 of a discrete Gaussian, an exact fraction in squared grid units, in lowest terms.
///
/// Admitted: 0 < sigma^2 and t^2 * denominator <= 2^58 with t = floor(sigma) + 1, which is what the sampler's proof of
/// no overflow needs. The true variance of the discrete law is at most this parameter and equal to it for practical
/// purposes above 1.
/// Source: discrete-gaussian section 3
public struct NoiseVariance: Hashable, Sendable {
    /// t^2 * denominator is at most this: 2^58.
    static let largestScaledSquare: UInt64 = 1 << 58

    /// At least 1.
    public let numerator: UInt64
    /// At least 1.
    public let denominator: UInt64

    /// floor(sigma) + 1: the scale of the discrete Laplace proposals.
    let proposalScale: UInt64

    /// sigma^2 = numerator / denominator. Throws `varianceOutOfRange`; constant time, allocates nothing.
    /// Source: discrete-gaussian section 3
    public init(_ numerator: UInt64, over denominator: UInt64 = 1) throws(NoiseRefusal) {
        guard numerator > 0, denominator > 0 else { throw .varianceOutOfRange }
        let divisor = Self.greatestCommonDivisor(numerator, denominator)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
        proposalScale = IntegerRoot.floor(UInt128(numerator / denominator)) + 1
        let square = proposalScale.multipliedFullWidth128(by: proposalScale)
        let (scaled, overflow) = square.multipliedReportingOverflow(by: UInt128(self.denominator))
        guard !overflow, scaled <= UInt128(Self.largestScaledSquare) else { throw .varianceOutOfRange }
    }

    /// Whether sigma^2 >= bound, exactly.
    public func isAtLeast(_ bound: UInt64) -> Bool {
        UInt128(numerator) >= bound.multipliedFullWidth128(by: denominator)
    }

    static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
