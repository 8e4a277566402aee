import Testing
import WireFormat

@Suite struct BitmapPropertyTests {
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000]) func behavesAsASet(count: Int) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let left = Set((0..<count).filter { _ in Bool.random(using: &generator) })
            let right = Set((0..<count).filter { _ in Bool.random(using: &generator) })
            let first = Bitmap(count: count, indices: left)
            let second = Bitmap(count: count, indices: right)
            #expect(first.population == left.count)
            #expect(first.isEmpty == left.isEmpty)
            #expect(first.indices == left.sorted())
            #expect(first.union(second).indices == left.union(right).sorted())
            #expect(first.intersection(second).indices == left.intersection(right).sorted())
            #expect(first.subtracting(second).indices == left.subtracting(right).sorted())
            #expect(first.isSubset(of: second) == left.isSubset(of: right))
            #expect(first.intersection(second).isSubset(of: second))
            #expect((first == second) == (left == right))
            #expect((0..<count).allSatisfy { first[$0] == left.contains($0) })
            #expect(first.bytes.count == (count + 7) / 8)
            #expect(try Bitmap(count: count, bytes: first.bytes[...]) == first)
        }
    }

    @Test func bitsCanBeCleared() {
        var bitmap = Bitmap(count: 12, indices: 0..<12)
        bitmap[3] = false
        bitmap[11] = false
        #expect(bitmap.bytes == [0xF7, 0x07])
    }

    @Test(arguments: 1...40) func bitsAboveTheCountAreRefused(count: Int) throws {
        let bytes = [UInt8](repeating: 0xFF, count: (count + 7) / 8)
        if count % 8 == 0 {
            #expect(try Bitmap(count: count, bytes: bytes[...]).population == count)
        } else {
            #expect(throws: DecodingFailure.nonCanonical) { try Bitmap(count: count, bytes: bytes[...]) }
        }
        #expect(throws: DecodingFailure.truncated) { try Bitmap(count: count, bytes: bytes.dropLast()) }
        #expect(throws: DecodingFailure.trailingData) { try Bitmap(count: count, bytes: bytes + [0]) }
    }

    @Test func sizesThatCannotBe() {
        #expect(throws: DecodingFailure.lengthOverflow) { try Bitmap(count: -1, bytes: []) }
        #expect(throws: DecodingFailure.truncated) { try Bitmap(count: .max, bytes: []) }
        #expect(Bitmap.byteCount(for: .max) == 1 << 60)
    }
}
