internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Agreement and opening.
///
/// Source: WIRE section 9
extension PaillierCoordinator {
    /// How often a member that has lost contributions or result is sent them again in a round.
    static let maximumRepeats = 8

    /// Notes a participant's signature under the survivor set.
    ///
    /// A shareholder that sends its statement again while its part is missing is shown quorum and contributions again.
    mutating func handleStatement(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .survivors)
        let sender = frame.header.sender
        guard let agreement = round?.agreement else { throw Abort(.unexpectedMessage, .survivors, peer: sender) }
        if let known = round?.statements[seat] {
            try requireSame(known, frame, .survivors)
            if round?.opening != nil { return repeatedResult(to: seat) }
            guard case .expectShares = stage, round?.shares[seat] == nil, mayAsk(seat) else { return [] }
            return showQuorum(to: [seat])
        }
        let isInTime: Bool
        switch stage {
        case .expectStatements: isInTime = now < context.config.survivorDeadline
        // A shareholder that comes late can still help to open what a quorum has signed without it.
        case .expectShares:
            isInTime = now < context.config.unmaskDeadline && Int(sender.rawValue) < key.shareholders
        default: isInTime = false
        }
        try Abort.require(isInTime, .late, .survivors, peer: sender)
        try Abort.require([UInt8](frame.body) == agreement.encoded(), .configMismatch, .survivors, peer: sender)
        round?.statements[seat] = frame
        if case .expectShares = stage { return [persistRound()] + showQuorum(to: [seat]) }
        guard let open = round, let session = epoch?.session else { return [] }
        let isComplete =
            open.statements.count >= session.quorum
            && agreement.survivors.indices.allSatisfy { open.statements[$0] != nil }
            && shareholders(open, session).count >= key.threshold
        return isComplete ? closeStatements() : []
    }

    /// Counts a request for something that was sent before; false once a member has asked too often.
    mutating func mayAsk(_ seat: Int) -> Bool {
        guard let asked = round?.repeats[seat, default: 0], asked < Self.maximumRepeats else { return false }
        round?.repeats[seat] = asked + 1
        return true
    }

    /// Shows the quorum to those who signed, and the contributions to the shareholders among them.
    mutating func closeStatements() -> [Effect] {
        guard let session = epoch?.session, var open = round, let agreement = open.agreement else { return [] }
        guard open.statements.count >= session.quorum else {
            return abandonRound(Abort(.quorumNotReached, .survivors))
        }
        guard shareholders(open, session).count >= key.threshold else {
            return abandonRound(Abort(.abortedInsufficientShares, .survivors))
        }
        let signatures = open.statements.sorted { $0.key < $1.key }.compactMap { seat, frame in
            frame.signature.map { (id: session.ids[seat], signature: $0) }
        }
        open.requestFrame = sign(
            .unmaskRequest, session: session.id, round: open.context.round,
            body: UnmaskRequest(agreement: agreement, signatures: signatures).encoded())
        shown.formUnion(open.contributions.folded)
        round = open
        stage = .expectShares
        return [persistShown(), persistRound()] + showQuorum(to: open.statements.keys.sorted())
            + [.deadline(open.context.config.unmaskDeadline)]
    }

    /// The seats of the shareholders that signed.
    func shareholders(_ open: SumCoordinatorRound, _ session: SumSession) -> [Int] {
        open.statements.keys.filter { Int(session.ids[$0].rawValue) < key.shareholders }.sorted()
    }

    /// The quorum's frame and, for shareholders, every survivor's contribution as it was sent.
    mutating func showQuorum(to seats: [Int]) -> [Effect] {
        guard let session = epoch?.session, let open = round, let agreement = open.agreement,
            let request = open.requestFrame
        else { return [] }
        var parts: [OutgoingFrame] = []
        do throws(SpoolFailure) {
            for seat in agreement.survivors.indices {
                let bytes = try spooled(seat, open.context)
                let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
                parts += UploadFrames.frames(
                    of: bytes, roots: roots, sender: session.ids[seat], session: session.id, round: open.context.round
                ).map(\.whole)
            }
        } catch {
            return abandonRound(Abort(.spoolFailed, .unmask))
        }
        let holders = Set(shareholders(open, session))
        return seats.flatMap { seat in
            let peer = session.ids[seat]
            let shown = holders.contains(seat) ? parts : []
            return [Effect.send(to: peer, frame: OutgoingFrame(request))] + shown.map { .send(to: peer, frame: $0) }
        }
    }

    /// Notes a shareholder's signed promise of its part.
    mutating func handleOpeningShare(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .unmask)
        let sender = frame.header.sender
        let session = try openSession()
        if let known = round?.shares[seat]?.frame {
            try requireSame(known, frame, .unmask)
            return round?.opening == nil ? [] : repeatedResult(to: seat)
        }
        if round?.opening != nil {
            // Too late to be needed; the result is on its way.
            round?.shares[seat] = PendingShare(frame: frame)
            return []
        }
        guard let open = round, let agreement = open.agreement, case .expectShares = stage else {
            throw Abort(.unexpectedMessage, .unmask, peer: sender)
        }
        try Abort.require(now < context.config.unmaskDeadline, .late, .unmask, peer: sender)
        try Abort.require(
            shareholders(open, session).contains(seat), .impossibleTransition, .unmask, peer: sender)
        let header = try Abort.decoding(.unmask, from: sender) { () throws(DecodingFailure) in
            try OpeningShareHeader(decoding: frame.body)
        }
        try Abort.require(
            header.agreementDigest == agreement.digest(session: session.id, round: context.round), .configMismatch,
            .unmask, peer: sender)
        let byteCount = PartialOpening.byteCount(context.ciphertextCount, mode: context.mode, key: key)
        try Abort.require(header.byteCount == UInt64(byteCount), .dimensionMismatch, .unmask, peer: sender)
        round?.shares[seat] = PendingShare(
            frame: frame, parts: PartAssembly(byteCount: byteCount, digest: header.digest))
        return []
    }

    /// Takes a piece of a shareholder's part; with the last one it is tried to open.
    mutating func handleSharePart(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .unmask)
        let sender = frame.header.sender
        if round?.opening != nil { return [] }
        guard var pending = round?.shares[seat] else { throw Abort(.unexpectedMessage, .unmask, peer: sender) }
        if round?.openings[seat] != nil || round?.refused.contains(seat) == true { return [] }
        try Abort.require(now < context.config.unmaskDeadline, .late, .unmask, peer: sender)
        // The round's own copy is let go, so that bytes are written in place.
        round?.shares[seat] = nil
        let isComplete: Bool
        do throws(Abort) {
            isComplete = try pending.parts.take(frame, .unmask, from: sender)
        } catch {
            round?.shares[seat] = pending
            throw error
        }
        round?.shares[seat] = pending
        guard isComplete else { return [] }
        let opening: PartialOpening
        do throws(PaillierFailure) {
            opening = try PartialOpening(bytes: pending.parts.bytes, key: key, count: context.ciphertextCount)
            guard opening.holder == Int(sender.rawValue) + 1, let request = round?.request else {
                throw .invalidProof(holder: opening.holder)
            }
            try opening.check(request: request, key: key)
        } catch {
            refuse(seat, Abort(error, .unmask, peer: sender, evidence: Evidence(frames: [pending.frame.bytes])))
            return tryToOpen()
        }
        pending.release()
        round?.shares[seat] = pending
        round?.openings[seat] = opening
        return tryToOpen()
    }

    private mutating func refuse(_ seat: Int, _ reason: Abort) {
        round?.refused.insert(seat)
        round?.openings[seat] = nil
        refusals.append(reason)
    }

    /// Opens the sum if enough shareholders have given sound parts; waits for more, or gives up, if not.
    ///
    /// A part that does not verify is left out, and its shareholder named.
    mutating func tryToOpen() -> [Effect] {
        while let session = epoch?.session, let open = round, let request = open.request {
            let sound = open.openings.sorted { $0.key < $1.key }
            guard sound.count >= key.threshold else {
                let possible = shareholders(open, session).count - open.refused.count
                return possible >= key.threshold ? [] : abandonRound(Abort(.abortedInsufficientShares, .unmask))
            }
            do throws(PaillierFailure) {
                return publish(try AggregateOpening.combine(sound.map(\.value), request: request, key: key))
            } catch {
                guard case .invalidProof(let holder) = error,
                    let seat = session.seat(of: PeerID(rawValue: UInt32(holder - 1)))
                else { return abandonRound(Abort(error, .unmask)) }
                let frames = open.shares[seat].map { [$0.frame.bytes] } ?? []
                refuse(
                    seat, Abort(error, .unmask, peer: session.ids[seat], evidence: Evidence(frames: frames)))
            }
        }
        return []
    }

    /// Makes the opening durable, signs it and sends it to everybody who signed the set.
    private mutating func publish(_ opening: AggregateOpening) -> [Effect] {
        round?.opening = opening.bytes()
        for seat in round?.shares.keys.sorted() ?? [] { round?.shares[seat]?.release() }
        return announceResult()
    }

    /// The result from the opening that is kept; also after a restart.
    mutating func announceResult() -> [Effect] {
        guard let session = epoch?.session, let open = round, let agreement = open.agreement, let bytes = open.opening
        else { return [] }
        let context = open.context
        let sum: PackedVector
        do throws(PaillierFailure) {
            let opening = try AggregateOpening(bytes: bytes, context, statement: Digest(Bytes32()))
            sum = try context.sum(
                of: opening.plaintexts, contributors: agreement.survivors.population, key: key.publicKey)
        } catch {
            return abandonRound(Abort(error, .result))
        }
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let agreementDigest = agreement.digest(session: session.id, round: context.round)
        let header = ResultHeader(
            configDigest: context.configDigest, agreementDigest: agreementDigest,
            wordCount: UInt64(context.openingWordCount), sumDigest: UploadDigest.root(of: roots),
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
        round?.result = [OutgoingFrame(frame)] + parts
        stage = .ready
        // The opening first: a shareholder opens one set a round, once. It is kept until the next round for who has missed it.
        var effects = [persistRound()]
        for seat in open.statements.keys.sorted() {
            effects += (round?.result ?? []).map { .send(to: session.ids[seat], frame: $0) }
        }
        return effects + [.result(outcome)]
    }

    /// The result once more, for a member that signed the set and has missed it.
    private mutating func repeatedResult(to seat: Int) -> [Effect] {
        guard let session = epoch?.session, let result = round?.result, round?.statements[seat] != nil, mayAsk(seat)
        else { return [] }
        return result.map { .send(to: session.ids[seat], frame: $0) }
    }
}
