internal import CGMP
internal import CryptoPrimitives

/// One prime of a key with what decryption modulo its square needs.
///
/// Source: paillier section 7
struct PrimeBranch: ~Copyable, Sendable {
    /// p.
    let prime: SecretLimbs
    /// p - 1, the exponent.
    let exponent: SecretLimbs
    /// -1/q mod p, which undoes L((1 + n)^(p - 1) mod p^2) = -q.
    let factor: SecretLimbs
    /// 1 / p modulo 2^(64 limbs), for the exact division by p.
    let inversePowerOfTwo: SecretLimbs
    /// 2^(128 limbs) mod p^2, which lifts the high half of a ciphertext.
    let lift: SecretLimbs
    /// Arithmetic modulo p.
    let ring: MontgomeryContext
    /// Arithmetic modulo p^2.
    let ringSquared: MontgomeryContext

    /// Derives everything from the prime and 1/q mod p. Throws `invalidSecretKey` for a number that is no odd modulus.
    init(
        prime: borrowing SecretLimbs, inverseOfOther: borrowing SecretLimbs, path: ArithmeticPath
    ) throws(PaillierFailure) {
        let limbs = prime.count
        let square = prime.multiplied(by: prime)
        guard
            let ring = unsafe prime.withLimbs({
                unsafe MontgomeryContext(modulus: UnsafeBufferPointer(start: $0, count: limbs), path: path)
            }),
            let ringSquared = unsafe prime.withLimbs({
                unsafe MontgomeryContext(squareOf: UnsafeBufferPointer(start: $0, count: limbs), path: path)
            })
        else { throw .invalidSecretKey }
        self.ring = ring
        self.ringSquared = ringSquared
        self.prime = prime.copy()
        exponent = prime.minusOne()
        var factor = prime.copy()
        factor.subtract(inverseOfOther)
        self.factor = factor
        var power = SecretLimbs(zeroed: 2 * limbs + 1)
        unsafe power.withMutableLimbs { unsafe $0[2 * limbs] = 1 }
        lift = power.remainder(modulo: square)
        inversePowerOfTwo = Self.inversePowerOfTwo(of: prime)
    }

    /// 1 / prime modulo 2^(64 limbs), by doubling the number of right bits.
    private static func inversePowerOfTwo(of prime: borrowing SecretLimbs) -> SecretLimbs {
        let limbs = prime.count
        var inverse = SecretLimbs(zeroed: limbs)
        unsafe inverse.withMutableLimbs { unsafe $0[0] = 1 }
        var two = SecretLimbs(zeroed: limbs)
        unsafe two.withMutableLimbs { unsafe $0[0] = 2 }
        var bits = 1
        while bits < 64 * limbs {
            var correction = two.copy()
            correction.subtract(prime.multiplied(by: inverse).resized(limbs))
            inverse = inverse.multiplied(by: correction).resized(limbs)
            bits *= 2
        }
        return inverse
    }

    /// out[i] = L(c[i]^(p - 1) mod p^2) * factor mod p: the plaintexts modulo p, `limbs` limbs each.
    ///
    /// `work` has room for 4 * limbs * count limbs; ciphertexts have 4 * limbs limbs. Time depends on `count` alone.
    borrowing func residues(
        _ out: UnsafeMutablePointer<UInt64>, ciphertexts: UnsafePointer<UInt64>, count: Int,
        work: UnsafeMutablePointer<UInt64>
    ) {
        let limbs = prime.count
        let wide = 2 * limbs
        let low = unsafe work
        let high = unsafe work + wide * count
        for i in 0..<count {
            unsafe (low + wide * i).update(from: ciphertexts + 2 * wide * i, count: wide)
            unsafe (high + wide * i).update(from: ciphertexts + 2 * wide * i + wide, count: wide)
        }
        unsafe lift.withLimbs { unsafe ringSquared.multiplyShared(high, high, $0, count: count) }
        unsafe ringSquared.reduce(low, low, count: count)
        // The sum of the two halves is below 2 p^2; exponentiation takes any number that fits the limbs.
        let square = prime.multiplied(by: prime)
        unsafe square.withLimbs { square in
            for i in 0..<count {
                let sum = unsafe low + wide * i
                let carry = unsafe secagg_mpn_add_n(sum, sum, high + wide * i, wide)
                let borrow = unsafe secagg_mpn_sub_n(sum, sum, square, wide)
                _ = unsafe secagg_mpn_cnd_add_n(borrow & ~carry & 1, sum, sum, square, wide)
            }
        }
        unsafe exponent.withLimbs { exponent in
            unsafe ringSquared.power(
                low, low, exponent: exponent, exponentBits: 64 * limbs, sharedExponent: true, count: count)
        }
        unsafe inversePowerOfTwo.withLimbs { inverse in
            unsafe withSecretScratch(limbs: wide + secagg_mpn_sec_mul_itch(limbs)) { product in
                for i in 0..<count {
                    let power = unsafe low + wide * i
                    // x - 1 is p times a number of `limbs` limbs, so the low halves suffice.
                    var borrow: UInt64 = 1
                    for k in 0..<limbs {
                        let limb = unsafe power[k]
                        unsafe power[k] = limb &- borrow
                        borrow = ((limb | (0 &- limb)) >> 63 ^ 1) & borrow
                    }
                    unsafe secagg_mpn_sec_mul(product, power, inverse, limbs, product + wide)
                    unsafe (out + limbs * i).update(from: product, count: limbs)
                }
            }
        }
        unsafe factor.withLimbs { unsafe ring.multiplyShared(out, out, $0, count: count) }
    }
}
