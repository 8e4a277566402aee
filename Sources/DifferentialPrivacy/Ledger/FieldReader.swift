internal import WireFormat

/// Reads the members of one JSON object by name; a member that nobody asked for is refused at the end.
struct FieldReader {
    /// What is wrong and where: a path made of names that the schema knows, never of input.
    enum Failure: Error, Hashable {
        case missing(String)
        case unknown(inside: String)
        case invalid(String)
    }

    let path: String
    private let value: JSONValue
    private let count: Int
    private var taken = 0

    init(_ value: JSONValue, path: String) throws(Failure) {
        guard let members = value.members else { throw .invalid(path) }
        self.value = value
        self.path = path
        count = members.count
    }

    func finish() throws(Failure) {
        guard taken == count else { throw .unknown(inside: path) }
    }

    func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

    /// The member itself; each key is asked for once.
    mutating func member(_ key: String) throws(Failure) -> JSONValue {
        guard let member = value[key] else { throw .missing(name(key)) }
        taken += 1
        return member
    }

    mutating func object(_ key: String) throws(Failure) -> FieldReader {
        try FieldReader(try member(key), path: name(key))
    }

    mutating func objects(_ key: String, atMost limit: Int) throws(Failure) -> [FieldReader] {
        guard let elements = try member(key).elements, elements.count <= limit else { throw .invalid(name(key)) }
        var list: [FieldReader] = []
        for element in elements { list.append(try FieldReader(element, path: name(key))) }
        return list
    }

    /// nil for `null`.
    mutating func optionalObject(_ key: String) throws(Failure) -> FieldReader? {
        let member = try member(key)
        return member == .null ? nil : try FieldReader(member, path: name(key))
    }

    mutating func text(_ key: String, atMost limit: Int = 1024) throws(Failure) -> String {
        guard let text = try member(key).text, text.utf8.count <= limit else { throw .invalid(name(key)) }
        return text
    }

    mutating func texts(_ key: String, atMost limit: Int) throws(Failure) -> [String] {
        guard let elements = try member(key).elements, elements.count <= limit else { throw .invalid(name(key)) }
        var list: [String] = []
        for element in elements {
            guard let text = element.text, text.utf8.count <= 1024 else { throw .invalid(name(key)) }
            list.append(text)
        }
        return list
    }

    /// nil for `null`.
    mutating func optionalText(_ key: String) throws(Failure) -> String? {
        let member = try member(key)
        if member == .null { return nil }
        guard let text = member.text, text.utf8.count <= 1024 else { throw .invalid(name(key)) }
        return text
    }

    /// One of a list of names.
    mutating func choice<Choice: RawRepresentable<String>>(
        _ key: String, _ type: Choice.Type
    ) throws(Failure) -> Choice {
        guard let choice = Choice(rawValue: try text(key)) else { throw .invalid(name(key)) }
        return choice
    }

    mutating func boolean(_ key: String) throws(Failure) -> Bool {
        guard let value = try member(key).boolean else { throw .invalid(name(key)) }
        return value
    }

    mutating func integer(_ key: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let value = try member(key).int64, range.contains(Int(value)) else { throw .invalid(name(key)) }
        return Int(value)
    }

    /// nil for `null`.
    mutating func optionalInteger(_ key: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        let member = try member(key)
        if member == .null { return nil }
        guard let value = member.int64, range.contains(Int(value)) else { throw .invalid(name(key)) }
        return Int(value)
    }

    /// A number in its canonical text, infinity included.
    mutating func decimal(_ key: String) throws(Failure) -> Double {
        guard let value = DecimalText.value(of: try text(key)) else { throw .invalid(name(key)) }
        return value
    }

    /// What `make` gives for a text; nil or an error is an invalid member.
    mutating func parsed<Value>(
        _ key: String, _ make: (String) throws -> Value?
    ) throws(Failure) -> Value {
        let text = try text(key)
        guard let value = (try? make(text)) ?? nil else { throw .invalid(name(key)) }
        return value
    }

    /// What `make` gives for a number; an error is an invalid member.
    mutating func quantity<Value>(_ key: String, _ make: (Double) throws -> Value) throws(Failure) -> Value {
        let number = try decimal(key)
        guard let value = try? make(number) else { throw .invalid(name(key)) }
        return value
    }
}
