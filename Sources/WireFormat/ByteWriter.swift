public import CryptoPrimitives

/// Appends fields to a byte string: fixed-width little-endian integers, raw bytes, counted bytes and bitmaps.
///
/// There is exactly one encoding of every value, so equal messages are equal bytes and can be signed as they are.
/// The bytes are ordinary memory: never write a secret here.
/// Source: WIRE section 1
public struct ByteWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer with room for `capacity` bytes.
    public init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// The number of bytes written so far.
    public var count: Int { bytes.count }

    /// Gives away what has been written, so that its new owner is the only one; the writer is empty then.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Appends one byte.
    public mutating func u8(_ value: UInt8) {
        bytes.append(value)
    }

    /// Appends 2 bytes, little-endian.
    public mutating func u16(_ value: UInt16) {
        append(littleEndian: value)
    }

    /// Appends 4 bytes, little-endian.
    public mutating func u32(_ value: UInt32) {
        append(littleEndian: value)
    }

    /// Appends 8 bytes, little-endian.
    public mutating func u64(_ value: UInt64) {
        append(littleEndian: value)
    }

    /// Appends the 32 bytes of a public value.
    public mutating func bytes32(_ value: Bytes32) {
        unsafe value.withUnsafeBytes { buffer in
            unsafe bytes.append(contentsOf: buffer)
        }
    }

    /// Appends the bytes as they are, without a length.
    public mutating func raw(_ value: [UInt8]) {
        bytes.append(contentsOf: value)
    }

    /// Appends the bytes as they are, without a length.
    public mutating func raw(_ value: ArraySlice<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// Appends the bytes as they are, without a length.
    public mutating func raw(_ value: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: value)
    }

    /// Appends a 4-byte length and then the bytes; at most 2^32 - 1 of them.
    public mutating func counted(_ value: [UInt8]) {
        count(value.count)
        bytes.append(contentsOf: value)
    }

    /// Appends the 4-byte count that precedes a list; 0...2^32 - 1.
    public mutating func count(_ value: Int) {
        precondition(value >= 0 && value <= Int(UInt32.max), "a count on the wire has 32 bits")
        append(littleEndian: UInt32(value))
    }

    /// Appends the ceil(count / 8) bytes of a bitmap, without its count.
    public mutating func bitmap(_ value: Bitmap) {
        bytes.append(contentsOf: value.bytes)
    }

    private mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        for _ in 0..<(value.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
