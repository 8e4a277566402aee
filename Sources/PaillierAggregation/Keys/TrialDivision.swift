/// Division of secret numbers of one length by many small primes, without a division: the remainder is a sum of products
/// with the powers of 2^32 modulo the prime, and nothing is looked up by what comes out.
struct TrialDivision: Sendable {
    private let primes: [UInt32]
    /// floor((2^64 - 1) / prime).
    private let reciprocals: [UInt64]
    /// 2^(32 i) modulo each prime, `halves` of them for one prime after another.
    private let powers: [UInt32]
    /// Half limbs of a number.
    private let halves: Int

    /// For numbers of `limbs` limbs and odd primes below 2^17.
    ///
    /// - Complexity: 8 bytes and a division for each prime and limb.
    init(by primes: some Collection<UInt32>, limbs: Int) {
        let halves = 2 * limbs
        precondition(halves <= 256 && primes.allSatisfy { $0 > 2 && $0 < 1 << 17 }, "a sum that fits 64 bits")
        self.primes = Array(primes)
        self.halves = halves
        reciprocals = primes.map { UInt64.max / UInt64($0) }
        var powers: [UInt32] = []
        powers.reserveCapacity(primes.count * halves)
        for prime in primes {
            var power: UInt64 = 1
            for _ in 0..<halves {
                powers.append(UInt32(power))
                power = (power << 32) % UInt64(prime)
            }
        }
        self.powers = powers
    }

    /// Whether one of the primes divides the number or, with `twin`, twice the number plus 1.
    ///
    /// Stops at the first that does: the search throws such a number away, and no other depends on it. For a number that
    /// none divides, time depends on lengths alone.
    /// - Complexity: some 10 ns for a prime and 24 limbs.
    func divides(_ number: borrowing SecretLimbs, twin: Bool = false) -> Bool {
        precondition(2 * number.count == halves, "a number of another length")
        return unsafe number.withLimbs { limbs in
            unsafe limbs.withMemoryRebound(to: UInt32.self, capacity: halves) { number in
                unsafe powers.withUnsafeBufferPointer { powers in
                    guard var powers = powers.baseAddress else { return false }
                    for index in primes.indices {
                        let prime = UInt64(primes[index])
                        var sum: UInt64 = 0
                        for i in 0..<halves { unsafe sum &+= UInt64(number[i]) &* UInt64(powers[i]) }
                        unsafe powers += halves
                        // Below twice the prime.
                        let rest = sum &- sum.multipliedFullWidth(by: reciprocals[index]).high &* prime
                        var hit = rest.isZeroBit | (rest ^ prime).isZeroBit
                        if twin { hit |= (rest ^ prime / 2).isZeroBit | (rest ^ (prime + prime / 2)).isZeroBit }
                        if disclosed(hit, .draw) { return true }
                    }
                    return false
                }
            }
        }
    }
}
