public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// One company's side of the masking protocol: a state machine without input, output, clock or threads.
///
/// Frames go in through `handle`, the update through `submit`; effects come out, to be carried out in order.  A call
/// that throws has changed nothing.  The coordinator learns the sum over the survivors and, beyond it, only what the
/// open messages say: who took part, sizes and times.
///
/// ```
/// proposal -> advertise -> deal -> receipt | config -> masked input -> survivors -> unmask -> result | next config
/// ```
///
/// Source: WIRE; Bonawitz et al. 2017 (bonawitz section 2) in the active-adversary variant
public struct Participant: SumParticipant, ~Copyable, Sendable {
    /// The participant's index in the roster.
    public let id: PeerID
    /// Who may take part.
    public let roster: Roster
    /// What this participant refuses whatever the coordinator signs.
    public let policy: ClientPolicy
    /// Dealers and other peers whose contribution was refused without stopping the round, with the reason.
    public internal(set) var refusals: [Abort] = []

    let identity: SigningKey
    let sealingKey: SealingKey
    var random: any RandomSource
    var sealingRandom: any RandomSource

    var ledger = ParticipantLedger()
    var epoch: ParticipantEpoch?
    var secrets = EpochSecrets(rounds: 0, dealers: 0)
    var stage = ParticipantStage.expectProposal
    var expectedModel: Digest?
    /// The digest of the last frame that was acted upon, and the words masked for the open round.
    var lastHandled: Digest?
    var upload: [UInt8]?
    /// The open round's masks, expanded ahead of the input; never stored.
    var prepared: PreparedMask?
    /// Threads that mask and hash at most; the bytes are the same for any number.
    public var threads = Workers.all
    /// Verdicts shared with other participants of this process, in trials alone; nothing is sealed then.
    package var verdicts: PublicVerdicts?
    var generation: UInt64 = 0
    var uploadGeneration: UInt64 = 0

    /// What is shared with neighbours is derived at set-up up to so many secrets, 32 bytes each, of all rounds together.
    static let mostLinks = 4_096

    /// The record under which a participant's state is kept.
    package static let stateRecord = "participant.state"
    /// The record under which the masked words of the open round are kept; they are no secret.
    package static let uploadRecord = "participant.upload"

    /// A participant without an epoch.
    ///
    /// - Parameters:
    ///   - identity: the Ed25519 key that the roster lists.
    ///   - sealingKey: seals the state records; stays with the company.
    ///   - random: draws keys, polynomials and nonces; `SystemRandomSource` in production.
    ///   - sealingRandom: draws the nonces of sealed records.
    /// - Throws: `unknownParticipant` when the roster does not list the key; `memoryExhausted` when the system gives no
    ///   more guarded memory.
    public init(
        identity: consuming SigningKey, roster: Roster, policy: ClientPolicy, sealingKey: consuming SealingKey,
        random: any RandomSource, sealingRandom: any RandomSource
    ) throws(Abort) {
        try Abort.requireMemory(0, .proposal)
        guard let id = roster.id(of: identity.verifyingKey) else { throw Abort(.unknownParticipant, .proposal) }
        self.id = id
        self.roster = roster
        self.policy = policy
        self.identity = identity
        self.sealingKey = sealingKey
        self.random = random
        self.sealingRandom = sealingRandom
    }

    /// Whether the coordinator signed a frame, and the frame's digest.
    private func verdict(on frame: Frame) -> (isGenuine: Bool, digest: Digest) {
        let coordinator = roster.coordinator
        let make = { (isGenuine: frame.isSigned(by: coordinator), digest: frame.digest) }
        return verdicts?.signature(frame, make) ?? make()
    }

    /// Refuses a step for whose secrets there is no guarded memory, before anything changes.
    ///
    /// Whatever a frame makes a participant hold or seal is no more than five times its bytes and what the epoch has.
    func requireMemory(for frameBytes: Int, _ stage: Stage) throws(Abort) {
        let frames = [epoch?.advertise, epoch?.list, epoch?.commitments, epoch?.shares, epoch?.receipt]
        let known = (frames + roundFrames()).reduce(0) { $0 + ($1?.bytes.count ?? 0) }
        try Abort.requireMemory(5 * frameBytes + known + 2 * secrets.snapshotBytes, stage)
    }

    /// The step whose message is awaited.
    public var expectedStage: Stage { stage.stage }

    /// The open session, once the list of advertisements has been accepted.
    public var session: Digest? { epoch?.session?.id }

    /// Announces the only model that the next round may train (policies with `requiresExpectedModel`).
    ///
    /// The application recomputes the next model from the last opened result and says what it must hash to.
    public mutating func expectModel(_ digest: Digest) {
        expectedModel = digest
    }

