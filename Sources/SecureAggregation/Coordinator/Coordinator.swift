public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// The coordinator's side of the masking protocol: a state machine without network, clock or threads.
///
/// It carries messages, keeps the running sum of masked vectors, and opens the sum with the shares that a quorum of
/// participants releases.  It is trusted for availability alone: each participant checks what it is told.
///
/// Memory is one vector and the frames of the set-up; uploads wait in the spool until they are verified.
///
/// Source: WIRE; bonawitz section 2
public struct Coordinator: SumCoordinator, ~Copyable, Sendable {
    /// Who may take part.
    public let roster: Roster
    /// Peers whose contribution was refused without stopping the round, with the reason.
    public internal(set) var refusals: [Abort] = []

    let identity: SigningKey
    let sealingKey: SealingKey
    var sealingRandom: any RandomSource
    let spool: any InputSpool

    /// Threads that mask and hash at most; the sum is the same for any number.
    public var threads = Workers.all

    var stage = CoordinatorStage.idle
    var epoch: CoordinatorEpoch?
    var round: CoordinatorRound?
    var lastRound: UInt64?
    var lastEpoch: UInt64?
    /// The newest generation of each record; every record counts for itself.
    var generations: [String: UInt64] = [:]
    /// Set after a restart that could not bring back an acknowledged upload: the round cannot be finished.
    var hasLostUpload = false

    /// A coordinator without an epoch.
    ///
    /// - Parameters:
    ///   - identity: the Ed25519 key that the roster lists as the coordinator's.
    ///   - spool: where uploads wait until they are verified.
    /// - Throws: `unknownParticipant` when the roster lists another key.
    public init(
        identity: consuming SigningKey, roster: Roster, sealingKey: consuming SealingKey, spool: any InputSpool,
        sealingRandom: any RandomSource
    ) throws(Abort) {
        try Abort.requireMemory(0, .proposal)
        try Abort.require(identity.verifyingKey == roster.coordinator, .unknownParticipant, .proposal)
        self.identity = identity
        self.roster = roster
        self.sealingKey = sealingKey
        self.spool = spool
        self.sealingRandom = sealingRandom
    }

    /// The step whose messages are awaited.
    public var expectedStage: Stage { stage.stage }

    /// The open session, once the list of advertisements is closed.
    public var session: Digest? { epoch?.session?.id }

    /// The strictest rule for receipts (t to t + c) that those which came in can meet.
    public var suggestedReceipts: Int {
        guard let epoch, let session = epoch.session else { return 0 }
        let colluders = session.proposal.colluders
        let most = min(session.threshold + colluders, session.count - colluders)
        return session.regular == nil ? max(session.threshold, min(most, epoch.receipts.count)) : session.threshold
    }

    /// Opens an epoch with a signed proposal to the whole roster.
    ///
    /// - Parameters:
    ///   - epoch: strictly higher than any before.
    ///   - firstRound: the number of the epoch's first round, higher than any before.
    /// - Throws: `roundReplayed` when the numbers do not rise; `suiteUnavailable` when a suite is offered that this machine
    ///   does not run.
    public mutating func openEpoch(
        _ epoch: UInt64, firstRound: UInt64, parameters: EpochParameters
    ) throws(Abort) -> [Effect] {
        if let last = lastEpoch {
            try Abort.require(epoch > last, .roundReplayed, .proposal)
        }
        if let last = lastRound {
            try Abort.require(firstRound > last, .roundReplayed, .proposal)
        }
        try Abort.require(
            firstRound <= UInt64.max - UInt64(parameters.rounds), .invalidConfiguration, .proposal)
        // Who opens the sum expands masks too.
        try Abort.require(parameters.maskSuites.isSubset(of: .runnable), .suiteUnavailable, .proposal)
        let proposal = EpochProposal(
            epoch: epoch, rosterDigest: roster.digest, rounds: parameters.rounds, colluders: parameters.colluders,
            thresholdRule: parameters.thresholdRule, maskSuites: parameters.maskSuites, graph: parameters.graph,
            shareCheck: parameters.shareCheck, advertiseDeadline: parameters.advertiseDeadline,
            dealDeadline: parameters.dealDeadline)
        let frame = sign(.epochProposal, session: Digest(Bytes32()), round: firstRound, body: proposal.encoded())
        self.epoch = CoordinatorEpoch(parameters: parameters, proposal: proposal, proposalFrame: frame)
        releaseSpool()
        lastEpoch = epoch
        round = nil
        hasLostUpload = false
        refusals = []
        stage = .expectAdvertisements
        return [persistEpoch()] + broadcast(frame, to: allPeers) + [.deadline(parameters.advertiseDeadline)]
    }

