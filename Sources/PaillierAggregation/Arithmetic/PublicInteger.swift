internal import CGMP

/// An integer of any size and sign whose value is public: its arithmetic takes time that depends on the value.
///
/// > Important: a secret never becomes one; the library below keeps copies that nobody can wipe.
///
/// Sendable: the number is written by the initialiser alone, before anybody else has the reference.
@safe
final class PublicInteger: @unchecked Sendable, Comparable {
    private let number: UnsafeMutablePointer<__mpz_struct>

    /// A number that `body` writes; it is 0 before.
    private init(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) {
        unsafe number = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: 1)
        unsafe secagg_mpz_init(number)
        unsafe body(number)
    }

    deinit {
        unsafe secagg_mpz_clear(number)
        unsafe number.deallocate()
    }

    /// A small number.
    convenience init(_ value: Int) {
        unsafe self.init { number in
            var magnitude = UInt64(value.magnitude)
            unsafe secagg_mpz_import(number, &magnitude, 1)
            if value < 0 { unsafe secagg_mpz_neg(number, number) }
        }
    }

    /// The number of little-endian limbs.
    convenience init(limbs: UnsafeBufferPointer<UInt64>) {
        unsafe self.init { number in
            if let base = limbs.baseAddress { unsafe secagg_mpz_import(number, base, limbs.count) }
        }
    }

    /// The number of little-endian limbs.
    convenience init(limbs: [UInt64]) {
        unsafe self.init { number in
            unsafe limbs.withUnsafeBufferPointer { limbs in
                if let base = limbs.baseAddress { unsafe secagg_mpz_import(number, base, limbs.count) }
            }
        }
    }

    /// The number of little-endian limbs.
    convenience init(limbs: ArraySlice<UInt64>) {
        self.init(limbs: Array(limbs))
    }

    /// The number that hexadecimal digits spell, most significant first; nil for an empty text or any other character.
    convenience init?(hex: String) {
        var limbs = [UInt64](repeating: 0, count: (hex.utf8.count + 15) / 16)
        guard !limbs.isEmpty else { return nil }
        for (position, character) in hex.utf8.reversed().enumerated() {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            limbs[position / 16] |= UInt64(digit) << (4 * UInt64(position % 16))
        }
        self.init(limbs: limbs)
    }

    /// 2^exponent.
    static func powerOfTwo(_ exponent: Int) -> PublicInteger {
        var limbs = [UInt64](repeating: 0, count: exponent / 64 + 1)
        limbs[exponent / 64] = 1 << UInt64(exponent % 64)
        return PublicInteger(limbs: limbs)
    }

    /// The product of numbers below 2^32, by halves.
    static func product(_ factors: ArraySlice<UInt32>) -> PublicInteger {
        guard factors.count > 8 else { return factors.reduce(PublicInteger(1)) { $0 * PublicInteger(Int($1)) } }
        let middle = factors.startIndex + factors.count / 2
        return product(factors[..<middle]) * product(factors[middle...])
    }

    /// The number of bits of the magnitude; 0 for 0.
    var bitCount: Int { unsafe secagg_mpz_bit_length(number) }

    /// -1, 0 or 1.
    var sign: Int {
        let sign = unsafe secagg_mpz_sgn(number)
        return sign < 0 ? -1 : sign > 0 ? 1 : 0
    }

    /// Whether the number is 0.
    var isZero: Bool { sign == 0 }

    /// Whether the number is odd.
    var isOdd: Bool { unsafe secagg_mpz_is_odd(number) != 0 }

    /// The magnitude as `count` little-endian limbs; a magnitude that does not fit is the caller's error.
    func limbs(_ count: Int) -> [UInt64] {
        precondition((bitCount + 63) / 64 <= count, "a number larger than its limbs")
        var limbs = [UInt64](repeating: 0, count: count)
        unsafe limbs.withUnsafeMutableBufferPointer { limbs in
            if let base = limbs.baseAddress { _ = unsafe secagg_mpz_export(base, count, number) }
        }
        return limbs
    }

    /// The magnitude in lower-case hexadecimal digits, most significant first.
    var hex: String {
        let bits = bitCount
        let digits = Array("0123456789abcdef".utf8)
        let limbs = limbs((bits + 63) / 64)
        var text: [UInt8] = []
        for position in stride(from: max(bits - 1, 0) / 4, through: 0, by: -1) {
            let limb = limbs.isEmpty ? 0 : limbs[position / 16]
            text.append(digits[Int((limb >> (4 * UInt64(position % 16))) & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func == (left: PublicInteger, right: PublicInteger) -> Bool {
        unsafe secagg_mpz_cmp(left.number, right.number) == 0
    }

    static func < (left: PublicInteger, right: PublicInteger) -> Bool {
        unsafe secagg_mpz_cmp(left.number, right.number) < 0
    }
}

// MARK: Arithmetic

extension PublicInteger {
    static prefix func - (value: PublicInteger) -> PublicInteger {
        unsafe PublicInteger { unsafe secagg_mpz_neg($0, value.number) }
    }

    static func + (left: PublicInteger, right: PublicInteger) -> PublicInteger {
        unsafe PublicInteger { unsafe secagg_mpz_add($0, left.number, right.number) }
    }

    static func - (left: PublicInteger, right: PublicInteger) -> PublicInteger {
        unsafe PublicInteger { unsafe secagg_mpz_sub($0, left.number, right.number) }
    }

    static func * (left: PublicInteger, right: PublicInteger) -> PublicInteger {
        unsafe PublicInteger { unsafe secagg_mpz_mul($0, left.number, right.number) }
    }

    /// The quotient rounded down; a divisor of 0 is the caller's error.
    static func / (left: PublicInteger, right: PublicInteger) -> PublicInteger {
        precondition(!right.isZero, "a division by zero")
        return unsafe PublicInteger { unsafe secagg_mpz_fdiv_q($0, left.number, right.number) }
    }

    /// The remainder in 0 ..< |right|; a divisor of 0 is the caller's error.
    static func % (left: PublicInteger, right: PublicInteger) -> PublicInteger {
        precondition(!right.isZero, "a division by zero")
        return unsafe PublicInteger { unsafe secagg_mpz_mod($0, left.number, right.number) }
    }

    /// self^exponent mod modulus; a negative exponent is the caller's error.
    func power(_ exponent: PublicInteger, modulo modulus: PublicInteger) -> PublicInteger {
        precondition(exponent.sign >= 0 && modulus.sign > 0, "a negative exponent or a modulus of no size")
        return unsafe PublicInteger { unsafe secagg_mpz_powm($0, number, exponent.number, modulus.number) }
    }

    /// 1 / self mod modulus, or nil where there is none.
    func inverse(modulo modulus: PublicInteger) -> PublicInteger? {
        precondition(modulus.sign > 0, "a modulus of no size")
        var exists = false
        let inverse = unsafe PublicInteger { exists = unsafe secagg_mpz_invert($0, number, modulus.number) != 0 }
        return exists ? inverse : nil
    }

    /// The greatest common divisor, never negative.
    func greatestCommonDivisor(_ other: PublicInteger) -> PublicInteger {
        unsafe PublicInteger { unsafe secagg_mpz_gcd($0, number, other.number) }
    }

    /// Numbers a and b with a * self + b * other = gcd(self, other).
    func bezout(_ other: PublicInteger) -> (a: PublicInteger, b: PublicInteger) {
        let gcd = PublicInteger(0)
        let second = PublicInteger(0)
        let first = unsafe PublicInteger {
            unsafe secagg_mpz_gcdext(gcd.number, $0, second.number, number, other.number)
        }
        return (first, second)
    }

    /// The Jacobi symbol (self / modulus) for an odd positive modulus.
    func jacobi(_ modulus: PublicInteger) -> Int {
        precondition(modulus.isOdd && modulus.sign > 0, "the symbol wants an odd positive modulus")
        return Int(unsafe secagg_mpz_jacobi(number, modulus.number))
    }

    /// Whether the number is a square, a cube or a higher power.
    var isPerfectPower: Bool { unsafe secagg_mpz_is_perfect_power(number) != 0 }

    /// Whether the number passes a primality test of 24 or more rounds.
    var isProbablePrime: Bool { unsafe secagg_mpz_probab_prime(number, 24) != 0 }
}
