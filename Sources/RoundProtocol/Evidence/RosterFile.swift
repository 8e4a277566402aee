internal import CryptoPrimitives
public import WireFormat

/// A roster as text, one JSON object: what an auditor is given out of band.
///
/// `{"schema":"secagg-roster/1","coordinator":"<64 hex>","participants":["<64 hex>", ...]}`, ids by position.
///
/// Source: evidence section 4
public struct RosterFile: Sendable {
    /// The keys.
    public let roster: Roster
    /// Names the shape of the object.
    public static let schema = "secagg-roster/1"
    /// The largest file that is read.
    public static let maximumBytes = 8 << 20

    /// Wraps a roster.
    public init(_ roster: Roster) {
        self.roster = roster
    }

    /// Reads a file.
    ///
    /// - Throws: `nonCanonical` for text of another shape, and what `Roster` refuses.
    public init(decoding bytes: [UInt8]) throws(Abort) {
        guard let value = try? JSONValue(parsing: bytes, limit: Self.maximumBytes),
            case .string(Self.schema) = value["schema"], case .string(let coordinator) = value["coordinator"],
            case .array(let participants) = value["participants"]
        else { throw Abort(.nonCanonical, .proposal) }
        var keys: [VerifyingKey] = []
        for entry in participants {
            guard case .string(let text) = entry else { throw Abort(.nonCanonical, .proposal) }
            keys.append(try Self.key(text))
        }
        roster = try Roster(participants: keys, coordinator: try Self.key(coordinator))
    }

    /// The object.
    public var json: JSONValue {
        [
            "schema": .string(Self.schema), "coordinator": .string(Self.text(roster.coordinator)),
            "participants": .array(roster.participants.map { .string(Self.text($0)) }),
        ]
    }

    private static func text(_ key: VerifyingKey) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: key.value.bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func key(_ text: String) throws(Abort) -> VerifyingKey {
        let digits = text.utf8.compactMap { character -> UInt8? in
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == 64, text.utf8.count == 64 else { throw Abort(.nonCanonical, .proposal) }
        let bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let value = unsafe bytes.withUnsafeBytes { unsafe Bytes32(copying: $0) }
        return VerifyingKey(value)
    }
}
