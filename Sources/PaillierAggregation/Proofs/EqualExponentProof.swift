internal import CryptoPrimitives
internal import WireFormat

/// A proof that every share of a vector was made with the exponent behind the holder's verification value: one
/// equation for the whole vector, under 128-bit weights that are hashed from all of it.
///
/// Statement: share_j^2 = (c_j^4)^E for all j, with V_i = V^E. Everything is a square, so that no element of small order
/// can hide a difference. V and V_i come from the public key, never from the prover.
///
/// Soundness error: 2^-128 a hash evaluation, in the random-oracle model, for moduli of two safe primes. The
/// response hides the exponent within 2^-127.
///
/// Source: paillier-proofs section 2
struct EqualExponentProof: Sendable, Equatable {
    /// The hash of the commitments.
    let challenge: Digest
    /// r + challenge * E.
    let response: [UInt64]

    /// Bits that hide challenge * E beyond its own.
    static let slackBits = 128

    static func responseBits(_ group: OpeningGroup) -> Int { group.exponentBits + 256 + slackBits + 1 }

    /// Proves for a share (in `group.exponentBits` bits) and the vector of shares it made of `bases`.
    ///
    /// - Complexity: some 20 products a base; two exponentiations.
    static func prove(
        _ group: OpeningGroup, holder: Int, exponent: borrowing SecretLimbs, bases: [UInt64], shares: [UInt64],
        statement: Digest, from source: inout any RandomSource
    ) -> EqualExponentProof {
        let seed = seed(group, holder: holder, bases: bases, shares: shares, statement: statement)
        let base = fourthPower(group, product(group, bases, seed))
        let bits = responseBits(group)
        let nonce = SecretLimbs(randomBits: bits - 1, from: &source)
        var response = nonce.resized((bits + 63) / 64)
        let commitments = group.context.powers(group.base + base, secret: nonce, bits: bits - 1)
        let challenge = Self.challenge(seed, commitments)
        let scaled = exponent.multiplied(by: SecretLimbs(public: challenge.numberLimbs))
        response.add(scaled.resized(response.count))
        return EqualExponentProof(challenge: challenge, response: response.published())
    }

    /// Whether the proof holds.
    ///
    /// - Complexity: some 40 products a base; two exponentiations.
    func verify(
        _ group: OpeningGroup, holder: Int, bases: [UInt64], shares: [UInt64], statement: Digest
    ) -> Bool {
        let bits = Self.responseBits(group)
        let response = PublicInteger(limbs: self.response)
        guard self.response.count == (bits + 63) / 64, response.bitCount <= bits,
            group.areUnits(shares), shares.count == bases.count
        else { return false }
        let seed = Self.seed(group, holder: holder, bases: bases, shares: shares, statement: statement)
        let base = Self.fourthPower(group, Self.product(group, bases, seed))
        let result = group.context.squares(Self.product(group, shares, seed))
        guard let inverses = group.inverses(group.value(of: holder) + result) else { return false }
        let commitments = group.context.products(
            of: [group.base + base, inverses], exponents: [response, PublicInteger(limbs: challenge.numberLimbs)])
        return Self.challenge(seed, commitments) == challenge
    }

    /// The hash of the whole statement, from which the weights come.
    private static func seed(
        _ group: OpeningGroup, holder: Int, bases: [UInt64], shares: [UInt64], statement: Digest
    ) -> Digest {
        var transcript = ProofTranscript("share weights")
        transcript.append(UInt64(group.mode.rawValue))
        transcript.append(group.keyModulus)
        transcript.append(group.base)
        transcript.append(group.value(of: holder))
        transcript.append(bases)
        transcript.append(shares)
        transcript.append(statement)
        transcript.append(UInt64(holder))
        return transcript.digest()
    }

    private static func challenge(_ seed: Digest, _ commitments: [UInt64]) -> Digest {
        var transcript = ProofTranscript("share challenge")
        transcript.append(seed)
        transcript.append(commitments)
        return transcript.digest()
    }

    private static func product(_ group: OpeningGroup, _ numbers: [UInt64], _ seed: Digest) -> [UInt64] {
        group.context.product(of: numbers, weights: seed.expanded(bits: 128 * (numbers.count / group.limbs)))
    }

    private static func fourthPower(_ group: OpeningGroup, _ number: [UInt64]) -> [UInt64] {
        group.context.squares(group.context.squares(number))
    }
}

extension EqualExponentProof {
    static func byteCount(_ group: OpeningGroup) -> Int { 32 + (responseBits(group) + 63) / 64 * 8 }

    func write(to writer: inout ByteWriter) {
        writer.bytes32(challenge.value)
        writer.limbs(response)
    }

    init(reading reader: inout ByteReader, group: OpeningGroup) throws(DecodingFailure) {
        challenge = Digest(try reader.bytes32())
        response = try reader.littleEndianLimbs((Self.responseBits(group) + 63) / 64)
    }
}

extension Digest {
    /// The digest read as a little-endian number of four limbs.
    var numberLimbs: [UInt64] {
        let bytes = value.bytes
        var limbs = [UInt64](repeating: 0, count: 4)
        for (position, byte) in bytes.enumerated() {
            limbs[position / 8] |= UInt64(byte) << UInt64(8 * (position % 8))
        }
        return limbs
    }
}

extension ByteWriter {
    /// Appends limbs, little-endian.
    mutating func limbs(_ limbs: [UInt64]) {
        for limb in limbs { u64(limb) }
    }
}
