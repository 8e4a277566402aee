internal import CryptoPrimitives

/// A vector over Z_2^bits, lane-packed: value i is in word i / lanes, lane i % lanes.
///
/// Unused bits (above the lanes, and the lanes of the last word that hold no value) are zero always.  The words are
/// ordinary memory, so that they can be added at memory speed; an owner that packed a plaintext calls `wipe()`.  They are kept
/// as bytes, so that what is masked can be sent and stored without a copy.
/// Source: lane-packing section 1
public struct PackedVector: Sendable, Equatable {
    /// The largest number of values a vector may have: 2^32.
    public static let maximumCount = 1 << 32

    /// Width and lanes.
    public let layout: LaneLayout
    /// The number of values.
    public let count: Int
    /// The words in the machine's byte order, 8 bytes each; the runtime aligns them to 16.
    private(set) var storage: [UInt8]

    /// The number of packed words, `layout.wordCount(for: count)`.
    public var wordCount: Int { storage.count / 8 }

    /// The packed words, a copy.
    public var words: [UInt64] { unsafe withWords { unsafe [UInt64]($0) } }

    /// The zero vector of `count` values, 0...2^32.
    public init(zeros count: Int, layout: LaneLayout) {
        precondition(count >= 0 && count <= PackedVector.maximumCount, "a vector has 0...2^32 values")
        self.layout = layout
        self.count = count
        let byteCount = 8 * layout.wordCount(for: count)
        storage = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[..<byteCount])
            unsafe FreshPages.prepare(bytes)
            unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
            initialised = byteCount
        }
    }

    /// A vector of `count` values whose words `body` writes, every one of them, with all unused bits zero.
    init(filling count: Int, layout: LaneLayout, _ body: (UnsafeMutableBufferPointer<UInt64>) -> Void) {
        precondition(count >= 0 && count <= PackedVector.maximumCount, "a vector has 0...2^32 values")
        self.layout = layout
        self.count = count
        let wordCount = layout.wordCount(for: count)
        storage = unsafe [UInt8](unsafeUninitializedCapacity: 8 * wordCount) { buffer, initialised in
            unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(8 * wordCount)])
                .withMemoryRebound(to: UInt64.self) { unsafe body($0) }
            initialised = 8 * wordCount
        }
    }

    /// Takes words received from elsewhere, `count` values long.
    ///
    /// Throws `vectorTooLarge` when `count` is negative or above 2^32, `dimensionMismatch` when the number of words is not
    /// the one `count` takes, `elementOutOfRange` when an unused bit is set.
    public init(words: [UInt64], count: Int, layout: LaneLayout) throws(RingFailure) {
        guard count >= 0, count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        guard words.count == layout.wordCount(for: count) else { throw .dimensionMismatch }
        let unused = unsafe words.withUnsafeBufferPointer { buffer in
            unsafe LaneArithmetic.union(of: buffer) & ~layout.usedBits
        }
        let unusedInLast = (words.last ?? 0) & ~layout.usedBitsOfLastWord(for: count)
        guard unused | unusedInLast == 0 else { throw .elementOutOfRange }
        self.layout = layout
        self.count = count
        storage = unsafe words.withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// Calls `body` with the words.
    func withWords<R, E: Error>(_ body: (UnsafeBufferPointer<UInt64>) throws(E) -> R) throws(E) -> R {
        unsafe try storage.withUnsafeBufferPointer { (bytes) throws(E) in
            unsafe try bytes.withMemoryRebound(to: UInt64.self) { (words) throws(E) in unsafe try body(words) }
        }
    }

    /// Calls `body` with the words for writing, so that disjoint ranges can be masked at the same time.
    package mutating func withMutableWords<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try storage.withUnsafeMutableBufferPointer { (bytes) throws(E) in
            unsafe try bytes.withMemoryRebound(to: UInt64.self) { (words) throws(E) in unsafe try body(words) }
        }
    }

    /// Adds `other`, value by value modulo 2^bits.
    ///
    /// Throws `layoutMismatch` or `dimensionMismatch` and then changes nothing.  Reads and writes each word once.
    /// Source: lane-packing section 2
    public mutating func add(_ other: PackedVector) throws(RingFailure) {
        try requireSameShape(other)
        let layout = layout
        unsafe withMutableWords { sum in
            unsafe other.withWords { term in
                unsafe LaneArithmetic.add(term, to: sum, layout: layout)
            }
        }
    }

    /// Subtracts `other`, value by value modulo 2^bits.
    ///
    /// Throws `layoutMismatch` or `dimensionMismatch` and then changes nothing.  Reads and writes each word once.
    /// Source: lane-packing section 2
    public mutating func subtract(_ other: PackedVector) throws(RingFailure) {
        try requireSameShape(other)
        let layout = layout
        unsafe withMutableWords { difference in
            unsafe other.withWords { term in
                unsafe LaneArithmetic.subtract(term, from: difference, layout: layout)
            }
        }
    }

    /// Zeroes the words in place, for a vector that held a plaintext and is the only owner of its storage.
    package mutating func wipe() {
        unsafe storage.withUnsafeMutableBytes { buffer in
            unsafe CryptoPrimitives.wipe(buffer)
        }
    }

    private func requireSameShape(_ other: PackedVector) throws(RingFailure) {
        guard layout == other.layout else { throw .layoutMismatch }
        guard count == other.count else { throw .dimensionMismatch }
    }
}
