/// Lets a noised number of machines decide whether a sum is worth releasing, for certain enough that it is not too small.
///
/// The noised count less a margin must reach the minimum. A count below the minimum passes with probability at most
/// 2^-failureBits. The count is a release of its own; the gate is post-processing, so that no data decide anything
/// unnoised.
/// Source: release-charges section 3
public struct CountGate: Hashable, Sendable {
    /// The fewest machines.
    public let minimum: Int
    /// A gate fails with probability at most 2^-failureBits, 1...128.
    public let failureBits: Int
    /// Grid units of one machine's slot.
    public let slot: L2Sensitivity
    /// What the noised slot must exceed minimum * slot by: grid units.
    public let margin: UInt64

    /// A gate under noise of at most `noise` squared grid units altogether: all members' shares, not the honest ones'.
    ///
    /// Throws `invalidGate` for a minimum not in 0...2^32, bits not in 1...128, or noise above 2^80.
    /// Source: release-charges section 3
    public init(
        minimum: Int, failureBits: Int, slot: L2Sensitivity, noise: ExactVariance
    ) throws(ReleaseRefusal) {
        guard (0...1 << 32).contains(minimum), (1...128).contains(failureBits),
            noise.numerator / UInt128(noise.denominator) <= 1 << 80
        else { throw .invalidGate }
        self.minimum = minimum
        self.failureBits = failureBits
        self.slot = slot
        // B^2 >= 2 S bits 7/10 > 2 S ln(2^bits), for P(X >= B) <= exp(-B^2 / 2 S).
        let whole = (noise.numerator + UInt128(noise.denominator) - 1) / UInt128(noise.denominator)
        margin = IntegerRoot.ceiling((whole * UInt128(14 * failureBits) + 9) / 10)
    }

    /// Whether the noised slot of the opened sum shows at least the minimum.
    public func isOpen(noisedSlot: Int64) -> Bool {
        let needed = Int128(minimum) * Int128(slot.value) + Int128(margin)
        return Int128(noisedSlot) >= needed
    }
}

extension NoisePlan {
    /// The noise of all members together if everybody draws its share: what margins are computed from.
    public var wholeVariance: ExactVariance {
        ExactVariance(
            numerator: UInt64(request.participants).multipliedFullWidth128(by: share.numerator),
            denominator: share.denominator)
    }
}
