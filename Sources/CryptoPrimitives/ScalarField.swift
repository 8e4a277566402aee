internal import CSodium

/// Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of ristretto255, on 32-byte
/// little-endian scalars in memory that the caller owns. Constant time.
///
/// Source: rfc9496 section 4.4
enum ScalarField {
    /// The number of bytes of a scalar: 32.
    static let byteCount = 32
    /// The number of uniform bytes that are reduced to one scalar: 64, which makes the bias less than 2^-250.
    static let wideByteCount = 64

    /// The words of L, least significant first.
    private static let orderWords: (UInt64, UInt64, UInt64, UInt64) = (
        0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000
    )

    /// Whether the 32 bytes are a number below L; constant time.
    static func isCanonical(_ scalar: UnsafeRawBufferPointer) -> Bool {
        precondition(scalar.count == byteCount, "a scalar has 32 bytes")
        var borrow = borrowOut(unsafe word(scalar, 0), orderWords.0, 0)
        borrow = borrowOut(unsafe word(scalar, 1), orderWords.1, borrow)
        borrow = borrowOut(unsafe word(scalar, 2), orderWords.2, borrow)
        borrow = borrowOut(unsafe word(scalar, 3), orderWords.3, borrow)
        return secagg_verdict(Int32(truncatingIfNeeded: borrow)) == 1
    }

    /// Whether the 32 bytes are all zero; constant time.
    static func isZero(_ scalar: UnsafeRawBufferPointer) -> Bool {
        unsafe secagg_verdict(sodium_is_zero(scalar.bytePointer, scalar.count)) == 1
    }

    /// Draws a uniform scalar other than zero into `scalar`: 64 bytes of `source` reduced modulo L, zero redrawn.
    static func drawNonZero(into scalar: UnsafeMutableRawBufferPointer, from source: inout any RandomSource) {
        Sodium.require()
        precondition(scalar.count == byteCount, "a scalar has 32 bytes")
        unsafe withUnsafeTemporaryAllocation(byteCount: wideByteCount, alignment: 8) { wide in
            repeat {
                unsafe source.fill(wide)
                unsafe crypto_core_ristretto255_scalar_reduce(scalar.bytePointer, wide.bytePointer)
            } while unsafe isZero(UnsafeRawBufferPointer(scalar))
            unsafe wipe(wide)
        }
    }

    /// Writes a public number below 2^64 as a scalar.
    static func write(_ value: UInt64, into scalar: UnsafeMutablePointer<UInt8>) {
        unsafe scalar.update(repeating: 0, count: byteCount)
        unsafe UnsafeMutableRawPointer(scalar).storeBytes(of: value.littleEndian, as: UInt64.self)
    }

    private static func word(_ scalar: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe scalar.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }

    /// The borrow (0 or 1) of `left - right - borrow`, without a branch.
    @inline(__always)
    private static func borrowOut(_ left: UInt64, _ right: UInt64, _ borrow: UInt64) -> UInt64 {
        let difference = left &- right &- borrow
        return ((~left & right) | (~(left ^ right) & difference)) >> 63
    }
}
