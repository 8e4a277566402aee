internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Agreement and opening: one survivor set, signed once; one product, multiplied here.
///
/// Source: WIRE section 9; threshold-paillier section 6
extension PaillierParticipant {
    /// Checks the proposed survivor set and signs it, once; one set a model, for ever.
    ///
    /// - Complexity: one signature check a survivor.
    mutating func handleSurvivors(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        func require(_ condition: Bool, _ code: AbortCode) throws(Abort) {
            try Abort.require(condition, code, .survivors, peer: .coordinator)
        }
        let (context, input, acknowledgement) = try openRound(frame, session)
        let list = try SurvivorList(decoding: frame.body, participants: session.count)
        let agreement = list.agreement
        try require(agreement.configDigest == context.configDigest, .configMismatch)
        try require(agreement.survivors.isSubset(of: context.config.cohort), .impossibleTransition)
        let floor = max(
            Int(context.config.minimumSurvivors), session.proposal.colluders + policy.minimumHonest,
            openings.minimumCohort)
        try require(agreement.survivors.population >= floor, .tooFewSurvivors)
        // Masks of a member that is missing would not cancel.
        try require(!context.masksInside || agreement.survivors == context.config.cohort, .tooFewSurvivors)
        try require(now < context.config.survivorDeadline, .expired)
        try list.check(
            RoundBinding(
                session: session.id, round: context.round, configDigest: context.configDigest,
                wordCount: context.wordCount, ids: session.ids), roster: roster)
        try list.checkOwn(id, input: input, acknowledgement: acknowledgement, proposal: frame)
        let survivors = agreement.survivorsDigest(ids: session.ids, roster: roster)
        if let signed = ledger.survivors(for: context.config.modelDigest) {
            try require(signed == survivors, .conflictingUnmask)
        }
        try require(ledger.uses(of: survivors) < policy.maximumRoundsOnOneCohort, .cohortOverused)
        let statement = sign(
            .survivorStatement, session: session.id, round: context.round, body: agreement.encoded())
        ledger.record(survivors: survivors, for: context.config.modelDigest)
        ledger.countUse(of: survivors)
        upload = nil
        stage = .expectUnmaskRequest(
            AgreedSum(context: context, input: input, agreement: agreement, proposal: frame, statement: statement))
        return send(statement) + [.deadline(context.config.unmaskDeadline)]
    }

    /// The open round, before a statement has been signed; afterwards a second set is a contradiction with proof.
    private func openRound(_ frame: Frame, _ session: SumSession) throws(Abort) -> (SumRound, Frame?, Frame?) {
        switch stage {
        case .expectInput(let context):
            try requireRound(frame, context)
            return (context, nil, nil)
        case .expectSurvivors(let round):
            try requireRound(frame, round.context)
            return (round.context, round.input, round.acknowledgement)
        case .expectUnmaskRequest(let round), .expectUploads(let round, _), .expectResult(let round, _):
            try requireRound(frame, round.context)
            let list = try SurvivorList(decoding: frame.body, participants: session.count)
            try Abort.require(
                list.agreement != round.agreement, .unexpectedMessage, .survivors, peer: .coordinator)
            throw Abort(
                .equivocation, .survivors, peer: .coordinator,
                evidence: Evidence(frames: [round.proposal.bytes, frame.bytes]))
        default:
            throw unexpected(frame)
        }
    }

    /// Verifies that a quorum signed what this participant signed; a shareholder then awaits the contributions.
    ///
    /// - Complexity: q signature checks.
    mutating func handleUnmaskRequest(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        let step = Stage.unmask
        let request = try Abort.decoding(step, from: .coordinator) { () throws(DecodingFailure) in
            try UnmaskRequest(decoding: frame.body, participants: session.count)
        }
        var agreed: AgreedSum
        switch stage {
        case .expectUnmaskRequest(let round):
            agreed = round
        case .expectUploads(let round, _), .expectResult(let round, _):
            try requireRound(frame, round.context)
            let isSame = request.agreement == round.agreement
            throw Abort(
                isSame ? .unexpectedMessage : .conflictingUnmask, step, peer: .coordinator,
                evidence: isSame ? nil : Evidence(frames: [round.proposal.bytes, frame.bytes]))
        default:
            throw unexpected(frame)
        }
        try requireRound(frame, agreed.context)
        try Abort.require(
            request.agreement == agreed.agreement, .conflictingUnmask, step, peer: .coordinator,
            evidence: Evidence(frames: [agreed.proposal.bytes, frame.bytes]))
        try Abort.require(now < agreed.context.config.unmaskDeadline, .expired, step, peer: .coordinator)
        try request.verifyQuorum(
            session.quorum, session: session.id, round: agreed.context.round, members: Set(session.ids), roster: roster)
        agreed.request = frame
        stage = try holdsShare ? .expectUploads(agreed, fold(agreed, session)) : .expectResult(agreed, nil)
        return []
    }

    /// Whether this participant is a shareholder.
    public var holdsShare: Bool {
        switch share {
        case .none: false
        case .some: true
        }
    }

