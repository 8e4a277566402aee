internal import CryptoPrimitives

/// Finds primes p = 2 p' + 1 with p' prime.
///
/// Every candidate p' is drawn afresh, so what the refused ones took says nothing about the one that is kept. A candidate is
/// divided by the odd primes below 2^17 together with its p, and raised to a power with it; p' passes 32 random
/// Miller-Rabin rounds, and p is then prime by Pocklington's criterion.
///
/// Source: threshold-paillier section 5
struct SafePrimeSearch {
    /// Bits of p; a multiple of 64.
    let bits: Int
    private let division: TrialDivision

    /// A search for primes of `bits` bits.
    init(bits: Int) {
        precondition(bits >= 128 && bits % 64 == 0, "a prime of whole limbs")
        self.bits = bits
        division = TrialDivision(by: SmallPrimes.odd(below: bits >= 768 ? 1 << 17 : 1 << 12), limbs: bits / 64)
    }

    /// A prime p with its two top bits set and 7 modulo 8, and p' = (p - 1) / 2.
    ///
    /// - Complexity: some 3,000 exponentiations at 1,536 bits: 5 s on average, varying with luck.
    func next(from source: inout any RandomSource) -> SafePrime {
        var half = SecretLimbs(zeroed: bits / 64)
        let top = half.count - 1
        while true {
            half.redraw(from: &source)
            unsafe half.withMutableLimbs { limbs in
                // p' has bits - 1 bits, the top two and the low two set.
                unsafe limbs[top] = limbs[top] & (UInt64.max >> 1) | UInt64(3) << 61
                unsafe limbs[0] |= 3
            }
            guard !division.divides(half, twin: true), Self.passesFermat(half) else { continue }
            let prime = half.doubledPlusOne()
            guard Self.passesFermat(prime), SecretPrime.isProbablePrime(half, rounds: 32, from: &source) else {
                continue
            }
            return SafePrime(prime: prime, half: half)
        }
    }

    /// Whether 2^(number - 1) is 1.
    static func passesFermat(_ number: borrowing SecretLimbs) -> Bool {
        let limbs = number.count
        // One number at a time: the path that fills eight lanes would leave seven empty.
        let context = unsafe number.withLimbs {
            unsafe MontgomeryContext(modulus: .init(start: $0, count: limbs), path: .portable)
        }
        guard let context else { return false }
        let two = SecretLimbs(public: [2] + [UInt64](repeating: 0, count: limbs - 1))
        let one = SecretLimbs(public: [1] + [UInt64](repeating: 0, count: limbs - 1))
        return disclosed(two.power(number.minusOne(), in: context).equals(one), .draw)
    }
}

/// A prime p and the prime (p - 1) / 2.
struct SafePrime: ~Copyable {
    let prime: SecretLimbs
    let half: SecretLimbs
}

extension SecretLimbs {
    /// self + value, without a carry out of the top.
    borrowing func adding(_ value: UInt64) -> SecretLimbs {
        let count = count
        var result = copy()
        unsafe result.withMutableLimbs { limbs in
            var carry = value
            for i in 0..<count {
                let (sum, overflow) = unsafe limbs[i].addingReportingOverflow(carry)
                unsafe limbs[i] = sum
                carry = overflow ? 1 : 0
            }
        }
        return result
    }

    /// 2 self + 1, without a carry out of the top.
    borrowing func doubledPlusOne() -> SecretLimbs {
        let count = count
        var result = copy()
        unsafe result.withMutableLimbs { limbs in
            var carry: UInt64 = 1
            for i in 0..<count {
                let limb = unsafe limbs[i]
                unsafe limbs[i] = limb << 1 | carry
                carry = limb >> 63
            }
        }
        return result
    }
}
