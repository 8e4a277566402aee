internal import CKernels
internal import CryptoPrimitives

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
        unsafe combine(term, sum, layout, subtracts: false)
    }

    /// difference[i] -= term[i] in every lane; unused bits that are zero in both stay zero.
    static func subtract(
        _ term: UnsafeBufferPointer<UInt64>, from difference: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) {
        unsafe combine(term, difference, layout, subtracts: true)
    }

    /// The words are in memory in the order of this machine, which is little-endian wherever the kernels differ.
    private static func combine(
        _ term: UnsafeBufferPointer<UInt64>, _ sum: UnsafeMutableBufferPointer<UInt64>, _ layout: LaneLayout,
        subtracts: Bool
    ) {
        precondition(term.count >= sum.count)
        guard let target = sum.baseAddress, let source = term.baseAddress else { return }
        unsafe ck_lanes_add(
            target, source, sum.count, layout.usedBits, layout.topBits, subtracts ? 1 : 0, KernelPath.automatic.rawValue
        )
    }

    /// Adds little-endian words at any alignment; the bytes hold as many words as `sum`.
    static func add(
        littleEndian bytes: UnsafeRawBufferPointer, to sum: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) {
        precondition(bytes.count >= 8 * sum.count)
        guard let target = sum.baseAddress, let source = bytes.baseAddress else { return }
        unsafe ck_lanes_add(
            target, source, sum.count, layout.usedBits, layout.topBits, 0, KernelPath.automatic.rawValue)
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
        guard let base = bytes.baseAddress else { return 0 }
        return unsafe ck_lanes_union(base, bytes.count / 8)
    }

    @inline(__always)
    static func littleEndianWord(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
    }
}
