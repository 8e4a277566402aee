import Foundation
import WireFormat

@testable import DifferentialPrivacy

/// Queries as text, with one field replaced or left out.
enum QueryFixture {
    static let event = [
        ("mechanism", "\"gaussian\""), ("noise_multiplier", "2"), ("sensitivity", "1"), ("sampling", "\"none\""),
        ("steps", "10"),
    ]
    static let head = [
        ("id", "7"), ("kind", "\"epsilon\""), ("adjacency", "\"add_remove\""), ("delta", "1e-6"),
        ("accountant", "\"best\""),
    ]

    /// Fields of the first event and of the query; nil leaves one out.
    static func line(event edits: [String: String?] = [:], query: [String: String?] = [:]) -> [UInt8] {
        let events = query["events"] ?? "[{\(join(event, edits))}]"
        var rest = query
        rest.removeValue(forKey: "events")
        let list = events.map { ",\"events\":\($0)" } ?? ""
        return Array("{\(join(head, rest))\(list)}".utf8)
    }

    private static func join(_ fields: [(String, String)], _ edits: [String: String?]) -> String {
        let kept = fields.compactMap { name, value in (edits[name] ?? value).map { (name, $0) } }
        let known = Set(fields.map(\.0))
        let added = edits.compactMap { name, value in known.contains(name) ? nil : value.map { (name, $0) } }
        return (kept + added).map { "\"\($0)\":\($1)" }.joined(separator: ",")
    }

    static func refusal(_ line: [UInt8]) -> QueryRefusal? {
        if case .failure(let refusal) = PrivacyReply(to: line).outcome { refusal } else { nil }
    }

    static func answer(event: [String: String?] = [:], query: [String: String?] = [:]) throws -> PrivacyAnswer {
        try PrivacyReply(to: line(event: event, query: query)).outcome.get()
    }
}
