internal import CryptoPrimitives

extension PackedVector {
    /// Whether a mask is added or subtracted.
    package enum MaskSign: Sendable {
        case add, subtract
    }

    /// Adds the mask of a 32-byte seed.
    ///
    /// Word w of the mask is the little-endian word w of the seed's ChaCha20 keystream with the unused bits cleared, so
    /// every lane is uniform over Z_2^bits.  A seed must never mask two plaintexts: their difference would be public.
    /// Source: lane-packing section 4
    public mutating func addMask(seed: UnsafeRawBufferPointer) {
        unsafe applyMask(.add, seed: seed, words: words.indices)
    }

    /// Subtracts the mask of a 32-byte seed, the inverse of `addMask(seed:)`.
    /// Source: lane-packing section 4
    public mutating func subtractMask(seed: UnsafeRawBufferPointer) {
        unsafe applyMask(.subtract, seed: seed, words: words.indices)
    }

    /// Adds or subtracts the part of a mask that falls on the words of `range`, which starts at a multiple of 8.
    package mutating func applyMask(_ sign: MaskSign, seed: UnsafeRawBufferPointer, words range: Range<Int>) {
        let (layout, count) = (layout, count)
        unsafe words.withUnsafeMutableBufferPointer { buffer in
            let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[range])
            unsafe PackedVector.applyMask(
                sign, seed: seed, to: part, firstWord: range.lowerBound, count: count, layout: layout)
        }
    }

    /// Calls `body` with the words for writing, so that disjoint ranges can be masked at the same time.
    package mutating func withMutableWords<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<UInt64>) throws(E) -> R
    ) throws(E) -> R {
        unsafe try words.withUnsafeMutableBufferPointer { (buffer) throws(E) in
            unsafe try body(buffer)
        }
    }

    /// Adds or subtracts the mask on `part`, the words from `firstWord` (a multiple of 8: a keystream block) of a vector
    /// of `count` values.  The keystream is made 2 KiB at a time in scratch memory that is wiped at the end.
    /// Source: lane-packing section 4
    package static func applyMask(
        _ sign: MaskSign, seed: UnsafeRawBufferPointer, to part: UnsafeMutableBufferPointer<UInt64>, firstWord: Int,
        count: Int, layout: LaneLayout
    ) {
        precondition(seed.count == 32, "a mask seed has 32 bytes")
        precondition(firstWord >= 0 && firstWord % wordsPerBlock == 0, "a range of a mask starts at a keystream block")
        let wordCount = layout.wordCount(for: count)
        precondition(part.count <= wordCount - firstWord, "the range ends outside the vector")
        unsafe withUnsafeTemporaryAllocation(byteCount: tileWords * 8, alignment: 64) { scratch in
            let tile = unsafe scratch.bindMemory(to: UInt64.self)
            for start in stride(from: 0, to: part.count, by: tileWords) {
                let length = min(tileWords, part.count - start)
                let keystream = unsafe UnsafeMutableBufferPointer(rebasing: tile[0..<length])
                unsafe ChaCha20.keystream(
                    into: UnsafeMutableRawBufferPointer(keystream), key: seed,
                    blockIndex: UInt32((firstWord + start) / wordsPerBlock))
                for index in 0..<length {
                    unsafe keystream[index] = UInt64(littleEndian: keystream[index]) & layout.usedBits
                }
                if firstWord + start + length == wordCount {
                    unsafe keystream[length - 1] &= layout.usedBitsOfLastWord(for: count)
                }
                let target = unsafe UnsafeMutableBufferPointer(rebasing: part[start..<(start + length)])
                switch sign {
                case .add:
                    unsafe LaneArithmetic.add(UnsafeBufferPointer(keystream), to: target, layout: layout)
                case .subtract:
                    unsafe LaneArithmetic.subtract(UnsafeBufferPointer(keystream), from: target, layout: layout)
                }
            }
            unsafe CryptoPrimitives.wipe(scratch)
        }
    }

    private static var tileWords: Int { 256 }
    private static var wordsPerBlock: Int { ChaCha20.blockBytes / 8 }
}
