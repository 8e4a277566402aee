public import CryptoPrimitives
internal import WireFormat

extension CiphertextVector {
    /// Bytes before the ciphertexts: version, key, codec, count.
    public static let headerBytes = 2 + 32 + 32 + 4

    /// Bytes of a vector of `count` ciphertexts.
    public static func byteCount(_ count: Int, parameters: PaillierParameters) -> Int {
        headerBytes + count * parameters.ciphertextBytes
    }

    /// Version (2 bytes), key digest (32), codec digest (32), count (4), ciphertexts; all little-endian.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: Self.headerBytes + 8 * limbs.count)
        writer.u16(1)
        writer.bytes32(keyID.value)
        writer.bytes32(codecID.value)
        writer.u32(UInt32(count))
        unsafe limbs.map(\.littleEndian).withUnsafeBytes { unsafe writer.raw($0) }
        return writer.bytes
    }

    /// Reads what `bytes()` wrote, of exactly `count` ciphertexts.
    ///
    /// Throws `malformed`, `keyMismatch`, `codecMismatch`, `dimensionMismatch`, `invalidCiphertext`; allocates no more
    /// than the bytes hold.
    public init(
        bytes: [UInt8], key: PublicKey, codecID: Digest, count: Int
    ) throws(PaillierFailure) {
        let limbs: [UInt64]
        var failure = PaillierFailure.malformed
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            guard try reader.u16() == 1 else { throw .invalidValue }
            let keyID = Digest(try reader.bytes32())
            let codec = Digest(try reader.bytes32())
            let declared = try reader.u32()
            if keyID != key.id {
                failure = .keyMismatch
                throw .invalidValue
            }
            if codec != codecID {
                failure = .codecMismatch
                throw .invalidValue
            }
            if UInt64(declared) != UInt64(count) {
                failure = .dimensionMismatch
                throw .invalidValue
            }
            limbs = try reader.littleEndianLimbs(count * key.parameters.ciphertextLimbs)
            try reader.finish()
        } catch {
            throw failure
        }
        try self.init(limbs: limbs, key: key, codecID: codecID)
    }
}
