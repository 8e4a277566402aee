@testable import PaillierAggregation

/// Faults for the checks to find: operations on secrets as they are written when nobody watches the clock. Each gives the
/// right answer, so that only the check can tell.
enum Planted {
    /// One number for a 1, none for a 0: a branch that no compiler turns into arithmetic.
    @inline(never)
    static func list(_ bit: UInt64) -> [UInt64] {
        var list: [UInt64] = []
        if bit == 1 { list.append(1) }
        return list
    }

    /// Square and multiply that looks at its exponent: a branch.
    @inline(never)
    static func power(_ base: [UInt64], exponent: borrowing SecretLimbs, context: MontgomeryContext) -> [UInt64] {
        var result = [1] + [UInt64](repeating: 0, count: context.limbs - 1)
        for bit in stride(from: 64 * exponent.count - 1, through: 0, by: -1) {
            result = context.squares(result)
            if exponent.withLimbs({ $0[bit / 64] >> UInt64(bit % 64) & 1 }) == 1 {
                result = context.products(result, base)
            }
        }
        return result
    }

    /// The difference of two residues, made positive only where it must be: a branch.
    @inline(never)
    static func difference(
        _ left: borrowing SecretLimbs, _ right: borrowing SecretLimbs, modulo prime: borrowing SecretLimbs
    ) -> SecretLimbs {
        var difference = left.copy()
        if difference.subtract(right) == 1 { difference.add(prime) }
        return difference
    }

    /// Windows of four bits, each a place in a table: an address.
    @inline(never)
    static func windows(_ base: [UInt64], exponent: borrowing SecretLimbs, context: MontgomeryContext) -> [UInt64] {
        let one = [1] + [UInt64](repeating: 0, count: context.limbs - 1)
        var table = [one]
        for i in 0..<15 { table.append(context.products(table[i], base)) }
        var result = one
        for window in stride(from: 16 * exponent.count - 1, through: 0, by: -1) {
            for _ in 0..<4 { result = context.squares(result) }
            let digit = exponent.withLimbs { Int($0[window / 16] >> UInt64(4 * (window % 16)) & 15) }
            let entry = table.withUnsafeBufferPointer { $0[digit] }
            result = context.products(result, entry)
        }
        return result
    }

    /// How often an even number can be halved: a branch for every bit.
    @inline(never)
    static func halvings(_ number: borrowing SecretLimbs) -> Int {
        var odd = number.copy()
        var halvings = 0
        while odd.withLimbs({ $0[0] & 1 }) == 0 {
            odd = odd.halved()
            halvings += 1
        }
        return halvings
    }

    /// The remainder by a division instruction, whose time depends on what it divides.
    @inline(never)
    static func remainder(_ number: borrowing SecretLimbs, dividingBy divisor: UInt64) -> UInt64 {
        var rest: UInt64 = 0
        for i in stride(from: number.count - 1, through: 0, by: -1) {
            let limb = number.withLimbs { $0[i] }
            rest = (rest << 32 | limb >> 32) % divisor
            rest = (rest << 32 | limb & 0xFFFF_FFFF) % divisor
        }
        return rest
    }

    /// Strikes the multiples of small primes from a table that starts at a secret number: addresses.
    @inline(never)
    static func sieve(_ start: borrowing SecretLimbs, primes: [UInt32], width: Int) -> [Bool] {
        var marks = [Bool](repeating: false, count: width)
        for prime in primes {
            let rest = Int(truncatingIfNeeded: remainder(start, dividingBy: UInt64(prime)))
            marks.withUnsafeMutableBufferPointer { marks in
                var place = rest == 0 ? 0 : Int(prime) - rest
                while place < width {
                    marks[place] = true
                    place += Int(prime)
                }
            }
        }
        return marks
    }
}
