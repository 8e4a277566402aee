public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// The coordinator's side of encrypted summation: a state machine without network, clock or threads.
///
/// It carries messages, verifies every contribution, keeps their product, shows the contributions to the shareholders once a
/// quorum has signed one survivor set, and combines their parts of the opening. It is trusted for availability alone.
///
/// Contributions wait in the spool until the round ends. Memory is one vector for the product and one part of the opening a
/// shareholder, and all contributions of a cohort while they are shown to the shareholders.
///
/// Source: WIRE section 9
public struct PaillierCoordinator: SumCoordinator, ~Copyable, Sendable {
    /// Who may take part.
    public let roster: Roster
    /// The consortium's key.
    public let key: ThresholdPublicKey
    /// Peers whose contribution was refused without stopping the round, with the reason.
    public internal(set) var refusals: [Abort] = []

    let identity: SigningKey
    let sealingKey: SealingKey
    var sealingRandom: any RandomSource
    let spool: any InputSpool

    var stage = PaillierCoordinatorStage.idle
    var epoch: SumCoordinatorEpoch?
    var round: SumCoordinatorRound?
    var lastRound: UInt64?
    var lastEpoch: UInt64?
    /// The newest generation of each record; every record counts for itself.
    var generations: [String: UInt64] = [:]
    /// Contributions under this key that shareholders have been shown: none of them is opened again.
    var shown: Set<Digest> = []
    /// Set after a restart that could not bring back an acknowledged contribution: the round cannot be finished.
    var hasLostUpload = false

    /// A coordinator without a session.
    ///
    /// - Parameters:
    ///   - identity: the Ed25519 key that the roster lists as the coordinator's.
    ///   - key: verified by `verify()` or by having been decoded.
    ///   - spool: where contributions wait; it must hold those of a whole cohort.
    /// - Throws: `unknownParticipant` when the roster lists another key, `invalidConfiguration` when the key has more
    ///   shareholders than the roster participants.
    public init(
        identity: consuming SigningKey, roster: Roster, key: ThresholdPublicKey, sealingKey: consuming SealingKey,
        spool: any InputSpool, sealingRandom: any RandomSource
    ) throws(Abort) {
        try Abort.require(identity.verifyingKey == roster.coordinator, .unknownParticipant, .proposal)
        try Abort.require(key.shareholders <= roster.participants.count, .invalidConfiguration, .proposal)
        self.identity = identity
        self.roster = roster
        self.key = key
        self.sealingKey = sealingKey
        self.spool = spool
        self.sealingRandom = sealingRandom
    }

    /// 0: nothing is dealt.
    public var suggestedReceipts: Int { 0 }

    /// The step whose messages are awaited.
    public var expectedStage: Stage { stage.stage }

    /// The open session, once the list of joins is closed.
    public var session: Digest? { epoch?.session?.id }

    /// Bytes of one contribution of a round with these terms, for sizing a spool. Throws `overflowPossible`,
    /// `invalidConfiguration`.
    public static func contributionBytes(
        dimension: Int, ringBits: Int, valueBound: UInt64, weightCap: UInt64 = 1, noiseTail: UInt64 = 0,
        participants: Int, masksInside: Bool, parameters: PaillierParameters
    ) throws(Abort) -> Int {
        do throws(RingFailure) {
            let layout = try LaneLayout(bits: ringBits)
            do throws(PaillierFailure) {
                let packing =
                    masksInside
                    ? try MaskedSlots.packing(layout, participants, parameters)
                    : try PlaintextPacking(
                        for: parameters, valueBound: valueBound, participants: participants, weightCap: weightCap,
                        noiseTail: noiseTail)
                return Contribution.byteCount(packing.ciphertextCount(dimension: dimension), parameters)
            } catch {
                throw RingFailure.overflowPossible(requiredBits: 65)
            }
        } catch {
            if case .overflowPossible = error { throw Abort(.overflowPossible, .announce) }
            throw Abort(.invalidConfiguration, .announce)
        }
    }

