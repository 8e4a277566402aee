internal import CryptoPrimitives
internal import PaillierAggregation
internal import RingVectors
internal import RoundProtocol

/// A signed promise of bytes and the parts that carry them, as a hostile company says them.
struct SumUpload {
    let promise: [UInt8]
    let roots: [UInt8]
    let chunk: [UInt8]

    /// The same promise for other bytes of one chunk, under its sender's signature; the promise's last 32 bytes are the digest.
    init?(_ bytes: [UInt8], like promise: Frame, _ world: SimulatedWorld) {
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let header = promise.header
        let parts = UploadFrames.frames(
            of: bytes, roots: roots, sender: header.sender, session: header.session, round: header.round
        ).map(\.bytes)
        guard parts.count == 2, promise.body.count >= 32 else { return nil }
        let body = [UInt8](promise.body.dropLast(32)) + UploadDigest.root(of: roots).value.bytes
        self.promise = world.cast.forged(header, body)
        (self.roots, chunk) = (parts[0], parts[1])
    }

    /// A contribution with a proof that holds, of any input.
    static func contribution(
        _ values: [Int64], weight: UInt64, for promise: Frame, _ world: SimulatedWorld,
        from source: inout any RandomSource
    ) -> [UInt8]? {
        let key = world.terms.opening.dealt.key.publicKey
        guard let masked = try? MaskedInput(decoding: promise.body),
            let config = world.witness.configurations[masked.configDigest],
            let packing = try? SumRound.layouts(
                config, masksInside: world.terms.opening.masksInside, key.parameters
            ).1
        else { return nil }
        let context = PlaintextKnowledgeProof.Context(
            session: promise.header.session, round: promise.header.round, sender: promise.header.sender.rawValue)
        do throws(PaillierFailure) {
            let plaintexts = try packing.encode(values, weight: weight, for: key)
            let encryption = try Encryptor(key).encryptKeepingExponents(plaintexts, from: &source)
            let proof = try PlaintextKnowledgeProof.prove(
                encryption, of: plaintexts, key: key, context: context, from: &source)
            return bytes(of: encryption.ciphertexts) + proof.bytes()
        } catch {
            return nil
        }
    }

    /// Another company's ciphertexts under fresh randomness, with its proof behind them.
    static func derived(
        _ other: [UInt8], _ config: RoundConfig, _ world: SimulatedWorld, from source: inout any RandomSource
    ) -> [UInt8]? {
        let key = world.terms.opening.dealt.key.publicKey
        guard let vector = ciphertexts(of: other, codecID: config.receiptsDigest, key: key),
            let fresh = try? Encryptor(key).rerandomise(vector, from: &source)
        else { return nil }
        let bytes = bytes(of: fresh)
        return bytes + other[bytes.count...]
    }

    /// The ciphertexts at the front of a contribution.
    static func ciphertexts(of bytes: [UInt8], codecID: Digest, key: PublicKey) -> CiphertextVector? {
        let size = bytes.count - PlaintextKnowledgeProof.byteCount(key.parameters)
        guard size > 0 else { return nil }
        var limbs = [UInt64](repeating: 0, count: size / 8)
        for (place, byte) in bytes.prefix(8 * limbs.count).enumerated() {
            limbs[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
        }
        return try? CiphertextVector(limbs: limbs, key: key, codecID: codecID)
    }

    private static func bytes(of vector: CiphertextVector) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * vector.limbs.count)
        for limb in vector.limbs {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: limb >> UInt64(8 * shift))) }
        }
        return bytes
    }
}
