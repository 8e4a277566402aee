import CryptoPrimitives
import Testing

@Suite struct SecretBytesPropertyTests {
    @Test func everyInitialiserGivesItsBytes() {
        for count in [0, 1, 31, 32, 4096, 10_000] {
            let zeros = SecretBytes(zeroed: count)
            #expect(zeros.count == count)
            #expect(reveal(zeros) == String(repeating: "00", count: count))
            var source = seeded(30)
            var same = seeded(30)
            let drawn = SecretBytes(random: count, from: &source)
            #expect(reveal(drawn) == hex(draw(count, from: &same)))
            let copied = secret(pattern(count))
            #expect(reveal(copied) == hex(pattern(count)))
        }
    }

    @Test func aCopyIsIndependent() {
        var original = secret(pattern(40))
        let copy = original.copy()
        original.withUnsafeMutableBytes { $0[7] = 0xff }
        #expect(reveal(copy) == hex(pattern(40)))
        #expect(reveal(original) != hex(pattern(40)))
    }

    @Test func equalityLooksAtEveryByte() {
        for count in [0, 1, 16, 33] {
            let left = secret(pattern(count))
            let right = secret(pattern(count))
            let same = left.isEqual(to: right)
            #expect(same)
            let itself = left.isEqual(to: left)
            #expect(itself)
            let longer = secret(pattern(count + 1))
            let differs = left.isEqual(to: longer)
            #expect(!differs)
            for bit in 0..<8 * count {
                var changed = pattern(count)
                changed[bit / 8] ^= 1 << (bit % 8)
                let other = secret(changed)
                let isEqual = left.isEqual(to: other)
                #expect(!isEqual)
            }
        }
    }

    @Test func errorsPassThrough() {
        let value = secret(pattern(4))
        #expect(throws: CryptoFailure.weakKey) {
            try value.withUnsafeBytes { (_) throws(CryptoFailure) -> Int in throw CryptoFailure.weakKey }
        }
        #expect(reveal(value) == hex(pattern(4)))
    }

    @Test func slotsAreSeparate() {
        var slab = SecretSlab(slotCount: 5, slotBytes: 3)
        for slot in 0..<5 {
            slab.withMutableSlot(slot) { $0.copyBytes(from: [UInt8](repeating: UInt8(slot + 1), count: 3)) }
        }
        let all = slab.withAllBytes { Array($0) }
        #expect(all == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5])
        slab.wipe(slot: 2)
        let wiped = slab.withAllBytes { Array($0) }
        #expect(wiped == [1, 1, 1, 2, 2, 2, 0, 0, 0, 4, 4, 4, 5, 5, 5])
        let fourth = slab.withSlot(3) { Array($0) }
        #expect(fourth == [4, 4, 4])
        slab.wipeAll()
        let zeros = slab.withAllBytes { Array($0) }
        #expect(zeros == [UInt8](repeating: 0, count: 15))
        let empty = SecretSlab(slotCount: 0, slotBytes: 32)
        let nothing = empty.withAllBytes { $0.count }
        #expect(nothing == 0)
    }

    @Test func wipeOverwrites() {
        var bytes = pattern(100)
        bytes.withUnsafeMutableBytes { wipe(UnsafeMutableRawBufferPointer(rebasing: $0[10..<90])) }
        #expect(bytes == Array(pattern(100)[..<10]) + [UInt8](repeating: 0, count: 80) + Array(pattern(100)[90...]))
        wipe(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }
}
