import Testing
import WireFormat

/// The rows of the table of bad inputs (Papers/bad-inputs.md) that every decoder shares: fields and canonical JSON.
@Suite struct BadInputTableTests {
    struct Field: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let failure: DecodingFailure
        let bytes: [UInt8]
        let read: @Sendable (inout ByteReader) throws -> Void

        var testDescription: String { "case \(number), \(name): \(failure)" }
    }

    static let largest: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]

    static let fields: [Field] = [
        Field(number: 4, name: "a count of more than there is", failure: .truncated, bytes: [9, 0, 0, 0, 1, 2]) {
            _ = try $0.counted(limit: 100)
        },
        Field(number: 5, name: "a byte behind the last field", failure: .trailingData, bytes: [1, 2]) {
            _ = try $0.u8()
            try $0.finish()
        },
        Field(number: 6, name: "a length over the cap", failure: .messageTooLarge, bytes: largest) {
            _ = try $0.counted(limit: 1 << 20)
        },
        Field(number: 7, name: "count times size beyond Int", failure: .lengthOverflow, bytes: largest) {
            _ = try $0.count(limit: .max, elementBytes: .max)
        },
        Field(number: 7, name: "a negative length", failure: .lengthOverflow, bytes: largest) { _ = try $0.raw(-1) },
        Field(number: 8, name: "an unused bit of a bitmap", failure: .nonCanonical, bytes: [0x40]) {
            _ = try $0.bitmap(count: 6)
        },
        Field(number: 12, name: "no byte", failure: .truncated, bytes: []) { _ = try $0.u8() },
    ]

    @Test(arguments: fields) func field(_ row: Field) {
        var reader = ByteReader(row.bytes)
        #expect(throws: row.failure) { try row.read(&reader) }
    }

    struct Text: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let text: String
        let reason: JSONFailure.Reason
        let offset: Int

        var testDescription: String { "case \(number), \(name): \(reason)" }
    }

    static let texts: [Text] = [
        Text(number: 4, name: "an object cut short", text: #"{"a":1"#, reason: .unexpectedEnd, offset: 6),
        Text(number: 5, name: "a second value", text: "1 2", reason: .trailingData, offset: 2),
        Text(
            number: 6, name: "beyond the limit", text: String(repeating: " ", count: 1_025), reason: .tooLarge,
            offset: 0),
        Text(number: 8, name: "a leading zero", text: "01", reason: .invalidNumber, offset: 0),
        Text(number: 9, name: "one key twice", text: #"{"a":1,"a":2}"#, reason: .duplicateKey, offset: 7),
        Text(number: 12, name: "no byte", text: "", reason: .unexpectedEnd, offset: 0),
    ]

    @Test(arguments: texts) func json(_ row: Text) {
        let thrown = #expect(throws: JSONFailure.self) { try JSONValue(parsing: Array(row.text.utf8), limit: 1_024) }
        #expect(thrown?.reason == row.reason)
        #expect(thrown.map { $0.offset <= row.text.utf8.count } == true, "an offset, and none of the text")
    }
}
