internal import CKernels
internal import CSodium

/// Streaming BLAKE2b with a personalisation, unkeyed or keyed; the salt is zero.
///
/// The output length is part of the function: 32 bytes unless the initialiser is told otherwise.
///
/// - Complexity: one small heap allocation for the state, which is wiped at the end; about a nanosecond a byte.
///
/// Source: blake2 RFC 7693
public struct Blake2b: ~Copyable {
    private let state: HashState
    private let outputBytes: Int

    /// An unkeyed hash of `outputBytes` (16 ... 64) bytes.
    public init(_ personal: Personalisation, outputBytes: Int = 32) {
        precondition((16...64).contains(outputBytes), "BLAKE2b gives 16 to 64 bytes")
        state = unsafe HashState(personal, key: UnsafeRawBufferPointer(start: nil, count: 0), outputBytes: outputBytes)
        self.outputBytes = outputBytes
    }

    /// A keyed hash of `outputBytes` (16 ... 64) bytes; `key` has 16 to 64 bytes and is copied into the wiped state.
    public init(_ personal: Personalisation, key: UnsafeRawBufferPointer, outputBytes: Int = 32) {
        precondition((16...64).contains(key.count), "a BLAKE2b key has 16 to 64 bytes")
        precondition((16...64).contains(outputBytes), "BLAKE2b gives 16 to 64 bytes")
        state = unsafe HashState(personal, key: key, outputBytes: outputBytes)
        self.outputBytes = outputBytes
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe state.update(bytes)
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe state.update($0) }
    }

    /// Absorbs `bytes`.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe state.update($0) }
    }

    /// Absorbs the 32 bytes of `value`.
    public mutating func update(_ value: Bytes32) {
        unsafe value.withUnsafeBytes { unsafe state.update($0) }
    }

    /// Absorbs the 32 bytes of `digest`.
    public mutating func update(_ digest: Digest) {
        update(digest.value)
    }

    /// Absorbs four bytes, least significant first.
    public mutating func update(littleEndian value: UInt32) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe state.update($0) }
    }

    /// Absorbs eight bytes, least significant first.
    public mutating func update(littleEndian value: UInt64) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe state.update($0) }
    }

    /// The digest of everything absorbed; the hash was set up for 32 bytes.
    public consuming func finalize() -> Digest {
        precondition(outputBytes == Bytes32.byteCount, "this hash was set up for another output length")
        return unsafe Digest(Bytes32(filling: { unsafe state.finalize($0, count: Bytes32.byteCount) }))
    }

    /// Writes the digest into a secret of exactly the length for which the hash was set up.
    public consuming func finalize(into secret: inout SecretBytes) {
        precondition(secret.count == outputBytes, "this hash was set up for another output length")
        let count = outputBytes
        unsafe secret.withMutableBytePointer { unsafe state.finalize($0, count: count) }
    }

    /// Writes the digest into `buffer` of exactly the length for which the hash was set up, for instance a slab's slot.
    public consuming func finalize(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count == outputBytes, "this hash was set up for another output length")
        unsafe state.finalize(buffer.bytePointer, count: outputBytes)
    }

    /// The unkeyed 32-byte digest of `bytes`; allocates nothing.
    public static func hash(_ bytes: UnsafeRawBufferPointer, _ personal: Personalisation) -> Digest {
        Sodium.require()
        let value = unsafe Bytes32(filling: { output in
            let code = unsafe personal.withBytePointer { personal in
                unsafe crypto_generichash_blake2b_salt_personal(
                    output, Bytes32.byteCount, bytes.optionalBytePointer, UInt64(bytes.count), nil, 0, nil, personal)
            }
            precondition(code == 0, "BLAKE2b refused its parameters")
        })
        return Digest(value)
    }

    /// The unkeyed 32-byte digest of `bytes`; allocates nothing.
    public static func hash(_ bytes: [UInt8], _ personal: Personalisation) -> Digest {
        unsafe bytes.withUnsafeBytes { unsafe hash($0, personal) }
    }

    /// The unkeyed 32-byte digests of `count` pieces of `pieceBytes` bytes each, one after another in `bytes`: as `hash`
    /// on every one of them, eight at a time where the machine can.
    ///
    /// The pieces are public: a digest is of what is sent.
    ///
    /// - Parameter bits: gains every bit that is set in a little-endian word of a piece, whose last word is filled up with zeros.
    package static func hash(
        pieces bytes: UnsafeRawBufferPointer, of pieceBytes: Int, count: Int, _ personal: Personalisation,
        bits: inout UInt64, on path: KernelPath = .automatic
    ) -> [Digest] {
        precondition(pieceBytes >= 0 && count >= 0 && bytes.count >= pieceBytes * count, "the pieces are in the buffer")
        guard count > 0 else { return [] }
        let source = unsafe bytes.bytePointer
        return unsafe [Digest](unsafeUninitializedCapacity: count) { digests, initialised in
            unsafe digests.initialize(repeating: Digest(Bytes32()))
            unsafe UnsafeMutableRawBufferPointer(digests).withMemoryRebound(to: UInt8.self) { target in
                guard let target = target.baseAddress else { return }
                unsafe personal.withBytePointer { personal in
                    bits |= unsafe ck_blake2b_pieces(target, source, pieceBytes, count, personal, path.rawValue)
                }
            }
            initialised = count
        }
    }
}
