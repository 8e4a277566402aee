/// What one 64-bit word says about a coin of exact rational bias.
enum CoinFlip: Equatable {
    case tails
    case heads
    /// The word equals the bias's digit: the coin of bias remainder / denominator decides.
    case undecided(remainder: UInt128)
}

/// Coins of exact bias from uniform words; no floating point, no division.
/// Source: discrete-gaussian section 2
enum ExactCoin {
    /// Compares the real number whose binary expansion begins with the 64 bits of `word` with numerator / denominator.
    ///
    /// For numerator <= denominator, 1 <= denominator < 2^127. Undecided once in 2^64 words.
    @inline(__always)
    static func flip(_ word: UInt64, _ numerator: UInt128, _ denominator: UInt128) -> CoinFlip {
        // word * denominator = upper * 2^64 + lower, against numerator * 2^64.
        let low = word.multipliedFullWidth128(by: UInt64(truncatingIfNeeded: denominator))
        let high = word.multipliedFullWidth128(by: UInt64(truncatingIfNeeded: denominator &>> 64))
        let upper = high &+ (low &>> 64)
        let lower = UInt64(truncatingIfNeeded: low)
        if upper >= numerator { return .tails }
        let gap = numerator &- upper
        if gap > 1 << 63 { return .heads }
        let remainder = (gap &<< 64) &- UInt128(lower)
        return remainder >= denominator ? .heads : .undecided(remainder: remainder)
    }
}

extension NoiseStream {
    /// True with probability numerator / denominator exactly.
    @inline(__always)
    mutating func coin(_ numerator: UInt128, over denominator: UInt128) -> Bool {
        switch ExactCoin.flip(word(), numerator, denominator) {
        case .tails: return false
        case .heads: return true
        case .undecided(let remainder): return decide(remainder, over: denominator)
        }
    }

    @inline(never)
    mutating func decide(_ numerator: UInt128, over denominator: UInt128) -> Bool {
        var numerator = numerator
        while true {
            switch ExactCoin.flip(word(), numerator, denominator) {
            case .tails: return false
            case .heads: return true
            case .undecided(let remainder): numerator = remainder
            }
        }
    }

    /// True with probability exp(-numerator / denominator) exactly, for numerator <= denominator.
    ///
    /// The first index at which the coins of bias gamma / 1, gamma / 2, ... show tails is odd with probability
    /// exp(-gamma); a coin of bias gamma / k is one of bias 1 / k and then one of bias gamma, so nothing grows with k.
    @inline(__always)
    mutating func exponentialCoin(_ numerator: UInt128, over denominator: UInt128) -> Bool {
        guard coin(numerator, over: denominator) else { return true }
        var index: UInt64 = 2
        while coin(1, over: UInt128(index)), coin(numerator, over: denominator) { index &+= 1 }
        return index & 1 == 1
    }

    /// True with probability 1/e exactly.
    @inline(__always)
    mutating func inverseECoin() -> Bool {
        var index: UInt64 = 2
        while coin(1, over: UInt128(index)) { index &+= 1 }
        return index & 1 == 1
    }

    /// True with probability exp(-numerator / denominator) exactly, for any numerator >= 0.
    ///
    /// About 1.6 steps whatever the ratio: every whole unit of the exponent is a coin of bias 1/e that may end it.
    @inline(__always)
    mutating func decayCoin(_ numerator: UInt128, over denominator: UInt128) -> Bool {
        var rest = numerator
        while rest > denominator {
            guard inverseECoin() else { return false }
            rest &-= denominator
        }
        return exponentialCoin(rest, over: denominator)
    }

    /// How many coins of bias 1/e show heads in a row; nil at `limit`, which has probability exp(-limit).
    @inline(__always)
    mutating func geometric(below limit: UInt64) -> UInt64? {
        var count: UInt64 = 0
        while inverseECoin() {
            count &+= 1
            if count == limit { return nil }
        }
        return count
    }

    /// Uniform in 0 ..< bound, for bound >= 1.
    @inline(__always)
    mutating func uniform(below bound: UInt64) -> UInt64 {
        var product = word().multipliedFullWidth128(by: bound)
        if UInt64(truncatingIfNeeded: product) < bound {
            let rejected = (0 &- bound) % bound
            while UInt64(truncatingIfNeeded: product) < rejected {
                product = word().multipliedFullWidth128(by: bound)
            }
        }
        return UInt64(truncatingIfNeeded: product &>> 64)
    }
}
