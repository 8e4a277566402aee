/// A participant's index in the roster, or one of two reserved values.
///
/// Source: WIRE section 1
public struct PeerID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The index in the roster (0 ..< 65,536), or a reserved value.
    public let rawValue: UInt32

    /// Wraps a roster index or a reserved value.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The coordinator, who owns no seat.
    public static let coordinator = PeerID(rawValue: 0xFFFF_FFFF)

    /// Nobody in particular: an abort that blames no peer.
    public static let nobody = PeerID(rawValue: 0xFFFF_FFFE)

    /// Orders participants by roster index.
    public static func < (left: PeerID, right: PeerID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// `#3`, `coordinator` or `nobody`.
    public var description: String {
        switch self {
        case .coordinator: "coordinator"
        case .nobody: "nobody"
        default: "#\(rawValue)"
        }
    }
}
