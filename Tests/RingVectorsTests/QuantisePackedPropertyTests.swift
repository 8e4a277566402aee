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
        let late = [Float](repeating: 0, count: 400_000) + [.infinity, .nan, 1]
        #expect(throws: RingFailure.nonFiniteInput(index: 400_000)) {
            try wide.quantise(late, packedAs: layout, from: &source, threads: 2)
        }
        #expect(try wide.quantise([-1], packedAs: layout, from: &source).vector.signedValues() == [-128])
    }

    /// By the rule of the page, with the draws read from the generator's keystream.
    @Test func drawsFromTheGenerator() throws {
        let (layout, count) = (try LaneLayout(bits: 21), 10_007)
        let codec = try FixedPointCodec.levels(valueBound: 1_000, clip: 1, rounding: .stochastic)
        var draw = Draw(seed: 3)
        let values = (0..<count).map { _ in Float(draw.value(bits: 24)) * 0x1p-24 - 0.5 }
        for generator in KeystreamGenerator.allCases where generator.isSupported() {
            var (source, same): (any RandomSource, any RandomSource) = (
                SeededRandomSource(seed: 9), SeededRandomSource(seed: 9)
            )
            let packed = try codec.quantise(values, packedAs: layout, from: &source, drawing: generator, threads: 1)
            var (key, stream) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 4 * count))
            unsafe key.withUnsafeMutableBytes { unsafe same.fill($0) }
            unsafe key.withUnsafeBytes { key in
                unsafe stream.withUnsafeMutableBytes { unsafe generator.keystream(into: $0, key: key, blockIndex: 0) }
            }
            let levels = values.indices.map { index in
                let u = (0..<4).reduce(UInt32(0)) { $0 | UInt32(stream[4 * index + $1]) << UInt32(8 * $1) }
                let x = Double(values[index]) * codec.scale
                return Int64(x.rounded(.down)) + (x - x.rounded(.down) >= 1 - Double(u) * 0x1p-32 ? 1 : 0)
            }
            #expect(packed.vector.signedValues() == levels)
        }
    }
}
