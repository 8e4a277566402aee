/// A set of small numbers, 0..<count, as one bit each: bit i is bit i % 8 of byte i / 8.
///
/// Bits at and above `count` are zero always, so two bitmaps of one count are equal exactly when their bytes are.
/// Source: WIRE section 1
public struct Bitmap: Hashable, Sendable {
    /// How many numbers the set is over.
    public let count: Int
    /// ceil(count / 8) bytes, the encoding on the wire.
    public private(set) var bytes: [UInt8]

    /// The empty set over 0..<count.
    public init(count: Int) {
        precondition(count >= 0, "a bitmap has no negative size")
        self.count = count
        bytes = [UInt8](repeating: 0, count: Bitmap.byteCount(for: count))
    }

    /// The set of the given numbers, each in 0..<count.
    public init(count: Int, indices: some Sequence<Int>) {
        self.init(count: count)
        for index in indices {
            self[index] = true
        }
    }

    /// A bitmap received as bytes.
    ///
    /// Throws `lengthOverflow` when `count` is negative, `truncated` or `trailingData` when there are fewer or more than
    /// ceil(count / 8) bytes, `nonCanonical` when a bit at or above `count` is set.
    public init(count: Int, bytes: ArraySlice<UInt8>) throws(DecodingFailure) {
        guard count >= 0 else { throw .lengthOverflow }
        let expected = Bitmap.byteCount(for: count)
        guard bytes.count >= expected else { throw .truncated }
        guard bytes.count == expected else { throw .trailingData }
        if count % 8 != 0, let last = bytes.last, last >> UInt8(count % 8) != 0 { throw .nonCanonical }
        self.count = count
        self.bytes = [UInt8](bytes)
    }

    /// The number of bytes that `count` bits take: ceil(count / 8), with no intermediate overflow.
    public static func byteCount(for count: Int) -> Int {
        count / 8 + (count % 8 == 0 ? 0 : 1)
    }

    /// Whether `index` is in the set; `index` is in 0..<count.
    public subscript(index: Int) -> Bool {
        get {
            precondition(index >= 0 && index < count, "index outside the bitmap")
            return (bytes[index / 8] >> UInt8(index % 8)) & 1 == 1
        }
        set {
            precondition(index >= 0 && index < count, "index outside the bitmap")
            let bit: UInt8 = 1 << UInt8(index % 8)
            bytes[index / 8] = newValue ? bytes[index / 8] | bit : bytes[index / 8] & ~bit
        }
    }

    /// How many numbers are in the set.
    public var population: Int {
        bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Whether no number is in the set.
    public var isEmpty: Bool {
        bytes.allSatisfy { $0 == 0 }
    }

    /// The numbers in the set, ascending.
    public var indices: [Int] {
        var found: [Int] = []
        found.reserveCapacity(population)
        for (position, byte) in bytes.enumerated() {
            var rest = byte
            while rest != 0 {
                found.append(position * 8 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return found
    }

    /// Whether every number here is also in `other`, a bitmap of the same count.
    public func isSubset(of other: Bitmap) -> Bool {
        precondition(count == other.count, "bitmaps of different counts")
        return zip(bytes, other.bytes).allSatisfy { $0 & ~$1 == 0 }
    }

    /// The numbers in either; both bitmaps have the same count.
    public func union(_ other: Bitmap) -> Bitmap {
        combined(with: other) { $0 | $1 }
    }

    /// The numbers in both; both bitmaps have the same count.
    public func intersection(_ other: Bitmap) -> Bitmap {
        combined(with: other) { $0 & $1 }
    }

    /// The numbers here that are not in `other`; both bitmaps have the same count.
    public func subtracting(_ other: Bitmap) -> Bitmap {
        combined(with: other) { $0 & ~$1 }
    }

    private func combined(with other: Bitmap, _ operation: (UInt8, UInt8) -> UInt8) -> Bitmap {
        precondition(count == other.count, "bitmaps of different counts")
        var result = self
        for position in bytes.indices {
            result.bytes[position] = operation(bytes[position], other.bytes[position])
        }
        return result
    }
}
