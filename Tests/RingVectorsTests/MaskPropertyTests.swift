import Testing

@testable import RingVectors

@Suite struct MaskPropertyTests {
    @Test(arguments: supportedBits) func addingThenSubtractingIsTheIdentity(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: 300 + UInt64(bits))
        let seed = draw.seed()
        let original = try PackedVector(packing: draw.values(2500, bits: bits), layout: layout)
        var vector = original
        seed.withUnsafeBytes { vector.addMask(seed: $0) }
        #expect(vector != original)
        seed.withUnsafeBytes { vector.subtractMask(seed: $0) }
        #expect(vector == original)
        seed.withUnsafeBytes { vector.subtractMask(seed: $0) }
        seed.withUnsafeBytes { vector.addMask(seed: $0) }
        #expect(vector == original)
    }

    @Test(arguments: supportedBits) func maskWordsAreKeystreamAndUsedBits(bits: Int) throws {
        let layout = try LaneLayout(bits: bits)
        var draw = Draw(seed: 400 + UInt64(bits))
        let seed = draw.seed()
        for words in [1, 8, 255, 256, 257, 600] {
            for lanesInLast in Set([1, layout.lanes]) {
                let count = (words - 1) * layout.lanes + lanesInLast
                var vector = PackedVector(zeros: count, layout: layout)
                seed.withUnsafeBytes { vector.addMask(seed: $0) }
                var expected = keystreamWords(seed, count: words).map { $0 & layout.usedBits }
                expected[words - 1] &= lanesInLast * bits == 64 ? .max : (1 << UInt64(lanesInLast * bits)) - 1
                #expect(vector.words == expected)
            }
        }
    }

    @Test func rangesOfAMaskMakeTheWhole() throws {
        let layout = try LaneLayout(bits: 17)
        var draw = Draw(seed: 9)
        let seed = draw.seed()
        let original = try PackedVector(packing: draw.values(3001, bits: 17), layout: layout)
        for sign in [PackedVector.MaskSign.add, .subtract] {
            var whole = original
            seed.withUnsafeBytes { whole.applyMask(sign, seed: $0, words: 0..<whole.words.count) }
            var parts = original
            let cuts = [0, 8, 264, 512, 520, parts.words.count]
            for (start, end) in zip(cuts, cuts.dropFirst()).reversed() {
                seed.withUnsafeBytes { parts.applyMask(sign, seed: $0, words: start..<end) }
            }
            #expect(parts == whole)
            var shared = original
            shared.withMutableWords { words in
                let part = UnsafeMutableBufferPointer(rebasing: words[264...])
                let first = UnsafeMutableBufferPointer(rebasing: words[..<264])
                seed.withUnsafeBytes { key in
                    PackedVector.applyMask(
                        sign, seed: key, to: part, firstWord: 264, count: original.count, layout: layout)
                    PackedVector.applyMask(
                        sign, seed: key, to: first, firstWord: 0, count: original.count, layout: layout)
                }
            }
            #expect(shared == whole)
        }
    }

    @Test func masksOfAPairCancelInTheSum() throws {
        let layout = try LaneLayout(bits: 22)
        var draw = Draw(seed: 10)
        let seed = draw.seed()
        let left = draw.values(777, bits: 20)
        let right = draw.values(777, bits: 20)
        var first = try PackedVector(packing: left, layout: layout)
        var second = try PackedVector(packing: right, layout: layout)
        seed.withUnsafeBytes { first.addMask(seed: $0) }
        seed.withUnsafeBytes { second.subtractMask(seed: $0) }
        try first.add(second)
        #expect(first.signedValues() == zip(left, right).map(+))
    }
}
