/// The ChaCha20 keystream, IETF variant, with a zero nonce and a 32-bit block counter: seekable at every block.
///
/// > Important: the nonce is always zero, so a key makes one stream and is used for one purpose, once.
///
/// Source: rfc8439 section 2.4
public enum ChaCha20 {
    /// The number of bytes of a key: 32.
    public static let keyBytes = 32
    /// The number of bytes of a block: 64.
    public static let blockBytes = 64
    /// The length of one key's stream: 2^38 bytes.
    public static let streamBytes: UInt64 = 1 << 38

    /// Overwrites `buffer` with the keystream of the 32-byte `key` from byte `blockIndex * 64` on.
    ///
    /// Reading past 2^38 bytes of stream is the caller's error.
    ///
    /// - Complexity: 0.13 to 0.4 ns a byte; allocates nothing.
    public static func keystream(
        into buffer: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer, blockIndex: UInt32
    ) {
        precondition(key.count == keyBytes, "a ChaCha20 key has 32 bytes")
        unsafe KeystreamGenerator.chaCha20.keystream(into: buffer, key: key, blockIndex: blockIndex)
    }
}
