extension PackedVector {
    /// The number of bytes on the wire: 8 a word.
    public var byteCount: Int { storage.count }

    /// The words as little-endian bytes; on a little-endian host the storage itself, which is copied when one of the two changes.
    public func littleEndianBytes() -> [UInt8] {
        #if _endian(little)
            return storage
        #else
            return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        #endif
    }

    /// Calls `body` with the words as little-endian bytes; on a little-endian host the storage itself, no copy.
    public func withLittleEndianBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let ordered = littleEndianBytes()
        return unsafe try ordered.withUnsafeBufferPointer { (buffer) throws(E) in
            unsafe try body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads `count` values from little-endian bytes of any alignment.
    ///
    /// Throws `vectorTooLarge`, `dimensionMismatch` when the number of bytes is not 8 a word, `elementOutOfRange` when an
    /// unused bit is set; the length is checked before anything is allocated.
    public init(littleEndianBytes bytes: UnsafeRawBufferPointer, count: Int, layout: LaneLayout) throws(RingFailure) {
        guard count >= 0, count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        guard bytes.count % 8 == 0, bytes.count / 8 == layout.wordCount(for: count) else { throw .dimensionMismatch }
        let hasStray = unsafe PackedVector.hasStrayBits(
            littleEndianBytes: bytes, atWord: 0, count: count, layout: layout)
        guard !hasStray else { throw .elementOutOfRange }
        unsafe self.init(filling: count, layout: layout) { words in
            unsafe FreshPages.prepare(UnsafeMutableRawBufferPointer(words))
            unsafe UnsafeMutableRawBufferPointer(words).copyMemory(from: bytes)
            #if !_endian(little)
                for index in 0..<words.count { unsafe words[index] = UInt64(littleEndian: words[index]) }
            #endif
        }
    }

    /// Reads `count` values from little-endian bytes that come in chunks of whole words, one after another.
    ///
    /// Throws as the form for one buffer does.
    ///
    /// - Parameter bits: those that are set in any of the words, where somebody who has read all of them knows.
    package init(
        littleEndianChunks chunks: [ArraySlice<UInt8>], bits: UInt64? = nil, count: Int, layout: LaneLayout
    ) throws(RingFailure) {
        guard count >= 0, count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        let byteCount = chunks.reduce(0) { $0 + $1.count }
        guard chunks.allSatisfy({ $0.count % 8 == 0 }), byteCount == 8 * layout.wordCount(for: count) else {
            throw .dimensionMismatch
        }
        var offset = 0
        for chunk in chunks {
            let hasStray = unsafe chunk.withUnsafeBytes {
                unsafe PackedVector.hasStrayBits(
                    bits ?? LaneArithmetic.union(ofLittleEndian: $0), setIn: $0, atWord: offset / 8, count: count,
                    layout: layout)
            }
            guard !hasStray else { throw .elementOutOfRange }
            offset += chunk.count
        }
        unsafe self.init(filling: count, layout: layout) { words in
            let bytes = UnsafeMutableRawBufferPointer(words)
            unsafe FreshPages.prepare(bytes)
            var offset = 0
            for chunk in chunks {
                unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyBytes(from: chunk)
                offset += chunk.count
            }
            #if !_endian(little)
                for index in 0..<words.count { unsafe words[index] = UInt64(littleEndian: words[index]) }
            #endif
        }
    }

    /// Whether words from `firstWord` on, given as little-endian bytes, have a bit set that no value of a vector of `count`
    /// values uses.
    package static func hasStrayBits(
        littleEndianBytes bytes: UnsafeRawBufferPointer, atWord firstWord: Int, count: Int, layout: LaneLayout
    ) -> Bool {
        unsafe hasStrayBits(
            LaneArithmetic.union(ofLittleEndian: bytes), setIn: bytes, atWord: firstWord, count: count, layout: layout)
    }

    /// The same when it is known which bits are set in any of the words.
    package static func hasStrayBits(
        _ bits: UInt64, setIn bytes: UnsafeRawBufferPointer, atWord firstWord: Int, count: Int, layout: LaneLayout
    ) -> Bool {
        let words = bytes.count / 8
        guard words > 0 else { return false }
        var unused = bits & ~layout.usedBits
        if firstWord + words == layout.wordCount(for: count) {
            unused |= unsafe LaneArithmetic.littleEndianWord(bytes, words - 1) & ~layout.usedBitsOfLastWord(for: count)
        }
        return unused != 0
    }

    /// Adds words [firstWord, firstWord + n) given as 8 n little-endian bytes of any alignment.
    ///
    /// Throws `dimensionMismatch` when the bytes are not whole words inside the vector, `elementOutOfRange` when an unused
    /// bit is set; the vector is unchanged then.  Two passes over the bytes.
    /// Source: lane-packing section 3
    public mutating func add(
        littleEndianBytes bytes: UnsafeRawBufferPointer, atWord firstWord: Int
    ) throws(RingFailure) {
        try unsafe requireInside(bytes, atWord: firstWord)
        let hasStray = unsafe PackedVector.hasStrayBits(
            littleEndianBytes: bytes, atWord: firstWord, count: count, layout: layout)
        guard !hasStray else { throw .elementOutOfRange }
        try unsafe add(checkedLittleEndianBytes: bytes, atWord: firstWord)
    }

    /// The same for bytes in which `hasStrayBits` found none at that place, in one pass.
    package mutating func add(
        checkedLittleEndianBytes bytes: UnsafeRawBufferPointer, atWord firstWord: Int
    ) throws(RingFailure) {
        try unsafe requireInside(bytes, atWord: firstWord)
        let added = bytes.count / 8
        guard added > 0 else { return }
        let layout = layout
        unsafe withMutableWords { sum in
            let range = unsafe UnsafeMutableBufferPointer(rebasing: sum[firstWord..<(firstWord + added)])
            unsafe LaneArithmetic.add(littleEndian: bytes, to: range, layout: layout)
        }
    }

    /// Bytes must be whole words inside the vector.
    private func requireInside(_ bytes: UnsafeRawBufferPointer, atWord firstWord: Int) throws(RingFailure) {
        guard bytes.count % 8 == 0, firstWord >= 0, firstWord <= wordCount, bytes.count / 8 <= wordCount - firstWord
        else { throw .dimensionMismatch }
    }
}