    /// Takes one frame.
    ///
    /// - Returns: effects to be carried out in order; a frame that was acted upon before yields the same frames again.
    /// - Throws: why the frame is refused; the state is as it was.
    /// - Complexity: one signature check, and the step's own cost (see the extension of each step).
    public mutating func handle(_ bytes: [UInt8], at now: Instant) throws(Abort) -> [Effect] {
        let frame = try Frame(bytes)
        try Abort.require(
            frame.header.sender == .coordinator, .wrongSender, frame.header.type.stage, peer: frame.header.sender)
        if !frame.header.type.isSigned { return try handleResultPart(frame) }
        if let session = epoch?.session, frame.header.type != .epochProposal,
            frame.header.type != .advertiseList
        {
            try Abort.require(
                frame.header.session == session.id, .wrongContext, frame.header.type.stage, peer: .coordinator)
        }
        let (isGenuine, digest) = verdict(on: frame)
        try Abort.require(isGenuine, .badSignature, frame.header.type.stage, peer: .coordinator)
        try requireMemory(for: bytes.count, frame.header.type.stage)
        if digest == lastHandled { return repeatStep() }
        let effects: [Effect]
        switch frame.header.type {
        case .epochProposal: effects = try handleProposal(frame, digest, at: now)
        case .advertiseList: effects = try handleAdvertiseList(frame, at: now)
        case .delivery: effects = try handleDelivery(frame, at: now)
        case .roundConfig: effects = try handleRoundConfig(frame, at: now)
        case .acknowledgement: return try handleAcknowledgement(frame)
        case .survivors: effects = try handleSurvivors(frame, at: now)
        case .unmaskRequest: effects = try handleUnmaskRequest(frame, at: now)
        case .result: return try handleResult(frame)
        case .abort: effects = try handleAbort(frame)
        case .advertise, .commitments, .shares, .receipt, .maskedInput, .chunkRoots, .chunk, .survivorStatement,
            .unmaskShares, .sumProposal, .join, .joinList, .openingShare:
            throw Abort(.unexpectedMessage, frame.header.type.stage, peer: .coordinator)
        }
        lastHandled = digest
        return [persistState()] + effects
    }

    /// The frames of the present step once more, byte for byte; after a restart, or when the peer missed them.
    public borrowing func resume() -> [Effect] {
        switch stage {
        case .expectProposal: []
        case .expectAdvertiseList: send(epoch?.advertise)
        case .expectDelivery: send(epoch?.commitments) + send(epoch?.shares)
        case .expectRoundConfig: send(epoch?.receipt)
        case .expectInput(let context): [.needInput(request(for: context))]
        case .expectSurvivors(let round): uploadEffects(round.input)
        case .expectUnmaskRequest(let round): send(round.statement)
        case .expectResult(let round, _): send(round.response)
        }
    }

    /// What was said, once more; durable first, in case the last record never arrived.
    private mutating func repeatStep() -> [Effect] {
        [persistState()] + resume()
    }

    /// Checks that a frame belongs to the open session.
    func requireSession(_ frame: Frame) throws(Abort) -> Session {
        let stage = frame.header.type.stage
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, stage, peer: .coordinator) }
        try Abort.require(frame.header.session == session.id, .wrongContext, stage, peer: .coordinator)
        return session
    }

    /// Checks that a frame belongs to the open round.
    func requireRound(_ frame: Frame, _ context: RoundContext) throws(Abort) {
        let stage = frame.header.type.stage
        _ = try requireSession(frame)
        try Abort.require(frame.header.round >= context.round, .roundReplayed, stage, peer: .coordinator)
        try Abort.require(frame.header.round == context.round, .wrongContext, stage, peer: .coordinator)
    }

    func send(_ frame: Frame?) -> [Effect] {
        frame.map { [.send(to: .coordinator, frame: OutgoingFrame($0))] } ?? []
    }

    func request(for context: RoundContext) -> InputRequest {
        InputRequest(session: context.frame.header.session, round: context.round, config: context.config)
    }

    func sign(_ type: FrameType, session: Digest, round: UInt64, body: [UInt8]) -> Frame {
        Frame(FrameHeader(type, sender: id, session: session, round: round), body: body, key: identity)
    }

    private mutating func handleAbort(_ frame: Frame) throws(Abort) -> [Effect] {
        let notice = try Abort.decoding(.result, from: .coordinator) { () throws(DecodingFailure) in
            try AbortNotice(decoding: frame.body)
        }
        let session = try requireSession(frame)
        if let context = stage.context {
            try requireRound(frame, context)
            try Abort.require(
                notice.stage > Stage.deal.rawValue, .impossibleTransition, .result, peer: .coordinator)
        } else {
            // Without an open round only the set-up can be given up, and only before its first round.
            let isSetUp = ledger.round.map { $0 < session.firstRound } ?? true
            try Abort.require(
                isSetUp && notice.stage <= Stage.deal.rawValue, .roundReplayed, .result, peer: .coordinator)
            try Abort.require(frame.header.round == session.firstRound, .wrongContext, .result, peer: .coordinator)
        }
        finishRound(of: session)
        let stage = Stage(rawValue: notice.stage) ?? .result
        return [.abort(Abort(.coordinatorAborted, stage, peer: notice.peer, evidence: Evidence(frames: [frame.bytes])))]
    }

    /// Closes the open round: its secrets go, and the epoch with its last round.
    mutating func finishRound(of session: Session) {
        upload = nil
        prepared = nil
        guard let context = stage.context else {
            stage = .expectProposal
            epoch = nil
            secrets = EpochSecrets(rounds: 0, dealers: 0)
            return
        }
        eraseRounds(through: context.round, of: session)
        if context.round - session.firstRound + 1 >= UInt64(session.proposal.rounds) {
            stage = .expectProposal
            epoch = nil
            secrets = EpochSecrets(rounds: 0, dealers: 0)
        } else {
            stage = .expectRoundConfig
        }
    }

    mutating func eraseRounds(through round: UInt64, of session: Session) {
        secrets.erase(through: Int(round - session.firstRound))
    }
}

/// The public side of a participant's epoch: frames received and sent, byte for byte.
struct ParticipantEpoch: Sendable {
    let proposal: EpochProposal
    let proposalFrame: Frame
    var advertise: Frame?
    var list: Frame?
    var session: Session?
    var commitments: Frame?
    var shares: Frame?
    var receipt: Frame?
    /// Seats whose shares are held: neighbours and oneself, ascending.
    var holders: [Int] = []
    /// The seats that the receipt names.
    var held: Bitmap = Bitmap(count: 0)
    /// The cohort of the epoch's first round; a change of cohort needs a new epoch.
    var cohort: Bitmap?
}
