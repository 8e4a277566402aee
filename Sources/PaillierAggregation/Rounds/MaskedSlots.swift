internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

/// Pairwise masks modulo 2^b inside the slots: then neither a dealer who kept the primes nor t colluding shareholders see
/// an input, unless the masks fail too.
///
/// The masks of every pair of the cohort cancel in the sum modulo 2^b, and a slot has room for n masked values; a sum is
/// opened only when nobody is missing.
///
/// > Important: This is not dropout-free: a round in which a member of the cohort sends nothing is given up.
///
/// Source: threshold-paillier section 8
enum MaskedSlots {
    /// Slots for the sum of so many values in 0 ..< 2^b. Throws `overflowPossible`.
    static func packing(
        _ layout: LaneLayout, _ participants: Int, _ parameters: PaillierParameters
    ) throws(PaillierFailure) -> PlaintextPacking {
        guard layout.bits < 63 else { throw .overflowPossible(requiredBits: 65) }
        return try PlaintextPacking(
            for: parameters, valueBound: (1 << UInt64(layout.bits)) - 1, participants: participants)
    }

    /// The lanes of a masked vector as numbers in 0 ..< 2^b.
    static func lanes(_ vector: PackedVector) -> [Int64] {
        let mask = Int64((UInt64(1) << UInt64(vector.layout.bits)) - 1)
        var values = vector.signedValues()
        for index in values.indices { values[index] &= mask }
        return values
    }

    /// Sums of lanes modulo 2^b, read as signed numbers.
    static func reduce(_ sums: inout [Int64], _ layout: LaneLayout) {
        let unused = 64 - layout.bits
        for index in sums.indices { sums[index] = (sums[index] << unused) >> unused }
    }

    /// Adds the masks that a member shares with every other: towards a higher id plus, a lower id minus.
    static func mask(
        _ vector: inout PackedVector, secret: borrowing SecretScalar, of id: PeerID, in session: SumSession,
        cohort: [Int], context: MaskContext
    ) throws(CryptoFailure) {
        for seat in cohort where session.ids[seat] != id {
            guard let point = session.joins[seat].point else { throw .invalidPoint }
            let peer = session.ids[seat]
            let seed = try MaskSeed(pairwise: secret, with: point, between: id, and: peer, context: context)
            unsafe seed.withUnsafeBytes { bytes in
                if id < peer {
                    unsafe vector.addMask(seed: bytes)
                } else {
                    unsafe vector.subtractMask(seed: bytes)
                }
            }
        }
    }
}
