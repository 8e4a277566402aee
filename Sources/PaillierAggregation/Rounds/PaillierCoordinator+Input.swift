internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// Rounds: announcing, verifying contributions and multiplying them.
///
/// Source: WIRE section 9
extension PaillierCoordinator {
    /// Opens a round over everybody in the session.
    public mutating func announce(round number: UInt64, _ parameters: RoundParameters) throws(Abort) -> [Effect] {
        try announce(round: number, parameters, excluding: [])
    }

    /// Opens a round over the session without some members, as when masks inside need an answer of everybody.
    ///
    /// - Parameters:
    ///   - number: the round, within the session and higher than any before.
    ///   - excluded: members that are not asked.
    /// - Throws: what a participant would refuse: `overflowPossible`, `emptyVector`, `tooFewParticipants`;
    ///   `unexpectedMessage` when no session stands or a round is open.
    public mutating func announce(
        round number: UInt64, _ parameters: RoundParameters, excluding excluded: Set<PeerID>
    ) throws(Abort) -> [Effect] {
        guard case .ready = stage, let session = epoch?.session else { throw Abort(.unexpectedMessage, .announce) }
        try Abort.require(session.contains(round: number), .wrongContext, .announce)
        if let last = lastRound { try Abort.require(number > last, .roundReplayed, .announce) }
        var config = RoundConfig(
            modelDigest: parameters.modelDigest, schemaDigest: parameters.schemaDigest,
            parametersDigest: parameters.parametersDigest, dimension: UInt64(parameters.dimension),
            ringBits: UInt8(parameters.ringBits), maskSuite: .chaCha20, valueBound: parameters.valueBound,
            weightCap: parameters.weightCap, noiseTail: parameters.noiseTail,
            noiseVariance: parameters.noiseVariance, quorum: UInt32(session.quorum),
            threshold: UInt32(key.threshold), minimumSurvivors: UInt32(parameters.minimumSurvivors),
            receiptsRequired: 0, receiptsDigest: Digest(Bytes32()), inputDeadline: parameters.inputDeadline,
            survivorDeadline: parameters.survivorDeadline, unmaskDeadline: parameters.unmaskDeadline,
            cohort: Bitmap(
                count: session.count, indices: session.ids.indices.filter { !excluded.contains(session.ids[$0]) }))
        config.receiptsDigest =
            try SumRound.layouts(
                config, masksInside: session.proposal.masksInside, key.publicKey.parameters
            ).1.digest
        let frame = sign(.roundConfig, session: session.id, round: number, body: config.encoded())
        let context = try SumRound(frame, session: session, key: key)
        releaseSpool()
        round = SumCoordinatorRound(context: context, participants: session.count, key: key.publicKey)
        lastRound = number
        stage = .expectInputs
        let members = config.cohort.indices.map { session.ids[$0] }
        return [persistRound()] + broadcast(frame, to: members) + [.deadline(config.inputDeadline)]
    }

