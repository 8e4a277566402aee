internal import CGMP
internal import CKernels
internal import CryptoPrimitives

/// Scratch limbs for the library's functions on secrets, wiped afterwards.
func withSecretScratch<R: ~Copyable>(limbs: Int, _ body: (UnsafeMutablePointer<UInt64>) -> R) -> R {
    let scratch = UnsafeMutablePointer<UInt64>.allocate(capacity: limbs + 1)
    let result = unsafe body(scratch)
    unsafe ck_wipe(scratch, 8 * limbs)
    unsafe scratch.deallocate()
    return result
}

extension SecretLimbs {
    /// self * other in `count + other.count` limbs.
    borrowing func multiplied(by other: borrowing SecretLimbs) -> SecretLimbs {
        let length = max(count, other.count)
        guard count == length && other.count == length else {
            // The library multiplies numbers of one length.
            return resized(length).multiplied(by: other.resized(length)).resized(count + other.count)
        }
        var product = SecretLimbs(zeroed: 2 * length)
        unsafe product.withMutableLimbs { product in
            unsafe withLimbs { left in
                unsafe other.withLimbs { right in
                    unsafe withSecretScratch(limbs: secagg_mpn_sec_mul_itch(length)) { scratch in
                        unsafe secagg_mpn_sec_mul(product, left, right, length, scratch)
                    }
                }
            }
        }
        return product
    }

    /// self mod modulus, in the modulus' length; the top limb of the modulus is not zero.
    ///
    /// Bit by bit: the library's division takes its first quotient from a table, at a place that the divisor decides.
    /// - Complexity: three passes over the modulus for each bit that self is longer, and for 64 bits more.
    borrowing func remainder(modulo modulus: borrowing SecretLimbs) -> SecretLimbs {
        let length = modulus.count
        // One limb shorter than the modulus is below it.
        let known = min(count, length - 1)
        let open = count - known
        var rest = SecretLimbs(zeroed: length)
        unsafe rest.withMutableLimbs { rest in
            unsafe withLimbs { limbs in
                unsafe modulus.withLimbs { modulus in
                    unsafe rest.update(from: limbs + open, count: known)
                    for bit in stride(from: 64 * open - 1, through: 0, by: -1) {
                        let carry = unsafe secagg_mpn_add_n(rest, rest, rest, length)
                        unsafe rest[0] |= limbs[bit / 64] >> UInt64(bit % 64) & 1
                        let borrow = unsafe secagg_mpn_sub_n(rest, rest, modulus, length)
                        _ = unsafe secagg_mpn_cnd_add_n(borrow & ~carry, rest, rest, modulus, length)
                    }
                }
            }
        }
        return rest
    }

    /// 1 / self modulo an odd modulus, or nil where there is none (which everybody may learn).
    borrowing func inverse(modulo modulus: borrowing SecretLimbs) -> SecretLimbs? {
        let length = modulus.count
        var work = remainder(modulo: modulus)
        var inverse = SecretLimbs(zeroed: length)
        let exists = unsafe inverse.withMutableLimbs { inverse in
            unsafe work.withMutableLimbs { work in
                unsafe modulus.withLimbs { modulus in
                    unsafe withSecretScratch(limbs: secagg_mpn_sec_invert_itch(length)) { scratch in
                        unsafe secagg_mpn_sec_invert(inverse, work, modulus, length, 128 * length, scratch)
                    }
                }
            }
        }
        guard disclosed(UInt64(truncatingIfNeeded: exists), .refusal) else { return nil }
        return inverse
    }

    /// self += other for numbers of equal length; the carry out.
    @discardableResult
    mutating func add(_ other: borrowing SecretLimbs) -> UInt64 {
        let count = count
        precondition(other.count == count, "numbers of different lengths")
        return unsafe withMutableLimbs { left in
            unsafe other.withLimbs { right in unsafe secagg_mpn_add_n(left, left, right, count) }
        }
    }

