extension JSONValue {
    /// Reads one value that is the whole of `bytes`, RFC 8259 and nothing more.
    ///
    /// Throws `tooLarge` above `limit` bytes, before anything is read, `tooDeep` beyond 64 levels, `duplicateKey` for keys
    /// equal byte by byte after unescaping, and the reasons of `JSONFailure` with the offset of the byte.
    /// Time and memory are linear in the input, some tens of bytes a byte at worst.
    public init(parsing bytes: [UInt8], limit: Int) throws(JSONFailure) {
        guard bytes.count <= limit else { throw JSONFailure(.tooLarge, at: max(0, limit)) }
        var reader = JSONReader(bytes)
        self = try reader.document()
    }
}

/// A recursive reader of at most 64 levels.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONFailure) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure(.trailingData) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
        skipSpace()
        guard let first = peek() else { throw failure(.unexpectedEnd) }
        switch first {
        case UInt8(ascii: "n"): return try keyword("null", .null)
        case UInt8(ascii: "t"): return try keyword("true", .bool(true))
        case UInt8(ascii: "f"): return try keyword("false", .bool(false))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard depth < JSONValue.maximumDepth else { throw failure(.tooDeep) }
            return first == UInt8(ascii: "[") ? try array(depth: depth + 1) : try object(depth: depth + 1)
        default: throw failure(.unexpectedCharacter)
        }
    }

    private mutating func array(depth: Int) throws(JSONFailure) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            try require(UInt8(ascii: ","))
        }
    }

    private mutating func object(depth: Int) throws(JSONFailure) -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        var seen: Set<[UInt8]> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let start = position
            guard let quote = peek() else { throw failure(.unexpectedEnd) }
            guard quote == UInt8(ascii: "\"") else { throw failure(.unexpectedCharacter) }
            let key = try string()
            guard seen.insert([UInt8](key.utf8)).inserted else { throw JSONFailure(.duplicateKey, at: start) }
            skipSpace()
            try require(UInt8(ascii: ":"))
            members.append(JSONMember(key, try value(depth: depth)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            try require(UInt8(ascii: ","))
        }
    }

    private mutating func keyword(_ word: StaticString, _ value: JSONValue) throws(JSONFailure) -> JSONValue {
        for character in word.description.utf8 {
            try require(character)
        }
        return value
    }

    private mutating func number() throws(JSONFailure) -> JSONValue {
        let start = position
        let isNegative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit(peek()) { throw failure(.invalidNumber) }
        } else {
            try digits()
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            if let value = Int64(text), value != 0 || !isNegative { return .integer(value) }
            if let value = UInt64(text), !isNegative { return .unsigned(value) }
        }
        guard let value = Double(text), value.isFinite else { throw JSONFailure(.numberOutOfRange, at: start) }
        return .number(value)
    }

    /// One digit or more.
    private mutating func digits() throws(JSONFailure) {
        guard isDigit(peek()) else { throw failure(peek() == nil ? .unexpectedEnd : .invalidNumber) }
        while isDigit(peek()) { position += 1 }
    }

    private mutating func string() throws(JSONFailure) -> String {
        let start = position
        position += 1
        var unescaped: [UInt8] = []
        while true {
            guard let byte = peek() else { throw failure(.unexpectedEnd) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw JSONFailure(.invalidUTF8, at: start)
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case 0..<0x20: throw failure(.controlCharacter)
            default:
                unescaped.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONFailure) {
        let start = position
        position += 1
        guard let kind = peek() else { throw failure(.unexpectedEnd) }
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(kind)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try scalar(escapedAt: start)
            unescaped.append(contentsOf: Character(scalar).utf8)
        default: throw JSONFailure(.invalidEscape, at: start)
        }
    }

    /// The scalar of one \u escape, or of two that are a surrogate pair; the first four digits come next.
    private mutating func scalar(escapedAt start: Int) throws(JSONFailure) -> Unicode.Scalar {
        let first = try fourHexDigits()
        var code = UInt32(first)
        if UTF16.isLeadSurrogate(first) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                throw position == bytes.count ? failure(.unexpectedEnd) : JSONFailure(.invalidSurrogate, at: start)
            }
            let second = try fourHexDigits()
            guard UTF16.isTrailSurrogate(second) else { throw JSONFailure(.invalidSurrogate, at: start) }
            code = 0x10000 + (UInt32(first & 0x3FF) << 10) + UInt32(second & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONFailure(.invalidSurrogate, at: start) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONFailure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure(.invalidEscape) }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func require(_ byte: UInt8) throws(JSONFailure) {
        guard let found = peek() else { throw failure(.unexpectedEnd) }
        guard found == byte else { throw failure(.unexpectedCharacter) }
        position += 1
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func failure(_ reason: JSONFailure.Reason) -> JSONFailure {
        JSONFailure(reason, at: position)
    }
}
