/// Exact square roots of integers.
enum IntegerRoot {
    /// floor(sqrt(value)); 64 steps whatever the value.
    static func floor(_ value: UInt128) -> UInt64 {
        var rest = value
        var root: UInt128 = 0
        var bit: UInt128 = 1 << 126
        while bit != 0 {
            let trial = root | bit
            let fits: UInt128 = rest >= trial ? 1 : 0
            rest &-= trial &* fits
            root = (root &>> 1) | (bit &* fits)
            bit &>>= 2
        }
        return UInt64(truncatingIfNeeded: root)
    }

    /// ceil(sqrt(value)) for value <= (2^64 - 1)^2.
    static func ceiling(_ value: UInt128) -> UInt64 {
        let root = floor(value)
        return root.multipliedFullWidth128(by: root) == value ? root : root + 1
    }
}

extension UInt64 {
    /// The whole product.
    @inline(__always)
    func multipliedFullWidth128(by other: UInt64) -> UInt128 {
        UInt128(self) &* UInt128(other)
    }
}
