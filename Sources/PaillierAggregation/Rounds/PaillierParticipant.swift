public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// One company's side of encrypted summation: a state machine without input, output, clock or threads.
///
/// Frames go in through `handle`, the update through `submit`; effects come out, to be carried out in order.  A call
/// that throws has changed nothing.  The update leaves once, encrypted and with a proof that the sender knows it. When a
/// quorum has signed one survivor set, every shareholder multiplies the survivors' contributions itself and gives its part
/// of the opening of that product, and of nothing else.
///
/// ```
/// proposal -> join | config -> contribution -> survivors -> uploads, opening share -> result | next config
/// ```
///
/// What others learn: the sum over the survivors, who took part, sizes and times.
///
/// > Important: Confidentiality of individual updates holds unless (a) t shareholders collude with someone holding
/// > individual ciphertexts, or (b) the key dealer kept the primes and sees individual ciphertexts. Dealer deletion
/// > cannot be verified. Recorded ciphertexts fall to a future quantum computer. With masks inside, both (a) and (b) also need
/// > this company's mask key.
///
/// One company uses one kind of sum for a model: the ledgers of the two kinds do not see one another.
///
/// Source: WIRE section 9; threshold-paillier section 6
public struct PaillierParticipant: SumParticipant, ~Copyable, Sendable {
    /// The participant's index in the roster.
    public let id: PeerID
    /// Who may take part.
    public let roster: Roster
    /// What this participant refuses whatever the coordinator signs.
    public let policy: ClientPolicy
    /// What it demands of openings.
    public let openingPolicy: OpeningPolicy
    /// The consortium's key.
    public let key: ThresholdPublicKey
    /// What was opened last, for whoever verifies it; nil after a restart.
    public internal(set) var lastOpening: AggregateOpening?

    let identity: SigningKey
    let share: KeyShare?
    let encryptor: Encryptor
    let sealingKey: SealingKey
    var random: any RandomSource
    var sealingRandom: any RandomSource

    var ledger = ParticipantLedger()
    var openings: OpeningRecord
    var epoch: SumEpoch?
    /// The scalar of the pairwise masks; with masks inside alone.
    var maskSecret: SecretScalar?
    var stage = PaillierParticipantStage.expectProposal
    var expectedModel: Digest?
    /// The digest of the last signed frame that was acted upon.
    var lastHandled: Digest?
    /// The contribution of the open round.
    var upload: [UInt8]?
    /// The part of the opening of the open round.
    var openingShare: [UInt8]?
    var generations = SumRecords()

    /// A participant without a session.
    ///
    /// - Parameters:
    ///   - identity: the Ed25519 key that the roster lists.
    ///   - key: verified by `verify()` or by having been decoded.
    ///   - share: shareholder k is roster index k - 1; nil for a company that holds none, or has lost it.
    ///   - sealingKey: seals the state records; stays with the company.
    ///   - random: draws exponents, keys and nonces; `SystemRandomSource` in production.
    ///   - sealingRandom: draws the nonces of sealed records.
    /// - Throws: `unknownParticipant` when the roster does not list the identity, `invalidConfiguration` when the share is
    ///   another holder's or another key's, or the key has more shareholders than the roster.
    public init(
        identity: consuming SigningKey, roster: Roster, policy: ClientPolicy, openingPolicy: OpeningPolicy,
        key: ThresholdPublicKey, share: consuming KeyShare?, sealingKey: consuming SealingKey,
        random: any RandomSource, sealingRandom: any RandomSource
    ) throws(Abort) {
        guard let id = roster.id(of: identity.verifyingKey) else { throw Abort(.unknownParticipant, .proposal) }
        let isOwnShare = share.isHeld(by: id, key)
        try Abort.require(
            isOwnShare && key.shareholders <= roster.participants.count, .invalidConfiguration, .proposal)
        self.id = id
        self.roster = roster
        self.policy = policy
        self.openingPolicy = openingPolicy
        self.key = key
        self.identity = identity
        self.share = share
        self.sealingKey = sealingKey
        self.random = random
        self.sealingRandom = sealingRandom
        encryptor = Encryptor(key.publicKey)
        openings = OpeningRecord(
            keyID: key.id, minimumCohort: max(2, policy.minimumColluders + policy.minimumHonest))
    }

    /// Nobody: a participant refuses frames, not peers.
    public var refusals: [Abort] { [] }

    /// The step whose message is awaited.
    public var expectedStage: Stage { stage.stage }

    /// The open session, once the list of joins has been accepted.
    public var session: Digest? { epoch?.session?.id }

