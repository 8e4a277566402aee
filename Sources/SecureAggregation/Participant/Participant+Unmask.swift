internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Agreement and unmasking: one survivor set, signed once; one share a dealer, never both.
///
/// Source: WIRE section 7
extension Participant {
    /// Checks the proposed survivor set and signs it, once.
    ///
    /// One survivor set is signed for a model, for ever: a round that fails after this step can be repeated on the same
    /// model over the same set only.  When a member of the set has gone, the application must go on to a new model.
    ///
    /// - Complexity: one signature check a survivor.
    mutating func handleSurvivors(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        let step = Stage.survivors
        let (context, input, acknowledgement) = try openRound(frame, session)
        let list = try SurvivorList(decoding: frame.body, participants: session.count)
        let agreement = list.agreement
        try Abort.require(agreement.configDigest == context.configDigest, .configMismatch, step, peer: .coordinator)
        try Abort.require(
            agreement.survivors.isSubset(of: context.config.cohort), .impossibleTransition, step, peer: .coordinator)
        let floor = max(
            Int(context.config.minimumSurvivors), session.proposal.colluders + policy.minimumHonest)
        try Abort.require(agreement.survivors.population >= floor, .tooFewSurvivors, step, peer: .coordinator)
        try Abort.require(session.admits(agreement.survivors), .tooFewSurvivors, step, peer: .coordinator)
        try Abort.require(now < context.config.survivorDeadline, .expired, step, peer: .coordinator)
        try check(list, context, session)
        try checkOwn(list, session, input: input, acknowledgement: acknowledgement, proposal: frame)
        let survivors = survivorsDigest(agreement, session)
        if let signed = ledger.survivors(for: context.config.modelDigest) {
            try Abort.require(signed == survivors, .conflictingUnmask, step, peer: .coordinator)
        }
        try Abort.require(
            ledger.uses(of: survivors) < policy.maximumRoundsOnOneCohort, .cohortOverused, step, peer: .coordinator)
        let statement = sign(
            .survivorStatement, session: session.id, round: context.round, body: agreement.encoded())
        ledger.record(survivors: survivors, for: context.config.modelDigest)
        ledger.countUse(of: survivors)
        upload = nil
        stage = .expectUnmaskRequest(
            AgreedRound(
                context: context, input: input, agreement: agreement, proposal: frame, statement: statement))
        return send(statement) + [.deadline(context.config.unmaskDeadline)]
    }

    /// The open round, before a statement has been signed; afterwards a second set is a contradiction with proof.
    private func openRound(_ frame: Frame, _ session: Session) throws(Abort) -> (RoundContext, Frame?, Frame?) {
        switch stage {
        case .expectInput(let context):
            try requireRound(frame, context)
            return (context, nil, nil)
        case .expectSurvivors(let round):
            try requireRound(frame, round.context)
            return (round.context, round.input, round.acknowledgement)
        case .expectUnmaskRequest(let round), .expectResult(let round, _):
            try requireRound(frame, round.context)
            let list = try SurvivorList(decoding: frame.body, participants: session.count)
            try Abort.require(
                list.agreement != round.agreement, .unexpectedMessage, .survivors, peer: .coordinator)
            throw Abort(
                .equivocation, .survivors, peer: .coordinator,
                evidence: Evidence(frames: [round.proposal.bytes, frame.bytes]))
        default:
            if let last = ledger.round, frame.header.round <= last {
                throw Abort(.roundReplayed, .survivors, peer: .coordinator)
            }
            throw Abort(.unexpectedMessage, .survivors, peer: .coordinator)
        }
    }

    /// Every survivor's input frame must be signed by it, for this round and configuration, and be under the root.
    private func check(_ list: SurvivorList, _ context: RoundContext, _ session: Session) throws(Abort) {
        var leaves: [(id: PeerID, header: Digest)] = []
        for (seat, frame) in zip(list.agreement.survivors.indices, list.inputs) {
            let peer = session.ids[seat]
            try Abort.require(
                frame.header.type == .maskedInput && frame.header.sender == peer, .wrongSender, .survivors, peer: peer)
            try Abort.require(
                frame.header.session == session.id && frame.header.round == context.round, .wrongContext, .survivors,
                peer: peer)
            guard let key = roster.key(of: peer), frame.isSigned(by: key) else {
                throw Abort(.badSignature, .survivors, peer: peer)
            }
            let input = try Abort.decoding(.survivors, from: peer) { () throws(DecodingFailure) in
                try MaskedInput(decoding: frame.body)
            }
            try Abort.require(input.configDigest == context.configDigest, .configMismatch, .survivors, peer: peer)
            try Abort.require(
                input.wordCount == UInt64(context.wordCount), .dimensionMismatch, .survivors, peer: peer)
            leaves.append((peer, frame.digest))
        }
        try Abort.require(
            Agreement.root(of: leaves) == list.agreement.root, .digestMismatch, .survivors, peer: .coordinator)
    }

