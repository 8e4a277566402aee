public import CryptoPrimitives

/// An opened aggregate: its plaintexts and, in root mode, the roots that let anybody verify them.
///
/// > Important: Confidentiality of individual updates holds unless (a) t shareholders collude with someone holding
/// > individual ciphertexts, or (b) the key dealer kept the primes and sees individual ciphertexts. Dealer deletion
/// > cannot be verified. Recorded ciphertexts fall to a future quantum computer.
///
/// Source: threshold-paillier section 7
public struct AggregateOpening: Sendable, Equatable {
    /// How it was opened.
    public let mode: OpeningMode
    /// What it opens (`OpeningRequest.statement`).
    public let statement: Digest
    /// The number of plaintexts.
    public let count: Int
    /// The plaintexts, each below n in the modulus' number of little-endian limbs, one after another.
    public let plaintexts: [UInt64]
    /// In `jointRoot`, r of each ciphertext, as long as the plaintexts; else empty.
    public let roots: [UInt64]

    init(mode: OpeningMode, statement: Digest, plaintexts: [UInt64], roots: [UInt64], limbs: Int) {
        self.mode = mode
        self.statement = statement
        count = plaintexts.count / limbs
        self.plaintexts = plaintexts
        self.roots = roots
    }

    /// Whether these are the plaintexts of an aggregate: c = (1 + m n) r^n mod n^2 for every ciphertext. Needs public data alone.
    ///
    /// Throws `openingRejected` where it is not so, and for an opening by partial decryption, which carries no roots and
    /// is believed for its shareholders' proofs.
    /// - Complexity: one exponentiation modulo n^2 with n a ciphertext, eight at once with AVX512-IFMA.
    ///
    /// Source: paillier-root-opening section 1
    public func verifyOpening(of aggregate: CiphertextVector, key: PublicKey) throws(PaillierFailure) {
        guard aggregate.keyID == key.id else { throw .keyMismatch }
        let limbs = key.parameters.modulusLimbs
        guard mode == .jointRoot, count == aggregate.count, plaintexts.count == count * limbs,
            roots.count == count * limbs
        else { throw .openingRejected }
        let one = PublicInteger(1)
        var bases: [UInt64] = []
        var factors: [UInt64] = []
        for start in stride(from: 0, to: plaintexts.count, by: limbs) {
            let m = PublicInteger(limbs: plaintexts[start..<start + limbs])
            let r = PublicInteger(limbs: roots[start..<start + limbs])
            guard m < key.n, r < key.n, !r.isZero else { throw .openingRejected }
            bases += r.limbs(2 * limbs)
            factors += (one + m * key.n).limbs(2 * limbs)
        }
        let powers = key.ringSquared.powers(bases, key.n)
        guard key.ringSquared.products(powers, factors) == aggregate.limbs else { throw .openingRejected }
    }

    /// The same for the aggregate of a request, and bound to it.
    public func verifyOpening(of request: OpeningRequest, key: PublicKey) throws(PaillierFailure) {
        guard statement == request.statement else { throw .openingRejected }
        try verifyOpening(of: request.aggregate, key: key)
    }
}
