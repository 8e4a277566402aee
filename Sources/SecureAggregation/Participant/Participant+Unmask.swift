internal import CryptoPrimitives
#if PlantedBugs
    internal import DurableState
#endif
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
        let list = try survivorList(frame, binding(context, session), own: input)
        let agreement = list.agreement
        try Abort.require(agreement.configDigest == context.configDigest, .configMismatch, step, peer: .coordinator)
        try Abort.require(
            agreement.survivors.isSubset(of: context.config.cohort), .impossibleTransition, step, peer: .coordinator)
        let floor = max(
            Int(context.config.minimumSurvivors), session.proposal.colluders + policy.minimumHonest)
        try Abort.require(agreement.survivors.population >= floor, .tooFewSurvivors, step, peer: .coordinator)
        try Abort.require(session.admits(agreement.survivors), .tooFewSurvivors, step, peer: .coordinator)
        try Abort.require(now < context.config.survivorDeadline, .expired, step, peer: .coordinator)
        if verdicts == nil { try list.check(binding(context, session), roster: roster, own: input) }
        try list.checkOwn(id, input: input, acknowledgement: acknowledgement, proposal: frame)
        let survivors = cohortDigest(of: agreement, frame, session)
        if let signed = ledger.survivors(for: context.config.modelDigest) {
            #if PlantedBugs
                let signed = PlantedBug.secondStatement.isActive ? survivors : signed
            #endif
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

    /// The list as it was sent; with shared verdicts its inputs have been checked.
    private func survivorList(_ frame: Frame, _ binding: RoundBinding, own: Frame?) throws(Abort) -> SurvivorList {
        let roster = roster
        guard let verdicts else { return try SurvivorList(decoding: frame.body, participants: binding.ids.count) }
        return try verdicts.survivors(frame) { () throws(Abort) in
            let list = try SurvivorList(decoding: frame.body, participants: binding.ids.count)
            try list.check(binding, roster: roster, own: own)
            return list
        }
    }

    private func cohortDigest(of agreement: Agreement, _ frame: Frame, _ session: Session) -> Digest {
        let roster = roster
        let make = { agreement.survivorsDigest(ids: session.ids, roster: roster) }
        return verdicts?.cohort(frame, make) ?? make()
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
            #if PlantedBugs
                if PlantedBug.secondStatement.isActive { return (round.context, round.input, nil) }
            #endif
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

    /// Verifies that a quorum signed what this participant signed, and opens one share of each dealer.
    ///
    /// - Complexity: q signature checks.
    mutating func handleUnmaskRequest(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        let step = Stage.unmask
        let request = try unmaskRequest(frame, session)
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
        if verdicts == nil { try verifyQuorum(of: request, agreed, session) }
        let response = sign(
            .unmaskShares, session: session.id, round: agreed.context.round,
            body: openShares(agreed, session).encoded())
        agreed.response = response
        eraseRounds(through: agreed.context.round, of: session)
        upload = nil
        stage = .expectResult(agreed, nil)
        return send(response)
    }

    /// The request as it was sent; with shared verdicts its quorum has been verified.
    private func unmaskRequest(_ frame: Frame, _ session: Session) throws(Abort) -> UnmaskRequest {
        let make = { () throws(Abort) -> UnmaskRequest in
            try Abort.decoding(.unmask, from: .coordinator) { () throws(DecodingFailure) in
                try UnmaskRequest(decoding: frame.body, participants: session.count)
            }
        }
        guard let verdicts, case .expectUnmaskRequest(let agreed) = stage else { return try make() }
        let (roster, round) = (roster, agreed.context.round)
        return try verdicts.quorum(frame) { () throws(Abort) in
            let request = try make()
            try request.verifyQuorum(
                session.quorum, session: session.id, round: round, members: Set(session.ids), roster: roster)
            return request
        }
    }

    private func verifyQuorum(
        of request: UnmaskRequest, _ agreed: AgreedRound, _ session: Session
    ) throws(Abort) {
        try request.verifyQuorum(
            session.quorum, session: session.id, round: agreed.context.round, members: Set(session.ids), roster: roster,
            own: agreed.statement)
    }

    private func binding(_ context: RoundContext, _ session: Session) -> RoundBinding {
        RoundBinding(
            session: session.id, round: context.round, configDigest: context.configDigest,
            wordCount: context.wordCount, ids: session.ids)
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
