/// What can be wrong with bytes that came from a peer or a file. Carries no bytes, so that none can leak into a log.
public enum CryptoFailure: Error, Sendable, Equatable {
    /// The authentication tag does not match: a wrong key, other associated data, or changed bytes.
    case authenticationFailed
    /// A peer's X25519 key has small order: the shared secret would be known to everybody.
    case weakKey
    /// Not the canonical encoding of a ristretto255 element, or the identity where it is not allowed.
    case invalidPoint
    /// Not a scalar in its one canonical form below the group order, or zero where it is not allowed.
    case nonCanonicalScalar
    /// A byte count that the format does not allow.
    case invalidLength
    /// The system refuses more guarded memory.
    case noGuardedMemory
}
