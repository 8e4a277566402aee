/// The name of a record: 1...64 characters of a-z, 0-9, hyphen and dot, the first one not a dot.
///
/// A name is public: it stands in file names and in the associated data of the seal.
/// Source: durability section 1
public struct RecordName: Hashable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// Nil when a character or the length is not allowed.
    public init?(_ name: String) {
        let characters = name.utf8
        guard (1...64).contains(characters.count), characters.first != UInt8(ascii: "."),
            characters.allSatisfy(RecordName.isAllowed)
        else { return nil }
        description = name
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    private static func isAllowed(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            return true
        default:
            return false
        }
    }
}
