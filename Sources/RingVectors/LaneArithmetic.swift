/// The loops over words: no carry leaves a lane, no branch depends on a value, every loop vectorises.
///
/// With H the top bits of the lanes, the low bits are added with the top bits cleared, so that a carry stops in the top
/// bit of its own lane, and the top bits are then added without carry, by exclusive or.  Subtraction sets the top bits
/// of the minuend, so that a borrow stops there.
/// Source: lane-packing section 2
enum LaneArithmetic {
    /// sum[i] += term[i] in every lane; unused bits that are zero in both stay zero.
    static func add(
        _ term: UnsafeBufferPointer<UInt64>, to sum: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) {
        let top = layout.topBits
        for index in 0..<sum.count {
            let (left, right) = unsafe (sum[index], term[index])
            unsafe sum[index] = ((left & ~top) &+ (right & ~top)) ^ ((left ^ right) & top)
        }
    }

    /// difference[i] -= term[i] in every lane; unused bits that are zero in both stay zero.
    static func subtract(
        _ term: UnsafeBufferPointer<UInt64>, from difference: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) {
        let top = layout.topBits
        for index in 0..<difference.count {
            let (left, right) = unsafe (difference[index], term[index])
            unsafe difference[index] = ((left | top) &- (right & ~top)) ^ ((left ^ ~right) & top)
        }
    }

    /// Adds little-endian words at any alignment; the bytes hold as many words as `sum`.
    static func add(
        littleEndian bytes: UnsafeRawBufferPointer, to sum: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) {
        let top = layout.topBits
        for index in 0..<sum.count {
            let left = unsafe sum[index]
            let right = unsafe littleEndianWord(bytes, index)
            unsafe sum[index] = ((left & ~top) &+ (right & ~top)) ^ ((left ^ right) & top)
        }
    }

    /// The bits that are set in any of the words.
    static func union(of words: UnsafeBufferPointer<UInt64>) -> UInt64 {
        var bits: UInt64 = 0
        for index in 0..<words.count {
            unsafe bits |= words[index]
        }
        return bits
    }

    /// The bits that are set in any of the little-endian words.
    static func union(ofLittleEndian bytes: UnsafeRawBufferPointer) -> UInt64 {
        var bits: UInt64 = 0
        for index in 0..<(bytes.count / 8) {
            unsafe bits |= littleEndianWord(bytes, index)
        }
        return bits
    }

    @inline(__always)
    static func littleEndianWord(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
    }
}
