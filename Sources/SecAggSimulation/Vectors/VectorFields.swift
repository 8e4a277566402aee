internal import CryptoPrimitives
internal import WireFormat

/// The fields of one JSON object, read with their path, so that a bad one can be found.
struct VectorFields {
    let value: JSONValue
    let path: String

    init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    func fault(_ key: String, _ why: String) -> VectorFault { .malformed("\(path).\(key) \(why)") }

    func field(_ key: String) throws(VectorFault) -> JSONValue {
        guard let field = value[key] else { throw fault(key, "is missing") }
        return field
    }

    func object(_ key: String) throws(VectorFault) -> VectorFields {
        let field = try field(key)
        guard field.members != nil else { throw fault(key, "is no object") }
        return VectorFields(field, path: "\(path).\(key)")
    }

    func objects(_ key: String) throws(VectorFault) -> [VectorFields] {
        guard let elements = try field(key).elements else { throw fault(key, "is no array") }
        return elements.enumerated().map { VectorFields($1, path: "\(path).\(key)[\($0)]") }
    }

    func text(_ key: String) throws(VectorFault) -> String {
        guard let text = try field(key).text else { throw fault(key, "is no string") }
        return text
    }

    func texts(_ key: String) throws(VectorFault) -> [String] {
        guard let elements = try field(key).elements else { throw fault(key, "is no array") }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count else { throw fault(key, "holds something that is no string") }
        return texts
    }

    /// Lower-case hexadecimal, of a length when one is given.
    func bytes(_ key: String, count: Int? = nil) throws(VectorFault) -> [UInt8] {
        guard let bytes = Hexadecimal.bytes(try text(key)) else { throw fault(key, "is no lower-case hex") }
        if let count, bytes.count != count { throw fault(key, "has \(bytes.count) bytes instead of \(count)") }
        return bytes
    }

    func bytes32(_ key: String) throws(VectorFault) -> Bytes32 {
        guard let value = Bytes32(try bytes(key)) else { throw fault(key, "has not 32 bytes") }
        return value
    }

    func digest(_ key: String) throws(VectorFault) -> Digest { Digest(try bytes32(key)) }

    func listOfBytes(_ key: String, count: Int? = nil) throws(VectorFault) -> [[UInt8]] {
        var list: [[UInt8]] = []
        for text in try texts(key) {
            guard let bytes = Hexadecimal.bytes(text), bytes.count == count ?? bytes.count else {
                throw fault(key, "holds something that is no lower-case hex of the right length")
            }
            list.append(bytes)
        }
        return list
    }

    func listOfBytes32(_ key: String) throws(VectorFault) -> [Bytes32] {
        try listOfBytes(key, count: Bytes32.byteCount).compactMap { Bytes32($0) }
    }

    /// A 32-byte secret that the file publishes.
    func seed(_ key: String) throws(VectorFault) -> SecretBytes {
        Self.secret(try bytes(key, count: 32))
    }

    /// Published bytes where the library wants a secret.
    static func secret(_ bytes: [UInt8]) -> SecretBytes {
        unsafe bytes.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
    }

    /// A number up to 2^53, or a decimal string above.
    func unsigned(_ key: String) throws(VectorFault) -> UInt64 {
        let field = try field(key)
        if let number = field.uint64, number <= 1 << 53 { return number }
        guard let text = field.text, let number = UInt64(text), String(number) == text, number > 1 << 53 else {
            throw fault(key, "is no number up to 2^53 and no decimal string above")
        }
        return number
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(VectorFault) -> Int {
        guard let number = Int(exactly: try unsigned(key)), range.contains(number) else {
            throw fault(key, "is outside \(range)")
        }
        return number
    }

    func identifier(_ key: String) throws(VectorFault) -> UInt32 {
        guard let number = UInt32(exactly: try unsigned(key)) else { throw fault(key, "is no id") }
        return number
    }

    func identifiers(_ key: String) throws(VectorFault) -> [UInt32] {
        guard let elements = try field(key).elements else { throw fault(key, "is no array") }
        let ids = elements.compactMap { $0.uint64.flatMap { UInt32(exactly: $0) } }
        guard ids.count == elements.count else { throw fault(key, "holds something that is no id") }
        return ids
    }

    /// Signed decimal strings.
    func decimals(_ key: String) throws(VectorFault) -> [Int64] {
        var values: [Int64] = []
        for text in try texts(key) {
            guard let value = Int64(text), String(value) == text else { throw fault(key, "holds no signed decimal") }
            values.append(value)
        }
        return values
    }

    /// The 16 hex digits of a Double's bits.
    func double(_ key: String) throws(VectorFault) -> Double {
        guard let value = Self.double(try text(key)) else { throw fault(key, "is no 16 hex digits") }
        return value
    }

    func doubles(_ key: String) throws(VectorFault) -> [Double] {
        let texts = try texts(key)
        let values = texts.compactMap { Self.double($0) }
        guard values.count == texts.count else { throw fault(key, "holds something that is no 16 hex digits") }
        return values
    }

    private static func double(_ text: String) -> Double? {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == 8 else { return nil }
        return Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension JSONValue {
    /// Bytes as the vectors write them.
    static func hex(_ bytes: some Sequence<UInt8>) -> JSONValue { .string(Hexadecimal.text(of: bytes)) }
    static func hex(_ value: Bytes32) -> JSONValue { .string(value.hex) }
    static func hex(_ digest: Digest) -> JSONValue { .string(digest.value.hex) }

    /// The bits of a Double as the vectors write them.
    static func hex(_ value: Double) -> JSONValue {
        .hex((0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(56 - 8 * $0)) })
    }

    /// A number up to 2^53, a decimal string above.
    static func count(_ value: some UnsignedInteger) -> JSONValue {
        value <= 1 << 53 ? JSONValue(UInt64(value)) : .string(String(value))
    }

    static func count(_ value: Int) -> JSONValue { .count(UInt64(value)) }

    static func decimals(_ values: [Int64]) -> JSONValue { .array(values.map { .string(String($0)) }) }
}
