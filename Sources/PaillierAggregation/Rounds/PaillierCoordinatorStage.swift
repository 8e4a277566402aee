internal import CryptoPrimitives
internal import RoundProtocol
internal import WireFormat

/// What the coordinator waits for.
enum PaillierCoordinatorStage: Sendable {
    case idle
    case expectJoins
    /// In a session, between rounds.
    case ready
    case expectInputs
    case expectStatements
    case expectShares

    /// The protocol stage, for errors and measurements.
    var stage: Stage {
        switch self {
        case .idle: .proposal
        case .expectJoins: .advertise
        case .ready: .announce
        case .expectInputs: .input
        case .expectStatements: .survivors
        case .expectShares: .unmask
        }
    }
}

/// The coordinator's side of a session.
struct SumCoordinatorEpoch: Sendable {
    let proposal: SumProposal
    let proposalFrame: Frame
    var joins: [PeerID: Frame] = [:]
    var points: Set<Bytes32> = []
    /// How often each participant has been sent the list again.
    var repeats: [PeerID: Int] = [:]
    var list: Frame?
    var session: SumSession?
}

/// One participant's contribution on its way in.
struct PendingContribution: Sendable {
    let frame: Frame
    var parts: PartTracker
}

/// One shareholder's part of an opening on its way in.
struct PendingShare: Sendable {
    let frame: Frame
    var parts = PartAssembly(byteCount: 0, digest: Digest(Bytes32()))

    /// Lets the bytes go; the frame stays, to tell a repetition from a contradiction.
    mutating func release() { parts = PartAssembly(byteCount: 0, digest: Digest(Bytes32())) }
}

/// The coordinator's side of a round; members by seat.
struct SumCoordinatorRound: Sendable {
    let context: SumRound
    var pending: [Int: PendingContribution] = [:]
    var inputs: [Int: Frame] = [:]
    var acknowledgements: [Int: Frame] = [:]
    var included: Bitmap
    var contributions: ContributionFold
    var agreement: Agreement?
    var survivorsFrame: Frame?
    var statements: [Int: Frame] = [:]
    var requestFrame: Frame?
    /// What is opened, once the survivor set stands.
    var request: OpeningRequest?
    var shares: [Int: PendingShare] = [:]
    var openings: [Int: PartialOpening] = [:]
    /// Promises whose contribution did not verify; their senders are out of the round.
    var rejected: [Int: Frame] = [:]
    /// How often each member has been sent something again.
    var repeats: [Int: Int] = [:]
    /// Shareholders whose part did not verify.
    var refused: Set<Int> = []
    /// The opening, once it is combined, and the frames that carry it.
    var opening: [UInt8]?
    var result: [OutgoingFrame]?

    init(context: SumRound, participants: Int, key: PublicKey) {
        self.context = context
        included = Bitmap(count: participants)
        contributions = ContributionFold(key: key, codecID: context.packing.digest, count: context.ciphertextCount)
    }
}
