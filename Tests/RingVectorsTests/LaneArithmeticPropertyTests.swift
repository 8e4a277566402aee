import Testing

@testable import RingVectors

@Suite struct LaneArithmeticPropertyTests {
    @Test(arguments: supportedBits) func layoutCoversItsLanes(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        #expect(layout.lanes == 64 / bits)
        #expect(layout.usedBits.nonzeroBitCount == layout.lanes * bits)
        #expect(layout.topBits.nonzeroBitCount == layout.lanes)
        for lane in 0..<layout.lanes {
            #expect(layout.topBits >> UInt64(lane * bits + bits - 1) & 1 == 1)
        }
        #expect(layout.wordCount(for: 0) == 0)
        #expect(layout.wordCount(for: 1) == 1)
        #expect(layout.wordCount(for: layout.lanes) == 1)
        #expect(layout.wordCount(for: layout.lanes + 1) == 2)
    }

    /// A vector read in chunks is the one read at once, with the same refusals.
    @Test(arguments: supportedBits) func chunksAreOneVector(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: UInt64(bits) + 500)
        let vector = try PackedVector(packing: draw.values(41 * layout.lanes, bits: bits), layout: layout)
        let bytes = vector.littleEndianBytes()
        for cuts in [[0], [8], [8, 16, 320], [160]] {
            let edges = [0] + cuts + [bytes.count]
            let chunks = zip(edges, edges.dropFirst()).map { bytes[$0..<$1] }
            let read = try PackedVector(littleEndianChunks: chunks, count: vector.count, layout: layout)
            #expect(read == vector)
            #expect(throws: RingFailure.dimensionMismatch) {
                try PackedVector(littleEndianChunks: chunks.dropLast(), count: vector.count, layout: layout)
            }
            #expect(throws: RingFailure.dimensionMismatch) {
                try PackedVector(
                    littleEndianChunks: chunks.dropLast() + [bytes[(bytes.count - 8)..<bytes.count - 4]],
                    count: vector.count, layout: layout)
            }
            if layout.usedBits == .max { continue }
            var stray = bytes
            stray[bytes.count - 1] |= 0x80  // above the lanes
            #expect(throws: RingFailure.elementOutOfRange) {
                try PackedVector(
                    littleEndianChunks: zip(edges, edges.dropFirst()).map { stray[$0..<$1] }, count: vector.count,
                    layout: layout)
            }
            // Who knows which bits are set is believed.
            #expect(
                try PackedVector(
                    littleEndianChunks: chunks, bits: layout.usedBits, count: vector.count, layout: layout) == vector)
            #expect(throws: RingFailure.elementOutOfRange) {
                try PackedVector(
                    littleEndianChunks: chunks, bits: 1 << 63, count: vector.count, layout: layout)
            }
        }
    }

    @Test(arguments: supportedBits) func sumsAndDifferencesMatchBigIntegers(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: UInt64(bits))
        for count in [1, layout.lanes, 253] {
            let left = draw.values(count, bits: bits)
            let right = draw.values(count, bits: bits)
            let packed = try PackedVector(packing: right, layout: layout)
            var sum = try PackedVector(packing: left, layout: layout)
            try sum.add(packed)
            let expectedSum = zip(left, right).map { slowRing(Int128($0) + Int128($1), bits: bits) }
            #expect(sum.words == slowWords(expectedSum, bits: bits))
            #expect(sum.signedValues() == expectedSum)
            var difference = try PackedVector(packing: left, layout: layout)
            try difference.subtract(packed)
            let expectedDifference = zip(left, right).map { slowRing(Int128($0) - Int128($1), bits: bits) }
            #expect(difference.words == slowWords(expectedDifference, bits: bits))
            #expect(difference.signedValues() == expectedDifference)
        }
    }

    @Test(arguments: supportedBits) func packingMatchesTheSlowOracle(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: 100 + UInt64(bits))
        for count in [0, 1, layout.lanes + 1, 300] {
            let values = draw.values(count, bits: bits)
            let vector = try PackedVector(packing: values, layout: layout)
            #expect(vector.words == slowWords(values, bits: bits))
            #expect(vector.signedValues() == values)
        }
    }

    @Test(arguments: supportedBits) func littleEndianBytesMakeTheRoundTrip(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: 200 + UInt64(bits))
        let vector = try PackedVector(packing: draw.values(101, bits: bits), layout: layout)
        let bytes = vector.littleEndianBytes()
        #expect(bytes.count == vector.byteCount)
        for (position, byte) in bytes.enumerated() {
            #expect(byte == UInt8(truncatingIfNeeded: vector.words[position / 8] >> UInt64(8 * (position % 8))))
        }
        // One byte in front, so that the words are not aligned.
        let shifted = [0xFF] + bytes
        let read = try shifted.withUnsafeBytes { buffer in
            try PackedVector(
                littleEndianBytes: UnsafeRawBufferPointer(rebasing: buffer[1...]), count: 101, layout: layout)
        }
        #expect(read == vector)
    }

    @Test func tilesOfBytesAddUpToTheWholeVector() throws {
        let layout = try LaneLayout(bits: 21)
        var draw = Draw(seed: 5)
        let base = try PackedVector(packing: draw.values(1000, bits: 21), layout: layout)
        let term = try PackedVector(packing: draw.values(1000, bits: 21), layout: layout)
        var expected = base
        try expected.add(term)
        let bytes = term.littleEndianBytes()
        for tileWords in [1, 7, 64, 1000] {
            var folded = base
            for start in stride(from: 0, to: term.words.count, by: tileWords) {
                let end = min(start + tileWords, term.words.count)
                try bytes.withUnsafeBytes { buffer in
                    try folded.add(
                        littleEndianBytes: UnsafeRawBufferPointer(rebasing: buffer[(start * 8)..<(end * 8)]),
                        atWord: start)
                }
            }
            #expect(folded == expected)
        }
    }

    @Test func wipingLeavesZeros() throws {
        var vector = try PackedVector(packing: [1, -2, 3], layout: LaneLayout(bits: 24))
        vector.wipe()
        #expect(vector == PackedVector(zeros: 3, layout: vector.layout))
    }
}
