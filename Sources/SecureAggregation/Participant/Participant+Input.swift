internal import CryptoPrimitives
internal import DurableState
public import RingVectors
public import RoundProtocol
internal import WireFormat

/// The masked input: configuration to upload.
///
/// Source: WIRE sections 5 and 6
extension Participant {
    /// Checks a round's configuration against session, ledger and policy, and asks for the input.
    ///
    /// A participant enters a round once, whatever configurations the coordinator signs for it.
    mutating func handleRoundConfig(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        if let open = stage.context, open.round == frame.header.round {
            #if PlantedBugs
                if PlantedBug.roundEnteredTwice.isActive, open.configDigest != frame.digest {
                    stage = .expectInput(try RoundContext(frame, session: session))
                    return resume()
                }
            #endif
            try Abort.require(
                open.configDigest != frame.digest, .unexpectedMessage, .announce, peer: .coordinator)
            throw Abort(
                .equivocation, .announce, peer: .coordinator,
                evidence: Evidence(frames: [open.frame.bytes, frame.bytes]))
        }
        if let last = ledger.round {
            try Abort.require(frame.header.round > last, .roundReplayed, .announce, peer: .coordinator)
        }
        try Abort.require(epoch?.receipt != nil, .unexpectedMessage, .announce, peer: .coordinator)
        try Abort.require(session.contains(round: frame.header.round), .wrongContext, .announce, peer: .coordinator)
        let context = try RoundContext(frame, session: session)
        guard let seat = session.seat(of: id) else { throw Abort(.unexpectedMessage, .announce, peer: .coordinator) }
        try policy.check(
            context.config, seat: seat, colluders: session.proposal.colluders, expectedModel: expectedModel, at: now)
        if let cohort = epoch?.cohort {
            try Abort.require(context.config.cohort == cohort, .policyViolation, .announce, peer: .coordinator)
        }
        epoch?.cohort = context.config.cohort
        if frame.header.round > session.firstRound {
            eraseRounds(through: frame.header.round - 1, of: session)
        }
        ledger.enter(round: frame.header.round)
        upload = nil
        prepared = nil
        stage = .expectInput(context)
        return [.needInput(request(for: context)), .deadline(context.config.inputDeadline)]
    }

    /// Masks the round's input and hands it over.
    ///
    /// The token is consumed and the round burnt before anything leaves: whatever happens later, no other input is ever
    /// masked for this round, and this input for no other.
    ///
    /// - Parameters:
    ///   - input: the quantised, clipped and noised vector, with the round's dimension and ring.
    ///   - token: the right to use this update; consumed.
    /// - Throws: `unexpectedMessage` when no round is open, `roundBurnt` when its one input is spent,
    ///   `dimensionMismatch`, `inputReused`, `late`; `memoryExhausted` before anything is spent.
    /// - Complexity: one mask expansion and one group multiplication a neighbour, one pass of BLAKE2b.
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
        try requireMaskMemory(session)
        var masked = input
        do throws(Abort) {
            try mask(&masked, context, session)
        } catch {
            masked.wipe()
            throw error
        }
        let bytes = masked.littleEndianBytes()
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0, threads: threads) }
        let digest = UploadDigest.root(of: roots)
        let promise = MaskedInput(
            configDigest: context.configDigest, wordCount: UInt64(context.wordCount), inputDigest: digest)
        let frame = sign(.maskedInput, session: session.id, round: context.round, body: promise.encoded())
        ledger.consume(token.number, round: context.round, inputDigest: digest)
        upload = bytes
        stage = .expectSurvivors(SubmittedRound(context: context, input: frame))
        #if PlantedBugs
            if PlantedBug.burnMarkSkipped.isActive {
                return [persistUpload(bytes)] + uploadEffects(frame, roots: roots)
            }
        #endif
        // The burn mark first: a crash between the two leaves a participant that stays silent, not one that masks anew.
        return [persistState(), persistUpload(bytes)] + uploadEffects(frame, roots: roots)
            + [.deadline(context.config.survivorDeadline)]
    }

    /// Adds the round's masks: those prepared for exactly this configuration, or fresh ones.
    private mutating func mask(
        _ vector: inout PackedVector, _ context: RoundContext, _ session: Session
    ) throws(Abort) {
        if let ready = prepared, ready.configDigest == context.configDigest {
            prepared = nil
            do throws(RingFailure) {
                try ready.add(to: &vector)
            } catch {
                throw Abort(.stateCorrupt, .input)
            }
            return
        }
        let masks = try masks(context, session)
        vector.apply(masks, threads: threads)
    }

    /// The upload's frames: the signed promise, the chunk roots, the chunks.
    func uploadEffects(_ input: Frame, roots known: [Digest]? = nil) -> [Effect] {
        guard let upload else { return [] }
        let roots = unsafe known ?? upload.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let header = input.header
        var effects = send(input)
        effects.reserveCapacity(roots.count + 2)
        for frame in UploadFrames.frames(
            of: upload, roots: roots, sender: id, session: header.session, round: header.round)
        {
            effects.append(.send(to: .coordinator, frame: frame))
        }
        return effects
    }

    /// Notes the coordinator's signed word that it holds the upload.
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
