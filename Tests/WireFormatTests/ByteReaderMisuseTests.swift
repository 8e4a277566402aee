import Testing
import WireFormat

@Suite struct ByteReaderMisuseTests {
    typealias Read = @Sendable (inout ByteReader) throws -> Void

    /// A read, the bytes it needs, and the number of them.
    static let reads: [(name: String, needed: [UInt8], read: Read)] = [
        ("u8", [1], { _ = try $0.u8() }), ("u16", [1, 2], { _ = try $0.u16() }),
        ("u32", [1, 2, 3, 4], { _ = try $0.u32() }), ("u64", [1, 2, 3, 4, 5, 6, 7, 8], { _ = try $0.u64() }),
        ("bytes32", [UInt8](repeating: 7, count: 32), { _ = try $0.bytes32() }),
        ("raw", [1, 2, 3], { _ = try $0.raw(3) }), ("counted", [2, 0, 0, 0, 9, 9], { _ = try $0.counted(limit: 2) }),
        ("count", [2, 0, 0, 0, 9, 9, 9, 9], { _ = try $0.raw(try $0.count(limit: 2, elementBytes: 2) * 2) }),
        ("bitmap", [0xFF, 0x01], { _ = try $0.bitmap(count: 9) }),
    ]

    @Test(arguments: reads.indices) func everyTruncationIsNamed(row: Int) throws {
        let (_, needed, read) = Self.reads[row]
        for length in 0..<needed.count {
            var reader = ByteReader(Array(needed.prefix(length)))
            #expect(throws: DecodingFailure.truncated) { try read(&reader) }
        }
        var reader = ByteReader(needed + [0])
        try read(&reader)
        #expect(throws: DecodingFailure.trailingData) { try reader.finish() }
        #expect(reader.remaining == 1)
    }

    @Test func aFailedReadStaysWhereItWas() {
        var reader = ByteReader([5, 0, 0, 0, 1, 2])
        #expect(throws: DecodingFailure.truncated) { try reader.u64() }
        #expect(throws: DecodingFailure.truncated) { try reader.counted(limit: 100) }
        #expect(throws: DecodingFailure.messageTooLarge) { try reader.counted(limit: 4) }
        #expect(throws: DecodingFailure.truncated) { try reader.count(limit: 10, elementBytes: 1) }
        #expect(throws: DecodingFailure.nonCanonical) { try reader.bitmap(count: 2) }
        #expect(throws: DecodingFailure.truncated) { try reader.bitmap(count: 49) }
        #expect(throws: DecodingFailure.truncated) { try reader.raw(.max) }
        #expect(throws: DecodingFailure.lengthOverflow) { try reader.raw(-1) }
        #expect(throws: DecodingFailure.lengthOverflow) { try reader.bitmap(count: -1) }
        #expect(throws: DecodingFailure.truncated) { try reader.bitmap(count: .max) }
        #expect(reader.position == 0)
    }

    /// A count of 2^32 - 1 in four bytes is refused whatever the element, before a caller could allocate for it.
    @Test func countsNeverPromiseMoreThanIsThere() throws {
        let largest: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        for elementBytes in [1, 2, 8, 1 << 31] {
            var reader = ByteReader(largest + [UInt8](repeating: 0, count: 100))
            #expect(throws: DecodingFailure.truncated) {
                try reader.count(limit: Int(UInt32.max), elementBytes: elementBytes)
            }
        }
        var reader = ByteReader(largest)
        #expect(throws: DecodingFailure.lengthOverflow) {
            try reader.count(limit: .max, elementBytes: .max)
        }
        #expect(throws: DecodingFailure.messageTooLarge) { try reader.count(limit: 1 << 20, elementBytes: 0) }
        #expect(throws: DecodingFailure.truncated) { try reader.counted(limit: .max) }
        var exact = ByteReader([3, 0, 0, 0, 1, 2, 3, 4, 5, 6])
        #expect(try exact.count(limit: 3, elementBytes: 2) == 3)
        #expect(exact.remaining == 6)
    }

    @Test func rawBytesShareTheStorageOfTheInput() throws {
        let bytes = [UInt8](repeating: 3, count: 1 << 16)
        var reader = ByteReader(bytes)
        let slice = try reader.raw(1 << 15)
        let same = bytes.withUnsafeBytes { whole in slice.withUnsafeBytes { $0.baseAddress == whole.baseAddress } }
        #expect(same)
    }
}
