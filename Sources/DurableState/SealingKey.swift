public import CryptoPrimitives

/// The key that seals states, 32 secret bytes kept in guarded memory.
/// Source: durability section 1
public struct SealingKey: ~Copyable, Sendable {
    private let key: SecretBytes

    /// A fresh key.
    public init(from source: inout any RandomSource) {
        key = SecretBytes(random: XChaCha20Poly1305.keyBytes, from: &source)
    }

    /// Adopts 32 bytes.  Throws `invalidLength` for any other number.
    public init(_ key: consuming SecretBytes) throws(CryptoFailure) {
        guard key.count == XChaCha20Poly1305.keyBytes else { throw .invalidLength }
        self.key = key
    }

    private init(adopting key: consuming SecretBytes) {
        self.key = key
    }

    /// A second handle on the same key.
    public borrowing func copy() -> SealingKey {
        SealingKey(adopting: key.copy())
    }

    /// Seals a state under XChaCha20-Poly1305 with a random nonce.
    ///
    /// The associated data is "QSA1 record" || name || generation || plaintext length, both numbers little-endian 64-bit,
    /// so a record cannot be passed off as another name or generation.
    /// Source: durability section 1
    public borrowing func seal(
        _ plaintext: borrowing SecretBytes, name: RecordName, generation: UInt64,
        nonceFrom source: inout any RandomSource
    ) -> StateRecord {
        unsafe plaintext.withUnsafeBytes { message in
            unsafe seal(message, name: name, generation: generation, nonceFrom: &source)
        }
    }

    private borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, name: RecordName, generation: UInt64,
        nonceFrom source: inout any RandomSource
    ) -> StateRecord {
        let associated = SealingKey.associatedData(name: name, generation: generation, plaintextBytes: plaintext.count)
        let sealed = unsafe key.withUnsafeBytes { key in
            unsafe XChaCha20Poly1305.seal(plaintext, associatedData: associated, key: key, nonceFrom: &source)
        }
        return StateRecord(name: name, generation: generation, sealed: sealed)
    }

    /// Bytes of room in front of a state that is sealed where it stands.
    package static let roomBytes = XChaCha20Poly1305.nonceBytes
    /// Bytes that a sealed state is longer than the state.
    package static let overheadBytes = XChaCha20Poly1305.nonceBytes + XChaCha20Poly1305.tagBytes

    /// Seals a state that holds no secret and stands behind `roomBytes` bytes of room, as above and without a copy.
    package borrowing func seal(
        behindRoom state: consuming [UInt8], name: RecordName, generation: UInt64,
        nonceFrom source: inout any RandomSource
    ) -> StateRecord {
        let associated = SealingKey.associatedData(
            name: name, generation: generation, plaintextBytes: state.count - SealingKey.roomBytes)
        unsafe key.withUnsafeBytes { key in
            unsafe XChaCha20Poly1305.sealInPlace(&state, associatedData: associated, key: key, nonceFrom: &source)
        }
        return StateRecord(name: name, generation: generation, sealed: state)
    }

    /// Opens a record.  Throws `stateCorrupt` when the key, the name, the generation or any byte is not the sealed one.
    /// Source: durability section 1
    public borrowing func open(_ record: StateRecord) throws(StateStoreFailure) -> SecretBytes {
        let overhead = SealingKey.overheadBytes
        guard record.sealed.count >= overhead else { throw .stateCorrupt }
        let associated = SealingKey.associatedData(
            name: record.name, generation: record.generation, plaintextBytes: record.sealed.count - overhead)
        do throws(CryptoFailure) {
            return try unsafe record.sealed.span.withUnsafeBytes { (box) throws(CryptoFailure) in
                try unsafe key.withUnsafeBytes { (key) throws(CryptoFailure) in
                    try unsafe XChaCha20Poly1305.open(box, associatedData: associated, key: key)
                }
            }
        } catch {
            throw error == .noGuardedMemory ? .memoryExhausted : .stateCorrupt
        }
    }

    private static func associatedData(name: RecordName, generation: UInt64, plaintextBytes: Int) -> [UInt8] {
        var bytes = [UInt8]("QSA1 record".utf8)
        bytes.append(contentsOf: name.description.utf8)
        bytes.append(littleEndian: generation)
        bytes.append(littleEndian: UInt64(plaintextBytes))
        return bytes
    }
}
