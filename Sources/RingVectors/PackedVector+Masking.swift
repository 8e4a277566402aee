package import CryptoPrimitives

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
        unsafe applyMask(.add, seed: seed, words: 0..<wordCount)
    }

    /// Subtracts the mask of a 32-byte seed, the inverse of `addMask(seed:)`.
    /// Source: lane-packing section 4
    public mutating func subtractMask(seed: UnsafeRawBufferPointer) {
        unsafe applyMask(.subtract, seed: seed, words: 0..<wordCount)
    }

    /// Adds and subtracts all masks of a schedule, from at most `threads` threads.
    ///
    /// - Complexity: one pass over the words in tiles of 16 KiB; every tile meets all masks before the next.
    /// Source: mask-kernels section 2
    package mutating func apply(
        _ masks: borrowing MaskSchedule, threads: Int = Workers.all, on path: KernelPath = .automatic
    ) {
        let (layout, count) = (layout, count)
        let work = max(1, masks.count)
        unsafe withMutableWords { buffer in
            unsafe PackedVector.apply(
                masks, to: buffer, count: count, layout: layout, threads: threads, least: 1 << 18 / work, path)
        }
    }

    /// Adds or subtracts the part of a mask that falls on the words of `range`, which starts at a multiple of 8.
    package mutating func applyMask(_ sign: MaskSign, seed: UnsafeRawBufferPointer, words range: Range<Int>) {
        let (layout, count) = (layout, count)
        unsafe withMutableWords { buffer in
            let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[range])
            unsafe PackedVector.applyMask(
                sign, seed: seed, to: part, firstWord: range.lowerBound, count: count, layout: layout)
        }
    }

    /// Adds or subtracts the mask on `part`, the words from `firstWord` (a multiple of 8: a keystream block) of a vector
    /// of `count` values.
    /// Source: lane-packing section 4
    package static func applyMask(
        _ sign: MaskSign, seed: UnsafeRawBufferPointer, to part: UnsafeMutableBufferPointer<UInt64>, firstWord: Int,
        count: Int, layout: LaneLayout
    ) {
        var masks = MaskSchedule(.chaCha20, capacity: 1)
        unsafe masks.append(seed: seed, subtracted: sign == .subtract)
        unsafe apply(masks, to: part, firstWord: firstWord, count: count, layout: layout)
    }

    /// All masks on a whole vector of `count` values, cut into ranges of at least `least` words.
    private static func apply(
        _ masks: borrowing MaskSchedule, to words: UnsafeMutableBufferPointer<UInt64>, count: Int, layout: LaneLayout,
        threads: Int, least: Int, _ path: KernelPath
    ) {
        let shared = unsafe SharedBuffer(words)
        Workers.forEachRange(of: words.count, threads: threads, least: max(1, least), multiple: 2048) { range in
            unsafe apply(masks, to: shared[range], firstWord: range.lowerBound, count: count, layout: layout, path)
        }
    }

    /// All masks on `part`; the lanes of the last word that hold no value stay zero.
    private static func apply(
        _ masks: borrowing MaskSchedule, to part: UnsafeMutableBufferPointer<UInt64>, firstWord: Int, count: Int,
        layout: LaneLayout, _ path: KernelPath = .automatic
    ) {
        let wordCount = layout.wordCount(for: count)
        precondition(part.count <= wordCount - firstWord, "the range ends outside the vector")
        unsafe masks.apply(
            to: part, firstWord: firstWord, usedBits: layout.usedBits, topBits: layout.topBits, on: path)
        if !part.isEmpty && firstWord + part.count == wordCount {
            // Lanes do not touch one another, so what was added to lanes without a value is taken off again.
            unsafe part[part.count - 1] &= layout.usedBitsOfLastWord(for: count)
        }
    }
}
