import Testing
import WireFormat

/// Texts made by Python's json module, and numbers by its repr.
@Suite struct JSONKnownAnswerTests {
    static let value: JSONValue = [
        "b": [
            1, -2, 0, .integer(.max), .integer(.min), JSONValue(UInt64.max), 1.0, -0.0, 0.1, 1e16, 9999999999999998.0,
            9973648378996190.0, 1e-4, 1e-5, 1.2345678901234567e-300, .number(.leastNonzeroMagnitude),
            1.7976931348623157e308, 123456.789, 1e22,
        ],
        "a": ["z": nil, "\u{E9}": true, "\u{1F600}": false, "\u{FB33}": "x"],
        "": "",
        "s": "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}\u{E9}\u{1F600}",
    ]

    @Test func theCanonicalFormIsPythons() throws {
        let hex =
            "7b22223a22222c2261223a7b227a223a6e756c6c2c22c3a9223a747275652c22efacb3223a2278222c22f09f9880223a6661"
            + "6c73657d2c2262223a5b312c2d322c302c393232333337323033363835343737353830372c2d393232333337323033363835"
            + "343737353830382c31383434363734343037333730393535313631352c312e302c2d302e302c302e312c31652b31362c3939"
            + "39393939393939393939393939382e302c393937333634383337383939363139302e302c302e303030312c31652d30352c31"
            + "2e32333435363738393031323334353638652d3330302c35652d3332342c312e37393736393331333438363233313537652b"
            + "3330382c3132333435362e3738392c31652b32325d2c2273223a225c225c5c2f5c625c665c6e5c725c745c75303030315c75"
            + "303031667fc3a9f09f9880227d"
        let bytes = try Self.value.encoded(keys: .sorted)
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digits == hex)
        let read = try JSONValue(parsing: bytes, limit: bytes.count)
        #expect(try read.encoded() == bytes)
        #expect(read != Self.value)
        #expect(try read.encoded(keys: .sorted) == bytes)
    }

    @Test func keysKeepTheirOrder() throws {
        let bytes = try Self.value.encoded()
        #expect(try JSONValue(parsing: bytes, limit: bytes.count) == Self.value)
        let small: JSONValue = ["b": 1, "a": [true, nil, 0.5, -7], "c": "x"]
        #expect(String(decoding: try small.encoded(), as: UTF8.self) == #"{"b":1,"a":[true,null,0.5,-7],"c":"x"}"#)
        #expect(
            String(decoding: try small.encoded(keys: .sorted), as: UTF8.self)
                == #"{"a":[true,null,0.5,-7],"b":1,"c":"x"}"#)
    }

    @Test(arguments: [
        (0x0000000000000000, "0.0"), (0x8000000000000000, "-0.0"),
        (0x3FF0000000000000, "1.0"), (0x4341C37937E07FFF, "9999999999999998.0"),
        (0x4340000000000000, "9007199254740992.0"), (0x430C6BF526340000, "1000000000000000.0"),
        (0x4341C37937E08000, "1e+16"), (0x434FF973CAFA8000, "1.8e+16"),
        (0x3F1A36E2EB1C432D, "0.0001"), (0x3F202E4B6CE5DC68, "0.00012345"),
        (0x3F19F3C70C996B76, "9.9e-05"), (0x0000000000000001, "5e-324"),
        (0x0010000000000000, "2.2250738585072014e-308"), (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0x54B249AD2594C37D, "1e+100"), (0xBE7AD7F29ABCAF48, "-1e-07"),
        (0x437B69B4BA630F35, "1.2345678901234568e+17"), (0x3FD3333333333334, "0.30000000000000004"),
        (0xC471C196D12BD88A, "-5.240707458162173e+21"), (0xC3A484020911B56D, "-7.391544078297146e+17"),
        (0x3E25993CC96E0221, "2.51440608216108e-09"), (0x438772A36926719A, "2.1119906027865376e+17"),
        (0xC0481089881D7D3B, "-48.129197134398474"), (0xC3A11C946AB51EA5, "-6.16511792009401e+17"),
        (0x447BC3D60CA21D43, "8.194777125807761e+21"), (0xBF08CBA31FEA2ED9, "-4.72935826013301e-05"),
        (0xBF41919A383D3DA0, "-0.0005361559892466568"), (0x4443F3A798DBF5BE, "7.360906142865936e+20"),
        (0xBD4EFAE52446E65E, "-2.2012655822557425e-13"), (0x3E2D72C1A43997FC, "3.428229507391851e-09"),
        (0xC51689FD4D108BA4, "-6.812001204754377e+24"), (0xBDA41BBCE689E7BE, "-9.144219413210801e-12"),
    ]) func doublesAsPythonWritesThem(bits: UInt64, text: String) throws {
        let value = JSONValue.number(Double(bitPattern: bits))
        let bytes = try value.encoded()
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        #expect(try JSONValue(parsing: bytes, limit: 100) == value)
    }

    @Test func randomDoublesReadBack() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let read = try JSONValue(parsing: JSONValue.number(value).encoded(), limit: 100)
            #expect(read.double?.bitPattern == value.bitPattern)
        }
    }

    @Test func textIsReadAsItsValue() throws {
        let table: [(String, JSONValue)] = [
            (" null\n", nil), ("\ttrue\r", true), ("[ ]", []), ("{ }", .object([])), ("-0", .number(-0.0)), ("0", 0),
            ("9223372036854775808", .unsigned(1 << 63)), ("-9223372036854775808", .integer(.min)),
            ("-9223372036854775809", .number(-0x1p63)), ("18446744073709551616", .number(0x1p64)), ("1E2", 100.0),
            ("1e-400", 0.0), ("0.0", 0.0), (#""\u00e9\ud83d\ude00\/\u0000""#, "\u{E9}\u{1F600}/\0"),
            (#"{ "a" : [ 1 , { "b" : "c" } ] }"#, ["a": [1, ["b": "c"]]]),
        ]
        for (text, value) in table {
            #expect(try JSONValue(parsing: Array(text.utf8), limit: 1000) == value)
        }
        // Two spellings of one visible character are two keys.
        let keys = try JSONValue(parsing: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8), limit: 100)
        #expect(keys["\u{E9}"]?.int64 == 1)
        #expect(keys["e\u{301}"]?.int64 == 2)
        #expect(keys["x"] == nil)
    }

    @Test func accessorsAnswerTheirOwnCaseAlone() {
        #expect(JSONValue(UInt64(7)) == 7)
        #expect(JSONValue(UInt64.max).uint64 == .max)
        #expect(JSONValue(UInt64.max).int64 == nil)
        #expect(JSONValue.integer(-1).uint64 == nil)
        #expect(JSONValue.integer(-1).double == -1)
        #expect(JSONValue.number(1.5).int64 == nil)
        #expect(JSONValue.string("a").text == "a")
        #expect(JSONValue.bool(true).boolean == true)
        #expect(JSONValue.array([1]).elements == [1])
        #expect(JSONValue.null.members == nil)
        #expect((["k": 1] as JSONValue).members == [JSONMember("k", 1)])
    }
}
