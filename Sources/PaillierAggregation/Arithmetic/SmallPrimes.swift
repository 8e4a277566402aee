/// The odd primes below 2^16, and division of secret numbers by them.
enum SmallPrimes {
    /// 3, 5, 7 ... 65,521: 6,541 primes.
    static let odd: [UInt32] = {
        var composite = [Bool](repeating: false, count: 1 << 16)
        var primes: [UInt32] = []
        for candidate in stride(from: 3, to: 1 << 16, by: 2) where !composite[candidate] {
            primes.append(UInt32(candidate))
            for multiple in stride(from: candidate * candidate, to: 1 << 16, by: 2 * candidate) {
                composite[multiple] = true
            }
        }
        return primes
    }()

    /// Whether one of the first `count` odd primes divides the number.
    ///
    /// Stops at the first that does: the search throws such a number away, and no other depends on it. For a number that
    /// none divides, time depends on lengths alone: each remainder is made by products with a reciprocal, not divisions.
    static func divides(_ number: UnsafePointer<UInt64>, limbs: Int, first count: Int) -> Bool {
        for prime in odd[..<count] {
            let divisor = UInt64(prime)
            let reciprocal = UInt64.max / divisor
            var rest: UInt64 = 0
            for i in stride(from: limbs - 1, through: 0, by: -1) {
                let limb = unsafe number[i]
                rest = reduce(rest << 32 | limb >> 32, divisor, reciprocal)
                rest = reduce(rest << 32 | limb & 0xFFFF_FFFF, divisor, reciprocal)
            }
            if rest == 0 || rest == divisor { return true }
        }
        return false
    }

    /// A number below twice the divisor with the remainder of `value` below 2^49.
    @inline(__always)
    private static func reduce(_ value: UInt64, _ divisor: UInt64, _ reciprocal: UInt64) -> UInt64 {
        value &- value.multipliedFullWidth(by: reciprocal).high &* divisor
    }
}
