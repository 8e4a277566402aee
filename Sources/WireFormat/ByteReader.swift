public import CryptoPrimitives

/// Reads fields from bytes that came from a file or a peer; total: every input is answered by a value or an error.
///
/// Nothing is copied or allocated before the bytes that justify it are known to be there, and a read that throws
/// leaves the position where it was.
/// Source: WIRE section 1
public struct ByteReader: Sendable {
    private let input: ArraySlice<UInt8>
    private var cursor: Int

    /// Reads from the first byte of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Reads from the first byte of `bytes`; the slice keeps its storage, nothing is copied.
    public init(_ bytes: ArraySlice<UInt8>) {
        input = bytes
        cursor = bytes.startIndex
    }

    /// How many bytes have not been read.
    public var remaining: Int { input.endIndex - cursor }

    /// How many bytes have been read, counted from 0.
    public var position: Int { cursor - input.startIndex }

    /// Reads one byte.  Throws `truncated`.
    public mutating func u8() throws(DecodingFailure) -> UInt8 {
        try littleEndian()
    }

    /// Reads 2 bytes, little-endian.  Throws `truncated`.
    public mutating func u16() throws(DecodingFailure) -> UInt16 {
        try littleEndian()
    }

    /// Reads 4 bytes, little-endian.  Throws `truncated`.
    public mutating func u32() throws(DecodingFailure) -> UInt32 {
        try littleEndian()
    }

    /// Reads 8 bytes, little-endian.  Throws `truncated`.
    public mutating func u64() throws(DecodingFailure) -> UInt64 {
        try littleEndian()
    }

    /// Reads 32 bytes.  Throws `truncated`.
    public mutating func bytes32() throws(DecodingFailure) -> Bytes32 {
        guard let value = Bytes32(try raw(Bytes32.byteCount)) else { throw .truncated }
        return value
    }

    /// The next `count` bytes, sharing the storage of the input.  Throws `lengthOverflow` when negative, `truncated`.
    public mutating func raw(_ count: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
        guard count >= 0 else { throw .lengthOverflow }
        guard count <= remaining else { throw .truncated }
        let end = cursor + count
        defer { cursor = end }
        return input[cursor..<end]
    }

    /// A 4-byte length and that many bytes.  Throws `messageTooLarge` above `limit`, `truncated`.
    public mutating func counted(limit: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
        let start = cursor
        do throws(DecodingFailure) {
            return try raw(try count(limit: limit, elementBytes: 1))
        } catch {
            cursor = start
            throw error
        }
    }

    /// The 4-byte count of a list whose elements take at least `elementBytes` each.
    ///
    /// Throws `messageTooLarge` above `limit`, `lengthOverflow` when count times size leaves `Int`, `truncated` when
    /// the rest of the input cannot hold the list: a caller may allocate for the count it gets.
    public mutating func count(limit: Int, elementBytes: Int) throws(DecodingFailure) -> Int {
        precondition(limit >= 0 && elementBytes >= 0, "limits are not negative")
        var ahead = self
        let declared = UInt64(try ahead.u32())
        guard declared <= UInt64(limit) else { throw .messageTooLarge }
        let count = Int(declared)
        let (size, overflow) = count.multipliedReportingOverflow(by: elementBytes)
        guard !overflow else { throw .lengthOverflow }
        guard size <= ahead.remaining else { throw .truncated }
        self = ahead
        return count
    }

    /// A bitmap of `count` bits in ceil(count / 8) bytes.
    ///
    /// Throws `lengthOverflow` when `count` is negative, `truncated`, and `nonCanonical` when a bit at or above `count`
    /// is set.
    public mutating func bitmap(count: Int) throws(DecodingFailure) -> Bitmap {
        guard count >= 0 else { throw .lengthOverflow }
        var ahead = self
        let value = try Bitmap(count: count, bytes: try ahead.raw(Bitmap.byteCount(for: count)))
        self = ahead
        return value
    }

    /// Throws `trailingData` unless every byte has been read.
    public func finish() throws(DecodingFailure) {
        guard remaining == 0 else { throw .trailingData }
    }

    private mutating func littleEndian<Value: FixedWidthInteger & UnsignedInteger>() throws(DecodingFailure) -> Value {
        let width = Value.bitWidth / 8
        guard width <= remaining else { throw .truncated }
        var value: Value = 0
        for byte in input[cursor..<(cursor + width)].reversed() {
            value = (value << 8) | Value(byte)
        }
        cursor += width
        return value
    }
}
