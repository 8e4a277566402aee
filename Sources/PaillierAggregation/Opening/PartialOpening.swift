public import CryptoPrimitives
internal import WireFormat

/// One shareholder's part of an opening, with the proof that it was made with the share that was dealt.
///
/// Bound to key, mode, session, round and set: it says nothing about any other aggregate.
///
/// Source: threshold-paillier section 6
public struct PartialOpening: Sendable, Equatable {
    /// How it opens.
    public let mode: OpeningMode
    /// The shareholder, counted from 1.
    public let holder: Int
    /// The digest of the threshold key.
    public let keyID: Digest
    /// What it is bound to (`OpeningRequest.statement`).
    public let statement: Digest
    /// The number of ciphertexts.
    public let count: Int
    let values: [UInt64]
    let proof: EqualExponentProof

    init(
        mode: OpeningMode, holder: Int, keyID: Digest, statement: Digest, count: Int, values: [UInt64],
        proof: EqualExponentProof
    ) {
        self.mode = mode
        self.holder = holder
        self.keyID = keyID
        self.statement = statement
        self.count = count
        self.values = values
        self.proof = proof
    }

    /// Whether the share was made with this shareholder's exponent from the ciphertexts of the request.
    ///
    /// Throws `keyMismatch`, `dimensionMismatch`, and `invalidProof` with the shareholder's number.
    /// - Complexity: some 40 products a ciphertext, and two exponentiations.
    public func verify(for request: OpeningRequest, key: ThresholdPublicKey) throws(PaillierFailure) {
        try verify(key.group(request.mode).bases(of: request.aggregate), request: request, key: key)
    }

    func verify(_ bases: [UInt64], request: OpeningRequest, key: ThresholdPublicKey) throws(PaillierFailure) {
        try check(request: request, key: key)
        guard
            proof.verify(
                key.group(mode), holder: holder, bases: bases, shares: values, statement: request.statement)
        else { throw .invalidProof(holder: holder) }
    }

    /// Throws unless the share names this key, this request and one of its shareholders, and has the right length.
    func check(request: OpeningRequest, key: ThresholdPublicKey) throws(PaillierFailure) {
        guard keyID == key.id else { throw .keyMismatch }
        guard (1...key.shareholders).contains(holder), mode == request.mode, statement == request.statement else {
            throw .invalidProof(holder: holder)
        }
        guard count == request.aggregate.count, values.count == count * key.group(mode).limbs else {
            throw .dimensionMismatch
        }
    }
}

extension KeyShare {
    /// The shares of a request's aggregate, with their proof. What has been opened is made durable before: by `Shareholder`, or by the participant of a round.
    package borrowing func open(
        _ request: OpeningRequest, key: ThresholdPublicKey, from source: inout any RandomSource
    ) throws(PaillierFailure) -> PartialOpening {
        guard keyID == key.id, request.aggregate.keyID == key.publicKey.id else { throw .keyMismatch }
        switch request.mode {
        case .partialDecryption: return make(request, key: key, exponent: decryption, from: &source)
        case .jointRoot: return make(request, key: key, exponent: root, from: &source)
        }
    }

    private borrowing func make(
        _ request: OpeningRequest, key: ThresholdPublicKey, exponent: borrowing SecretLimbs,
        from source: inout any RandomSource
    ) -> PartialOpening {
        let group = key.group(request.mode)
        let bases = group.bases(of: request.aggregate)
        let values = group.shares(of: bases, exponent: exponent)
        let proof = EqualExponentProof.prove(
            group, holder: holder, exponent: exponent, bases: bases, shares: values, statement: request.statement,
            from: &source)
        return PartialOpening(
            mode: request.mode, holder: holder, keyID: keyID, statement: request.statement,
            count: request.aggregate.count, values: values, proof: proof)
    }
}

// MARK: Bytes

extension PartialOpening {
    /// Bytes of a part for `count` ciphertexts.
    static func byteCount(_ count: Int, mode: OpeningMode, key: ThresholdPublicKey) -> Int {
        let group = key.group(mode)
        return 73 + 8 * count * group.limbs + EqualExponentProof.byteCount(group)
    }

    /// Version (2 bytes), mode (1), holder (2), key (32), statement (32), count (4), shares, proof; little-endian.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 128 + 8 * values.count)
        writer.u16(1)
        writer.u8(mode.rawValue)
        writer.u16(UInt16(holder))
        writer.bytes32(keyID.value)
        writer.bytes32(statement.value)
        writer.u32(UInt32(count))
        writer.limbs(values)
        proof.write(to: &writer)
        return writer.bytes
    }

    /// Reads what `bytes()` wrote, of exactly `count` ciphertexts; the proof is checked when the share is used.
    ///
    /// Throws `malformed`, `keyMismatch`, `dimensionMismatch`; allocates no more than the bytes hold.
    public init(bytes: [UInt8], key: ThresholdPublicKey, count: Int) throws(PaillierFailure) {
        var failure = PaillierFailure.malformed
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            guard try reader.u16() == 1, let mode = OpeningMode(rawValue: try reader.u8()) else {
                throw .invalidValue
            }
            let holder = Int(try reader.u16())
            guard (1...key.shareholders).contains(holder) else { throw .invalidValue }
            let keyID = Digest(try reader.bytes32())
            let statement = Digest(try reader.bytes32())
            if keyID != key.id {
                failure = .keyMismatch
                throw .invalidValue
            }
            if UInt64(try reader.u32()) != UInt64(count) {
                failure = .dimensionMismatch
                throw .invalidValue
            }
            let group = key.group(mode)
            let values = try reader.littleEndianLimbs(count * group.limbs)
            let proof = try EqualExponentProof(reading: &reader, group: group)
            try reader.finish()
            self.init(
                mode: mode, holder: holder, keyID: keyID, statement: statement, count: count, values: values,
                proof: proof)
        } catch {
            throw failure
        }
    }
}
