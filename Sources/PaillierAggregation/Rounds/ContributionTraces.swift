package import CryptoPrimitives

/// What the bytes of a contribution show of the randomness under it, for a witness that looks at ciphertexts and not at
/// bookkeeping.
///
/// A ciphertext is (1 + m n) r^n modulo n^2, so its residue modulo n is r^n whatever m is: two ciphertexts with one residue
/// were made with one r, and their quotient gives the difference of the plaintexts away. A proof's commitment is such a
/// number too.
///
/// Source: simulation section 7
package struct ContributionTraces: Sendable {
    /// What the ciphertexts are remembered by, whatever proof follows them.
    package let ciphertexts: Digest
    /// r^n modulo n of every ciphertext, then of the proof's commitment.
    package let residues: [[UInt64]]

    /// Reads a contribution of so many ciphertexts; nil for another length or numbers that no contribution holds.
    package init?(_ bytes: [UInt8], ciphertexts count: Int, key: PublicKey, codecID: Digest) {
        let size = key.parameters.ciphertextBytes
        guard count >= 1, bytes.count == Contribution.byteCount(count, key.parameters) else { return nil }
        var limbs = [UInt64](repeating: 0, count: (count + 1) * size / 8)
        for (place, byte) in bytes.prefix(8 * limbs.count).enumerated() {
            limbs[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
        }
        let stride = size / 8
        guard
            let vector = try? CiphertextVector(
                limbs: [UInt64](limbs.prefix(count * stride)), key: key, codecID: codecID)
        else { return nil }
        ciphertexts = vector.contributionDigest
        residues = (0...count).map { place in
            let number = PublicInteger(limbs: limbs[place * stride..<(place + 1) * stride])
            return (number % key.n).limbs(key.parameters.modulusLimbs)
        }
    }
}
