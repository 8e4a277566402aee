import Testing

@testable import RingVectors

/// Words made by another ChaCha20 (Python's cryptography package) from the key 00 01 ... 1f.
@Suite struct MaskKnownAnswerTests {
    struct Answer: Sendable {
        let bits: Int
        let checksum: UInt64
        let first: UInt64
        let last: UInt64
    }

    static let answers = [
        Answer(
            bits: 8, checksum: 0x6EAD_2746_2767_01CA, first: 0x6A19_C5D9_7D2B_FD39,
            last: 0x0000_0000_0000_001A),
        Answer(
            bits: 17, checksum: 0x7D05_2746_2767_FCCA, first: 0x0001_C5D9_7D2B_FD39,
            last: 0x0000_0000_0000_FB1A),
        Answer(
            bits: 21, checksum: 0x6EAD_2746_2771_FCCA, first: 0x6A19_C5D9_7D2B_FD39,
            last: 0x0000_0000_000A_FB1A),
        Answer(
            bits: 24, checksum: 0x894D_2746_2831_FCCA, first: 0x0000_C5D9_7D2B_FD39,
            last: 0x0000_0000_00CA_FB1A),
        Answer(
            bits: 33, checksum: 0xA0CB_48AD_D431_FCCA, first: 0x0000_0001_7D2B_FD39,
            last: 0x0000_0001_ACCA_FB1A),
        Answer(
            bits: 62, checksum: 0xEF2B_03BB_D431_FCCA, first: 0x2A19_C5D9_7D2B_FD39,
            last: 0x007D_DC75_ACCA_FB1A),
        Answer(
            bits: 64, checksum: 0x2F2B_03BB_D431_FCCA, first: 0x6A19_C5D9_7D2B_FD39,
            last: 0xC07D_DC75_ACCA_FB1A),
    ]

    @Test(arguments: answers) func maskOfAZeroVector(answer: Answer) throws {
        let layout = try LaneLayout(bits: answer.bits)
        // 1001 words, and one value alone in the last.
        var vector = PackedVector(zeros: 1000 * layout.lanes + 1, layout: layout)
        (0..<32).map { UInt8($0) }.withUnsafeBytes { vector.addMask(seed: $0) }
        #expect(vector.words.first == answer.first)
        #expect(vector.words.last == answer.last)
        #expect(vector.words.reduce(0) { $0 &* 1_000_003 &+ $1 } == answer.checksum)
    }
}
