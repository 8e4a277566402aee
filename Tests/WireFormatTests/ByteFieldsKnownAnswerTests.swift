import CryptoPrimitives
import Testing
import WireFormat

@Suite struct ByteFieldsKnownAnswerTests {
    @Test func whatIsTakenIsGone() {
        var writer = ByteWriter(reserving: 8)
        writer.u16(0x0201)
        #expect(writer.take() == [1, 2])
        writer.u8(3)
        #expect(writer.bytes == [3] && writer.take() == [3] && writer.count == 0)
    }

    /// The bytes are those of Python's struct.pack with "<".
    @Test func everyFieldHasItsBytes() throws {
        var writer = ByteWriter(reserving: 64)
        writer.u8(0xAB)
        writer.u16(0x1234)
        writer.u32(0xDEAD_BEEF)
        writer.u64(0x0102_0304_0506_0708)
        writer.raw([1, 2, 3])
        writer.raw([9, 8, 7, 6][1..<3])
        [UInt8](arrayLiteral: 5, 4).withUnsafeBytes { writer.raw($0) }
        writer.counted([0xFF])
        writer.bitmap(Bitmap(count: 10, indices: [0, 7, 9]))
        let expected: [UInt8] = [
            0xAB, 0x34, 0x12, 0xEF, 0xBE, 0xAD, 0xDE, 8, 7, 6, 5, 4, 3, 2, 1, 1, 2, 3, 8, 7, 5, 4, 1, 0, 0, 0, 0xFF,
            0x81, 0x02,
        ]
        #expect(writer.bytes == expected)
        #expect(writer.count == expected.count)

        var reader = ByteReader([0, 0] + expected[...])
        #expect(try reader.u16() == 0)
        #expect(try reader.u8() == 0xAB)
        #expect(try reader.u16() == 0x1234)
        #expect(try reader.u32() == 0xDEAD_BEEF)
        #expect(try reader.u64() == 0x0102_0304_0506_0708)
        #expect(try reader.raw(7).elementsEqual([1, 2, 3, 8, 7, 5, 4]))
        #expect(try reader.counted(limit: 1).elementsEqual([0xFF]))
        #expect(try reader.bitmap(count: 10).indices == [0, 7, 9])
        try reader.finish()
        #expect(reader.position == expected.count + 2)
    }

    @Test func aSliceIsReadFromItsOwnStart() throws {
        let bytes: [UInt8] = [0xAA, 1, 0, 2, 0, 0xBB]
        var reader = ByteReader(bytes[1..<5])
        #expect(reader.remaining == 4)
        #expect(try reader.u16() == 1)
        #expect(reader.position == 2)
        #expect(try reader.u16() == 2)
        #expect(throws: DecodingFailure.truncated) { try reader.u8() }
        try reader.finish()
    }

    @Test func publicValuesKeepTheirBytes() throws {
        let value = try #require(Bytes32((0..<32).map { UInt8(200 - $0) }))
        var writer = ByteWriter()
        writer.bytes32(value)
        #expect(writer.bytes == (0..<32).map { UInt8(200 - $0) })
        var reader = ByteReader(writer.bytes)
        #expect(try reader.bytes32() == value)
        try reader.finish()
    }
}
