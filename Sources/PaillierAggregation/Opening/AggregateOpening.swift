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

    package init(mode: OpeningMode, statement: Digest, plaintexts: [UInt64], roots: [UInt64], limbs: Int) {
        self.mode = mode
        self.statement = statement
        count = plaintexts.count / limbs
        self.plaintexts = plaintexts
        self.roots = roots
    }

    /// Whether these are the plaintexts of an aggregate: c = (1 + m n) r^n mod n^2 for every ciphertext. Needs public
    /// data alone.
    ///
    /// Up to 160 ciphertexts are checked one by one. Of more, the products of 128 subsets are checked, drawn by a hash of
    /// everything: a single wrong m or r passes with a chance of 2^-128 a hash evaluation, whatever the group.
    ///
    /// Throws `openingRejected` where it is not so, and for an opening by partial decryption, which carries no roots and
    /// is believed for its shareholders' proofs.
    /// - Complexity: 128 exponentiations modulo n^2 with n at most, eight at once with AVX512-IFMA, and for more
    ///   ciphertexts some 40 products each.
    ///
    /// Source: paillier-root-opening section 1
    public func verifyOpening(of aggregate: CiphertextVector, key: PublicKey) throws(PaillierFailure) {
        guard aggregate.keyID == key.id else { throw .keyMismatch }
        let limbs = key.parameters.modulusLimbs
        guard mode == .jointRoot, count == aggregate.count, plaintexts.count == count * limbs,
            roots.count == count * limbs
        else { throw .openingRejected }
        let one = PublicInteger(1)
        var factors: [UInt64] = []
        for start in stride(from: 0, to: plaintexts.count, by: limbs) {
            let m = PublicInteger(limbs: plaintexts[start..<start + limbs])
            let r = PublicInteger(limbs: roots[start..<start + limbs])
            guard m < key.n, r < key.n, !r.isZero else { throw .openingRejected }
            factors += (one + (key.n - m) * key.n).limbs(2 * limbs)
        }
        // c (1 + n)^-m, which has to be r^n.
        let residues = key.ringSquared.products(aggregate.limbs, factors)
        let agree =
            count > Self.checkedOneByOne
            ? areRootsOfSubsets(residues, aggregate, key) : Self.areRoots(roots, of: residues, key)
        guard agree else { throw .openingRejected }
    }

    /// Ciphertexts from which on subsets cost less.
    static let checkedOneByOne = 160

    /// Whether the n-th power of each number below n is the residue modulo n^2 at its place.
    static func areRoots(_ roots: [UInt64], of residues: [UInt64], _ key: PublicKey) -> Bool {
        let limbs = key.parameters.modulusLimbs
        var wide: [UInt64] = []
        wide.reserveCapacity(2 * roots.count)
        for start in stride(from: 0, to: roots.count, by: limbs) {
            wide += roots[start..<start + limbs]
            wide += [UInt64](repeating: 0, count: limbs)
        }
        return key.ringSquared.powers(wide, key.n) == residues
    }

    /// The same for products of subsets; a number without inverse would hide others, so there must be none.
    func areRootsOfSubsets(_ residues: [UInt64], _ aggregate: CiphertextVector, _ key: PublicKey) -> Bool {
        let product = PublicInteger(limbs: key.ringSquared.product(of: residues))
        guard product.greatestCommonDivisor(key.n) == PublicInteger(1) else { return false }
        var transcript = ProofTranscript("opening subsets")
        transcript.append(key.id)
        transcript.append(key.modulus)
        transcript.append(aggregate.limbs)
        transcript.append(plaintexts)
        transcript.append(roots)
        let weights = transcript.digest().expanded(bits: 128 * count)
        return Self.areRoots(
            key.ring.subsetProducts(of: roots, weights: weights),
            of: key.ringSquared.subsetProducts(of: residues, weights: weights), key)
    }

    /// The same for the aggregate of a request, and bound to it.
    public func verifyOpening(of request: OpeningRequest, key: PublicKey) throws(PaillierFailure) {
        guard statement == request.statement else { throw .openingRejected }
        try verifyOpening(of: request.aggregate, key: key)
    }
}
