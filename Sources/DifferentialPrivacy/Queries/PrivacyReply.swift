public import WireFormat

/// One line of a batch answered: the query's `id`, and its answer or why there is none.
/// Source: privacy-queries section 5
public struct PrivacyReply: Sendable {
    /// The most bytes of a line.
    public static let mostBytes = 1 << 20

    /// The query's, any scalar; null when the line has none that can be read.
    public let id: JSONValue
    /// The answer, or why there is none.
    public let outcome: Result<PrivacyAnswer, QueryRefusal>

    /// The reply to a line above `mostBytes`, of which nothing was kept.
    public static var lineTooLong: PrivacyReply {
        PrivacyReply(id: .null, outcome: .failure(QueryRefusal(.lineTooLong)))
    }

    private init(id: JSONValue, outcome: Result<PrivacyAnswer, QueryRefusal>) {
        self.id = id
        self.outcome = outcome
    }

    /// Answers one line. Never throws: what is wrong is the reply.
    ///
    /// Cost: that of `PrivacyQuery.answer`. Memory: some tens of bytes a byte of the line.
    /// Source: privacy-queries section 5
    public init(to line: [UInt8], limits: AccountingLimits = AccountingLimits()) {
        guard line.count <= Self.mostBytes else {
            self = .lineTooLong
            return
        }
        let value: JSONValue
        do throws(JSONFailure) { value = try JSONValue(parsing: line, limit: Self.mostBytes) } catch {
            let broken = BrokenLine(line, error)
            self.init(id: broken.id, outcome: .failure(broken.refusal))
            return
        }
        guard let id = value["id"], id.elements == nil, id.members == nil else {
            let code: QueryRefusal.Code = value["id"] == nil && value.members != nil ? .missingField : .wrongType
            self.init(
                id: .null, outcome: .failure(QueryRefusal(code, value.members == nil ? "" : "id")))
            return
        }
        do throws(QueryRefusal) {
            self.init(id: id, outcome: .success(try PrivacyQuery(value).answer(limits: limits)))
        } catch {
            self.init(id: id, outcome: .failure(error))
        }
    }

    /// The object to be written: the members of the answer, or `error` with `code`, `field` and `message`; with the CPU
    /// seconds that the caller measured.
    /// Source: privacy-queries section 5
    public func json(cpuSeconds: Double) -> JSONValue {
        switch outcome {
        case .success(let answer):
            return .object(
                [JSONMember("id", id)] + answer.members + [JSONMember("cpu_s", PrivacyAnswer.number(cpuSeconds))])
        case .failure(let refusal):
            return [
                "id": id,
                "error": [
                    "code": .string(refusal.code.rawValue), "field": refusal.field.map { .string($0) } ?? .null,
                    "message": .string(refusal.description),
                ],
            ]
        }
    }
}

/// What can be said of a line that is not the JSON of a query: a key twice, a number that is none of JSON's.
struct BrokenLine {
    let refusal: QueryRefusal
    let id: JSONValue

    init(_ line: [UInt8], _ failure: JSONFailure) {
        let rest = line.dropFirst(failure.offset)
        let code: QueryRefusal.Code
        switch failure.reason {
        case .duplicateKey: code = .duplicateField
        case .numberOutOfRange: code = .infiniteValue
        case .tooLarge: code = .lineTooLong
        case .unexpectedCharacter where rest.starts(with: "NaN".utf8): code = .notANumber
        case .unexpectedCharacter where rest.starts(with: "Infinity".utf8): code = .infiniteValue
        case .invalidNumber where rest.starts(with: "Infinity".utf8): code = .infiniteValue
        default: code = .notJSON
        }
        refusal = QueryRefusal(code)
        id = code == .notJSON || code == .lineTooLong ? .null : Self.id(before: failure.offset, of: line)
    }

    /// The `id` among the members that were read before the fault: the text up to there, closed.
    private static func id(before offset: Int, of line: [UInt8]) -> JSONValue {
        var text = Array(line.prefix(offset))
        var closers: [UInt8] = []
        var (isString, isEscaped) = (false, false)
        for byte in text {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = closers.popLast()
            default: break
            }
        }
        while let last = text.last, last <= 0x20 || last == UInt8(ascii: "-") { text.removeLast() }
        switch text.last {
        case UInt8(ascii: ","): text.removeLast()
        case UInt8(ascii: ":"): text += Array("null".utf8)
        default: break
        }
        guard let value = try? JSONValue(parsing: text + closers.reversed(), limit: 2 * PrivacyReply.mostBytes),
            let id = value["id"], id.elements == nil, id.members == nil
        else { return .null }
        return id
    }
}
