/// How shareholders open an aggregate.
///
/// Source: threshold-paillier section 1
public enum OpeningMode: UInt8, Sendable, Hashable, CaseIterable {
    /// Damgard-Jurik partial decryption: shares of a decryption exponent, each with a proof. The default.
    case partialDecryption = 1
    /// Joint extraction of the n-th root: opens (m, r), which anybody verifies from public data.
    ///
    /// > Warning: This reveals r of the aggregate. The argument that this is harmless
    /// > (`Papers/paillier-root-opening.md`) awaits review by an outside cryptographer. It needs at
    /// > least two honest contributors, a proof of plaintext knowledge with every contribution before anything is opened, and
    /// > an aggregate that every shareholder multiplied together itself. Choose it explicitly or not at all.
    ///
    /// Source: paillier-root-opening section 2
    case jointRoot = 2
}
