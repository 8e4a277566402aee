internal import WireFormat

/// Looks for the first place where two JSON values differ; the order of keys counts for nothing.
enum VectorComparison {
    static func difference(expected: JSONValue, ours: JSONValue, at path: String) -> String? {
        switch (expected, ours) {
        case (.object(let wanted), .object(let made)):
            for member in wanted {
                guard let value = ours[member.key] else { return "\(path).\(member.key): ours has none" }
                let found = difference(expected: member.value, ours: value, at: "\(path).\(member.key)")
                if found != nil { return found }
            }
            return made.first { expected[$0.key] == nil }.map { "\(path).\($0.key): ours only" }
        case (.array(let wanted), .array(let made)):
            for (index, pair) in zip(wanted, made).enumerated() {
                let found = difference(expected: pair.0, ours: pair.1, at: "\(path)[\(index)]")
                if found != nil { return found }
            }
            return wanted.count == made.count ? nil : "\(path): \(wanted.count) elements, ours \(made.count)"
        default:
            return expected == ours ? nil : "\(path): \(brief(expected)), ours \(brief(ours))"
        }
    }

    private static func brief(_ value: JSONValue) -> String {
        guard let text = try? value.encoded() else { return "unprintable" }
        let line = String(decoding: text.prefix(96), as: UTF8.self)
        return text.count > 96 ? line + "..." : line
    }
}
