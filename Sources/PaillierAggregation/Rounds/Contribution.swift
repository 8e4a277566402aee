internal import CryptoPrimitives
internal import WireFormat

/// What a company uploads: its ciphertexts and the proof that it knows what is in them.
///
/// Bytes: the ciphertexts' limbs, then the proof; key and packing are those of the signed configuration.
///
/// Source: WIRE section 9
struct Contribution: Sendable {
    let ciphertexts: CiphertextVector
    let proof: PlaintextKnowledgeProof

    static func byteCount(_ ciphertexts: Int, _ parameters: PaillierParameters) -> Int {
        ciphertexts * parameters.ciphertextBytes + PlaintextKnowledgeProof.byteCount(parameters)
    }

    /// Encrypts and proves.
    static func make(
        _ plaintexts: borrowing PlaintextVector, encryptor: Encryptor, context: PlaintextKnowledgeProof.Context,
        from source: inout any RandomSource
    ) throws(PaillierFailure) -> Contribution {
        let encryption = try encryptor.encryptKeepingExponents(plaintexts, from: &source)
        let proof = try PlaintextKnowledgeProof.prove(
            encryption, of: plaintexts, key: encryptor.key, context: context, from: &source)
        return Contribution(ciphertexts: encryption.ciphertexts, proof: proof)
    }

    func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 8 * ciphertexts.limbs.count + 8)
        writer.limbs(ciphertexts.limbs)
        writer.raw(proof.bytes())
        return writer.bytes
    }

    /// Reads and verifies what a sender signed. Throws `malformed`, `invalidCiphertext`, `invalidProof`.
    static func verified(
        _ bytes: [UInt8], _ round: SumRound, key: PublicKey, context: PlaintextKnowledgeProof.Context
    ) throws(PaillierFailure) -> Contribution {
        let contribution = try decode(bytes, round, key: key)
        try contribution.proof.verify(contribution.ciphertexts, key: key, context: context)
        return contribution
    }

    /// Reads what was verified before.
    static func decode(_ bytes: [UInt8], _ round: SumRound, key: PublicKey) throws(PaillierFailure) -> Contribution {
        let size = round.ciphertextCount * key.parameters.ciphertextBytes
        guard bytes.count == byteCount(round.ciphertextCount, key.parameters) else { throw .malformed }
        let limbs: [UInt64]
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes[..<size])
            limbs = try reader.littleEndianLimbs(size / 8)
        } catch {
            throw .malformed
        }
        return Contribution(
            ciphertexts: try CiphertextVector(limbs: limbs, key: key, codecID: round.packing.digest),
            proof: try PlaintextKnowledgeProof(bytes: Array(bytes[size...]), parameters: key.parameters))
    }
}
