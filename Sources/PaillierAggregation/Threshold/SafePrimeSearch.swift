internal import CKernels
internal import CryptoPrimitives

/// Finds primes p = 2 p' + 1 with p' prime, by sieving candidates for p' and p at once.
///
/// Candidates are 5 modulo 6, counted up from a random start; whatever leaves p' or p a factor below the bound is struck out, the rest
/// is tested by exponentiations whose time does not depend on the candidate. p' passes 32 random Miller-Rabin rounds; p is
/// then prime by Pocklington's criterion.
///
/// > Important: the sieve's table is addressed by remainders of the candidates. Run it where nobody else's program runs: the
/// > dealer's machine is offline and has one user.
///
/// Source: threshold-paillier section 5
struct SafePrimeSearch {
    /// Bits of p; a multiple of 64.
    let bits: Int
    /// Odd primes from 5 on, below the bound of the sieve.
    private let primes: [UInt32]
    /// Candidates of one sieve.
    private let width: Int

    /// A search for primes of `bits` bits: sieve to 2^21 for the primes of real keys, to 2^14 for small ones.
    init(bits: Int) {
        precondition(bits >= 128 && bits % 64 == 0, "a prime of whole limbs")
        self.bits = bits
        width = bits >= 768 ? 1 << 17 : 1 << 13
        primes = Self.primes(below: bits >= 768 ? 1 << 21 : 1 << 14)
    }

    /// A prime p with its two top bits set, and p' = (p - 1) / 2.
    ///
    /// - Complexity: some 2,000 exponentiations at 1,536 bits: 3 s on average, varying with luck.
    func next(from source: inout any RandomSource) -> SafePrime {
        while true {
            if let found = search(from: &source) { return found }
        }
    }

    private func search(from source: inout any RandomSource) -> SafePrime? {
        var start = SecretLimbs(randomBits: 64 * (bits / 64), from: &source)
        let top = start.count - 1
        unsafe start.withMutableLimbs { limbs in
            // p' has bits - 1 bits, the top two set, and leaves 5 modulo 6.
            unsafe limbs[top] = limbs[top] & (UInt64.max >> 1) | UInt64(3) << 61
            unsafe limbs[0] &= ~7
        }
        let missing = (11 - start.remainder(dividingBy: 6)) % 6
        start = start.adding(missing)
        let composite = SecretSieve(width: width)
        mark(start, in: composite)
        for place in 0..<width where !composite.isMarked(place) {
            let candidate = start.adding(UInt64(6 * place))
            guard Self.passesFermat(candidate) else { continue }
            let prime = candidate.doubledPlusOne()
            guard Self.passesFermat(prime), Self.isPrime(candidate, from: &source) else { continue }
            return SafePrime(prime: prime, half: candidate)
        }
        return nil
    }

    /// Strikes out every place whose p' or p is divisible by a prime of the list.
    private func mark(_ start: borrowing SecretLimbs, in composite: SecretSieve) {
        for prime in primes {
            let divisor = UInt64(prime)
            let rest = start.remainder(dividingBy: divisor)
            // start + 6 i leaves 0 where p' has the factor, and (divisor - 1) / 2 where p has.
            let sixth = Self.inverseOfSix(divisor)
            let half = (divisor - 1) / 2
            composite.mark(from: Int((divisor - rest) % divisor * sixth % divisor), by: Int(divisor))
            composite.mark(from: Int((half + divisor - rest) % divisor * sixth % divisor), by: Int(divisor))
        }
    }

    /// 1 / 6 modulo a prime above 3: the multiple of the prime one short of a multiple of 6.
    private static func inverseOfSix(_ prime: UInt64) -> UInt64 {
        prime % 6 == 1 ? (5 * prime + 1) / 6 : (prime + 1) / 6
    }

    /// Whether 2^(number - 1) is 1.
    static func passesFermat(_ number: borrowing SecretLimbs) -> Bool {
        // One number at a time: the path that fills eight lanes would leave seven empty.
        guard let context = context(of: number, path: .portable) else { return false }
        let two = SecretLimbs(public: [2] + [UInt64](repeating: 0, count: number.count - 1))
        let one = SecretLimbs(public: [1] + [UInt64](repeating: 0, count: number.count - 1))
        return two.power(number.minusOne(), in: context).equals(one) == 1
    }

