import Testing
import WireFormat

@Suite struct JSONMisuseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let reason: JSONFailure.Reason
        let offset: Int
        var testDescription: String { text }

        init(_ text: String, _ reason: JSONFailure.Reason, _ offset: Int) {
            self.text = text
            self.reason = reason
            self.offset = offset
        }
    }

    static let rows: [Row] = [
        Row("", .unexpectedEnd, 0), Row("  ", .unexpectedEnd, 2), Row("[", .unexpectedEnd, 1),
        Row("{", .unexpectedEnd, 1), Row("[1", .unexpectedEnd, 2), Row("[1,", .unexpectedEnd, 3),
        Row("{\"a\"", .unexpectedEnd, 4), Row("{\"a\":", .unexpectedEnd, 5), Row("{\"a\":1", .unexpectedEnd, 6),
        Row("{\"a\":1,", .unexpectedEnd, 7), Row("\"", .unexpectedEnd, 1), Row("\"a", .unexpectedEnd, 2),
        Row("\"\\", .unexpectedEnd, 2), Row("\"\\u", .unexpectedEnd, 3), Row("\"\\u00", .unexpectedEnd, 5),
        Row("\"\\ud800", .unexpectedEnd, 7), Row("\"\\ud800\\", .unexpectedEnd, 8), Row("-", .unexpectedEnd, 1),
        Row("1.", .unexpectedEnd, 2), Row("1e", .unexpectedEnd, 2), Row("1e+", .unexpectedEnd, 3),
        Row("nul", .unexpectedEnd, 3), Row("t", .unexpectedEnd, 1),
        Row("]", .unexpectedCharacter, 0), Row("}", .unexpectedCharacter, 0), Row("[,]", .unexpectedCharacter, 1),
        Row("[1,]", .unexpectedCharacter, 3), Row("[1 2]", .unexpectedCharacter, 3),
        Row("{1:2}", .unexpectedCharacter, 1), Row("{\"a\" 1}", .unexpectedCharacter, 5),
        Row("{\"a\":1,}", .unexpectedCharacter, 7), Row("{,}", .unexpectedCharacter, 1),
        Row("{\"a\":}", .unexpectedCharacter, 5), Row("nulL", .unexpectedCharacter, 3),
        Row("True", .unexpectedCharacter, 0), Row("NaN", .unexpectedCharacter, 0),
        Row("Infinity", .unexpectedCharacter, 0), Row("+1", .unexpectedCharacter, 0),
        Row(".5", .unexpectedCharacter, 0), Row("'a'", .unexpectedCharacter, 0), Row("[1}", .unexpectedCharacter, 2),
        Row("{\"a\":1]", .unexpectedCharacter, 6), Row("// x\n1", .unexpectedCharacter, 0),
        Row("\u{FEFF}1", .unexpectedCharacter, 0), Row("\u{A0}1", .unexpectedCharacter, 0),
        Row("01", .invalidNumber, 1), Row("-01", .invalidNumber, 2), Row("00", .invalidNumber, 1),
        Row("1.e5", .invalidNumber, 2), Row("-x", .invalidNumber, 1), Row("1ex", .invalidNumber, 2),
        Row("1e+-5", .invalidNumber, 3), Row("-Infinity", .invalidNumber, 1), Row("1.-5", .invalidNumber, 2),
        Row("1e999", .numberOutOfRange, 0), Row("[-1e309]", .numberOutOfRange, 1),
        Row("1" + String(repeating: "0", count: 400), .numberOutOfRange, 0),
        Row("0x10", .trailingData, 1), Row("1 2", .trailingData, 2), Row("{} {}", .trailingData, 3),
        Row("null,", .trailingData, 4), Row("1\0", .trailingData, 1), Row("1_000", .trailingData, 1),
        Row("\"\\x41\"", .invalidEscape, 1), Row("\"\\u12g4\"", .invalidEscape, 5),
        Row("\"\\u+123\"", .invalidEscape, 3), Row("\"ab\\'\"", .invalidEscape, 3),
        Row("\"\\ud800\"", .invalidSurrogate, 1), Row("\"\\udc00\"", .invalidSurrogate, 1),
        Row("\"\\ud800\\ud800\"", .invalidSurrogate, 1), Row("\"a\\ud83dx\"", .invalidSurrogate, 2),
        Row("\"\\ud800\\n\"", .invalidSurrogate, 1),
        Row("\"a\nb\"", .controlCharacter, 2), Row("\"\0\"", .controlCharacter, 1), Row("\"\t\"", .controlCharacter, 1),
        Row("{\"a\":1,\"a\":2}", .duplicateKey, 7), Row("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7),
        Row("[{\"\":1,\"b\":2,\"\":3}]", .duplicateKey, 13),
        Row(String(repeating: "[", count: 65), .tooDeep, 64),
        Row(String(repeating: "{\"a\":", count: 65), .tooDeep, 320),
        Row(String(repeating: "[", count: 100_000), .tooDeep, 64),
    ]

    @Test(arguments: rows) func malformedText(row: Row) {
        #expect(throws: JSONFailure(row.reason, at: row.offset)) {
            try JSONValue(parsing: Array(row.text.utf8), limit: 1 << 20)
        }
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xF0, 0x82, 0x82, 0xAC, 0x22], [0x22, 0xFF, 0x22],
        ] as [[UInt8]]) func stringsThatAreNotUTF8(bytes: [UInt8])
    {
        #expect(throws: JSONFailure(.invalidUTF8, at: 0)) { try JSONValue(parsing: bytes, limit: 100) }
    }

    @Test func theLimitIsInBytes() throws {
        #expect(try JSONValue(parsing: Array("\"é\"".utf8), limit: 4) == "é")
        #expect(throws: JSONFailure(.tooLarge, at: 3)) { try JSONValue(parsing: Array("\"é\"".utf8), limit: 3) }
        #expect(throws: JSONFailure(.tooLarge, at: 0)) { try JSONValue(parsing: Array("1".utf8), limit: -1) }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func numbersThatHaveNoText(value: Double) {
        #expect(throws: JSONFailure(.nonFinite, at: 5)) {
            try JSONValue.object([JSONMember("a", .number(value))]).encoded()
        }
    }

    @Test func valuesThatCouldNotBeReadAreNotWritten() throws {
        #expect(throws: JSONFailure(.duplicateKey, at: 7)) { try (["a": 1, "a": 2] as JSONValue).encoded() }
        var nested: JSONValue = []
        for _ in 1..<64 { nested = [nested] }
        let bytes = try nested.encoded()
        #expect(try JSONValue(parsing: bytes, limit: 200) == nested)
        #expect(throws: JSONFailure(.tooDeep, at: 64)) { try JSONValue.array([nested]).encoded() }
    }
}