    /// An empty product of the survivors that were agreed on.
    func fold(_ agreed: AgreedSum, _ session: SumSession) throws(Abort) -> UploadFold {
        let promises = try agreed.promises(participants: session.count)
        let context = agreed.context
        return UploadFold(
            promises: promises,
            parts: PartAssembly(byteCount: context.wordCount * 8, digest: promises[0].promise.inputDigest),
            contributions: ContributionFold(
                key: key.publicKey, codecID: context.packing.digest, count: context.ciphertextCount))
    }

    /// Takes a part of a survivor's contribution, in the order of ids; the last one opens.
    ///
    /// Every contribution must be the one that its sender signed and the quorum agreed on, and its proof must hold for this
    /// session, round and sender.
    ///
    /// - Throws: `digestMismatch`, `proofRejected`, `inputReused` with the sender; nothing has changed then.
    /// - Complexity: one proof verification a contribution, and this shareholder's exponentiations for the last.
    mutating func handleUploadPart(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let sender = frame.header.sender
        guard case .expectUploads(let agreed, var fold) = stage, let session = epoch?.session else {
            if case .expectResult(let round, _) = stage, round.response != nil {
                try requireRound(frame, round.context)
                return []
            }
            throw Abort(.unexpectedMessage, .unmask, peer: sender)
        }
        try requireRound(frame, agreed.context)
        guard let place = fold.promises.firstIndex(where: { $0.frame.header.sender == sender }) else {
            throw Abort(.unknownParticipant, .unmask, peer: sender)
        }
        if place < fold.next { return [] }
        try Abort.require(place == fold.next, .unexpectedMessage, .unmask, peer: sender)
        // Let go of, so that bytes are written in place; the part that completes a contribution can still be refused.
        let before = fold.parts.completes(with: frame) ? fold : nil
        stage = .expectUnmaskRequest(agreed)
        do throws(Abort) {
            if try fold.parts.take(frame, .unmask, from: sender) {
                try absorb(&fold, agreed.context, session)
                if fold.next == fold.promises.count { return try open(agreed, fold, session, at: now) }
            }
        } catch {
            stage = .expectUploads(agreed, before ?? fold)
            throw error
        }
        stage = .expectUploads(agreed, fold)
        return []
    }

    /// Verifies a complete contribution and multiplies it in.
    private func absorb(_ fold: inout UploadFold, _ context: SumRound, _ session: SumSession) throws(Abort) {
        let frame = fold.promises[fold.next].frame
        let sender = frame.header.sender
        do throws(PaillierFailure) {
            let contribution = try Contribution.verified(
                fold.parts.bytes, context, key: key.publicKey, context: proofContext(context, session, sender: sender))
            let digest = contribution.ciphertexts.contributionDigest
            let isOpened = openings.holds(digest) && !openings.holds(session: session.id, round: context.round)
            guard !isOpened, !fold.contributions.folded.contains(digest) else { throw .setAlreadyOpened }
            try fold.contributions.add(contribution.ciphertexts, from: sender.rawValue)
        } catch {
            let evidence = Evidence(frames: [frame.bytes])
            if error == .setAlreadyOpened { throw Abort(.inputReused, .unmask, peer: sender, evidence: evidence) }
            throw Abort(error, .unmask, peer: sender, evidence: evidence)
        }
        fold.next += 1
        if fold.next < fold.promises.count {
            fold.parts = PartAssembly(
                byteCount: context.wordCount * 8, digest: fold.promises[fold.next].promise.inputDigest)
        }
    }

    /// Makes this shareholder's part of the opening; what is opened is durable before the part leaves.
    private mutating func open(
        _ agreed: AgreedSum, _ fold: UploadFold, _ session: SumSession, at now: Instant
    ) throws(Abort) -> [Effect] {
        let context = agreed.context
        try Abort.require(now < context.config.unmaskDeadline, .expired, .unmask, peer: .coordinator)
        var record = openings
        let opened: OpeningRequest
        let bytes: [UInt8]
        do throws(PaillierFailure) {
            opened = try OpeningRequest(
                mode: context.mode, session: session.id, round: context.round, fold.contributions, key: key)
            // A crash before the part was durable: the record knows this very set, and no part of it has left.
            if !record.holds(opened) { try record.admit(opened, key: key) }
            bytes = try part(of: opened)
        } catch {
            throw Abort(error, .unmask)
        }
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let header = OpeningShareHeader(
            agreementDigest: agreed.agreement.digest(session: session.id, round: context.round),
            byteCount: UInt64(bytes.count), digest: UploadDigest.root(of: roots))
        let response = sign(.openingShare, session: session.id, round: context.round, body: header.encoded())
        var answered = agreed
        answered.response = response
        answered.opened = opened
        openings = record
        openingShare = bytes
        stage = .expectResult(answered, nil)
        return [persistOpenings(), persistShare(bytes), persistState()] + partEffects(response, bytes)
    }

    private mutating func part(of request: OpeningRequest) throws(PaillierFailure) -> [UInt8] {
        switch share {
        case .none: throw .keyMismatch
        case .some(let share): return try share.open(request, key: key, from: &random).bytes()
        }
    }
}