    /// Opens a session with a signed proposal to the whole roster.
    ///
    /// - Parameters:
    ///   - epoch: strictly higher than any before.
    ///   - firstRound: the number of the session's first round, higher than any before.
    /// - Throws: `roundReplayed` when the numbers do not rise, `invalidConfiguration` for several rounds with masks inside,
    ///   `thresholdTooLow` when the colluders could open.
    public mutating func openEpoch(
        _ epoch: UInt64, firstRound: UInt64, parameters: SumParameters
    ) throws(Abort) -> [Effect] {
        if let last = lastEpoch { try Abort.require(epoch > last, .roundReplayed, .proposal) }
        if let last = lastRound { try Abort.require(firstRound > last, .roundReplayed, .proposal) }
        try Abort.require(
            firstRound <= UInt64.max - UInt64(parameters.rounds)
                && (parameters.rounds == 1 || !parameters.masksInside), .invalidConfiguration, .proposal)
        try Abort.require(parameters.colluders < key.threshold, .thresholdTooLow, .proposal)
        let proposal = SumProposal(
            epoch: epoch, rosterDigest: roster.digest, keyID: key.id, rounds: parameters.rounds,
            colluders: parameters.colluders, mode: parameters.mode, masksInside: parameters.masksInside,
            joinDeadline: parameters.joinDeadline)
        let frame = sign(.sumProposal, session: Digest(Bytes32()), round: firstRound, body: proposal.encoded())
        self.epoch = SumCoordinatorEpoch(proposal: proposal, proposalFrame: frame)
        releaseSpool()
        lastEpoch = epoch
        round = nil
        hasLostUpload = false
        refusals = []
        stage = .expectJoins
        return [persistEpoch()] + broadcast(frame, to: allPeers) + [.deadline(parameters.joinDeadline)]
    }