    /// Takes one frame.
    ///
    /// - Returns: effects to be carried out in order.
    /// - Throws: why the frame is refused; the state is as it was, and the round goes on for the others.
    public mutating func handle(_ bytes: [UInt8], at now: Instant) throws(Abort) -> [Effect] {
        try handle(ArrivedFrame(bytes), at: now)
    }

    /// Looks at the signatures of frames that are at hand together, which then are taken one by one; changes nothing.
    ///
    /// Frames that would be refused before their signature is looked at, as the machine stands, are left alone.
    ///
    /// - Complexity: a group of eight signatures costs about 1.6 verifications where the machine can; nothing elsewhere.
    public func examine(_ frames: [[UInt8]]) -> [ArrivedFrame] {
        ArrivedFrame.examined(frames) { frame in
            let sender = frame.header.sender
            guard sender != .coordinator, frame.header.type.isSigned, (try? checkContext(frame)) != nil else {
                return nil
            }
            return roster.key(of: sender)
        }
    }

    /// Takes one frame that was examined.
    ///
    /// - Returns: effects to be carried out in order.
    /// - Throws: why the frame is refused; the state is as it was, and the round goes on for the others.
    public mutating func handle(_ arrived: ArrivedFrame, at now: Instant) throws(Abort) -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        let frame = try Frame(arrived.bytes)
        let (sender, step) = (frame.header.sender, frame.header.type.stage)
        guard sender != .coordinator, let key = roster.key(of: sender) else {
            throw Abort(.unknownParticipant, step, peer: sender)
        }
        try checkContext(frame)
        if frame.header.type.isSigned {
            try Abort.require(arrived.isSigned(frame, by: key), .badSignature, step, peer: sender)
        }
        try Abort.requireMemory(0, step)
        switch frame.header.type {
        case .advertise: return try handleAdvertise(frame, at: now)
        case .commitments: return try handleCommitments(frame, at: now)
        case .shares: return try handleShares(frame, at: now)
        case .receipt: return try handleReceipt(frame, at: now)
        case .maskedInput: return try handleMaskedInput(frame, at: now)
        case .chunkRoots: return try handleChunkRoots(frame, at: now)
        case .chunk: return try handleChunk(frame, at: now)
        case .survivorStatement: return try handleStatement(frame, at: now)
        case .unmaskShares: return try handleUnmaskShares(frame, at: now)
        case .epochProposal, .advertiseList, .delivery, .roundConfig, .acknowledgement, .survivors, .unmaskRequest,
            .result, .abort, .sumProposal, .join, .joinList, .openingShare:
            throw Abort(.unexpectedMessage, step, peer: sender)
        }
    }

    /// Tells the machine what time it is: a step whose deadline has passed is closed with what has arrived.
    public mutating func tick(at now: Instant) -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        guard let parameters = epoch?.parameters else { return [] }
        switch stage {
        case .idle, .ready: return []
        case .expectAdvertisements: return now < parameters.advertiseDeadline ? [] : closeAdvertising()
        case .expectDeals: return now < parameters.dealDeadline ? [] : closeDealing()
        case .expectReceipts: return now < parameters.receiptDeadline ? [] : closeReceipts()
        case .expectInputs:
            guard let config = round?.context.config, now >= config.inputDeadline else { return [] }
            return closeInputs()
        case .expectStatements:
            #if PlantedBugs
                if PlantedBug.deadlineForgotten.isActive { return [] }
            #endif
            guard let config = round?.context.config, now >= config.survivorDeadline else { return [] }
            return closeStatements()
        case .expectShares:
            guard let config = round?.context.config, now >= config.unmaskDeadline else { return [] }
            return abandonRound(Abort(.abortedInsufficientShares, .unmask))
        }
    }

    /// Session and round of a frame, before any public-key work.
    private func checkContext(_ frame: Frame) throws(Abort) {
        let (header, step) = (frame.header, frame.header.type.stage)
        guard let epoch else { throw Abort(.unexpectedMessage, step, peer: header.sender) }
        if header.type == .advertise {
            try Abort.require(
                header.session == Digest(Bytes32()) && header.round == epoch.proposalFrame.header.round, .wrongContext,
                step, peer: header.sender)
            return
        }
        guard let session = epoch.session else { throw Abort(.unexpectedMessage, step, peer: header.sender) }
        try Abort.require(header.session == session.id, .wrongContext, step, peer: header.sender)
        guard session.seat(of: header.sender) != nil else {
            throw Abort(.unknownParticipant, step, peer: header.sender)
        }
        switch header.type {
        case .commitments, .shares, .receipt:
            try Abort.require(header.round == session.firstRound, .wrongContext, step, peer: header.sender)
        default:
            guard let round else {
                throw Abort(header.round <= lastRound ?? 0 ? .late : .unexpectedMessage, step, peer: header.sender)
            }
            try Abort.require(header.round >= round.context.round, .roundReplayed, step, peer: header.sender)
            try Abort.require(header.round == round.context.round, .wrongContext, step, peer: header.sender)
        }
    }

    var allPeers: [PeerID] { roster.participants.indices.map { PeerID(rawValue: UInt32($0)) } }

    func broadcast(_ frame: Frame, to peers: [PeerID]) -> [Effect] {
        peers.map { .send(to: $0, frame: OutgoingFrame(frame)) }
    }

    func sign(_ type: FrameType, session: Digest, round: UInt64, body: [UInt8]) -> Frame {
        Frame(FrameHeader(type, sender: .coordinator, session: session, round: round), body: body, key: identity)
    }

    /// The open session; frames that need one have been checked to have it.
    func openSession() throws(Abort) -> Session {
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, .frame) }
        return session
    }

    /// Gives the epoch up and says so to everybody.
    mutating func abandonEpoch(_ abort: Abort) -> [Effect] {
        let header = (session: epoch?.session?.id ?? Digest(Bytes32()), round: epoch?.proposalFrame.header.round ?? 0)
        let peers = epoch?.session?.ids ?? []
        epoch = nil
        round = nil
        stage = .idle
        let frame = sign(.abort, session: header.session, round: header.round, body: AbortNotice(abort).encoded())
        return [persistEpoch(), .abort(abort)] + broadcast(frame, to: peers)
    }

    /// Gives the open round up and says so to everybody; the epoch goes on.
    mutating func abandonRound(_ abort: Abort) -> [Effect] {
        guard let session = epoch?.session, let context = round?.context else { return [.abort(abort)] }
        round = nil
        stage = .ready
        let frame = sign(.abort, session: session.id, round: context.round, body: AbortNotice(abort).encoded())
        let members = context.config.cohort.indices.map { session.ids[$0] }
        return [persistRound(), .abort(abort)] + broadcast(frame, to: members)
    }

    mutating func abandonLostRound() -> [Effect] {
        hasLostUpload = false
        return abandonRound(Abort(.spoolFailed, .state))
    }

    /// Empties the spool; only once the record that the last round is over is durable, hence at the next opening.
    func releaseSpool() {
        for seat in roster.participants.indices { spool.release(slot: UInt32(seat)) }
    }
}
