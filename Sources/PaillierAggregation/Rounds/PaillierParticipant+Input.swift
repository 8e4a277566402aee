internal import CryptoPrimitives
internal import DurableState
public import RingVectors
public import RoundProtocol
internal import WireFormat

/// Proposal to contribution.
///
/// Source: WIRE section 9
extension PaillierParticipant {
    /// Checks a proposal against policy and ledger, and joins.
    mutating func handleProposal(_ frame: Frame, _ digest: Digest, at now: Instant) throws(Abort) -> [Effect] {
        let proposal = try Abort.decoding(.proposal, from: .coordinator) { () throws(DecodingFailure) in
            try SumProposal(decoding: frame.body)
        }
        try check(proposal, frame.header, at: now)
        let nonceBytes = SecretBytes(random: 32, from: &random)
        let nonce = unsafe nonceBytes.withUnsafeBytes { unsafe Bytes32(copying: $0) }
        var point: GroupElement?
        maskSecret = nil
        if proposal.masksInside {
            let secret = SecretScalar(random: &random)
            point = secret.publicElement()
            maskSecret = consume secret
        }
        let join = sign(
            .join, session: Digest(Bytes32()), round: frame.header.round,
            body: Join(proposalDigest: digest, nonce: nonce, point: point).encoded())
        epoch = SumEpoch(proposal: proposal, proposalFrame: frame, join: join)
        ledger.enter(epoch: proposal.epoch)
        upload = nil
        openingShare = nil
        stage = .expectJoinList
        return send(join) + [.deadline(proposal.joinDeadline)]
    }

    private func check(_ proposal: SumProposal, _ header: FrameHeader, at now: Instant) throws(Abort) {
        func require(_ condition: Bool, _ code: AbortCode) throws(Abort) {
            try Abort.require(condition, code, .proposal, peer: .coordinator)
        }
        try require(header.session == Digest(Bytes32()), .wrongContext)
        if let last = ledger.epoch { try require(proposal.epoch > last, .roundReplayed) }
        if let last = ledger.round { try require(header.round > last, .roundReplayed) }
        try require(header.round <= UInt64.max - UInt64(proposal.rounds), .invalidConfiguration)
        try require(proposal.rosterDigest == roster.digest && proposal.keyID == key.id, .policyViolation)
        try require(now < proposal.joinDeadline, .expired)
        try require(
            proposal.colluders >= policy.minimumColluders && proposal.colluders < roster.participants.count,
            .policyViolation)
        try require(proposal.colluders < key.threshold, .thresholdTooLow)
        try require(proposal.rounds <= policy.maximumRoundsPerEpoch, .policyViolation)
        try require(openingPolicy.modes.contains(proposal.mode), .policyViolation)
        try require(proposal.masksInside || !openingPolicy.requiresMasksInside, .policyViolation)
        try require(policy.maskSuites.contains(.chaCha20), .suiteUnavailable)
        // The key of the masks serves one round and goes with it.
        try require(!proposal.masksInside || proposal.rounds == 1, .policyViolation)
    }

    /// Accepts the one list of the session.
    ///
    /// - Complexity: n signature checks.
    mutating func handleJoinList(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let step = Stage.advertise
        guard var epoch, case .expectJoinList = stage else {
            if let list = epoch?.list, frame.header.round == list.header.round, list.digest != frame.digest {
                throw Abort(
                    .equivocation, step, peer: .coordinator, evidence: Evidence(frames: [list.bytes, frame.bytes]))
            }
            throw Abort(.unexpectedMessage, step, peer: .coordinator)
        }
        try Abort.require(
            frame.header.round == epoch.proposalFrame.header.round, .wrongContext, step, peer: .coordinator)
        let frames = try AdvertiseList.frames(in: frame.body, limit: roster.participants.count)
        let own = frames.filter { $0.header.sender == id }
        try Abort.require(own.count == 1 && own[0] == epoch.join, .ownKeyAltered, step, peer: .coordinator)
        let session = try SumSession(
            proposal: epoch.proposal, proposalDigest: epoch.proposalFrame.digest, firstRound: frame.header.round,
            frames: frames, roster: roster, key: key)
        try Abort.require(frame.header.session == session.id, .wrongContext, step, peer: .coordinator)
        epoch.list = frame
        epoch.session = session
        self.epoch = epoch
        stage = .expectRoundConfig
        return []
    }

    /// Checks a round's configuration against session, ledger and policy, and asks for the input.
    ///
    /// A participant enters a round once, whatever configurations the coordinator signs for it.
    mutating func handleRoundConfig(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        if let open = stage.context, open.round == frame.header.round {
            try Abort.require(
                open.configDigest != frame.digest, .unexpectedMessage, .announce, peer: .coordinator)
            throw Abort(
                .equivocation, .announce, peer: .coordinator,
                evidence: Evidence(frames: [open.frame.bytes, frame.bytes]))
        }
        if let last = ledger.round {
            try Abort.require(frame.header.round > last, .roundReplayed, .announce, peer: .coordinator)
        }
        try Abort.require(session.contains(round: frame.header.round), .wrongContext, .announce, peer: .coordinator)
        let context = try SumRound(frame, session: session, key: key)
        guard let seat = session.seat(of: id) else { throw Abort(.unexpectedMessage, .announce, peer: .coordinator) }
        try policy.check(
            context.config, seat: seat, colluders: session.proposal.colluders, expectedModel: expectedModel, at: now)
        // A key whose record of openings is full could open nothing: no input is spent on it.
        try Abort.require(
            openings.hasRoom(for: context.config.cohort.population), .cohortOverused, .announce, peer: .coordinator)
        ledger.enter(round: frame.header.round)
        upload = nil
        openingShare = nil
        stage = .expectInput(context)
        return [.needInput(request(for: context)), .deadline(context.config.inputDeadline)]
    }

