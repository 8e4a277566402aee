import SecureAggregation
import Testing

/// Widths at their exact edges; the wide products come from Python integers.
@Suite struct PlannerRingWidthKnownAnswerTests {
    @Test(arguments: 9...62)
    func oneMoreNeedsOneBitMore(bits: Int) {
        // n = 3: the largest bound whose triple plus the remainder as tail just fits b bits.
        let capacity = (UInt64(1) << UInt64(bits - 1)) - 1
        let bound = capacity / 3
        let tail = capacity % 3
        func required(_ valueBound: UInt64, _ noiseTail: UInt64) -> Int {
            RingWidth.requiredBits(participants: 3, weightCap: 1, valueBound: valueBound, noiseTail: noiseTail)
        }
        #expect(required(bound, tail) == bits)
        #expect(required(bound, tail + 1) == (bits == 62 ? 64 : bits + 1))
    }

    /// (n, W, V, tail, bits).
    static let table: [(Int, UInt64, UInt64, UInt64, Int)] = [
        (3, 1, 1, 0, 8),
        (10, 100, 32_768, 0, 26),
        (4, 1, 1 << 59, 0, 64),  // 2^61 needs 63, which is not packed
        (4, 1, 1 << 60, 0, 64),
        (4, 1, 1 << 61, 0, 65),
        (7, 1, 1_317_624_576_693_539_401, 0, 64),  // 7 V = 2^63 - 1
        (7, 1, 1_317_624_576_693_539_401, 1, 65),
        (3, 1, 1, .max, 66),
        (3, .max, .max, 0, 131),
        (65_536, .max, .max, .max, 145),
        (65_535, .max, 1, .max, 81),
        (65_536, 1 << 32, 1 << 31, 0, 81),
    ]

    @Test(arguments: table.indices)
    func wideProducts(index: Int) {
        let (participants, weight, value, tail, bits) = Self.table[index]
        #expect(
            RingWidth.requiredBits(
                participants: participants, weightCap: weight, valueBound: value, noiseTail: tail) == bits)
    }

    @Test func vectorBytes() {
        #expect(RingWidth.vectorBytes(dimension: 1, bits: 21) == 8)
        #expect(RingWidth.vectorBytes(dimension: 3, bits: 21) == 8)
        #expect(RingWidth.vectorBytes(dimension: 4, bits: 21) == 16)
        #expect(RingWidth.vectorBytes(dimension: 1_000_000, bits: 16) == 2_000_000)
        #expect(RingWidth.vectorBytes(dimension: 1_000_000, bits: 33) == 8_000_000)
        #expect(RingWidth.vectorBytes(dimension: 1 << 32, bits: 64) == 1 << 35)
    }

    @Test func supportedWidths() {
        #expect((0...70).filter(RingWidth.isSupported) == Array(8...62) + [64])
    }
}
