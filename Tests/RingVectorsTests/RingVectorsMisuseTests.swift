import CryptoPrimitives
import Testing

@testable import RingVectors

@Suite struct RingVectorsMisuseTests {
    @Test(arguments: [Int.min, -8, 0, 1, 7, 63, 65, 128, Int.max]) func widthsThatDoNotExist(bits: Int) {
        #expect(throws: RingFailure.unsupportedBits(bits)) { try LaneLayout(bits: bits) }
        #expect(throws: RingFailure.unsupportedBits(bits)) {
            try OverflowProof(bits: bits, participants: 1, weightCap: 1, valueBound: 1, noiseTail: 0)
        }
    }

    @Test(arguments: supportedBits.filter { $0 < 64 }) func valuesOutsideTheRing(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        let top: Int64 = 1 << Int64(bits - 1)
        for bad in [top, -top - 1, .max, .min] {
            for position in [0, 5, 20] {
                var values = [Int64](repeating: 0, count: 21)
                values[position] = bad
                #expect(throws: RingFailure.elementOutOfRange) { try PackedVector(packing: values, layout: layout) }
            }
        }
        _ = try PackedVector(packing: [top - 1, -top], layout: layout)
    }

    @Test(arguments: supportedBits) func wordsWithUnusedBits(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        let count = layout.lanes * 2 + 1
        for word in 0..<3 {
            for bit in 0..<64 {
                var words: [UInt64] = [0, 0, 0]
                words[word] = 1 << UInt64(bit)
                let used = word < 2 ? layout.lanes * bits : bits
                let bytes = words.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
                }
                var sum = try PackedVector(packing: [Int64](repeating: -1, count: count), layout: layout)
                let before = sum
                if bit < used {
                    #expect(try PackedVector(words: words, count: count, layout: layout).words == words)
                    try bytes.withUnsafeBytes { try sum.add(littleEndianBytes: $0, atWord: 0) }
                    #expect(sum != before)
                } else {
                    #expect(throws: RingFailure.elementOutOfRange) {
                        try PackedVector(words: words, count: count, layout: layout)
                    }
                    #expect(throws: RingFailure.elementOutOfRange) {
                        try bytes.withUnsafeBytes { try sum.add(littleEndianBytes: $0, atWord: 0) }
                    }
                    #expect(sum == before)
                }
            }
        }
    }

    @Test func lengthsThatDoNotFit() throws {
        let layout = try LaneLayout(bits: 16)
        #expect(throws: RingFailure.dimensionMismatch) { try PackedVector(words: [0], count: 5, layout: layout) }
        #expect(throws: RingFailure.dimensionMismatch) { try PackedVector(words: [0, 0], count: 4, layout: layout) }
        #expect(throws: RingFailure.vectorTooLarge) { try PackedVector(words: [], count: -1, layout: layout) }
        #expect(throws: RingFailure.vectorTooLarge) { try PackedVector(words: [], count: .max, layout: layout) }
        var vector = PackedVector(zeros: 9, layout: layout)
        #expect(throws: RingFailure.dimensionMismatch) { try vector.add(PackedVector(zeros: 10, layout: layout)) }
        #expect(throws: RingFailure.dimensionMismatch) { try vector.subtract(PackedVector(zeros: 8, layout: layout)) }
        #expect(throws: RingFailure.layoutMismatch) {
            try vector.add(PackedVector(zeros: 9, layout: LaneLayout(bits: 17)))
        }
        let bytes = [UInt8](repeating: 0, count: 32)
        for (count, word) in [(7, 0), (32, 0), (8, 3), (8, -1), (8, 4), (0, 4), (16, 2), (8, .max)] {
            #expect(throws: RingFailure.dimensionMismatch) {
                try bytes.withUnsafeBytes { buffer in
                    try vector.add(
                        littleEndianBytes: UnsafeRawBufferPointer(rebasing: buffer[0..<count]), atWord: word)
                }
            }
        }
        #expect(throws: RingFailure.dimensionMismatch) {
            try bytes.withUnsafeBytes {
                try PackedVector(littleEndianBytes: $0, count: Int(PackedVector.maximumCount), layout: layout)
            }
        }
        #expect(vector == PackedVector(zeros: 9, layout: layout))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN]) func nonFiniteInput(bad: Float) throws {
        let codec = try FixedPointCodec(scale: 10, clip: 1)
        var source: any RandomSource = RefusingSource()
        for position in [0, 1, 300, 699] {
            var values = [Float](repeating: 0.25, count: 700)
            values[position] = bad
            #expect(throws: RingFailure.nonFiniteInput(index: position)) {
                try codec.quantise(values, from: &source)
            }
            #expect(throws: RingFailure.nonFiniteInput(index: position)) {
                try codec.quantise(values.map { Double($0) }, from: &source)
            }
            #expect(throws: RingFailure.nonFiniteInput(index: position)) {
                try codec.quantise(values[(position / 2)...], from: &source)
            }
        }
    }

    @Test func codecsThatCannotBe() {
        let bad: [(Double, Double)] = [
            (0, 1), (-1, 1), (1, 0), (1, -1), (.nan, 1), (1, .nan), (.infinity, 1), (1, .infinity), (0x1p51, 1.5),
            (1e300, 1e300), (1e-300, 1e-300), (0x1p51, 1.0000000000000002),
        ]
        for (scale, clip) in bad {
            #expect(throws: RingFailure.invalidScale) { try FixedPointCodec(scale: scale, clip: clip) }
        }
        let badLevels: [(Int64, Double)] = [
            (0, 1), (-1, 1), (.min, 1), (1 << 51 + 1, 1), (10, 0), (10, .nan), (10, .infinity), (10, -1),
            (1, .leastNonzeroMagnitude),
            (1 << 51, .leastNormalMagnitude), (1, .greatestFiniteMagnitude),
        ]
        for (bound, clip) in badLevels {
            #expect(throws: RingFailure.invalidScale) { try FixedPointCodec.levels(valueBound: bound, clip: clip) }
        }
    }
}

/// Fails the test when anything is drawn.
struct RefusingSource: RandomSource {
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        Issue.record("randomness was drawn")
    }
}
