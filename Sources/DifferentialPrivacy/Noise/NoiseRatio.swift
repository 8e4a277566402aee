/// A noise multiplier z = sigma / Delta as an exact fraction; what a plan makes of it is never less.
/// Source: discrete-gaussian section 5
public struct NoiseRatio: Hashable, Sendable {
    /// The largest numerator, 2^31.
    static let largestNumerator: UInt64 = 1 << 31
    /// The largest denominator, 2^16.
    static let largestDenominator: UInt64 = 1 << 16

    /// 1...2^31.
    public let numerator: UInt64
    /// 1...2^16.
    public let denominator: UInt64

    /// z = numerator / denominator; throws `invalidField(.multiplier)` unless they are in 1...2^31 and 1...2^16.
    public init(_ numerator: UInt64, over denominator: UInt64) throws(NoiseRefusal) {
        guard (1...Self.largestNumerator).contains(numerator), (1...Self.largestDenominator).contains(denominator)
        else { throw .invalidField(.multiplier) }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The smallest multiple of 2^-16 that is at least z; throws `invalidField(.multiplier)` unless 0 < z <= 2^15.
    public init(roundingUp value: Double) throws(NoiseRefusal) {
        guard value > 0, value <= 0x1p15 else { throw .invalidField(.multiplier) }
        try self.init(UInt64((value * 0x1p16).rounded(.up)), over: Self.largestDenominator)
    }
}