    /// Notes a participant's signed promise of one contribution.
    mutating func handlePromise(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .input)
        let sender = frame.header.sender
        if let known = round?.inputs[seat] ?? round?.pending[seat]?.frame ?? round?.rejected[seat] {
            try requireSame(known, frame, .input)
            // What the sender may have missed since.
            guard mayAsk(seat) else { return [] }
            return [round?.acknowledgements[seat], round?.survivorsFrame].compactMap { $0 }.map {
                .send(to: sender, frame: OutgoingFrame($0))
            }
        }
        try requireInputsOpen(now, frame)
        let promise = try Abort.decoding(.input, from: sender) { () throws(DecodingFailure) in
            try MaskedInput(decoding: frame.body)
        }
        try Abort.require(promise.configDigest == context.configDigest, .configMismatch, .input, peer: sender)
        try Abort.require(
            promise.wordCount == UInt64(context.wordCount), .dimensionMismatch, .input, peer: sender)
        round?.pending[seat] = PendingContribution(
            frame: frame, parts: PartTracker(byteCount: context.wordCount * 8, digest: promise.inputDigest))
        return []
    }

    /// Checks a part against the promise and spools it; with the last one the contribution is verified.
    ///
    /// - Complexity: one pass of BLAKE2b over the part; for the last one the verification of the proof.
    mutating func handleContributionPart(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .input)
        let sender = frame.header.sender
        if round?.included[seat] == true { return [] }
        try requireInputsOpen(now, frame)
        guard var upload = round?.pending[seat] else { throw Abort(.unexpectedMessage, .input, peer: sender) }
        if frame.header.type == .chunkRoots {
            try upload.parts.takeRoots(frame.body, .input, from: sender)
        } else {
            guard let chunk = try upload.parts.check(frame.body, .input, from: sender, threads: 1) else { return [] }
            do throws(SpoolFailure) {
                // Room is taken by what has arrived and fits its digest, not by a promise.
                if upload.parts.isUntouched {
                    try spool.open(slot: UInt32(seat), byteCount: context.wordCount * 8)
                }
                try spool.write(slot: UInt32(seat), offset: chunk.range.lowerBound, chunk.bytes)
            } catch {
                throw Abort(.spoolFailed, .input, peer: sender)
            }
            upload.parts.note(chunk.index)
        }
        round?.pending[seat] = upload
        return upload.parts.isComplete ? absorb(upload, seat) : []
    }

    /// Verifies a complete contribution, multiplies it in together with its included-bit, and acknowledges it.
    private mutating func absorb(_ upload: PendingContribution, _ seat: Int) -> [Effect] {
        guard let session = epoch?.session, var open = round else { return [] }
        let (context, peer) = (open.context, session.ids[seat])
        round = nil  // the one owner of the product, so that it is changed in place
        let failure: Abort?
        do throws(SpoolFailure) {
            try spool.sync(slot: UInt32(seat))
            failure = fold(try spooled(seat, context), upload, seat, &open, session)
        } catch {
            failure = Abort(.spoolFailed, .input, peer: peer)
        }
        open.pending[seat] = nil
        if let failure {
            if failure.code != .spoolFailed { open.rejected[seat] = upload.frame }
            round = open
            spool.release(slot: UInt32(seat))
            refusals.append(failure)
            return []
        }
        let acknowledgement = sign(
            .acknowledgement, session: session.id, round: context.round,
            body: Acknowledgement(participant: peer, inputFrame: upload.frame.digest).encoded())
        open.inputs[seat] = upload.frame
        open.acknowledgements[seat] = acknowledgement
        open.included[seat] = true
        let isComplete = open.included == context.config.cohort
        round = open
        return [
            persistInput(seat, upload.frame, acknowledgement),
            .send(to: peer, frame: OutgoingFrame(acknowledgement)),
        ] + (isComplete ? closeInputs() : [])
    }

    /// Checks digest, ranges and proof, and multiplies; says why not, and then nothing has changed.
    private func fold(
        _ bytes: [UInt8], _ upload: PendingContribution, _ seat: Int, _ open: inout SumCoordinatorRound,
        _ session: SumSession
    ) -> Abort? {
        let peer = session.ids[seat]
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        guard roots == upload.parts.roots else { return Abort(.spoolFailed, .input, peer: peer) }
        do throws(PaillierFailure) {
            let contribution = try Contribution.verified(
                bytes, open.context, key: key.publicKey,
                context: PlaintextKnowledgeProof.Context(
                    session: session.id, round: open.context.round, sender: peer.rawValue))
            let digest = contribution.ciphertexts.contributionDigest
            guard !shown.contains(digest), !open.contributions.folded.contains(digest) else {
                return Abort(.inputReused, .input, peer: peer, evidence: Evidence(frames: [upload.frame.bytes]))
            }
            try open.contributions.add(contribution.ciphertexts, from: peer.rawValue)
            return nil
        } catch {
            return Abort(error, .input, peer: peer, evidence: Evidence(frames: [upload.frame.bytes]))
        }
    }

    /// A contribution as it lies in the spool.
    func spooled(_ seat: Int, _ context: SumRound) throws(SpoolFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(context.wordCount * 8)
        try unsafe spool.readAll(slot: UInt32(seat), tileBytes: UploadDigest.chunkBytes) { _, tile in
            unsafe bytes.append(contentsOf: tile)
            return bytes.count <= context.wordCount * 8
        }
        return bytes
    }

    private func requireInputsOpen(_ now: Instant, _ frame: Frame) throws(Abort) {
        guard case .expectInputs = stage, let config = round?.context.config, now < config.inputDeadline else {
            throw Abort(.late, .input, peer: frame.header.sender)
        }
    }

    /// The seat of a frame's sender, which must be in the cohort of the open round.
    func member(_ frame: Frame, _ step: Stage) throws(Abort) -> (seat: Int, context: SumRound) {
        let session = try openSession()
        guard let seat = session.seat(of: frame.header.sender), let context = round?.context,
            context.config.cohort[seat]
        else { throw Abort(.unknownParticipant, step, peer: frame.header.sender) }
        return (seat, context)
    }

    /// Fixes the survivor set as what has been multiplied in, and asks the cohort to sign it.
    mutating func closeInputs() -> [Effect] {
        guard let session = epoch?.session, var open = round else { return [] }
        let (context, survivors) = (open.context, open.included)
        let isEnough =
            survivors.population >= Int(context.config.minimumSurvivors)
            && (!context.masksInside || survivors == context.config.cohort)
        guard isEnough else { return abandonRound(Abort(.tooFewSurvivors, .survivors)) }
        do throws(PaillierFailure) {
            open.request = try OpeningRequest(
                mode: context.mode, session: session.id, round: context.round, open.contributions, key: key)
        } catch {
            return abandonRound(Abort(error, .survivors))
        }
        let inputs = survivors.indices.compactMap { open.inputs[$0] }
        let agreement = Agreement(
            configDigest: context.configDigest, survivors: survivors,
            root: Agreement.root(of: inputs.map { ($0.header.sender, $0.digest) }))
        let frame = sign(
            .survivors, session: session.id, round: context.round,
            body: SurvivorList.encoded(agreement, inputs: inputs))
        open.agreement = agreement
        open.survivorsFrame = frame
        open.pending = [:]
        round = open
        stage = .expectStatements
        let members = context.config.cohort.indices.map { session.ids[$0] }
        return [persistRound()] + broadcast(frame, to: members) + [.deadline(context.config.survivorDeadline)]
    }
}
