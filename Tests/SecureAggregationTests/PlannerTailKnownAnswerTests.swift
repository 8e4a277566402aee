import SecureAggregation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Tails against exact fractions.
///
/// The table is `log2(Fraction(sum(comb(K, i) * comb(N - K, m - i) for i >= x), comb(N, m)))` in Python integers,
/// with mpmath for the one logarithm.
@Suite struct PlannerTailKnownAnswerTests {
    /// (population, marked, draws, count, log2 P[X >= count]).
    static let exact: [(Int, Int, Int, Int, Double)] = [
        (10, 3, 4, 2, -1.584962500721156),
        (10, 5, 5, 3, -1),
        (50, 5, 10, 4, -7.935970796775242),
        (100, 33, 40, 30, -43.183777272687585),
        (128, 12, 60, 11, -9.907571594376469),
        (1000, 100, 80, 9, -1.2982140917807197),
        (1000, 100, 80, 38, -64.57160079186838),
        (1000, 330, 177, 126, -100.15004234615252),
        (1000, 330, 177, 20, -1.0760657303512784e-13),
        (1000, 300, 146, 110, -113.92827428836328),
        (4096, 409, 100, 60, -117.06597656731384),
        (4096, 2048, 2048, 1024, -0.9644755658873566),
        (10000, 1000, 75, 40, -67.57668632570793),
        (10000, 3300, 400, 250, -113.60999401409629),
        (10000, 1000, 5000, 400, -1.3092953357950559e-11),
        (10000, 1000, 5000, 700, -135.9296767778691),
        (30000, 9000, 700, 400, -168.22395043490926),
        (65536, 6553, 80, 44, -75.72608902118262),
        (65536, 6553, 80, 80, -266.39375268213536),
        (65536, 21627, 500, 300, -115.03984556128825),
        (65536, 32768, 32768, 16384, -0.9910350143828737),
        (65536, 32768, 32768, 17500, -224.76460151461953),
        (65536, 32768, 32768, 32000, -55032.57259091038),
        (65536, 32768, 32768, 14000, 0),
        (65536, 65000, 600, 600, -7.141563290903379),
        (65536, 65535, 65535, 65534, 0),
        (65536, 1, 1, 1, -16),
        (65536, 21845, 32767, 11600, -95.76547360793425),
        (65535, 21845, 32766, 10922, -0.990492978776443),
    ]

    /// Relative error of 2^ours against 2^theirs.
    static func relativeError(_ ours: Double, _ theirs: Double) -> Double {
        abs(expm1((ours - theirs) * 0.693_147_180_559_945_3))
    }

    @Test(arguments: exact.indices)
    func agreesWithFractions(index: Int) {
        let (population, marked, draws, count, expected) = Self.exact[index]
        let tail = HypergeometricTail(population: population, marked: marked, draws: draws)
        #expect(Self.relativeError(tail.log2AtLeast(count), expected) < 1e-10)
        #expect(tail.log2MoreThan(count - 1) == tail.log2AtLeast(count))
        // The law is symmetric in marked members and draws.
        let mirrored = HypergeometricTail(population: population, marked: draws, draws: marked)
        #expect(Self.relativeError(mirrored.log2AtLeast(count), expected) < 1e-10)
    }

    /// Every population up to 24, every law, every count, against exact integer counts.
    @Test func agreesWithIntegersEverywhereSmall() {
        var rows: [[UInt64]] = [[1]]
        for _ in 1...24 {
            let last = rows[rows.count - 1]
            rows.append([1] + zip(last, last.dropFirst()).map { $0 + $1 } + [1])
        }
        func choose(_ from: Int, _ count: Int) -> UInt64 { count < 0 || count > from ? 0 : rows[from][count] }
        var worst = 0.0
        for population in 1...24 {
            for marked in 0...population {
                for draws in 0...population {
                    let tail = HypergeometricTail(population: population, marked: marked, draws: draws)
                    for count in 0...draws + 1 {
                        var ways: UInt64 = 0
                        for inside in stride(from: count, through: draws, by: 1) {
                            ways += choose(marked, inside) * choose(population - marked, draws - inside)
                        }
                        let value = tail.log2AtLeast(count)
                        if ways == 0 {
                            #expect(value == -.infinity)
                        } else {
                            let expected = Double(ways) / Double(choose(population, draws))
                            worst = max(worst, abs(exp2(value) / expected - 1))
                        }
                    }
                }
            }
        }
        #expect(worst < 1e-12)
    }

    @Test func edges() {
        let tail = HypergeometricTail(population: 10, marked: 7, draws: 6)
        #expect(tail.smallest == 3)
        #expect(tail.largest == 6)
        #expect(tail.log2AtLeast(3) == 0)
        #expect(tail.log2AtLeast(-5) == 0)
        #expect(tail.log2AtLeast(7) == -.infinity)
        #expect(tail.log2MoreThan(6) == -.infinity)
        #expect(tail.log2MoreThan(.max) == -.infinity)
        #expect(tail.log2MoreThan(2) == 0)
        for degenerate in [(5, 0, 3), (5, 5, 3), (5, 3, 0), (5, 3, 5), (0, 0, 0)] {
            let only = HypergeometricTail(population: degenerate.0, marked: degenerate.1, draws: degenerate.2)
            #expect(only.smallest == only.largest)
            #expect(only.log2AtLeast(only.smallest) == 0)
            #expect(only.log2AtLeast(only.smallest + 1) == -.infinity)
        }
    }

    @Test func smallestCountIsTheFirstBelowTheBound() {
        let tail = HypergeometricTail(population: 1000, marked: 330, draws: 177)
        for bound in [-1.0, -10, -40, -114, -400] {
            let count = tail.smallestCount(exceededAtMost: bound)
            #expect(tail.log2MoreThan(count) <= bound)
            #expect(count == tail.smallest || tail.log2MoreThan(count - 1) > bound)
        }
    }
}
