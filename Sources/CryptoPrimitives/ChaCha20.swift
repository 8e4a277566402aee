internal import CSodium

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
    /// - Complexity: about 0.4 ns a byte; allocates nothing.
    public static func keystream(
        into buffer: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer, blockIndex: UInt32
    ) {
        Sodium.require()
        precondition(key.count == keyBytes, "a ChaCha20 key has 32 bytes")
        precondition(
            UInt64(blockIndex) * UInt64(blockBytes) + UInt64(buffer.count) <= streamBytes, "the keystream ends at 2^38")
        guard buffer.count > 0 else { return }
        let target = unsafe buffer.bytePointer
        let nonce: (UInt64, UInt32) = (0, 0)
        unsafe target.update(repeating: 0, count: buffer.count)
        unsafe withUnsafeBytes(of: nonce) { nonce in
            let code = unsafe crypto_stream_chacha20_ietf_xor_ic(
                target, target, UInt64(buffer.count), nonce.bytePointer, blockIndex, key.bytePointer)
            precondition(code == 0, "ChaCha20 failed")
        }
    }
}
