import Testing

@testable import RingVectors

@Suite struct OverflowProofPropertyTests {
    @Test(arguments: supportedBits) func theEdgeIsExact(bits: Int) throws {
        let largest: UInt64 = (1 << UInt64(bits - 1)) - 1
        let proof = try OverflowProof(bits: bits, participants: 1, weightCap: 1, valueBound: largest, noiseTail: 0)
        #expect(proof.largestMagnitude == largest)
        let beyond = bits == 62 ? 64 : bits + 1
        #expect(throws: RingFailure.overflowPossible(requiredBits: beyond)) {
            try OverflowProof(bits: bits, participants: 1, weightCap: 1, valueBound: largest, noiseTail: 1)
        }
        #expect(throws: RingFailure.overflowPossible(requiredBits: beyond)) {
            try OverflowProof(bits: bits, participants: 1, weightCap: 1, valueBound: largest + 1, noiseTail: 0)
        }
        // The same edge by way of participants, weight and noise.
        let each = largest / 15
        let rest = largest - 15 * each
        #expect(
            try OverflowProof.requiredBits(participants: 3, weightCap: 5, valueBound: each, noiseTail: rest) == bits)
        #expect(
            try OverflowProof(bits: bits, participants: 3, weightCap: 5, valueBound: each, noiseTail: rest)
                .largestMagnitude == largest)
        #expect(throws: RingFailure.overflowPossible(requiredBits: beyond)) {
            try OverflowProof(bits: bits, participants: 3, weightCap: 5, valueBound: each, noiseTail: rest + 1)
        }
    }

    @Test func smallSumsTakeTheSmallestRing() throws {
        #expect(try OverflowProof.requiredBits(participants: 0, weightCap: 0, valueBound: 0, noiseTail: 0) == 8)
        #expect(try OverflowProof.requiredBits(participants: 127, weightCap: 1, valueBound: 1, noiseTail: 0) == 8)
        #expect(try OverflowProof.requiredBits(participants: 127, weightCap: 1, valueBound: 1, noiseTail: 1) == 9)
        // 2^61 needs 63 bits, which do not exist.
        #expect(try OverflowProof.requiredBits(participants: 1, weightCap: 1, valueBound: 1 << 61, noiseTail: 0) == 64)
    }

    /// Widths of 192-bit products, from Python integers.
    @Test(arguments: [
        (Int.max, UInt64.max, UInt64.max, UInt64.max, 192), (Int.max, .max, 1, 0, 128), (1, .max, .max, .max, 129),
        (1, .max, .max, 0, 129), (2, 1 << 62, 1, 0, 65), (1, 1, 1 << 63, 0, 65), (1, 1, .max, 1, 66),
        (1, 1, .max, .max, 66), (Int.max, 3, 1 << 63, 0, 129), (1 << 62, 4, 1 << 63, .max, 129),
        (1 << 62, 4, .max, .max, 129),
    ]) func widthsBeyondAnyRing(
        participants: Int, weightCap: UInt64, valueBound: UInt64, noiseTail: UInt64, bits: Int
    ) throws {
        #expect(throws: RingFailure.overflowPossible(requiredBits: bits)) {
            try OverflowProof.requiredBits(
                participants: participants, weightCap: weightCap, valueBound: valueBound, noiseTail: noiseTail)
        }
    }

    @Test func aProvedSumOfExtremesIsExact() throws {
        let proof = try OverflowProof(bits: 17, participants: 10, weightCap: 6, valueBound: 1092, noiseTail: 15)
        #expect(proof.largestMagnitude == 65535)
        let layout = try LaneLayout(bits: proof.bits)
        for sign: Int64 in [1, -1] {
            var sum = try PackedVector(packing: [sign * 15], layout: layout)
            for _ in 0..<proof.participants {
                try sum.add(PackedVector(packing: [sign * 6 * 1092], layout: layout))
            }
            #expect(sum.signedValues() == [sign * 65535])
        }
    }
}
