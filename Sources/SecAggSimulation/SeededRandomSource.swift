public import CryptoPrimitives

/// A deterministic stream of bytes, so that a simulated run can be replayed from its seed.
///
/// The stream, exactly:
/// 1. `key_0` is the key given, or BLAKE2b with 32 bytes of output, personalisation `SecAggSim seed` (padded with zero
///    bytes to 16), no key, no salt, over the seed as 8 little-endian bytes followed by the label in UTF-8.
/// 2. Part i of the stream is the ChaCha20 keystream (IETF variant, zero nonce, block counter from 0) of `key_i`:
///    2^38 bytes.
/// 3. `key_(i+1)` is the same hash with personalisation `SecAggSim rekey` over the 32 bytes of `key_i`.
///
/// Every fill continues at the next unread byte, so that only the sequence of bytes counts, not how it is cut.
///
/// > Important: whoever knows the seed knows every secret drawn. For simulation and tests only; this module is in no
///   library product.
///
/// Source: rfc8439 section 2.4; blake2 RFC 7693
public struct SeededRandomSource: RandomSource {
    private var key: Bytes32

    /// The next unread byte of the present key's stream: 0 ... 2^38.
    private var position: UInt64 = 0

    /// The stream of `seed` with the empty label.
    public init(seed: UInt64) {
        self.init(seed: seed, label: "")
    }

    /// The stream of `seed` and `label`; different labels give independent streams.
    public init(seed: UInt64, label: String) {
        var hash = Blake2b(Personalisation("SecAggSim seed"))
        hash.update(littleEndian: seed)
        hash.update(Array(label.utf8))
        key = hash.finalize().value
    }

    /// The stream of a 32-byte key as it stands.
    public init(key: Bytes32) {
        self.key = key
    }

    /// Fills the whole of `buffer` with the next bytes of the stream.
    ///
    /// - Complexity: about 0.4 ns a byte, and two extra blocks at most for a fill that starts or ends inside a block.
    public mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        var done = 0
        while done < buffer.count {
            if position == ChaCha20.streamBytes { rekey() }
            let inBlock = Int(position % UInt64(ChaCha20.blockBytes))
            let blockIndex = UInt32(position / UInt64(ChaCha20.blockBytes))
            let wanted = buffer.count - done
            let written: Int
            if inBlock == 0 {
                written = Int(min(UInt64(wanted), ChaCha20.streamBytes - position))
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + written])
                unsafe key.withUnsafeBytes { unsafe ChaCha20.keystream(into: target, key: $0, blockIndex: blockIndex) }
            } else {
                written = min(wanted, ChaCha20.blockBytes - inBlock)
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + written])
                unsafe withUnsafeTemporaryAllocation(byteCount: ChaCha20.blockBytes, alignment: 8) { block in
                    unsafe key.withUnsafeBytes {
                        unsafe ChaCha20.keystream(into: block, key: $0, blockIndex: blockIndex)
                    }
                    unsafe target.copyBytes(from: block[inBlock..<inBlock + written])
                }
            }
            position += UInt64(written)
            done += written
        }
    }

    /// Moves on by `count` bytes without making them.
    package mutating func skip(_ count: UInt64) {
        var rest = count
        while rest > 0 {
            if position == ChaCha20.streamBytes { rekey() }
            let step = min(rest, ChaCha20.streamBytes - position)
            position += step
            rest -= step
        }
    }

    private mutating func rekey() {
        key = Blake2b.hash(key.bytes, Personalisation("SecAggSim rekey")).value
        position = 0
    }
}