    /// self -= other for numbers of equal length; the borrow out.
    @discardableResult
    mutating func subtract(_ other: borrowing SecretLimbs) -> UInt64 {
        let count = count
        precondition(other.count == count, "numbers of different lengths")
        return unsafe withMutableLimbs { left in
            unsafe other.withLimbs { right in unsafe secagg_mpn_sub_n(left, left, right, count) }
        }
    }

    /// self = self + other mod modulus for numbers below the modulus.
    mutating func add(_ other: borrowing SecretLimbs, modulo modulus: borrowing SecretLimbs) {
        let carry = add(other)
        let borrow = subtract(modulus)
        // The sum was below the modulus exactly when the subtraction borrowed more than the carry paid.
        addIf(borrow & ~carry & 1, modulus)
    }

    /// self = self - other mod modulus for numbers below the modulus.
    mutating func subtract(_ other: borrowing SecretLimbs, modulo modulus: borrowing SecretLimbs) {
        addIf(subtract(other), modulus)
    }

    /// self += other where the condition is 1, untouched where it is 0.
    mutating func addIf(_ condition: UInt64, _ other: borrowing SecretLimbs) {
        let count = count
        precondition(other.count == count, "numbers of different lengths")
        unsafe withMutableLimbs { left in
            unsafe other.withLimbs { right in
                _ = unsafe secagg_mpn_cnd_add_n(condition, left, left, right, count)
            }
        }
    }

    /// self - 1 for an odd number, which is not zero.
    borrowing func minusOne() -> SecretLimbs {
        var result = copy()
        unsafe result.withMutableLimbs { unsafe $0[0] &-= 1 }
        return result
    }

    /// self / 2, rounded down.
    borrowing func halved() -> SecretLimbs {
        let count = count
        var result = copy()
        unsafe result.withMutableLimbs { limbs in
            for i in 0..<count {
                let above = i + 1 < count ? unsafe limbs[i + 1] : 0
                unsafe limbs[i] = limbs[i] >> 1 | above << 63
            }
        }
        return result
    }

    /// The low limbs in a number of `length` limbs, zeros above.
    borrowing func resized(_ length: Int) -> SecretLimbs {
        let kept = min(length, count)
        var result = SecretLimbs(zeroed: length)
        unsafe result.withMutableLimbs { target in
            unsafe withLimbs { source in unsafe target.update(from: source, count: kept) }
        }
        return result
    }

    /// 1 where both numbers of equal length are the same, else 0, in time that depends on the length alone.
    borrowing func equals(_ other: borrowing SecretLimbs) -> UInt64 {
        let count = count
        precondition(other.count == count, "numbers of different lengths")
        return unsafe withLimbs { left in
            unsafe other.withLimbs { right in
                var difference: UInt64 = 0
                for i in 0..<count { unsafe difference |= left[i] ^ right[i] }
                return difference.isZeroBit
            }
        }
    }

    /// 1 where self is below another number of equal length, else 0, in time that depends on the length alone.
    borrowing func isBelow(_ other: borrowing SecretLimbs) -> UInt64 {
        var work = copy()
        return work.subtract(other)
    }

    /// self^exponent modulo the context's modulus, for a base of the modulus' length.
    borrowing func power(_ exponent: borrowing SecretLimbs, in context: MontgomeryContext) -> SecretLimbs {
        precondition(count == context.limbs, "a base has the length of its modulus")
        let bits = 64 * exponent.count
        var result = SecretLimbs(zeroed: context.limbs)
        unsafe result.withMutableLimbs { out in
            unsafe withLimbs { base in
                unsafe exponent.withLimbs { exponent in
                    unsafe context.power(
                        out, base, exponent: exponent, exponentBits: bits, sharedExponent: true, count: 1)
                }
            }
        }
        return result
    }

    /// Uniform in 0 ..< bound, by drawing again what is not below.
    static func random(
        below bound: borrowing SecretLimbs, bits: Int, from source: inout any RandomSource
    ) -> SecretLimbs {
        while true {
            let candidate = SecretLimbs(randomBits: bits, from: &source)
            precondition(candidate.count == bound.count, "a bound has the length of its bits")
            if disclosed(candidate.isBelow(bound), .draw) { return candidate }
        }
    }
}
