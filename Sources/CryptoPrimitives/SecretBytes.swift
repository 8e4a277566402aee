/// Secret bytes in guarded memory: one owner, never copied unasked, wiped when the owner goes.
///
/// - Complexity: up to 64 KiB a slot of a pool, some hundred nanoseconds; beyond, a mapping of its own, some ten
///   microseconds. Keep keys and seeds here, many equal ones in a `SecretSlab`, vectors elsewhere.
///
/// > Important: the contents never go into an array, a string, an error or a log.
///
/// Source: libsodium "Secure memory"
public struct SecretBytes: ~Copyable, Sendable {
    private let storage: GuardedStorage

    /// The number of bytes; it is public, and may be zero.
    public var count: Int { storage.count }

    /// `count` zero bytes.
    public init(zeroed count: Int) {
        storage = GuardedStorage(zeroed: count)
    }

    /// `count` zero bytes, where their number is a peer's or a file's to decide.
    ///
    /// - Throws: `noGuardedMemory` when the system refuses them.
    public init(granted count: Int) throws(CryptoFailure) {
        storage = try GuardedStorage(granted: count)
    }

    /// `count` bytes drawn from `source`.
    public init(random count: Int, from source: inout any RandomSource) {
        storage = GuardedStorage(zeroed: count)
        unsafe source.fill(storage.mutableBytes)
    }

    /// A copy of `bytes`; wiping the original is the caller's task.
    public init(copying bytes: UnsafeRawBufferPointer) {
        storage = GuardedStorage(zeroed: bytes.count)
        unsafe storage.mutableBytes.copyMemory(from: bytes)
    }

    /// A second, independent owner of the same contents.
    public borrowing func copy() -> SecretBytes {
        unsafe withUnsafeBytes { unsafe SecretBytes(copying: $0) }
    }

    /// Gives `body` the bytes to read; the pointer is valid during the call alone.
    public borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(storage.bytes)
    }

    /// Gives `body` the bytes to change; the pointer is valid during the call alone.
    public mutating func withUnsafeMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(storage.mutableBytes)
    }

    /// Whether both hold the same bytes, in time that depends on the counts alone.
    public borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe withBytePointer { left in
            unsafe other.withBytePointer { right in unsafe Sodium.isEqual(left, right, count: count) }
        }
    }
}

extension SecretBytes {
    /// Gives `body` the address of the bytes, for calls into C.
    package borrowing func withBytePointer<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try withUnsafeBytes { (bytes) throws(E) in
            unsafe try body(bytes.bytePointer)
        }
    }

    /// Gives `body` the address of the bytes to change, for calls into C.
    package mutating func withMutableBytePointer<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try withUnsafeMutableBytes { (bytes) throws(E) in
            unsafe try body(bytes.bytePointer)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The address as C wants it; the buffer has one.
    var bytePointer: UnsafePointer<UInt8> {
        guard let base = baseAddress else { preconditionFailure("a buffer without an address") }
        return unsafe base.assumingMemoryBound(to: UInt8.self)
    }

    /// The address as C wants it, or null for an empty buffer.
    var optionalBytePointer: UnsafePointer<UInt8>? {
        unsafe baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The address as C wants it; the buffer has one.
    var bytePointer: UnsafeMutablePointer<UInt8> {
        guard let base = baseAddress else { preconditionFailure("a buffer without an address") }
        return unsafe base.assumingMemoryBound(to: UInt8.self)
    }
}