    /// Announces the only model that the next round may train (policies with `requiresExpectedModel`).
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
        let (header, step) = (frame.header, frame.header.type.stage)
        if !header.type.isSigned {
            return header.sender == .coordinator ? try handleResultPart(frame) : try handleUploadPart(frame, at: now)
        }
        try Abort.require(header.sender == .coordinator, .wrongSender, step, peer: header.sender)
        if let session = epoch?.session, header.type != .sumProposal, header.type != .joinList {
            try Abort.require(header.session == session.id, .wrongContext, step, peer: .coordinator)
        }
        try Abort.require(frame.isSigned(by: roster.coordinator), .badSignature, step, peer: .coordinator)
        let digest = frame.digest
        if digest == lastHandled { return repeatStep() }
        let effects: [Effect]
        switch header.type {
        case .sumProposal: effects = try handleProposal(frame, digest, at: now)
        case .joinList: effects = try handleJoinList(frame, at: now)
        case .roundConfig: effects = try handleRoundConfig(frame, at: now)
        case .acknowledgement: return try handleAcknowledgement(frame)
        case .survivors: effects = try handleSurvivors(frame, at: now)
        case .unmaskRequest: effects = try handleUnmaskRequest(frame, at: now)
        case .result: return try handleResult(frame)
        case .abort: effects = try handleAbort(frame)
        case .epochProposal, .advertise, .advertiseList, .commitments, .shares, .delivery, .receipt, .maskedInput,
            .chunkRoots, .chunk, .survivorStatement, .unmaskShares, .join, .openingShare:
            throw Abort(.unexpectedMessage, step, peer: .coordinator)
        }
        lastHandled = digest
        return [persistState()] + effects
    }

    /// The frames of the present step once more, byte for byte; after a restart, or when the peer missed them.
    ///
    /// A signed statement sent again asks the coordinator for what follows it.
    public borrowing func resume() -> [Effect] {
        switch stage {
        case .expectProposal, .expectRoundConfig: []
        case .expectJoinList: send(epoch?.join)
        case .expectInput(let context): [.needInput(request(for: context))]
        case .expectSurvivors(let round): partEffects(round.input, upload)
        case .expectUnmaskRequest(let round), .expectUploads(let round, _): send(round.statement)
        case .expectResult(let round, _):
            round.response == nil ? send(round.statement) : partEffects(round.response, openingShare)
        }
    }

    /// What was said, once more; durable first, in case the last record never arrived.
    ///
    /// A shareholder that is shown a quorum again has nothing to add: its statement would call for the contributions again.
    private mutating func repeatStep() -> [Effect] {
        if case .expectUploads = stage { return [persistState()] }
        return [persistState()] + resume()
    }

    /// Checks that a frame belongs to the open session.
    func requireSession(_ frame: Frame) throws(Abort) -> SumSession {
        let stage = frame.header.type.stage
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, stage, peer: .coordinator) }
        try Abort.require(frame.header.session == session.id, .wrongContext, stage, peer: .coordinator)
        return session
    }

    /// Checks that a frame belongs to the open round.
    func requireRound(_ frame: Frame, _ context: SumRound) throws(Abort) {
        let stage = frame.header.type.stage
        _ = try requireSession(frame)
        try Abort.require(frame.header.round >= context.round, .roundReplayed, stage, peer: .coordinator)
        try Abort.require(frame.header.round == context.round, .wrongContext, stage, peer: .coordinator)
    }

    /// The refusal of a frame that no open round awaits.
    func unexpected(_ frame: Frame) -> Abort {
        let isOld = stage.context == nil && frame.header.round <= ledger.round ?? 0
        return Abort(isOld ? .roundReplayed : .unexpectedMessage, frame.header.type.stage, peer: .coordinator)
    }

    func send(_ frame: Frame?) -> [Effect] {
        frame.map { [.send(to: .coordinator, frame: OutgoingFrame($0))] } ?? []
    }

    /// A signed promise and the parts that it promises.
    func partEffects(_ promise: Frame?, _ bytes: [UInt8]?) -> [Effect] {
        guard let promise, let bytes else { return [] }
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let parts = UploadFrames.frames(
            of: bytes, roots: roots, sender: id, session: promise.header.session, round: promise.header.round)
        return send(promise) + parts.map { .send(to: .coordinator, frame: $0) }
    }

    func request(for context: SumRound) -> InputRequest {
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
        let isSetUp = notice.stage <= Stage.deal.rawValue
        if let context = stage.context {
            try requireRound(frame, context)
            try Abort.require(!isSetUp, .impossibleTransition, .result, peer: .coordinator)
        } else {
            // Without an open round only the set-up can be given up, and only before its first round.
            try Abort.require(
                isSetUp && ledger.round.map { $0 < session.firstRound } ?? true, .roundReplayed, .result,
                peer: .coordinator)
            try Abort.require(frame.header.round == session.firstRound, .wrongContext, .result, peer: .coordinator)
        }
        finishRound(of: session)
        let stage = Stage(rawValue: notice.stage) ?? .result
        return [.abort(Abort(.coordinatorAborted, stage, peer: notice.peer, evidence: Evidence(frames: [frame.bytes])))]
    }

    /// Closes the open round, and the session with its last round.
    mutating func finishRound(of session: SumSession) {
        upload = nil
        openingShare = nil
        if let context = stage.context, context.round - session.firstRound + 1 < UInt64(session.proposal.rounds) {
            stage = .expectRoundConfig
        } else {
            stage = .expectProposal
            epoch = nil
            maskSecret = nil
        }
    }
}

extension Optional where Wrapped: ~Copyable, Wrapped == KeyShare {
    /// Whether this is no share at all, or the participant's own of this key.
    fileprivate borrowing func isHeld(by id: PeerID, _ key: ThresholdPublicKey) -> Bool {
        switch self {
        case .none: true
        case .some(let share): share.holder == Int(id.rawValue) + 1 && share.keyID == key.id
        }
    }
}
