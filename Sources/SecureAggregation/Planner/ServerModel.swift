/// What the server is assumed to do, which fixes how rare a bad ring order must be.
/// Source: window-rule section 2
public enum ServerModel: String, Sendable, Hashable, CaseIterable {
    /// Lies and colludes with members that choose their nonces last: up to 2^64 ring orders can be tried.
    case active
    /// Follows the protocol and only looks.
    case curious

    /// The exponent s: a bad event has probability at most 2^-s for one ring order; 104 = 40 + 64 of grinding, or 40.
    /// Source: window-rule section 2
    public var securityBits: Int {
        switch self {
        case .active: 104
        case .curious: 40
        }
    }
}
