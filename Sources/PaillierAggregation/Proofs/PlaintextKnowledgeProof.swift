internal import CGMP
public import CryptoPrimitives
internal import WireFormat

/// A proof that the sender of a ciphertext vector knows m and r of every ciphertext, bound to session, round, sender, key and codec.
///
/// One commitment a = (1 + mu n) s^n, one hashed 128-bit weight w_j a ciphertext, and two answers: mu + sum w_j m_j mod n
/// and s product r_j^w_j mod n. It stops a company from sending another's ciphertext, its negative or any other function of it.
///
/// > Important: This is a Fiat-Shamir proof: sound and zero-knowledge in the random-oracle model, knowledge extracted by
/// > rewinding. It is not known to be straight-line simulation-extractable, which the argument for root opening asks for
/// > (`Papers/paillier-root-opening.md` section 3); that gap is part of what awaits outside review.
///
/// Source: paillier-proofs section 5
public struct PlaintextKnowledgeProof: Sendable, Equatable {
    /// a, modulo n^2.
    let commitment: [UInt64]
    /// mu + sum w_j m_j mod n.
    let plaintext: [UInt64]
    /// s product r_j^w_j mod n.
    let root: [UInt64]

    /// Who proves, and for what.
    public struct Context: Hashable, Sendable {
        /// The digest of the session.
        public let session: Digest
        /// The round within the session.
        public let round: UInt64
        /// The sender's place in the roster.
        public let sender: UInt32

        /// A context from its parts.
        public init(session: Digest, round: UInt64, sender: UInt32) {
            self.session = session
            self.round = round
            self.sender = sender
        }
    }

    /// Proves for an encryption that was just made.
    ///
    /// Throws `keyMismatch` or `dimensionMismatch` when plaintexts, ciphertexts and key do not belong together.
    /// - Complexity: one exponentiation modulo n^2 and one modulo n, whatever the number of ciphertexts; time depends on sizes alone.
    public static func prove(
        _ encryption: borrowing ProvableEncryption, of plaintexts: borrowing PlaintextVector, key: PublicKey,
        context: Context, from source: inout any RandomSource
    ) throws(PaillierFailure) -> PlaintextKnowledgeProof {
        let ciphertexts = encryption.ciphertexts
        guard ciphertexts.keyID == key.id, plaintexts.keyID == key.id else { throw .keyMismatch }
        let (limbs, count, exponentLimbs) = (
            key.parameters.modulusLimbs, ciphertexts.count, key.parameters.exponentLimbs
        )
        guard plaintexts.count == count, encryption.exponents.count == 8 * count * exponentLimbs else {
            throw .dimensionMismatch
        }
        let n = SecretLimbs(public: key.modulus)
        var blind = SecretLimbs.random(below: n, bits: key.parameters.modulusBits, from: &source)
        var root = SecretLimbs.random(below: n, bits: key.parameters.modulusBits, from: &source)
        var commitment = root.resized(2 * limbs).power(n, in: key.ringSquared)
        let shifted = blind.multiplied(by: n).adding(1)
        unsafe commitment.withMutableLimbs { commitment in
            unsafe shifted.withLimbs { unsafe key.ringSquared.multiply(commitment, commitment, $0, count: 1) }
        }
        let published = commitment.published()
        let weights = weights(ciphertexts, published, key: key, context: context)
        let sum = unsafe plaintexts.withLimbs { unsafe SecretLimbs(sumOf: $0, limbs: limbs, weights: weights) }
        blind.add(sum.remainder(modulo: n), modulo: n)
        let exponent = unsafe encryption.exponents.withUnsafeBytes { bytes in
            let base = unsafe bytes.bindMemory(to: UInt64.self).baseAddress
            guard let base = unsafe base else { preconditionFailure("exponents without memory") }
            return unsafe SecretLimbs(sumOf: base, limbs: exponentLimbs, weights: weights)
        }
        let power = SecretLimbs(public: key.generator).power(exponent, in: key.ring)
        unsafe root.withMutableLimbs { root in
            unsafe power.withLimbs { unsafe key.ring.multiply(root, root, $0, count: 1) }
        }
        return PlaintextKnowledgeProof(
            commitment: published, plaintext: blind.published(), root: root.published())
    }