    /// Thirty-two Miller-Rabin rounds with random bases, in one batch.
    static func isPrime(_ number: borrowing SecretLimbs, from source: inout any RandomSource) -> Bool {
        guard let context = context(of: number) else { return false }
        let (limbs, rounds) = (number.count, 32)
        let minusOne = number.minusOne()
        let one = SecretLimbs(public: [1] + [UInt64](repeating: 0, count: limbs - 1))
        var exponent = minusOne.halved()
        var squarings = 0
        while unsafe exponent.withLimbs({ unsafe $0[0] & 1 }) == 0 {
            exponent = exponent.halved()
            squarings += 1
        }
        var values = SecretLimbs(randomBits: 64 * limbs * rounds, from: &source)
        unsafe values.withMutableLimbs { values in
            unsafe exponent.withLimbs { exponent in
                unsafe context.power(
                    values, values, exponent: exponent, exponentBits: 64 * limbs, sharedExponent: true, count: rounds)
            }
        }
        var passed = [UInt64](repeating: 0, count: rounds)
        for step in 0...squarings {
            for round in 0..<rounds {
                let value = unsafe values.withLimbs {
                    unsafe SecretLimbs(copying: .init(start: $0 + round * limbs, count: limbs))
                }
                passed[round] |= value.equals(minusOne)
                if step == 0 { passed[round] |= value.equals(one) }
            }
            if step < squarings {
                unsafe values.withMutableLimbs { unsafe context.square($0, $0, count: rounds) }
            }
        }
        return passed.allSatisfy { $0 == 1 }
    }

    private static func context(
        of number: borrowing SecretLimbs, path: ArithmeticPath = .automatic
    ) -> MontgomeryContext? {
        let count = number.count
        return unsafe number.withLimbs { unsafe MontgomeryContext(modulus: .init(start: $0, count: count), path: path) }
    }

    private static func primes(below bound: Int) -> [UInt32] {
        var composite = [Bool](repeating: false, count: bound)
        var primes: [UInt32] = []
        for candidate in stride(from: 3, to: bound, by: 2) where !composite[candidate] {
            if candidate > 3 { primes.append(UInt32(candidate)) }
            guard candidate * candidate < bound else { continue }
            for multiple in stride(from: candidate * candidate, to: bound, by: 2 * candidate) {
                composite[multiple] = true
            }
        }
        return primes
    }
}

/// A prime p and the prime (p - 1) / 2.
struct SafePrime: ~Copyable {
    let prime: SecretLimbs
    let half: SecretLimbs
}

/// The table of struck-out candidates, wiped in the end since it tells remainders of a prime.
@safe
private final class SecretSieve {
    private let width: Int
    private let marks: UnsafeMutablePointer<UInt8>

    init(width: Int) {
        self.width = width
        unsafe marks = UnsafeMutablePointer<UInt8>.allocate(capacity: width)
        unsafe marks.initialize(repeating: 0, count: width)
    }

    deinit {
        unsafe ck_wipe(marks, width)
        unsafe marks.deallocate()
    }

    func mark(from start: Int, by step: Int) {
        var place = start
        while place < width {
            unsafe marks[place] = 1
            place += step
        }
    }

    func isMarked(_ place: Int) -> Bool { unsafe marks[place] != 0 }
}

extension SecretLimbs {
    /// self modulo a divisor below 2^32; the time of a division depends on its operands, so only the dealer uses it.
    borrowing func remainder(dividingBy divisor: UInt64) -> UInt64 {
        let count = count
        return unsafe withLimbs { limbs in
            var rest: UInt64 = 0
            for i in stride(from: count - 1, through: 0, by: -1) {
                let limb = unsafe limbs[i]
                let high = ((rest << 32) | (limb >> 32)) % divisor
                rest = ((high << 32) | (limb & 0xFFFF_FFFF)) % divisor
            }
            return rest
        }
    }

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
