import CryptoPrimitives
import RingVectors
import SecAggSimulation
import Testing

/// Quantising into words against quantising first and packing afterwards.
@Suite struct QuantisePackedPropertyTests {
    @Test(arguments: [8, 12, 16, 21, 32, 40, 64])
    func isQuantisingAndThenPacking(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        for rounding in [FixedPointCodec.Rounding.nearest, .stochastic] {
            let codec = try FixedPointCodec.levels(
                valueBound: 1 << Int64(min(bits - 2, 50)), clip: 1.5, rounding: rounding)
            let sizes = [(0, 1), (1, 1), (15, 2), (1_000, 1), (200_003, 1), (400_009, 2), (1_300_001, 3)]
            for (count, threads) in sizes where bits == 21 || count < 300_000 {
                var draw = Draw(seed: UInt64(bits * 1_000 + count))
                let values = (0..<count).map { _ in Float(draw.value(bits: 24)) * 0x1p-22 }
                var (first, second): (any RandomSource, any RandomSource) = (
                    SeededRandomSource(seed: 5), SeededRandomSource(seed: 5)
                )
                let levels = try codec.quantise(values, from: &first)
                let packed = try codec.quantise(values, packedAs: layout, from: &second, threads: threads)
                #expect(packed.clipped == levels.clipped)
                #expect(try packed.vector == PackedVector(packing: levels.values, layout: layout))
            }
        }
    }

    @Test func refusesWhatQuantisingAndPackingRefuse() throws {
        let layout = try LaneLayout(bits: 8)
        var source: any RandomSource = SeededRandomSource(seed: 1)
        let wide = try FixedPointCodec.levels(valueBound: 128, clip: 1, rounding: .nearest)
        #expect(throws: RingFailure.nonFiniteInput(index: 2)) {
            try wide.quantise([0, 1, .nan], packedAs: layout, from: &source)
        }
        #expect(throws: RingFailure.elementOutOfRange) {
            try wide.quantise([Float](repeating: 0, count: 999) + [1], packedAs: layout, from: &source)
        }
        #expect(try wide.quantise([-1], packedAs: layout, from: &source).vector.signedValues() == [-128])
    }
}
