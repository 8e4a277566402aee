/// The odd primes below a bound, by the sieve of Eratosthenes.
enum SmallPrimes {
    /// 3, 5, 7 ... 65,521: 6,541 primes below 2^16.
    static let odd = odd(below: 1 << 16)

    /// 3, 5, 7 ... up to the last one below the bound.
    static func odd(below bound: Int) -> [UInt32] {
        var composite = [Bool](repeating: false, count: bound)
        var primes: [UInt32] = []
        for candidate in stride(from: 3, to: bound, by: 2) where !composite[candidate] {
            primes.append(UInt32(candidate))
            guard candidate * candidate < bound else { continue }
            for multiple in stride(from: candidate * candidate, to: bound, by: 2 * candidate) {
                composite[multiple] = true
            }
        }
        return primes
    }
}