    /// Checks the proof for the ciphertexts that a sender signed. Throws `invalidProof` with the sender's number.
    ///
    /// - Complexity: some 20 products a ciphertext and one exponentiation modulo n^2.
    public func verify(
        _ ciphertexts: CiphertextVector, key: PublicKey, context: Context
    ) throws(PaillierFailure) {
        guard ciphertexts.keyID == key.id else { throw .keyMismatch }
        let limbs = key.parameters.modulusLimbs
        guard holds(ciphertexts, key: key, context: context, limbs: limbs) else {
            throw .invalidProof(holder: Int(context.sender))
        }
    }

    private func holds(_ ciphertexts: CiphertextVector, key: PublicKey, context: Context, limbs: Int) -> Bool {
        let (a, m, r) = (
            PublicInteger(limbs: commitment), PublicInteger(limbs: plaintext), PublicInteger(limbs: root)
        )
        let one = PublicInteger(1)
        guard commitment.count == 2 * limbs, plaintext.count == limbs, root.count == limbs, a < key.nSquared,
            m < key.n, r < key.n
        else { return false }
        let ring = key.ringSquared
        let weights = Self.weights(ciphertexts, commitment, key: key, context: context)
        let right = ring.products(commitment, ring.product(of: ciphertexts.limbs, weights: weights))
        guard PublicInteger(limbs: right).greatestCommonDivisor(key.n) == one else { return false }
        let left = ring.products((one + m * key.n).limbs(2 * limbs), ring.powers(r.limbs(2 * limbs), key.n))
        return left == right
    }

    /// The weights, two limbs each.
    private static func weights(
        _ ciphertexts: CiphertextVector, _ commitment: [UInt64], key: PublicKey, context: Context
    ) -> [UInt64] {
        var transcript = ProofTranscript("knowledge")
        transcript.append(key.id)
        transcript.append(key.modulus)
        transcript.append(ciphertexts.codecID)
        transcript.append(context.session)
        transcript.append(context.round)
        transcript.append(UInt64(context.sender))
        transcript.append(ciphertexts.limbs)
        transcript.append(commitment)
        return transcript.digest().expanded(bits: 128 * ciphertexts.count)
    }
}

extension PlaintextKnowledgeProof {
    /// Bytes of a proof: twice a ciphertext.
    public static func byteCount(_ parameters: PaillierParameters) -> Int { 2 * parameters.ciphertextBytes }

    /// Commitment and both answers, little-endian.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 8 * (commitment.count + plaintext.count + root.count))
        for part in [commitment, plaintext, root] { writer.limbs(part) }
        return writer.bytes
    }

    /// Reads what `bytes()` wrote. Throws `malformed`.
    public init(bytes: [UInt8], parameters: PaillierParameters) throws(PaillierFailure) {
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            commitment = try reader.littleEndianLimbs(parameters.ciphertextLimbs)
            plaintext = try reader.littleEndianLimbs(parameters.modulusLimbs)
            root = try reader.littleEndianLimbs(parameters.modulusLimbs)
            try reader.finish()
        } catch {
            throw .malformed
        }
    }
}

extension SecretLimbs {
    /// The sum of secret numbers of `limbs` limbs, each times a public weight of two limbs, in four limbs more.
    init(sumOf numbers: UnsafePointer<UInt64>, limbs: Int, weights: [UInt64]) {
        self.init(zeroed: limbs + 4)
        unsafe withMutableLimbs { sum in
            for place in weights.indices {
                let number = unsafe numbers + place / 2 * limbs
                let target = unsafe sum + place % 2
                var carry = unsafe secagg_mpn_addmul_1(target, number, limbs, weights[place])
                for i in limbs..<limbs + 3 {
                    let limb = unsafe target[i]
                    let total = limb &+ carry
                    unsafe target[i] = total
                    carry = (limb & carry | (limb | carry) & ~total) >> 63
                }
            }
        }
    }
}
