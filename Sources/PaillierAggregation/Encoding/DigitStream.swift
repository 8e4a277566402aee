/// Writes digits of a fixed width one after another; positions are public, digits are not.
@unsafe
struct DigitWriter {
    private var target: UnsafeMutablePointer<UInt64>
    private let bits: UInt64
    private var limb: UInt64 = 0
    private var used: UInt64 = 0

    init(target: UnsafeMutablePointer<UInt64>, bits: Int) {
        unsafe self.target = target
        unsafe self.bits = UInt64(bits)
    }

    /// Appends a digit below 2^bits.
    @inline(__always)
    mutating func append(_ digit: UInt64) {
        unsafe limb |= digit << used
        unsafe used &+= bits
        if unsafe used >= 64 {
            unsafe target.pointee = limb
            unsafe target += 1
            unsafe used &-= 64
            // What did not fit; a shift by the width or more gives 0.
            unsafe limb = digit >> (bits &- used)
        }
    }

    /// Writes the last, partial limb.
    mutating func finish() {
        if unsafe used > 0 { unsafe target.pointee = limb }
    }
}

/// Reads digits of a fixed width one after another.
@unsafe
struct DigitReader {
    private let source: UnsafePointer<UInt64>
    private let limbs: Int
    private let bits: Int
    private let mask: UInt64
    private var position = 0

    init(source: UnsafePointer<UInt64>, limbs: Int, bits: Int) {
        unsafe self.source = source
        unsafe self.limbs = limbs
        unsafe self.bits = bits
        unsafe mask = UInt64.max >> UInt64(64 - bits)
    }

    /// The next digit; the caller stays inside the number.
    @inline(__always)
    mutating func next() -> UInt64 {
        let limb = unsafe position >> 6
        let offset = unsafe UInt64(position & 63)
        var digit = unsafe source[limb] &>> offset
        if unsafe offset > 0 && limb + 1 < limbs { unsafe digit |= source[limb + 1] &<< (64 &- offset) }
        unsafe position += bits
        return unsafe digit & mask
    }
}
