/// The law P(x) proportional to exp(-x^2 / (2 sigma^2)) on the integers, in grid units.
///
/// Draws are exact but for magnitudes of 64 (floor(sigma) + 1) and more, left out: total variation below 2^-2900 a
/// draw. No floating point anywhere. About 15 words of keystream a draw, some 100 ns, whatever the variance.
/// > Important: a draw's time tells its number of rejections and, roughly, its whole sigmas; draw before there are
///   data.
/// Source: discrete-gaussian sections 2 and 3
public struct DiscreteGaussian: Hashable, Sendable {
    /// Proposals of this many whole proposal scales are drawn again.
    static let scaleLimit: UInt64 = 64

    /// The parameter sigma^2.
    public let variance: NoiseVariance

    /// The largest magnitude of a draw: below 2^35.
    public var largestMagnitude: Int64 { Int64(Self.scaleLimit * variance.proposalScale) - 1 }

    /// t * denominator, for t = floor(sigma) + 1.
    private let scaledProposal: UInt64
    /// 2 * numerator * denominator * t^2, below 2^118.
    private let exponentDenominator: UInt128

    /// The law of parameter `variance`, squared grid units.
    public init(variance: NoiseVariance) {
        self.variance = variance
        let scale = variance.proposalScale
        scaledProposal = scale * variance.denominator
        exponentDenominator =
            2 * variance.numerator.multipliedFullWidth128(by: variance.denominator) * UInt128(scale * scale)
    }

    /// A draw.
    @inline(__always)
    func draw(from stream: inout NoiseStream) -> Int64 {
        while true {
            let proposal = stream.laplace(variance.proposalScale, over: 1, limit: Self.scaleLimit)
            let scaled = proposal.magnitude &* scaledProposal
            let distance =
                scaled >= variance.numerator ? scaled &- variance.numerator : variance.numerator &- scaled
            let square = distance.multipliedFullWidth128(by: distance)
            if stream.decayCoin(square, over: exponentDenominator) { return proposal }
        }
    }
}
