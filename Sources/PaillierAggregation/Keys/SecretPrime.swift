internal import CryptoPrimitives

/// Search and test of secret primes that are 3 modulo 4.
///
/// Every candidate is drawn afresh, so what the refused ones took says nothing about the one that is kept.
enum SecretPrime {
    /// How many odd primes a candidate is divided by before it is raised to a power.
    static let sieve = 2048
    /// Rounds after which a number counts as prime: at most 4^-40 of a composite passes.
    static let rounds = 40

    /// A prime of exactly `bits` bits, a multiple of 64, whose two top bits and two low bits are set.
    ///
    /// - Complexity: about bits / 28 exponentiations: some 50 ms for 1,536 bits.
    static func generate(bits: Int, from source: inout any RandomSource) -> SecretLimbs {
        precondition(bits % 64 == 0 && bits > 0, "a whole number of limbs")
        let limbs = bits / 64
        let division = TrialDivision(by: SmallPrimes.odd[..<sieve], limbs: limbs)
        var candidate = SecretLimbs(zeroed: limbs)
        while true {
            candidate.redraw(from: &source)
            unsafe candidate.withMutableLimbs { number in
                unsafe number[0] |= 3
                unsafe number[limbs - 1] |= 3 << 62
            }
            guard !division.divides(candidate) else { continue }
            if isProbablePrime(candidate, rounds: 1, from: &source),
                isProbablePrime(candidate, rounds: rounds, from: &source)
            {
                return candidate
            }
        }
    }

    /// The test of Miller and Rabin with random bases; false for a number that is not 3 modulo 4.
    ///
    /// Bases are raised eight at a time. Time depends on the length and on the answer alone.
    static func isProbablePrime(
        _ candidate: borrowing SecretLimbs, rounds: Int, from source: inout any RandomSource
    ) -> Bool {
        let limbs = candidate.count
        let notThree = unsafe candidate.withLimbs { unsafe ~$0[0] & 3 }
        guard disclosed(notThree.isZeroBit, .refusal),
            let ring = unsafe candidate.withLimbs({
                unsafe MontgomeryContext(modulus: UnsafeBufferPointer(start: $0, count: limbs))
            })
        else { return false }
        let exponent = candidate.halved()  // (n - 1) / 2, an odd number
        let minusOne = candidate.minusOne()
        var done = 0
        while done < rounds {
            let lanes = min(8, rounds - done)
            var powers = SecretLimbs(randomBits: 64 * limbs * lanes, from: &source)
            let passes = unsafe powers.withMutableLimbs { powers in
                unsafe exponent.withLimbs { exponent in
                    unsafe ring.power(
                        powers, powers, exponent: exponent, exponentBits: 64 * limbs, sharedExponent: true,
                        count: lanes)
                }
                return unsafe minusOne.withLimbs { minusOne in
                    var passes: UInt64 = 1
                    for lane in 0..<lanes {
                        var notOne = unsafe powers[lane * limbs] ^ 1
                        var notMinusOne: UInt64 = 0
                        for i in 0..<limbs {
                            let limb = unsafe powers[lane * limbs + i]
                            if i > 0 { notOne |= limb }
                            unsafe notMinusOne |= limb ^ minusOne[i]
                        }
                        passes &= notOne.isZeroBit | notMinusOne.isZeroBit
                    }
                    return passes
                }
            }
            guard disclosed(passes, .draw) else { return false }
            done += lanes
        }
        return true
    }
}
