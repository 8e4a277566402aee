/// A sum of variances as an exact fraction in squared grid units; zero for no summand.
/// Source: discrete-gaussian section 5
public struct ExactVariance: Hashable, Sendable {
    /// The least common denominator may be at most this: 2^32.
    static let largestDenominator: UInt64 = 1 << 32

    /// Below 2^107.
    public let numerator: UInt128
    /// 1...2^32.
    public let denominator: UInt64

    /// Trusts the caller that both numbers are in range.
    init(numerator: UInt128, denominator: UInt64) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The sum of at most 2^16 variances; throws `varianceOutOfRange` when their denominators have no common multiple
    /// up to 2^32, `invalidField(.participants)` for more of them.
    init(_ variances: some Collection<NoiseVariance>) throws(NoiseRefusal) {
        guard variances.count <= NoisePlan.largestParticipants else { throw .invalidField(.participants) }
        let common = try Self.commonDenominator(of: variances)
        var sum: UInt128 = 0
        for variance in variances { sum += Self.scaled(variance, to: common) }
        self.init(numerator: sum, denominator: common)
    }

    /// Whether the sum is at least `bound`, exactly.
    public func isAtLeast(_ bound: UInt64) -> Bool {
        numerator >= bound.multipliedFullWidth128(by: denominator)
    }

    /// The numerator of `variance` over a multiple of its denominator.
    static func scaled(_ variance: NoiseVariance, to denominator: UInt64) -> UInt128 {
        variance.numerator.multipliedFullWidth128(by: denominator / variance.denominator)
    }

    /// The least common multiple of the denominators; throws `varianceOutOfRange` above 2^32.
    static func commonDenominator(of variances: some Collection<NoiseVariance>) throws(NoiseRefusal) -> UInt64 {
        var common: UInt64 = 1
        for variance in variances where common % variance.denominator != 0 {
            guard variance.denominator <= largestDenominator else { throw .varianceOutOfRange }
            common *= variance.denominator / NoiseVariance.greatestCommonDivisor(common, variance.denominator)
            guard common <= largestDenominator else { throw .varianceOutOfRange }
        }
        return common
    }
}

extension NoiseVariance {
    /// The parameter as a floating-point number that is not above it, and at least 18 where the parameter is.
    var roundedDown: Double {
        let quotient = Double(numerator) / Double(denominator)
        let isExact = numerator <= 1 << 53 && denominator & (denominator - 1) == 0
        let below = isExact ? quotient : quotient.nextDown.nextDown
        return isAtLeast(NoisePlan.smallestShare) ? max(below, Double(NoisePlan.smallestShare)) : below
    }
}
