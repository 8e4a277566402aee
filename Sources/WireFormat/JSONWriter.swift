extension JSONValue {
    /// The order in which the keys of an object are written.
    public enum KeyOrder: Sendable {
        /// As they are in the value.
        case asGiven
        /// Ascending by their UTF-8 bytes, at every depth: the canonical form.
        case sorted
    }

    /// The UTF-8 text, with no spaces and no line end.
    ///
    /// With sorted keys there is one text for a value, and it is the one that Python's `json.dumps` makes with
    /// `sort_keys=True, separators=(",", ":"), ensure_ascii=False`, so that a signed report can be checked without this
    /// code.  Doubles are the shortest digits that read back as the same number.
    /// Throws `nonFinite`, `duplicateKey`, and `tooDeep` beyond 64 levels.
    public func encoded(keys order: KeyOrder = .asGiven) throws(JSONFailure) -> [UInt8] {
        var writer = JSONWriter(order: order)
        try writer.write(self, depth: 0)
        return writer.bytes
    }
}

/// Appends values as text.
struct JSONWriter {
    let order: JSONValue.KeyOrder
    var bytes: [UInt8] = []

    init(order: JSONValue.KeyOrder) {
        self.order = order
    }

    mutating func write(_ value: JSONValue, depth: Int) throws(JSONFailure) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .unsigned(let value): append(String(value))
        case .number(let value):
            guard value.isFinite else { throw JSONFailure(.nonFinite, at: bytes.count) }
            append(JSONNumber.text(of: value))
        case .string(let value): write(value)
        case .array(let elements):
            guard depth < JSONValue.maximumDepth else { throw JSONFailure(.tooDeep, at: bytes.count) }
            append("[")
            for (position, element) in elements.enumerated() {
                if position > 0 { append(",") }
                try write(element, depth: depth + 1)
            }
            append("]")
        case .object(let members):
            guard depth < JSONValue.maximumDepth else { throw JSONFailure(.tooDeep, at: bytes.count) }
            try write(members, depth: depth)
        }
    }

    private mutating func write(_ members: [JSONMember], depth: Int) throws(JSONFailure) {
        var ordered = members
        if order == .sorted { ordered.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
        var seen: Set<[UInt8]> = []
        append("{")
        for (position, member) in ordered.enumerated() {
            if position > 0 { append(",") }
            guard seen.insert([UInt8](member.key.utf8)).inserted else {
                throw JSONFailure(.duplicateKey, at: bytes.count)
            }
            write(member.key)
            append(":")
            try write(member.value, depth: depth + 1)
        }
        append("}")
    }

    private mutating func write(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                append(byte < 0x10 ? "\\u000" : "\\u00")
                append(String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}

/// The text of a finite Double.
enum JSONNumber {
    /// The shortest digits that read back; with an exponent below 10^-4 and from 10^16 on.
    static func text(of value: Double) -> String {
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0.0" }
        let (digits, exponent) = shortestDigits(of: value.magnitude)
        switch exponent {
        case (-4)..<0:
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
        case 0..<16 where digits.count <= exponent + 1:
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        case 0..<16:
            return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
        default:
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let power = String(exponent.magnitude)
            let padded = power.count < 2 ? "0" + power : power
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + padded
        }
    }

    /// d_1 d_2 ... d_k and e with value = d_1.d_2...d_k * 10^e, no trailing zero.
    private static func shortestDigits(of magnitude: Double) -> (digits: String, exponent: Int) {
        let parts = magnitude.description.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        var digits = Substring(String(whole) + fraction)
        while digits.first == "0" {
            digits = digits.dropFirst()
            exponent -= 1
        }
        while digits.last == "0" { digits = digits.dropLast() }
        return (String(digits), exponent)
    }
}
