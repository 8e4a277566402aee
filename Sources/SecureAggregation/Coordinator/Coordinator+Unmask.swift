internal import CryptoPrimitives
#if PlantedBugs
    internal import DurableState
#endif
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Agreement and opening.
///
/// Source: WIRE section 7
extension Coordinator {
    /// Notes a participant's signature under the survivor set.
    mutating func handleStatement(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .survivors)
        let sender = frame.header.sender
        guard let agreement = round?.agreement else { throw Abort(.unexpectedMessage, .survivors, peer: sender) }
        if let known = round?.statements[seat] {
            try requireSame(known, frame, .survivors)
            return []
        }
        guard case .expectStatements = stage, now < context.config.survivorDeadline else {
            throw Abort(.late, .survivors, peer: sender)
        }
        try Abort.require([UInt8](frame.body) == agreement.encoded(), .configMismatch, .survivors, peer: sender)
        round?.statements[seat] = frame
        guard let open = round, let session = epoch?.session else { return [] }
        let isComplete =
            open.statements.count >= max(session.quorum, agreement.survivors.population)
            && agreement.survivors.indices.allSatisfy { open.statements[$0] != nil }
        return isComplete ? closeStatements() : []
    }

    /// Shows the quorum to those who signed and asks for their shares.
    mutating func closeStatements() -> [Effect] {
        guard let session = epoch?.session, var open = round, let agreement = open.agreement else { return [] }
        guard open.statements.count >= session.quorum else {
            return abandonRound(Abort(.quorumNotReached, .survivors))
        }
        let signatures = open.statements.sorted { $0.key < $1.key }.compactMap { seat, frame in
            frame.signature.map { (id: session.ids[seat], signature: $0) }
        }
        let frame = sign(
            .unmaskRequest, session: session.id, round: open.context.round,
            body: UnmaskRequest(agreement: agreement, signatures: signatures).encoded())
        open.requestFrame = frame
        round = open
        stage = .expectShares
        return [persistRound()] + broadcast(frame, to: signatures.map(\.id))
            + [.deadline(open.context.config.unmaskDeadline)]
    }

    /// Notes a participant's shares and opens the sum as soon as every secret can be recovered.
    mutating func handleUnmaskShares(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .unmask)
        let sender = frame.header.sender
        guard let agreement = round?.agreement, let session = epoch?.session, case .expectShares = stage else {
            throw Abort(.late, .unmask, peer: sender)
        }
        try Abort.require(round?.statements[seat] != nil, .impossibleTransition, .unmask, peer: sender)
        if round?.responses[seat] != nil { return [] }
        try Abort.require(now < context.config.unmaskDeadline, .late, .unmask, peer: sender)
        let dealers = try dealers(in: frame, of: seat, context, agreement, session)
        if round?.isOpened(byShareOf: dealers) == true {
            try requireOpeningMemory(session)
        }
        round?.note(response: frame, of: dealers, from: seat, session)
        return tryToOpen()
    }

    /// Checks an answer, exactly the shares that the sender's receipt names, within the cohort, and gives the dealers' seats.
    func dealers(
        in frame: Frame, of seat: Int, _ context: RoundContext, _ agreement: Agreement, _ session: Session
    ) throws(Abort) -> Bitmap {
        let sender = frame.header.sender
        let message = try Abort.decoding(.unmask, from: sender) { () throws(DecodingFailure) in
            try UnmaskShares(decoding: frame.body, participants: session.count)
        }
        try Abort.require(
            message.agreementDigest == agreement.digest(session: session.id, round: context.round), .configMismatch,
            .unmask, peer: sender)
        let expected = (epoch?.holdings[seat] ?? Bitmap(count: session.count)).intersection(context.config.cohort)
        var last: PeerID?
        for (dealer, share) in message.shares {
            if let last { try Abort.require(last < dealer, .duplicateShare, .unmask, peer: sender) }
            last = dealer
            guard let dealerSeat = session.seat(of: dealer), expected[dealerSeat] else {
                throw Abort(.unknownShare, .unmask, peer: sender)
            }
            let isCanonical = unsafe share.withUnsafeBytes { unsafe Shamir.isCanonical($0) }
            try Abort.require(isCanonical, .nonCanonicalShare, .unmask, peer: sender)
        }
        try Abort.require(message.shares.count == expected.population, .missingShare, .unmask, peer: sender)
        return expected
    }

    /// Every secret of the cohort while the sum is opened, and what multiplies by them.
    func requireOpeningMemory(_ session: Session) throws(Abort) {
        try Abort.requireMemory(
            64 * session.count + ElementMultiples.secretBytes(capacity: max(512, session.regular?.neighbours ?? 0)),
            .unmask)
    }

    /// Opens the sum if every secret has enough shares; waits for more, or gives up, if not.
    ///
    /// All secrets are recovered and compared with their points before any mask is expanded: a wrong share costs one dealer's
    /// shares a check each, not an opening.
    mutating func tryToOpen() -> [Effect] {
        guard let session = epoch?.session, var open = round, let agreement = open.agreement else { return [] }
        let isLast = open.hasAllAnswers
        guard isLast || open.isRecoverable else { return [] }
        guard let scalars = recoverAll(open, agreement, session) else {
            return isLast ? abandonRound(Abort(.abortedInsufficientShares, .unmask)) : []
        }
        guard open.context.config.maskSuite.isRunnable else {
            return abandonRound(Abort(.suiteUnavailable, .unmask))
        }
        // From here the round ends, with the sum or without: its one accumulator is worked on in place.
        round?.releaseAccumulator()
        let accumulator = open.releaseAccumulator()
        do throws(CryptoFailure) {
            let sum = try unmasked(accumulator, scalars, open.context, agreement, session)
            return publish(sum, open, agreement, session)
        } catch {
            return abandonRound(Abort(.reconstructionFailed, .unmask))
        }
    }

    /// The secret of every member of the cohort that the survivor set opens, a slot each by ascending seat, each compared with
    /// its point; nil when one cannot be recovered yet.
    ///
    /// Along the ring, so that one set of holders serves many dealers in a row, and compared all at once; only a secret that
    /// does not fit its point is looked into by itself.
    private mutating func recoverAll(
        _ open: CoordinatorRound, _ agreement: Agreement, _ session: Session
    ) -> SecretSlab? {
        let cohort = open.context.config.cohort
        let seats = cohort.indices
        var slots = [Int](repeating: 0, count: session.count)
        for (slot, seat) in seats.enumerated() { slots[seat] = slot }
        var scalars = SecretSlab(slotCount: seats.count, slotBytes: Shamir.shareBytes)
        var recovery = SecretRecovery(threshold: session.threshold)
        var points: [(slot: Int, element: GroupElement)] = []
        points.reserveCapacity(seats.count)
        var doubtful: [Int] = []
        for dealer in session.ringOrder where cohort[dealer] {
            guard let secret = recovery.secret(of: dealer, in: open, session) else {
                doubtful.append(slots[dealer])
                continue
            }
            scalars.keep(secret, in: slots[dealer])
            points.append((slots[dealer], point(of: dealer, open, agreement, session)))
        }
        doubtful += (try? PublicElements.differing(scalars, from: points)) ?? Array(seats.indices)
        #if PlantedBugs
            if PlantedBug.pointUnchecked.isActive { doubtful = [] }
        #endif
        for slot in doubtful {
            guard let secret = recover(seats[slot], agreement, session, &recovery) else { return nil }
            scalars.keep(secret, in: slot)
        }
        return scalars
    }

    /// What the secret of a member that the survivor set opens has to fit.
    private func point(
        of dealer: Int, _ open: CoordinatorRound, _ agreement: Agreement, _ session: Session
    ) -> GroupElement {
        let points = session.advertisements[dealer].points[Int(open.context.round - session.firstRound)]
        return agreement.survivors[dealer] ? points.selfMask : points.pairwise
    }

    /// Removes the masks that did not cancel.
    ///
    /// - Complexity: one mask expansion a survivor and one for each link between a survivor and a dropped member.
    private func unmasked(
        _ accumulator: consuming PackedVector, _ scalars: borrowing SecretSlab, _ context: RoundContext,
        _ agreement: Agreement, _ session: Session
    ) throws(CryptoFailure) -> PackedVector {
        let binding = MaskContext(session: session.id, round: context.round, configDigest: context.configDigest)
        let index = Int(context.round - session.firstRound)
        var masks = RemovedMasks(
            accumulator, context.config.maskSuite.generator, context: binding, threads: threads)
        let cohort = context.config.cohort
        var slots = [Int](repeating: 0, count: session.count)
        for (slot, seat) in cohort.indices.enumerated() { slots[seat] = slot }
        let dropped = cohort.population - agreement.survivors.population
        var links = ElementMultiples(capacity: max(1, min(dropped, session.regular?.neighbours ?? dropped)))
        for survivor in agreement.survivors.indices {
            let secret = try unsafe scalars.withSlot(slots[survivor]) { (bytes) throws(CryptoFailure) -> SecretScalar in
                try unsafe SecretScalar(canonical: bytes)
            }
            masks.takeOff(selfMask: secret, of: session.ids[survivor])
            guard dropped > 0 else { continue }
            let gone = session.neighbours(of: survivor).filter { cohort[$0] && !agreement.survivors[$0] }
            for seat in gone { unsafe scalars.withSlot(slots[seat]) { unsafe links.append($0) } }
            try masks.undo(
                of: session.ids[survivor], with: session.advertisements[survivor].points[index].pairwise,
                and: gone.map { session.ids[$0] }, &links)
        }
        return masks.finish()
    }

    /// One secret whose first t shares did not give it, from t shares of holders of whom nothing is known, as far as there are; nil
    /// when there are too few.
    ///
    /// If those do not give it either, every share of this dealer is compared with its commitments, and the wrong ones are left out
    /// for good.
    private mutating func recover(
        _ dealer: Int, _ agreement: Agreement, _ session: Session, _ recovery: inout SecretRecovery
    ) -> SecretScalar? {
        guard let open = round else { return nil }
        let expected = point(of: dealer, open, agreement, session)
        // What was found out about holders since may be enough.
        if let secret = recovery.secret(of: dealer, in: open, session), secret.publicElement() == expected {
            return secret
        }
        let kind: SecretKind = agreement.survivors[dealer] ? .selfMask : .pairwise
        let index = Int(open.context.round - session.firstRound)
        let candidates = shares(of: dealer, open, session)
        guard candidates.count >= session.threshold, !open.isChecked(dealer) else { return nil }
        let wrong = wrongShares(candidates, dealer, kind, index, session)
        noteWrong(wrong, dealer, session)
        guard let round, let secret = recovery.secret(of: dealer, in: round, session),
            secret.publicElement() == expected
        else { return nil }
        return secret
    }

    /// The shares of a dealer that came in and are not known to be wrong, by ascending seat.
    private func shares(
        of dealer: Int, _ open: CoordinatorRound, _ session: Session
    ) -> [(seat: Int, id: UInt32, share: Bytes32)] {
        session.holders(of: dealer).compactMap { holder in
            guard let share = open.share(of: (dealer, session.ids[dealer]), heldBy: holder) else { return nil }
            return (holder, session.ids[holder].rawValue, share)
        }
    }

    /// The seats whose shares do not fit the dealer's commitments.
    private func wrongShares(
        _ candidates: [(seat: Int, id: UInt32, share: Bytes32)], _ dealer: Int, _ kind: SecretKind, _ index: Int,
        _ session: Session
    ) -> [Int] {
        guard let frame = epoch?.commitments[dealer] else { return [] }
        guard
            let commitments = try? DealCommitments(
                frame, threshold: session.threshold, advertised: session.advertisements[dealer].points)
        else { return candidates.map(\.seat) }  // points that are none: the dealer's fault, like shares that fit none
        let points = commitments.rounds[index]
        return candidates.filter { entry in
            unsafe entry.share.withUnsafeBytes { bytes in
                unsafe !Shamir.isConsistent(
                    share: bytes, holder: entry.id,
                    commitments: kind == .pairwise ? points.pairwise : points.selfMask)
            }
        }.map(\.seat)
    }

    /// Leaves wrong shares out and says whose fault they are.
    ///
    /// A holder that checked on arrival answers for its share.  When nobody checked, the dealer is the suspect.
    private mutating func noteWrong(_ holders: [Int], _ dealer: Int, _ session: Session) {
        round?.noteChecked(dealer, wrong: holders)
        let blamed = session.proposal.shareCheck == .onFailure ? [dealer] : holders
        for seat in blamed where !holders.isEmpty {
            let refusal = Abort(.reconstructionFailed, .unmask, peer: session.ids[seat])
            if !refusals.contains(refusal) { refusals.append(refusal) }
        }
    }

    /// Signs the result and sends the sum to everybody who signed the set.
    private mutating func publish(
        _ sum: PackedVector, _ open: CoordinatorRound, _ agreement: Agreement, _ session: Session
    ) -> [Effect] {
        let context = open.context
        let bytes = sum.littleEndianBytes()
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0, threads: threads) }
        let agreementDigest = agreement.digest(session: session.id, round: context.round)
        let header = ResultHeader(
            configDigest: context.configDigest, agreementDigest: agreementDigest,
            wordCount: UInt64(context.wordCount), sumDigest: UploadDigest.root(of: roots),
            contributors: UInt32(agreement.survivors.population))
        let frame = sign(.result, session: session.id, round: context.round, body: header.encoded())
        let parts = UploadFrames.frames(
            of: bytes, roots: roots, sender: .coordinator, session: session.id, round: context.round
        ).map(\.whole)
        let outcome = RoundOutcome(
            session: session.id, round: context.round, configDigest: context.configDigest,
            agreementDigest: agreementDigest, sum: sum,
            survivors: agreement.survivors.indices.map { session.ids[$0] },
            dropped: context.config.cohort.subtracting(agreement.survivors).indices.map { session.ids[$0] })
        // The answers first: who has got the sum has forgotten its shares.
        let answered = open.statements.keys.sorted()
        var effects: [Effect] = []
        effects.reserveCapacity(3 + answered.count * (1 + parts.count))
        effects.append(persistRound())
        round = nil
        stage = .ready
        for seat in answered {
            effects.append(.send(to: session.ids[seat], frame: OutgoingFrame(frame)))
            for part in parts { effects.append(.send(to: session.ids[seat], frame: part)) }
        }
        // A crash before this record opens the same sum again from the same answers.
        effects.append(.result(outcome))
        effects.append(persistRound())
        return effects
    }
}
