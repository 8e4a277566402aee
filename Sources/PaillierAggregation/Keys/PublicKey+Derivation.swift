internal import CryptoPrimitives
internal import WireFormat

extension PublicKey {
    /// BLAKE2b-256, personalisation "QSA1 paillier", over the preset's number (2 bytes), the modulus' length in bytes
    /// (4 bytes) and the modulus, all little-endian.
    static func digest(of modulus: [UInt64], parameters: PaillierParameters) -> Digest {
        var writer = ByteWriter(reserving: 6 + 8 * modulus.count)
        writer.u16(parameters.id)
        writer.u32(UInt32(8 * modulus.count))
        for limb in modulus { writer.u64(limb) }
        return Blake2b.hash(writer.bytes, Personalisation("QSA1 paillier"))
    }

    /// x before its reduction: modulus length + 16 bytes of ChaCha20 keystream, little-endian, under the key
    /// BLAKE2b-256 of the digest with personalisation "QSA1 paillier h".
    static func expand(_ id: Digest, parameters: PaillierParameters) -> PublicInteger {
        let key = Blake2b.hash(id.value.bytes, Personalisation("QSA1 paillier h"))
        var limbs = [UInt64](repeating: 0, count: parameters.modulusLimbs + 2)
        unsafe limbs.withUnsafeMutableBytes { bytes in
            unsafe key.value.withUnsafeBytes { key in
                unsafe ChaCha20.keystream(into: bytes, key: key, blockIndex: 0)
            }
        }
        for i in limbs.indices { limbs[i] = UInt64(littleEndian: limbs[i]) }
        return PublicInteger(limbs: limbs)
    }
}

// MARK: Bytes

extension PublicKey {
    /// The most bytes that `init(bytes:)` takes.
    public static let maximumBytes = 8 + 512

    /// Version (2 bytes), preset (2), length of the modulus in bytes (4) and the modulus, little-endian.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 8 + 8 * modulus.count)
        writer.u16(1)
        writer.u16(parameters.id)
        writer.u32(UInt32(8 * modulus.count))
        for limb in modulus { writer.u64(limb) }
        return writer.bytes
    }

    /// Reads and checks what `bytes()` wrote. Throws `malformed`, `unknownParameters`, `invalidPublicKey`.
    public init(bytes: [UInt8]) throws(PaillierFailure) {
        var reader = ByteReader(bytes)
        let parameters: PaillierParameters
        let limbs: [UInt64]
        do throws(DecodingFailure) {
            guard try reader.u16() == 1 else { throw .invalidValue }
            let id = try reader.u16()
            guard let known = PaillierParameters.all.first(where: { $0.id == id }) else {
                throw .nonCanonical
            }
            parameters = known
            guard try reader.u32() == UInt32(known.modulusBytes) else { throw .invalidValue }
            limbs = try reader.littleEndianLimbs(known.modulusLimbs)
            try reader.finish()
        } catch .nonCanonical {
            throw .unknownParameters(UInt16(bytes[2]) | UInt16(bytes[3]) << 8)
        } catch {
            throw .malformed
        }
        try self.init(modulus: limbs, parameters: parameters)
    }
}
