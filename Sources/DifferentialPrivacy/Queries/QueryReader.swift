internal import WireFormat

/// Reads the fields of one JSON object; absent and `null` are the same.
struct QueryReader {
    let path: String
    private let value: JSONValue

    init(_ value: JSONValue, path: String, fields: Set<String>) throws(QueryRefusal) {
        guard let members = value.members else { throw QueryRefusal(.wrongType, path) }
        guard members.allSatisfy({ fields.contains($0.key) }) else { throw QueryRefusal(.unknownField, path) }
        self.value = value
        self.path = path
    }

    func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

    func optional(_ key: String) -> JSONValue? {
        let member = value[key]
        return member == .null ? nil : member
    }

    func required(_ key: String) throws(QueryRefusal) -> JSONValue {
        guard let member = optional(key) else { throw QueryRefusal(.missingField, name(key)) }
        return member
    }

    /// One of a list of names.
    func choice<Choice>(_ key: String, _ make: (String) -> Choice?) throws(QueryRefusal) -> Choice {
        guard let text = try required(key).text else { throw QueryRefusal(.wrongType, name(key)) }
        guard let choice = make(text) else { throw QueryRefusal(.unknownChoice, name(key)) }
        return choice
    }

    /// A positive number.
    func positive(_ key: String) throws(QueryRefusal) -> Double {
        let number = try number(key)
        guard number != 0 else { throw QueryRefusal(.zeroValue, name(key)) }
        return number
    }

    /// A number that is not negative. 5 and 5.0 are the same.
    func number(_ key: String) throws(QueryRefusal) -> Double {
        let member = try required(key)
        if let text = member.text {
            switch text.lowercased() {
            case "nan", "-nan", "+nan": throw QueryRefusal(.notANumber, name(key))
            case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity":
                throw QueryRefusal(.infiniteValue, name(key))
            default: throw QueryRefusal(.wrongType, name(key))
            }
        }
        guard let number = member.double else { throw QueryRefusal(.wrongType, name(key)) }
        guard number >= 0 else { throw QueryRefusal(.negativeValue, name(key)) }
        return number
    }

    /// A positive number in a range.
    func real(_ key: String, _ range: ClosedRange<Double>) throws(QueryRefusal) -> Double {
        let number = try positive(key)
        guard number >= range.lowerBound else { throw QueryRefusal(.belowRange, name(key)) }
        guard number <= range.upperBound else { throw QueryRefusal(.aboveRange, name(key)) }
        return number
    }

    /// 1 ... 2^40; `zero` is the code of zero.
    func count(_ key: String, zero: QueryRefusal.Code = .zeroValue) throws(QueryRefusal) -> Int {
        let number = try number(key)
        guard number != 0 else { throw QueryRefusal(zero, name(key)) }
        guard number.rounded() == number else { throw QueryRefusal(.notAnInteger, name(key)) }
        guard number <= 0x1p40 else { throw QueryRefusal(.aboveRange, name(key)) }
        return Int(number)
    }
}
