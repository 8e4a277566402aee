import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import RingVectors

@Suite struct FixedPointPropertyTests {
    @Test(arguments: [0.3, -0.3, 0.5, 0.0009765625, -2.7182818, 1234.0625]) func stochasticRoundingIsUnbiased(
        level: Double
    ) throws {
        let count = 1_000_000
        let codec = try FixedPointCodec(scale: 1, clip: 1e6)
        var source: any RandomSource = SeededRandomSource(seed: 11)
        let value = Float(level)
        let fraction = Double(value) - Double(value).rounded(.down)
        let tolerance = 5 * (fraction * (1 - fraction) / Double(count)).squareRoot()
        let narrow = try codec.quantise([Float](repeating: value, count: count), from: &source).values
        #expect(abs(narrow.reduce(0) { $0 + Double($1) } / Double(count) - Double(value)) <= tolerance)
        #expect(Set(narrow) == [Int64(level.rounded(.down)), Int64(level.rounded(.up))])
        let wide = try codec.quantise([Double](repeating: Double(value), count: count), from: &source).values
        #expect(abs(wide.reduce(0) { $0 + Double($1) } / Double(count) - Double(value)) <= tolerance)
    }

    @Test func oneSeedGivesOneAnswer() throws {
        let codec = try FixedPointCodec(scale: 3.7, clip: 4)
        let values = (0..<999).map { Float($0) / 137 - 3 }
        func run(_ seed: UInt64) throws -> [Int64] {
            var source: any RandomSource = SeededRandomSource(seed: seed)
            return try codec.quantise(values, from: &source).values
        }
        #expect(try run(1) == run(1))
        #expect(try run(1) != run(2))
    }

    @Test func wholeLevelsAreExactAndBounded() throws {
        var source: any RandomSource = SeededRandomSource(seed: 3)
        let bound: Int64 = 1 << 51
        let codec = try FixedPointCodec.levels(valueBound: bound, clip: 0x1p51)
        #expect(codec.scale == 1)
        let levels: [Int64] = [0, 1, -1, bound, -bound, bound - 1, 1 - bound, 1 << 50, -(1 << 50) + 1, bound + 2]
        let result = try codec.quantise(levels.map { Double($0) }, from: &source)
        #expect(result.values == levels.map { min($0, bound) })
        #expect(result.clipped == 1)
        let quarter = try codec.quantise([Double](repeating: 0x1p51 - 0.25, count: 1000), from: &source).values
        #expect(Set(quarter) == [bound - 1, bound])
        let negative = try codec.quantise([Double](repeating: 0.25 - 0x1p51, count: 1000), from: &source).values
        #expect(Set(negative) == [1 - bound, -bound])
    }

    @Test func tiesGoToTheEvenLevel() throws {
        var source: any RandomSource = RefusingSource()
        let codec = try FixedPointCodec(scale: 1, clip: 0x1p51, rounding: .nearest)
        let values = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 0x1p50 + 0.5, 0x1p51 - 0.5, 0.25 - 0x1p51]
        let expected = values.map { Int64($0.rounded(.toNearestOrEven)) }
        #expect(try codec.quantise(values, from: &source).values == expected)
    }

    @Test func levelsKeepTheBoundForAnyClip() throws {
        var draw = Draw(seed: 12)
        var source: any RandomSource = SeededRandomSource(seed: 4)
        for _ in 0..<20_000 {
            let bound = max(1, Int64(draw.word() >> 13) >> Int64(draw.word() % 51))
            let clip = Double(draw.word() | 1) * 0x1p-53 * (draw.word() % 2 == 0 ? 1e-6 : 3)
            let codec = try FixedPointCodec.levels(valueBound: bound, clip: clip)
            #expect(codec.valueBound == bound)
            #expect(abs(codec.scale - Double(bound) / clip) <= codec.scale.ulp)
            let extremes = try codec.quantise([clip, -clip, 2 * clip], from: &source).values
            #expect(extremes.allSatisfy { abs($0) <= bound && abs($0) >= bound - 1 })
        }
    }

    @Test func aSliceIsABlockOfItsOwn() throws {
        let codec = try FixedPointCodec(scale: 5, clip: 1)
        let values = (0..<100).map { Float($0) / 100 }
        var first: any RandomSource = CountingSource()
        var second: any RandomSource = CountingSource()
        #expect(
            try codec.quantise(values[40..<60], from: &first).values
                == codec.quantise(Array(values[40..<60]), from: &second).values)
        #expect(try codec.quantise([Float](), from: &first).values.isEmpty)
    }

    @Test func decodingUndoesTheScale() throws {
        let codec = try FixedPointCodec(scale: 1024, clip: 8)
        var source: any RandomSource = SeededRandomSource(seed: 8)
        let values = (0..<500).map { Double($0) / 100 - 2.5 }
        let decoded = codec.dequantise(try codec.quantise(values, from: &source).values)
        #expect(zip(values, decoded).allSatisfy { abs($0 - $1) < 1.0 / 1024 })
        #expect(codec.dequantise([1024, -512]) == [1, -0.5])
    }
}
