/// A JSON value whose objects keep the order of their keys and whose integers stay integers.
///
/// `5` and `5.0` are different values here and are written as they were read.  For reports and test vectors; vectors of
/// numbers travel as bytes.  Strings are compared as Swift compares them, keys byte by byte.
public enum JSONValue: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without point and exponent, in the range of Int64.
    case integer(Int64)
    /// A number written without point and exponent, above the range of Int64.
    case unsigned(UInt64)
    /// Any other number, finite.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; no key twice.
    case object([JSONMember])

    /// The deepest nesting of arrays and objects that is read or written.
    public static let maximumDepth = 64

    /// An integer, in the case its size asks for.
    public init(_ value: UInt64) {
        self = value <= UInt64(Int64.max) ? .integer(Int64(value)) : .unsigned(value)
    }

    /// The member of an object, nil when there is none or this is no object; looks through the members in order.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The members of an object, nil for any other value.
    public var members: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The elements of an array, nil for any other value.
    public var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The text of a string, nil for any other value.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A boolean, nil for any other value.
    public var boolean: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// An integer in the range of Int64, nil for any other value.
    public var int64: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// An integer in the range of UInt64, nil for any other value.
    public var uint64: UInt64? {
        switch self {
        case .integer(let value): return UInt64(exactly: value)
        case .unsigned(let value): return value
        default: return nil
        }
    }

    /// Any number, rounded to Double, nil for any other value.
    public var double: Double? {
        switch self {
        case .integer(let value): return Double(value)
        case .unsigned(let value): return Double(value)
        case .number(let value): return value
        default: return nil
        }
    }
}

/// One key of an object with its value.
public struct JSONMember: Equatable, Sendable {
    /// The key.
    public let key: String
    /// The value.
    public var value: JSONValue

    /// A member.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}
