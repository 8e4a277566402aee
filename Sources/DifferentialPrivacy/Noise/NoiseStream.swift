internal import CryptoPrimitives

/// The 64-bit words of one key's ChaCha20 keystream, little-endian, in order, each used once.
///
/// A key has 2^35 words; a vector of the largest admitted dimension needs fewer than 2^33 on average, and reading past
/// the end stops the process.
/// Source: discrete-gaussian section 4
struct NoiseStream: ~Copyable {
    private let key: NoiseKey
    private let window = KeystreamWindow()
    private var next = KeystreamWindow.wordCount
    private var windowIndex: UInt64 = 0

    init(_ key: consuming NoiseKey) {
        self.key = key
    }

    /// The next word of the stream.
    @inline(__always)
    mutating func word() -> UInt64 {
        if next == KeystreamWindow.wordCount { refill() }
        let word = window[next]
        next &+= 1
        return word
    }

    @inline(never)
    private mutating func refill() {
        let blocks = UInt64(KeystreamWindow.wordCount * 8 / ChaCha20.blockBytes)
        let block = windowIndex * blocks
        precondition(block <= UInt64(UInt32.max), "one key's keystream is spent")
        unsafe key.withUnsafeBytes { key in
            unsafe ChaCha20.keystream(into: window.bytes, key: key, blockIndex: UInt32(block))
        }
        windowIndex += 1
        next = 0
    }
}

/// 4 KiB of keystream, wiped when its owner goes.
@safe
private final class KeystreamWindow {
    static let wordCount = 512

    private let words: UnsafeMutablePointer<UInt64>

    init() {
        unsafe words = UnsafeMutablePointer.allocate(capacity: Self.wordCount)
        unsafe words.initialize(repeating: 0, count: Self.wordCount)
    }

    deinit {
        unsafe wipe(bytes)
        unsafe words.deallocate()
    }

    var bytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: words, count: Self.wordCount * 8)
    }

    /// Word `index` of 0 ..< wordCount.
    @inline(__always)
    subscript(index: Int) -> UInt64 {
        assert(index >= 0 && index < Self.wordCount)
        return UInt64(littleEndian: unsafe words[index])
    }
}
