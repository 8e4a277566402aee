/// Thirty-two **public** bytes: digests, public keys, identifiers. Compared in lexicographic order of the bytes.
///
/// Equality and order take variable time: never put a secret in here, a secret lives in `SecretBytes`.
public struct Bytes32: Hashable, Sendable, Comparable {
    /// The number of bytes: 32.
    public static let byteCount = 32

    /// Four words whose memory holds the bytes in order, whatever the byte order of the machine.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Thirty-two zero bytes.
    public init() {
        words = (0, 0, 0, 0)
    }

    /// The bytes of a collection; nil unless it holds exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init()
        unsafe withUnsafeMutableBytes(of: &words) { target in unsafe target.copyBytes(from: bytes) }
    }

    /// A copy of 32 bytes of memory; any other count is the caller's error.
    public init(copying bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount, "Bytes32 takes exactly 32 bytes")
        self.init()
        unsafe withUnsafeMutableBytes(of: &words) { target in unsafe target.copyMemory(from: bytes) }
    }

    /// The 32 bytes that `body` writes; memory is zero before.
    package init<E: Error>(filling body: (UnsafeMutablePointer<UInt8>) throws(E) -> Void) throws(E) {
        self.init()
        unsafe try withUnsafeMutablePointer(to: &words) { (pointer) throws(E) in
            unsafe try body(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Gives `body` the 32 bytes in order; the pointer is valid during the call alone.
    public func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try Swift.withUnsafeBytes(of: words, body)
    }

    /// Gives `body` the address of the 32 bytes, for calls into C.
    package func withBytePointer<R: ~Copyable, E: Error>(
        _ body: (UnsafePointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try withUnsafePointer(to: words) { (pointer) throws(E) in
            unsafe try body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// The 32 bytes as an array.
    public var bytes: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// Sixty-four lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * Self.byteCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads exactly sixty-four hexadecimal digits of either case; nil for anything else.
    public init?(hex text: some StringProtocol) {
        let digits = text.utf8.map { digit -> UInt8 in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: 16
            }
        }
        guard digits.count == 2 * Self.byteCount, digits.allSatisfy({ $0 < 16 }) else { return nil }
        let bytes = (0..<Self.byteCount).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
        self = unsafe bytes.withUnsafeBytes { unsafe Bytes32(copying: $0) }
    }

    /// Whether all 32 bytes are zero.
    package var isZero: Bool {
        words.0 | words.1 | words.2 | words.3 == 0
    }

    /// Whether the bytes are the same; variable time.
    public static func == (left: Bytes32, right: Bytes32) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1 && left.words.2 == right.words.2
            && left.words.3 == right.words.3
    }

    /// Whether `left` comes before `right` in lexicographic order; variable time.
    public static func < (left: Bytes32, right: Bytes32) -> Bool {
        if left.words.0 != right.words.0 { return left.words.0.bigEndian < right.words.0.bigEndian }
        if left.words.1 != right.words.1 { return left.words.1.bigEndian < right.words.1.bigEndian }
        if left.words.2 != right.words.2 { return left.words.2.bigEndian < right.words.2.bigEndian }
        return left.words.3.bigEndian < right.words.3.bigEndian
    }

    /// Feeds the 32 bytes to a hash table's hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
