#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Upper tails of the hypergeometric law: how many of `marked` members fall into `draws` places drawn without
/// replacement from `population`.
///
/// The error of a tail stays below 1e-9 of its value for every population up to 65,536, however small
/// the tail is: one mass is written as an information divergence plus Stirling remainders, so no large logarithms
/// cancel, and the others follow by exact ratios, added from the small end. Cost: about thirty logarithms and a few
/// multiplications for each term within some nine standard deviations.
/// Source: window-rule section 4
public struct HypergeometricTail: Hashable, Sendable {
    /// The largest population served, 65,536.
    public static let maximumPopulation = 65_536

    /// All members, 0...65,536.
    public let population: Int
    /// The members counted, 0...population.
    public let marked: Int
    /// The places drawn, 0...population.
    public let draws: Int

    /// Names the law; the three counts must be in range (a precondition).
    /// Source: window-rule section 4
    public init(population: Int, marked: Int, draws: Int) {
        precondition(population >= 0 && population <= Self.maximumPopulation, "population out of range")
        precondition(marked >= 0 && marked <= population, "marked out of range")
        precondition(draws >= 0 && draws <= population, "draws out of range")
        self.population = population
        self.marked = marked
        self.draws = draws
    }

    /// The fewest marked members a draw can hold.
    public var smallest: Int { max(0, draws - (population - marked)) }

    /// The most marked members a draw can hold.
    public var largest: Int { min(draws, marked) }

    /// log2 P[X >= count]: zero when certain, minus infinity when impossible.
    /// Source: window-rule section 4
    public func log2AtLeast(_ count: Int) -> Double {
        if count <= smallest { return 0 }
        if count > largest { return -.infinity }
        let mode = Int((Double(draws + 1) * Double(marked + 1) / Double(population + 2)).rounded(.down))
        let anchor = min(max(count, mode), largest)
        // Upwards from the anchor, whose mass is taken as one, until what is left cannot matter.
        var last = anchor
        var term = 1.0
        while last < largest {
            let ratio = ratioUp(from: last)
            if ratio < 1, term * ratio < 0x1p-64 * (1 - ratio) { break }
            term *= ratio
            last += 1
        }
        // Back down, adding from the small end; below the mode the terms shrink again and may end early.
        var sum = term
        var index = last
        while index > count {
            term /= ratioUp(from: index - 1)
            sum += term
            index -= 1
            if index < mode, term * Double(index - count) < sum * 0x1p-64 { break }
        }
        return min(0, (logMass(at: anchor) + log(sum)) * Self.log2OfE)
    }

    /// log2 P[X > count]: zero when certain, minus infinity when impossible.
    /// Source: window-rule section 4
    public func log2MoreThan(_ count: Int) -> Double {
        count >= largest ? -.infinity : log2AtLeast(count + 1)
    }

    /// The smallest count exceeded with probability at most 2^log2Bound; O(log draws) tails.
    /// Source: window-rule section 3
    public func smallestCount(exceededAtMost log2Bound: Double) -> Int {
        var low = smallest
        var high = largest
        while low < high {
            let middle = low + (high - low) / 2
            if log2MoreThan(middle) <= log2Bound {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
}

extension HypergeometricTail {
    private static let log2OfE = 1.442_695_040_888_963_4
    private static let halfLogTwoPi = 0.918_938_533_204_672_7

    /// P[X = index + 1] / P[X = index], for smallest <= index < largest.
    private func ratioUp(from index: Int) -> Double {
        let up = Double(marked - index) * Double(draws - index)
        let down = Double(index + 1) * Double(population - marked - draws + index + 1)
        return up / down
    }

    /// Natural logarithm of P[X = count], for a count inside the support.
    ///
    /// The counts form a two-by-two table; n! = n^n e^-n exp(stirling(n)), the powers gather into the divergence of
    /// the table from independence, and every cell deviates from its expectation by the same exactly known amount.
    private func logMass(at count: Int) -> Double {
        if smallest == largest { return 0 }
        let rest = population - marked
        let cells = (count, marked - count, draws - count, rest - draws + count)
        let total = Double(population)
        let deviation = Double(count * population - marked * draws) / total
        let divergence =
            Self.divergence(of: cells.0, from: Double(marked) * Double(draws) / total, by: deviation)
            + Self.divergence(of: cells.1, from: Double(marked) * Double(population - draws) / total, by: -deviation)
            + Self.divergence(of: cells.2, from: Double(rest) * Double(draws) / total, by: -deviation)
            + Self.divergence(of: cells.3, from: Double(rest) * Double(population - draws) / total, by: deviation)
        let margins =
            Self.stirling(marked) + Self.stirling(rest) + Self.stirling(draws) + Self.stirling(population - draws)
            - Self.stirling(population)
        let inner = Self.stirling(cells.0) + Self.stirling(cells.1) + Self.stirling(cells.2) + Self.stirling(cells.3)
        return margins - inner - divergence
    }

    /// cell ln(cell / expected) - cell + expected, never negative; `deviation` = cell - expected.
    private static func divergence(of cell: Int, from expected: Double, by deviation: Double) -> Double {
        if cell == 0 { return expected }
        let relative = deviation / expected
        if abs(relative) >= 0.1 { return expected * ((1 + relative) * log1p(relative) - relative) }
        // sum over j >= 2 of (-relative)^j / (j (j - 1)); terms below 1e-19 after eighteen.
        var power = relative * relative
        var sum = 0.0
        for degree in 2...19 {
            sum += power / Double(degree * (degree - 1))
            power *= -relative
        }
        return expected * sum
    }

    /// ln(n!) - n ln(n) + n, and zero for n = 0.
    private static func stirling(_ count: Int) -> Double {
        if count == 0 { return 0 }
        let value = Double(count)
        if count < 16 {
            var factorial = 1.0
            for factor in 1...count { factorial *= Double(factor) }
            return log(factorial) - value * log(value) + value
        }
        let inverse = 1 / value
        let square = inverse * inverse
        let series = 1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188)))
        return halfLogTwoPi + 0.5 * log(value) + inverse * series
    }
}