    /// The participant's own place in the set: with exactly the input it sent, or out of it.
    private func checkOwn(
        _ list: SurvivorList, _ session: Session, input: Frame?, acknowledgement: Frame?, proposal: Frame
    ) throws(Abort) {
        let listed = list.inputs.first { $0.header.sender == id }
        switch (listed, input) {
        case (.some(let listed), .some(let input)):
            try Abort.require(listed.digest == input.digest, .ownKeyAltered, .survivors, peer: .coordinator)
        case (.some, .none):
            throw Abort(.impossibleTransition, .survivors, peer: .coordinator)
        case (.none, .some):
            guard let acknowledgement else { return }
            throw Abort(
                .excludedAfterAcknowledgement, .survivors, peer: .coordinator,
                evidence: Evidence(frames: [acknowledgement.bytes, proposal.bytes]))
        case (.none, .none): return
        }
    }

    /// A survivor set across sessions and rosters: the keys, not the seats.
    private func survivorsDigest(_ agreement: Agreement, _ session: Session) -> Digest {
        var writer = ByteWriter(reserving: 32 * session.count)
        for seat in agreement.survivors.indices {
            if let key = roster.key(of: session.ids[seat]) { writer.bytes32(key.value) }
        }
        return Blake2b.hash(writer.bytes, Personalisation("QSA1 cohort"))
    }

    /// Verifies that a quorum signed what this participant signed, and opens one share of each dealer.
    ///
    /// - Complexity: q signature checks.
    mutating func handleUnmaskRequest(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        let step = Stage.unmask
        let request = try Abort.decoding(step, from: .coordinator) { () throws(DecodingFailure) in
            try UnmaskRequest(decoding: frame.body, participants: session.count)
        }
        var agreed: AgreedRound
        switch stage {
        case .expectUnmaskRequest(let round):
            agreed = round
        case .expectResult(let round, _):
            try requireRound(frame, round.context)
            let isSame = request.agreement == round.agreement
            throw Abort(
                isSame ? .unexpectedMessage : .conflictingUnmask, step, peer: .coordinator,
                evidence: isSame ? nil : Evidence(frames: [round.proposal.bytes, frame.bytes]))
        default:
            if let last = ledger.round, stage.context == nil, frame.header.round <= last {
                throw Abort(.roundReplayed, step, peer: .coordinator)
            }
            throw Abort(.unexpectedMessage, step, peer: .coordinator)
        }
        try requireRound(frame, agreed.context)
        try Abort.require(
            request.agreement == agreed.agreement, .conflictingUnmask, step, peer: .coordinator,
            evidence: Evidence(frames: [agreed.proposal.bytes, frame.bytes]))
        try Abort.require(now < agreed.context.config.unmaskDeadline, .expired, step, peer: .coordinator)
        try verifyQuorum(request, session, round: agreed.context.round)
        let response = sign(
            .unmaskShares, session: session.id, round: agreed.context.round,
            body: openShares(agreed, session).encoded())
        agreed.response = response
        eraseRounds(through: agreed.context.round, of: session)
        upload = nil
        stage = .expectResult(agreed, nil)
        return send(response)
    }

    private func verifyQuorum(_ request: UnmaskRequest, _ session: Session, round: UInt64) throws(Abort) {
        let body = request.agreement.encoded()
        var last: PeerID?
        for (peer, signature) in request.signatures {
            if let last {
                try Abort.require(last < peer, .duplicateParticipant, .unmask, peer: peer)
            }
            last = peer
            guard session.seat(of: peer) != nil, let key = roster.key(of: peer) else {
                throw Abort(.unknownParticipant, .unmask, peer: peer)
            }
            let statement = Frame(
                FrameHeader(.survivorStatement, sender: peer, session: session.id, round: round), body: body,
                signature: signature)
            try Abort.require(statement.isSigned(by: key), .badSignature, .unmask, peer: peer)
        }
        try Abort.require(
            request.signatures.count >= session.quorum, .quorumNotReached, .unmask, peer: .coordinator)
    }

    /// One share of each dealer of the cohort: of β if it survived, of e if not.
    private func openShares(_ agreed: AgreedRound, _ session: Session) -> UnmaskShares {
        let epoch = self.epoch
        let index = Int(agreed.context.round - session.firstRound)
        var shares: [(dealer: PeerID, share: Bytes32)] = []
        for (position, seat) in (epoch?.holders ?? []).enumerated()
        where agreed.context.config.cohort[seat] && epoch?.held[seat] == true {
            let kind: SecretKind = agreed.agreement.survivors[seat] ? .selfMask : .pairwise
            shares.append((session.ids[seat], secrets.revealShare(kind, round: index, dealer: position)))
        }
        return UnmaskShares(
            agreementDigest: agreed.agreement.digest(session: session.id, round: agreed.context.round), shares: shares)
    }
}
