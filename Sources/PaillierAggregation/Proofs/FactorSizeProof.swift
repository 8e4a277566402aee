internal import CryptoPrimitives
internal import WireFormat

/// A proof that n = u v for known u and v of about half its length, so that a product of two primes has no small one.
///
/// Commits to p as C = g^p h^r in a group of known prime order, and proves knowledge of p in C and of q with g^n = C^q h^s, with
/// both responses below 2^(b/2 + 257), b the bits of n. Any prime factor of n then divides a difference of two
/// responses, hence is below 2^(b/2 + 257); with exactly two prime factors (`BlumModulusProof`) both are above 2^(b/2 - 258).
/// No set-up of the verifier is needed.
///
/// Soundness error: 2^-128 a hash evaluation in the random-oracle model, unless discrete logarithms in the group fall. Hides p and q
/// within 2^-126.
///
/// Source: paillier-proofs section 4
struct FactorSizeProof: Sendable, Equatable {
    /// C.
    let commitment: [UInt64]
    /// The first 128 bits of the hash of the commitments.
    let challenge: [UInt64]
    /// Responses for p and q, each in `responseLimbs` limbs.
    let factors: [UInt64]
    /// Responses for the two powers of h, each in the group's length.
    let blinds: [UInt64]

    /// The bound on responses, in bits.
    static func responseBits(_ modulusBits: Int) -> Int { modulusBits / 2 + 257 }
    static func responseLimbs(_ modulusBits: Int) -> Int { (responseBits(modulusBits) + 63) / 64 }

    /// Proves for the two primes of n.
    ///
    /// - Complexity: six exponentiations in a group some 600 bits longer than n.
    static func prove(
        modulus: [UInt64], p: borrowing SecretLimbs, q: borrowing SecretLimbs, from source: inout any RandomSource
    ) -> FactorSizeProof? {
        let bits = PublicInteger(limbs: modulus).bitCount
        guard let group = ProofGroup(modulusBits: bits) else { return nil }
        let order = SecretLimbs(public: group.order.limbs(group.limbs))
        let orderBits = group.order.bitCount
        let r = SecretLimbs.random(below: order, bits: orderBits, from: &source)
        let commitment = group.commit(group.first, p, group.second, r)
        let length = responseLimbs(bits)
        var answerP = SecretLimbs(randomBits: bits / 2 + 256, from: &source).resized(length)
        var answerQ = SecretLimbs(randomBits: bits / 2 + 256, from: &source).resized(length)
        var blindP = SecretLimbs.random(below: order, bits: orderBits, from: &source)
        var blindQ = SecretLimbs.random(below: order, bits: orderBits, from: &source)
        let challenge = challenge(
            modulus, commitment,
            group.commit(group.first, answerP, group.second, blindP),
            group.commit(commitment, answerQ, group.second, blindQ))
        let e = SecretLimbs(public: challenge)
        answerP.add(p.multiplied(by: e).resized(length))
        answerQ.add(q.multiplied(by: e).resized(length))
        let scaled = r.multiplied(by: e).remainder(modulo: order)
        blindP.add(scaled, modulo: order)
        blindQ.subtract(scaled.multiplied(by: q).remainder(modulo: order), modulo: order)
        return FactorSizeProof(
            commitment: commitment, challenge: challenge, factors: answerP.published() + answerQ.published(),
            blinds: blindP.published() + blindQ.published())
    }

    /// Whether the proof holds.
    ///
    /// - Complexity: six exponentiations in a group some 600 bits longer than n.
    func verify(modulus: [UInt64]) -> Bool {
        let n = PublicInteger(limbs: modulus)
        guard let group = ProofGroup(modulusBits: n.bitCount) else { return false }
        let length = Self.responseLimbs(n.bitCount)
        let commitment = PublicInteger(limbs: self.commitment)
        guard self.commitment.count == group.limbs, commitment < group.prime, !commitment.isZero,
            challenge.count == 2, factors.count == 2 * length, blinds.count == 2 * group.limbs
        else { return false }
        let answerP = PublicInteger(limbs: factors[..<length])
        let answerQ = PublicInteger(limbs: factors[length...])
        let blindP = PublicInteger(limbs: blinds[..<group.limbs])
        let blindQ = PublicInteger(limbs: blinds[group.limbs...])
        let bound = Self.responseBits(n.bitCount)
        guard answerP.bitCount <= bound, answerQ.bitCount <= bound, blindP < group.order, blindQ < group.order else {
            return false
        }
        let e = PublicInteger(limbs: challenge)
        let product = PublicInteger(limbs: group.context.powers(group.first, n))
        guard let first = group.recompute(group.first, answerP, group.second, blindP, commitment, e),
            let second = group.recompute(self.commitment, answerQ, group.second, blindQ, product, e)
        else { return false }
        return Self.challenge(modulus, self.commitment, first, second) == challenge
    }

    private static func challenge(
        _ modulus: [UInt64], _ commitment: [UInt64], _ first: [UInt64], _ second: [UInt64]
    ) -> [UInt64] {
        var transcript = ProofTranscript("factor size")
        transcript.append(modulus)
        transcript.append(commitment)
        transcript.append(first)
        transcript.append(second)
        return Array(transcript.digest().numberLimbs[..<2])
    }
}

extension FactorSizeProof {
    func write(to writer: inout ByteWriter) {
        for part in [commitment, challenge, factors, blinds] { writer.limbs(part) }
    }

    init(reading reader: inout ByteReader, modulusBits: Int) throws(DecodingFailure) {
        guard let bits = ProofGroup.primes.first(where: { $0.bits >= modulusBits + 520 })?.bits else {
            throw .invalidValue
        }
        commitment = try reader.littleEndianLimbs(bits / 64)
        challenge = try reader.littleEndianLimbs(2)
        factors = try reader.littleEndianLimbs(2 * Self.responseLimbs(modulusBits))
        blinds = try reader.littleEndianLimbs(2 * (bits / 64))
    }
}
