public import RoundProtocol

/// What the coordinator proposes for a session of encrypted sums.
///
/// Source: WIRE section 9
public struct SumParameters: Hashable, Sendable {
    /// Rounds of the session, at least 1.
    public var rounds: Int
    /// Colluders assumed, the coordinator included when a member runs it; fewer than the key's threshold.
    public var colluders: Int
    /// How aggregates are opened.
    public var mode: OpeningMode
    /// Whether pairwise masks ride inside the slots; then a missing member ends a round, and a session has one.
    public var masksInside: Bool
    /// When the list of joins closes.
    public var joinDeadline: Instant

    /// Writes the parameters down; by default opened by partial decryption and without masks inside.
    public init(
        rounds: Int, colluders: Int, mode: OpeningMode = .partialDecryption, masksInside: Bool = false,
        joinDeadline: Instant
    ) {
        precondition(rounds >= 1 && rounds <= 1 << 16 && colluders >= 0 && colluders <= Roster.maximumCount)
        self.rounds = rounds
        self.colluders = colluders
        self.mode = mode
        self.masksInside = masksInside
        self.joinDeadline = joinDeadline
    }
}

/// What a participant demands of encrypted sums, beside its `ClientPolicy`.
///
/// Source: threshold-paillier section 6
public struct OpeningPolicy: Hashable, Sendable {
    /// The modes in which it helps to open, and believes a result.
    public var modes: Set<OpeningMode>
    /// Whether it refuses sessions without masks inside.
    public var requiresMasksInside: Bool

    /// Partial decryption alone unless told otherwise; `jointRoot` awaits outside review.
    public init(modes: Set<OpeningMode> = [.partialDecryption], requiresMasksInside: Bool = false) {
        self.modes = modes
        self.requiresMasksInside = requiresMasksInside
    }
}

extension Abort {
    /// The refusal that a failure of the cryptography becomes.
    init(_ failure: PaillierFailure, _ stage: Stage, peer: PeerID = .nobody, evidence: Evidence? = nil) {
        let code: AbortCode =
            switch failure {
            case .invalidProof, .invalidKeyProof: .proofRejected
            case .invalidCiphertext, .valueOutOfRange, .sumOutOfRange, .bitsAboveTopSlot: .elementOutOfRange
            case .malformed: .nonCanonical
            case .dimensionMismatch: .dimensionMismatch
            case .overflowPossible: .overflowPossible
            case .wrongContributorCount, .openingRejected: .openingRejected
            case .tooFewShares, .emptySum: .abortedInsufficientShares
            case .duplicateShare: .duplicateShare
            case .invalidShare: .inconsistentShare
            case .setAlreadyOpened: .conflictingUnmask
            case .cohortTooSmall: .tooFewSurvivors
            case .unknownParameters, .invalidPublicKey, .invalidSecretKey, .keyMismatch, .codecMismatch,
                .invalidThreshold, .poolExhausted:
                .invalidConfiguration
            }
        self.init(code, stage, peer: peer, evidence: evidence)
    }
}
