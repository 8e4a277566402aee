import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct ExactCoinPropertyTests {
    /// Digit and remainder of numerator * 2^64 / denominator for numerator < denominator, bit by bit.
    private static func longDivision(_ numerator: UInt128, _ denominator: UInt128) -> (UInt64, UInt128) {
        var (rest, digit): (UInt128, UInt64) = (numerator, 0)
        for _ in 0..<64 {
            rest <<= 1
            digit <<= 1
            if rest >= denominator {
                rest -= denominator
                digit |= 1
            }
        }
        return (digit, rest)
    }

    private static func answer(_ word: UInt64, _ numerator: UInt128, _ denominator: UInt128) -> CoinFlip {
        if numerator == denominator { return .heads }
        let (digit, rest) = longDivision(numerator, denominator)
        if word != digit { return word < digit ? .heads : .tails }
        return rest == 0 ? .tails : .undecided(remainder: rest)
    }

    @Test func flipsAreThoseOfLongDivision() {
        var draw = Draw(1)
        var undecided = 0
        for round in 0..<50_000 {
            let denominator = max(1, draw.wide())
            let numerator = round % 50 == 0 ? denominator : draw.wide() % denominator
            let digit = numerator == denominator ? UInt64.max : Self.longDivision(numerator, denominator).0
            for word in [digit, digit &- 1, digit &+ 1, 0, .max, draw.next()] {
                let expected = Self.answer(word, numerator, denominator)
                #expect(ExactCoin.flip(word, numerator, denominator) == expected)
                if case .undecided = expected { undecided += 1 }
            }
        }
        #expect(undecided > 10_000)
    }

    @Test func undecidedCoinsKeepTheirBias() {
        var stream = fixedStream(500)
        let count = 200_000
        let heads = (0..<count).filter { _ in stream.decide(2, over: 7) }.count
        #expect(abs(Double(heads) - Double(count) * 2 / 7) < 4 * (Double(count) * 10 / 49).squareRoot())
        let certain = stream.decide(7, over: 7)
        let impossible = stream.decide(0, over: 7)
        #expect(certain && !impossible)
    }

    @Test(arguments: [(0, 1), (1, 9), (3, 7), (1, 1), (17, 5), (4, 1), (23, 3)] as [(UInt64, UInt64)])
    func decaysHaveTheExponentialBias(numerator: UInt64, denominator: UInt64) {
        var stream = fixedStream(600 + numerator)
        let count = 400_000
        let heads = (0..<count).filter { _ in stream.decayCoin(UInt128(numerator), over: UInt128(denominator)) }.count
        let bias = exp(-Double(numerator) / Double(denominator))
        #expect(abs(Double(heads) - Double(count) * bias) <= 4 * (Double(count) * bias * (1 - bias)).squareRoot())
    }

    @Test func wholeExponentsAndUniformsFollowTheirLaws() {
        var stream = fixedStream(700)
        let runs = (0..<400_000).map { _ in Int64(stream.geometric(below: 64) ?? 64) }
        #expect(abs(ChiSquare(reach: 30, least: 1e-4) { $0 >= 0 ? exp(-Double($0)) : 0 }.deviate(runs)) < 4)
        let numbers = (0..<400_000).map { _ in Int64(stream.uniform(below: 37)) }
        #expect(abs(ChiSquare(reach: 36, least: 1e-4) { $0 >= 0 ? 1 : 0 }.deviate(numbers)) < 4)
        // Here a quarter of the words is drawn again, and taking them instead would double the mass of some numbers.
        let bound: UInt64 = 3 << 62
        let thirds = (0..<400_000).map { _ in Int64(stream.uniform(below: bound) % 3) }
        #expect(abs(ChiSquare(reach: 2, least: 1e-4) { $0 >= 0 ? 1 : 0 }.deviate(thirds)) < 4)
        #expect(fixedGeometricLimit() == nil)
    }

    private func fixedGeometricLimit() -> UInt64? {
        var stream = fixedStream(701)
        for _ in 0..<100 where stream.geometric(below: 1) == nil { return nil }
        return 0
    }

    @Test func rootsAreExact() {
        var draw = Draw(2)
        let square = UInt128(UInt64.max) * UInt128(UInt64.max)
        let edges: [UInt128] = [0, 1, 2, 3, 4, .max, (1 << 126) - 1, 1 << 126, square - 1, square, square + 1]
        for value in edges + (0..<20_000).map({ _ in draw.wide() }) {
            let root = UInt128(IntegerRoot.floor(value))
            #expect(root * root <= value)
            #expect(root == UInt128(UInt64.max) || (root + 1) * (root + 1) > value)
            guard value <= square else { continue }
            #expect(UInt128(IntegerRoot.ceiling(value)) == (root * root == value ? root : root + 1))
        }
    }
}