    /// Encrypts the round's input, proves that it is known, and hands it over.
    ///
    /// The token is consumed and the round burnt before anything leaves: whatever happens later, no other input is ever
    /// encrypted for this round, and this input for no other.
    ///
    /// - Parameters:
    ///   - input: the quantised, clipped and noised vector, with the round's dimension and ring; its values are within
    ///     weightCap * valueBound + noiseTail.
    ///   - token: the right to use this update; consumed.
    /// - Throws: `unexpectedMessage` when no round is open, `roundBurnt` when its one input is spent, `late`,
    ///   `dimensionMismatch`, `inputReused`, `elementOutOfRange` for a value above the announced bounds.
    /// - Complexity: one encryption a ciphertext and one proof; with masks inside one mask expansion a member.
    public mutating func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> [Effect] {
        guard case .expectInput(let context) = stage, let session = epoch?.session else {
            throw Abort(stage.context == nil ? .unexpectedMessage : .roundBurnt, .input)
        }
        try Abort.require(now < context.config.inputDeadline, .late, .input)
        try Abort.require(
            input.count == context.dimension && input.layout == context.layout, .dimensionMismatch, .input)
        try Abort.require(!ledger.isConsumed(token.number), .inputReused, .input)
        var vector = input
        defer { vector.wipe() }
        let bytes = try contribution(&vector, context, session)
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let digest = UploadDigest.root(of: roots)
        let promise = MaskedInput(
            configDigest: context.configDigest, wordCount: UInt64(context.wordCount), inputDigest: digest)
        let frame = sign(.maskedInput, session: session.id, round: context.round, body: promise.encoded())
        ledger.consume(token.number, round: context.round, inputDigest: digest)
        upload = bytes
        stage = .expectSurvivors(SubmittedSum(context: context, input: frame))
        // The burn mark first: a crash between the two leaves a participant that stays silent, not one that encrypts anew.
        return [persistState(), persistUpload(bytes)] + partEffects(frame, bytes)
            + [.deadline(context.config.survivorDeadline)]
    }

    private mutating func contribution(
        _ vector: inout PackedVector, _ context: SumRound, _ session: SumSession
    ) throws(Abort) -> [UInt8] {
        var values = vector.signedValues()
        defer { unsafe values.withUnsafeMutableBytes { unsafe wipe($0) } }
        if context.masksInside {
            // Lanes of a masked vector are never out of range: the input's own bounds are checked before.
            try context.checkBounds(values)
            unsafe values.withUnsafeMutableBytes { unsafe wipe($0) }
            try addMasks(to: &vector, context, session)
            values = MaskedSlots.lanes(vector)
        }
        do throws(PaillierFailure) {
            let plaintexts = try context.packing.encode(values, for: key.publicKey)
            return try Contribution.make(
                plaintexts, encryptor: encryptor, context: proofContext(context, session, sender: id), from: &random
            ).bytes()
        } catch {
            throw Abort(error, .input)
        }
    }

    private func addMasks(
        to vector: inout PackedVector, _ context: SumRound, _ session: SumSession
    ) throws(Abort) {
        let binding = MaskContext(session: session.id, round: context.round, configDigest: context.configDigest)
        let cohort = context.config.cohort.indices
        do throws(CryptoFailure) {
            switch maskSecret {
            case .none: throw .invalidPoint
            case .some(let secret):
                try MaskedSlots.mask(
                    &vector, secret: secret, of: id, in: session, cohort: cohort, context: binding)
            }
        } catch {
            throw Abort(.stateCorrupt, .input)
        }
    }

    func proofContext(
        _ context: SumRound, _ session: SumSession, sender: PeerID
    ) -> PlaintextKnowledgeProof.Context {
        PlaintextKnowledgeProof.Context(session: session.id, round: context.round, sender: sender.rawValue)
    }

    /// Notes the coordinator's signed word that it holds the contribution.
    mutating func handleAcknowledgement(_ frame: Frame) throws(Abort) -> [Effect] {
        guard case .expectSurvivors(var round) = stage else {
            throw Abort(.unexpectedMessage, .input, peer: .coordinator)
        }
        try requireRound(frame, round.context)
        let acknowledgement = try Abort.decoding(.input, from: .coordinator) { () throws(DecodingFailure) in
            try Acknowledgement(decoding: frame.body)
        }
        try Abort.require(acknowledgement.participant == id, .wrongRecipient, .input, peer: .coordinator)
        try Abort.require(acknowledgement.inputFrame == round.input.digest, .wrongContext, .input, peer: .coordinator)
        round.acknowledgement = frame
        stage = .expectSurvivors(round)
        return [persistState()]
    }
}
