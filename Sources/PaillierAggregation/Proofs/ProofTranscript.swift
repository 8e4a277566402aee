internal import CryptoPrimitives

/// What a challenge is hashed from: a label and fields, each behind its length, so that no two lists of fields collide.
///
/// Bytes: BLAKE2b, 32 bytes, personalisation `QSA1 proof`; every field is 8 little-endian bytes of length, then its bytes.
/// Numbers enter as little-endian limbs of the length of their modulus. Public values only.
///
/// Source: paillier-proofs section 1
struct ProofTranscript: ~Copyable {
    private var hash: Blake2b

    /// A transcript under a label of its own.
    init(_ label: StaticString) {
        hash = Blake2b(Personalisation("QSA1 proof"))
        label.withUTF8Buffer { text in unsafe append(UnsafeRawBufferPointer(text)) }
    }

    /// Absorbs the length and the bytes.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        hash.update(littleEndian: UInt64(bytes.count))
        unsafe hash.update(bytes)
    }

    /// Absorbs a number or a vector of numbers.
    mutating func append(_ limbs: [UInt64]) {
        unsafe limbs.withUnsafeBytes { unsafe append($0) }
    }

    /// Absorbs 32 bytes.
    mutating func append(_ digest: Digest) {
        unsafe digest.value.withUnsafeBytes { unsafe append($0) }
    }

    /// Absorbs eight bytes.
    mutating func append(_ value: UInt64) {
        hash.update(littleEndian: UInt64(8))
        hash.update(littleEndian: value)
    }

    /// The digest of everything absorbed.
    consuming func digest() -> Digest {
        hash.finalize()
    }
}

extension Digest {
    /// `bits` bits drawn from this digest under a stream number, as little-endian limbs.
    ///
    /// Block k is BLAKE2b with 64 bytes of output, personalisation `QSA1 expand`, over the digest, the stream and k.
    func expanded(stream: UInt64 = 0, bits: Int) -> [UInt64] {
        let count = (bits + 63) / 64
        var limbs = [UInt64](repeating: 0, count: (count + 7) / 8 * 8)
        unsafe limbs.withUnsafeMutableBytes { bytes in
            for block in 0..<bytes.count / 64 {
                var hash = Blake2b(Personalisation("QSA1 expand"), outputBytes: 64)
                hash.update(self)
                hash.update(littleEndian: stream)
                hash.update(littleEndian: UInt64(block))
                unsafe hash.finalize(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[64 * block..<64 * (block + 1)]))
            }
        }
        for i in limbs.indices { limbs[i] = UInt64(littleEndian: limbs[i]) }
        limbs.removeLast(limbs.count - count)
        if bits % 64 != 0 { limbs[count - 1] &= (1 << UInt64(bits % 64)) - 1 }
        return limbs
    }

    /// A number below `modulus`, within 2^-128 of uniform.
    func residue(stream: UInt64 = 0, below modulus: PublicInteger) -> PublicInteger {
        PublicInteger(limbs: expanded(stream: stream, bits: modulus.bitCount + 128)) % modulus
    }
}
