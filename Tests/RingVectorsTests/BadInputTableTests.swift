import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import RingVectors

/// The rows of the table of bad inputs (Papers/bad-inputs.md) that concern numbers and rings: each refused with its own
/// reason, whose payload is a size or a position and never the number itself.
@Suite struct BadInputTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let failure: RingFailure
        let act: @Sendable () throws -> Void

        var testDescription: String { "case \(number), \(name): \(failure)" }
    }

    /// A number that no error may repeat.
    static let planted = 271_828_182

    static func codec(clip: Double) throws { _ = try FixedPointCodec.levels(valueBound: 1 << 15, clip: clip) }

    static func quantise(_ values: [Double]) throws {
        var random: any RandomSource = SeededRandomSource(seed: 1, label: "rounding")
        _ = try FixedPointCodec.levels(valueBound: 1 << 15, clip: 1).quantise(values, from: &random)
    }

    static let rows: [Row] = [
        Row(
            number: 17, name: "n times weight times bound beyond the ring", failure: .overflowPossible(requiredBits: 35)
        ) {
            _ = try OverflowProof(bits: 21, participants: 40, weightCap: 1, valueBound: UInt64(planted), noiseTail: 0)
        },
        Row(number: 17, name: "beyond every ring", failure: .overflowPossible(requiredBits: 130)) {
            _ = try OverflowProof(bits: 64, participants: 2, weightCap: .max, valueBound: .max, noiseTail: .max)
        },
        Row(number: 17, name: "a ring that does not exist", failure: .unsupportedBits(63)) {
            _ = try LaneLayout(bits: 63)
        },
        Row(number: 19, name: "more values than a vector holds", failure: .vectorTooLarge) {
            _ = try PackedVector(words: [], count: .max, layout: LaneLayout(bits: 21))
        },
        Row(number: 20, name: "a clip of NaN", failure: .invalidScale) { try codec(clip: .nan) },
        Row(number: 20, name: "an infinite clip", failure: .invalidScale) { try codec(clip: .infinity) },
        Row(number: 20, name: "a clip of zero", failure: .invalidScale) { try codec(clip: 0) },
        Row(number: 20, name: "a negative clip", failure: .invalidScale) { try codec(clip: -1) },
        Row(number: 49, name: "words for another dimension", failure: .dimensionMismatch) {
            _ = try PackedVector(words: [0], count: 5, layout: LaneLayout(bits: 16))
        },
        Row(number: 50, name: "a value outside the ring", failure: .elementOutOfRange) {
            _ = try PackedVector(packing: [0, Int64(planted)], layout: LaneLayout(bits: 21))
        },
        Row(number: 50, name: "a bit outside the lanes", failure: .elementOutOfRange) {
            _ = try PackedVector(words: [1 << 63 | UInt64(planted)], count: 3, layout: LaneLayout(bits: 21))
        },
        Row(number: 55, name: "NaN in the input", failure: .nonFiniteInput(index: 2)) {
            try quantise([0, Double(planted), .nan])
        },
        Row(number: 55, name: "an infinity in the input", failure: .nonFiniteInput(index: 0)) {
            try quantise([-.infinity, Double(planted)])
        },
    ]

    @Test(arguments: rows) func refused(_ row: Row) {
        #expect(throws: row.failure, performing: row.act)
        #expect(!"\(row.failure)".contains("\(Self.planted)"), "an error carries no value")
    }

    /// Case 56: beyond the clip is no error, and never silent.
    @Test func case56ClippedAndReported() throws {
        let codec = try FixedPointCodec.levels(valueBound: 1 << 15, clip: 1)
        var random: any RandomSource = SeededRandomSource(seed: 1, label: "rounding")
        let result = try codec.quantise([0.5, 2, -3, 1], from: &random)
        #expect(result.clipped == 2)
        #expect(result.values[1] == 1 << 15 && result.values[2] == -(1 << 15))
    }
}
