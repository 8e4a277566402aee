internal import CGMP
internal import CryptoPrimitives

extension SecretKey {
    /// Numbers that are decrypted together.
    private static let batch = 64

    /// The plaintexts of a vector: **trusted decryptor**, who thereby reads whatever the vector holds.
    ///
    /// Throws `keyMismatch`. Use it on sums that were validated (`CiphertextSum.finish`, `validate`): a ciphertext that
    /// shares a factor with n gives a meaningless number, not an error. Time depends on the count alone.
    /// - Complexity: two exponentiations modulo half-size squares a ciphertext; 0.5 ms at 3,072 bits with AVX512-IFMA of
    ///   8 thousand million vector multiply-adds a second.
    ///
    /// Source: paillier section 7
    public borrowing func decrypt(_ vector: CiphertextVector) throws(PaillierFailure) -> PlaintextVector {
        guard vector.keyID == publicKey.id else { throw .keyMismatch }
        let limbs = first.prime.count
        var plaintexts = PlaintextVector(zeroed: vector.count, key: publicKey, codecID: vector.codecID)
        // Residues modulo p and q, the difference, then the work space of a branch.
        let batch = min(Self.batch, max(vector.count, 1))
        unsafe withSecretScratch(limbs: 7 * limbs * batch) { scratch in
            unsafe plaintexts.withMutableLimbs { out in
                unsafe vector.limbs.withUnsafeBufferPointer { ciphertexts in
                    guard let base = ciphertexts.baseAddress else { return }
                    for start in stride(from: 0, to: vector.count, by: batch) {
                        let count = min(batch, vector.count - start)
                        unsafe decrypt(
                            out + 2 * limbs * start, base + 4 * limbs * start, count: count, scratch: scratch)
                    }
                }
            }
        }
        return plaintexts
    }

    private borrowing func decrypt(
        _ out: UnsafeMutablePointer<UInt64>, _ ciphertexts: UnsafePointer<UInt64>, count: Int,
        scratch: UnsafeMutablePointer<UInt64>
    ) {
        let limbs = first.prime.count
        let modP = unsafe scratch
        let modQ = unsafe scratch + limbs * count
        let shared = unsafe scratch + 2 * limbs * count
        let work = unsafe scratch + 3 * limbs * count
        unsafe first.residues(modP, ciphertexts: ciphertexts, count: count, work: work)
        unsafe second.residues(modQ, ciphertexts: ciphertexts, count: count, work: work)
        // m = m_q + q ((m_p - m_q) / q mod p)
        unsafe first.ring.reduce(shared, modQ, count: count)
        unsafe first.prime.withLimbs { p in
            for i in 0..<count {
                let difference = unsafe modP + limbs * i
                let borrow = unsafe secagg_mpn_sub_n(difference, difference, shared + limbs * i, limbs)
                _ = unsafe secagg_mpn_cnd_add_n(borrow, difference, difference, p, limbs)
            }
        }
        unsafe secondInverse.withLimbs { unsafe first.ring.multiplyShared(shared, modP, $0, count: count) }
        unsafe second.prime.withLimbs { q in
            unsafe withSecretScratch(limbs: 2 * limbs + secagg_mpn_sec_mul_itch(limbs)) { wide in
                for i in 0..<count {
                    let result = unsafe out + 2 * limbs * i
                    unsafe secagg_mpn_sec_mul(result, shared + limbs * i, q, limbs, wide + 2 * limbs)
                    unsafe wide.update(from: modQ + limbs * i, count: limbs)
                    unsafe (wide + limbs).update(repeating: 0, count: limbs)
                    _ = unsafe secagg_mpn_add_n(result, result, wide, 2 * limbs)
                }
            }
        }
    }
}
