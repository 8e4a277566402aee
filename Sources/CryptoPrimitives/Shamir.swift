/// Shamir's secret sharing over the integers modulo L, the order of ristretto255, with Feldman's commitments.
///
/// The holder with identifier h has the evaluation point x = h + 1, so that no point is zero. Any `threshold` shares
/// give the secret; fewer say nothing about it beyond what the commitment to it, its public element, says.
///
/// Source: shamir section 2; feldman, commitments to the coefficients
public enum Shamir {
    /// The number of bytes of a share: 32, a little-endian number below L, possibly zero.
    public static let shareBytes = 32

    /// The evaluation point of a holder: identifier plus one, at most 2^32.
    static func point(of holder: UInt32) -> UInt64 {
        UInt64(holder) + 1
    }

    /// Whether 32 bytes are a number below L (zero included); constant time.
    package static func isCanonical(_ share: UnsafeRawBufferPointer) -> Bool {
        guard share.count == shareBytes else { return false }
        return unsafe ScalarField.isCanonical(share)
    }
}