    /// Takes one frame.
    ///
    /// - Returns: effects to be carried out in order.
    /// - Throws: why the frame is refused; the state is as it was, and the round goes on for the others.
    public mutating func handle(_ bytes: [UInt8], at now: Instant) throws(Abort) -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        let frame = try Frame(bytes)
        let (sender, step) = (frame.header.sender, frame.header.type.stage)
        guard sender != .coordinator, let signer = roster.key(of: sender) else {
            throw Abort(.unknownParticipant, step, peer: sender)
        }
        try checkContext(frame)
        if frame.header.type.isSigned {
            try Abort.require(frame.isSigned(by: signer), .badSignature, step, peer: sender)
        }
        switch frame.header.type {
        case .join: return try handleJoin(frame, at: now)
        case .maskedInput: return try handlePromise(frame, at: now)
        case .chunkRoots, .chunk:
            if case .expectShares = stage { return try handleSharePart(frame, at: now) }
            return try handleContributionPart(frame, at: now)
        case .survivorStatement: return try handleStatement(frame, at: now)
        case .openingShare: return try handleOpeningShare(frame, at: now)
        case .epochProposal, .advertise, .advertiseList, .commitments, .shares, .delivery, .receipt, .roundConfig,
            .acknowledgement, .survivors, .unmaskRequest, .unmaskShares, .result, .abort, .sumProposal, .joinList:
            throw Abort(.unexpectedMessage, step, peer: sender)
        }
    }

    /// Tells the machine what time it is: a step whose deadline has passed is closed with what has arrived.
    public mutating func tick(at now: Instant) -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        if case .expectJoins = stage {
            guard let epoch, now >= epoch.proposal.joinDeadline else { return [] }
            return closeJoining()
        }
        guard let config = round?.context.config else { return [] }
        switch stage {
        case .expectInputs: return now < config.inputDeadline ? [] : closeInputs()
        case .expectStatements: return now < config.survivorDeadline ? [] : closeStatements()
        case .expectShares:
            return now < config.unmaskDeadline ? [] : abandonRound(Abort(.abortedInsufficientShares, .unmask))
        case .idle, .ready, .expectJoins: return []
        }
    }

    /// Session and round of a frame, before any public-key work.
    private func checkContext(_ frame: Frame) throws(Abort) {
        let (header, step) = (frame.header, frame.header.type.stage)
        guard let epoch else { throw Abort(.unexpectedMessage, step, peer: header.sender) }
        if header.type == .join {
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
        guard let round else {
            throw Abort(header.round <= lastRound ?? 0 ? .late : .unexpectedMessage, step, peer: header.sender)
        }
        try Abort.require(header.round >= round.context.round, .roundReplayed, step, peer: header.sender)
        try Abort.require(header.round == round.context.round, .wrongContext, step, peer: header.sender)
    }

    /// Notes a join; the list closes when everybody has come, or at the deadline.
    private mutating func handleJoin(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let sender = frame.header.sender
        guard let epoch else { throw Abort(.unexpectedMessage, .advertise, peer: sender) }
        if let known = epoch.joins[sender] {
            try requireSame(known, frame, .advertise)
            guard let list = epoch.list, epoch.repeats[sender, default: 0] < Self.maximumRepeats else { return [] }
            self.epoch?.repeats[sender, default: 0] += 1
            return [.send(to: sender, frame: OutgoingFrame(list))]
        }
        guard case .expectJoins = stage, now < epoch.proposal.joinDeadline else {
            throw Abort(.late, .advertise, peer: sender)
        }
        let join = try Join(frame, masksInside: epoch.proposal.masksInside)
        try Abort.require(join.proposalDigest == epoch.proposalFrame.digest, .wrongContext, .advertise, peer: sender)
        if let point = join.point {
            try Abort.require(!epoch.points.contains(point.value), .duplicateKey, .advertise, peer: sender)
            self.epoch?.points.insert(point.value)
        }
        self.epoch?.joins[sender] = frame
        return epoch.joins.count + 1 == roster.participants.count ? closeJoining() : []
    }

    /// Closes the list, derives the session and sends the list to its members.
    private mutating func closeJoining() -> [Effect] {
        guard var epoch else { return [] }
        let frames = epoch.joins.sorted { $0.key < $1.key }.map(\.value)
        let session: SumSession
        do throws(Abort) {
            session = try SumSession(
                proposal: epoch.proposal, proposalDigest: epoch.proposalFrame.digest,
                firstRound: epoch.proposalFrame.header.round, frames: frames, roster: roster, key: key)
        } catch {
            return abandonEpoch(error)
        }
        let list = sign(.joinList, session: session.id, round: session.firstRound, body: AdvertiseList.encoded(frames))
        epoch.session = session
        epoch.list = list
        self.epoch = epoch
        stage = .ready
        return [persistEpoch()] + broadcast(list, to: session.ids) + [
            .sessionReady(session: session.id, participants: session.ids, dealers: session.count)
        ]
    }

    /// The same frame again is nothing new; another one in its place is a contradiction with proof.
    func requireSame(_ known: Frame, _ frame: Frame, _ step: Stage) throws(Abort) {
        try Abort.require(
            known.digest == frame.digest, .equivocation, step, peer: frame.header.sender,
            evidence: Evidence(frames: [known.bytes, frame.bytes]))
    }

    var allPeers: [PeerID] { roster.participants.indices.map { PeerID(rawValue: UInt32($0)) } }

    func broadcast(_ frame: Frame, to peers: [PeerID]) -> [Effect] {
        peers.map { .send(to: $0, frame: OutgoingFrame(frame)) }
    }

    func sign(_ type: FrameType, session: Digest, round: UInt64, body: [UInt8]) -> Frame {
        Frame(FrameHeader(type, sender: .coordinator, session: session, round: round), body: body, key: identity)
    }

    /// The open session; frames that need one have been checked to have it.
    func openSession() throws(Abort) -> SumSession {
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, .frame) }
        return session
    }

    /// Gives a session up that never stood; those who asked to join wait for another proposal.
    mutating func abandonEpoch(_ abort: Abort) -> [Effect] {
        epoch = nil
        round = nil
        stage = .idle
        return [persistEpoch(), .abort(abort)]
    }

    /// Gives the open round up and says so to everybody; the session goes on.
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
