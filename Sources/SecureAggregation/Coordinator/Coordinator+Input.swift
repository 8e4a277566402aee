internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// Rounds: announcing and folding in what comes.
///
/// Source: WIRE sections 5 and 6
extension Coordinator {
    /// Opens a round over every dealer that enough holders have receipted.
    ///
    /// - Parameter number: the round, within the epoch and higher than any before.
    /// - Throws: what a participant would refuse: `overflowPossible`, `emptyVector`, `tooFewParticipants`,
    ///   `thresholdTooLow`; `unexpectedMessage` when no session stands or a round is open.
    public mutating func announce(round number: UInt64, _ parameters: RoundParameters) throws(Abort) -> [Effect] {
        guard case .ready = stage, let epoch, let session = epoch.session else {
            throw Abort(.unexpectedMessage, .announce)
        }
        try Abort.require(session.contains(round: number), .wrongContext, .announce)
        if let last = lastRound {
            try Abort.require(number > last, .roundReplayed, .announce)
        }
        let receipts = epoch.receipts.sorted { $0.key < $1.key }.map(\.value.digest)
        var receiptHash = Blake2b(Personalisation("QSA1 receipts"))
        for digest in receipts { receiptHash.update(digest) }
        let config = RoundConfig(
            modelDigest: parameters.modelDigest, schemaDigest: parameters.schemaDigest,
            parametersDigest: parameters.parametersDigest, dimension: UInt64(parameters.dimension),
            ringBits: UInt8(parameters.ringBits), maskSuite: session.maskSuite, valueBound: parameters.valueBound,
            weightCap: parameters.weightCap, noiseTail: parameters.noiseTail,
            noiseVariance: parameters.noiseVariance, quorum: UInt32(session.quorum),
            threshold: UInt32(session.threshold), minimumSurvivors: UInt32(parameters.minimumSurvivors),
            receiptsRequired: UInt32(parameters.receiptsRequired), receiptsDigest: receiptHash.finalize(),
            inputDeadline: parameters.inputDeadline, survivorDeadline: parameters.survivorDeadline,
            unmaskDeadline: parameters.unmaskDeadline,
            cohort: cohort(epoch, session, required: parameters.receiptsRequired))
        let frame = sign(.roundConfig, session: session.id, round: number, body: config.encoded())
        let context = try RoundContext(frame, session: session)
        releaseSpool()
        round = CoordinatorRound(context: context, session: session)
        lastRound = number
        stage = .expectInputs
        let members = config.cohort.indices.map { session.ids[$0] }
        return [persistRound()] + broadcast(frame, to: members) + [.deadline(config.inputDeadline)]
    }

    /// Dealers that have sent a receipt and of whose shares enough receipts tell.
    private func cohort(_ epoch: CoordinatorEpoch, _ session: Session, required: Int) -> Bitmap {
        var counts = [Int](repeating: 0, count: session.count)
        for held in epoch.holdings.values {
            for dealer in held.indices { counts[dealer] += 1 }
        }
        return Bitmap(
            count: session.count,
            indices: (0..<session.count).filter { epoch.receipts[$0] != nil && counts[$0] >= required })
    }

    /// Notes a participant's signed promise of one masked vector.
    mutating func handleMaskedInput(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .input)
        let sender = frame.header.sender
        if let known = round?.inputs[seat] ?? round?.pending[seat]?.frame {
            try requireSame(known, frame, .input)
            guard let acknowledgement = round?.acknowledgements[seat] else { return [] }
            return [.send(to: sender, frame: OutgoingFrame(acknowledgement))]
        }
        try requireInputsOpen(now, frame)
        let promise = try Abort.decoding(.input, from: sender) { () throws(DecodingFailure) in
            try MaskedInput(decoding: frame.body)
        }
        try Abort.require(promise.configDigest == context.configDigest, .configMismatch, .input, peer: sender)
        try Abort.require(
            promise.wordCount == UInt64(context.wordCount), .dimensionMismatch, .input, peer: sender)
        round?.pending[seat] = PendingUpload(
            frame: frame, promise: promise,
            parts: PartTracker(byteCount: context.wordCount * 8, digest: promise.inputDigest))
        return []
    }

    /// Checks the list of chunk roots against the promise and makes room for the chunks.
    mutating func handleChunkRoots(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let seat = try member(frame, .input).seat
        let sender = frame.header.sender
        if round?.included[seat] == true { return [] }
        try requireInputsOpen(now, frame)
        guard var upload = round?.pending[seat] else { throw Abort(.unexpectedMessage, .input, peer: sender) }
        try upload.parts.takeRoots(frame.body, .input, from: sender)
        round?.pending[seat] = upload
        return []
    }

    /// Checks a chunk against its root and spools it; the last one folds the upload in.
    ///
    /// - Complexity: one pass of BLAKE2b over the chunk.
    mutating func handleChunk(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .input)
        let sender = frame.header.sender
        #if PlantedBugs
            if PlantedBug.chunkFoldedTwice.isActive, round?.included[seat] == true {
                foldAgain(frame)
            }
        #endif
        if round?.included[seat] == true { return [] }
        try requireInputsOpen(now, frame)
        guard var upload = round?.pending[seat] else { throw Abort(.unexpectedMessage, .input, peer: sender) }
        guard let chunk = try upload.parts.check(frame.body, .input, from: sender, threads: threads) else { return [] }
        try requireRange(chunk, context, sender)
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
        round?.pending[seat] = upload
        return upload.parts.isComplete ? fold(upload, seat, context) : []
    }

    /// Bits outside the lanes are a fault of the sender, found before anything is folded.
    private func requireRange(_ chunk: CheckedChunk, _ context: RoundContext, _ sender: PeerID) throws(Abort) {
        let isInRange = unsafe chunk.bytes.withUnsafeBytes { raw in
            unsafe !PackedVector.hasStrayBits(
                chunk.bits, setIn: raw, atWord: chunk.range.lowerBound / 8, count: context.dimension,
                layout: context.layout)
        }
        try Abort.require(isInRange, .elementOutOfRange, .input, peer: sender)
    }

    /// Adds a verified upload to the running sum, together with its included-bit, and acknowledges it.
    private mutating func fold(_ upload: PendingUpload, _ seat: Int, _ context: RoundContext) -> [Effect] {
        let slot = UInt32(seat)
        guard let session = epoch?.session, var open = round else { return [] }
        round = nil  // the one owner of the accumulator, so that it is changed in place
        var isFolded = true
        do throws(SpoolFailure) {
            try spool.sync(slot: slot)
            let isDurable = spool.isDurable
            let isIntact = isDurable ? try isIntact(upload, slot) : true
            guard isIntact else {
                open.pending[seat] = nil  // it may come again
                round = open
                spool.release(slot: slot)
                refusals.append(Abort(.spoolFailed, .input, peer: session.ids[seat]))
                return []
            }
            try unsafe spool.readAll(slot: slot, tileBytes: 256 << 10) { offset, tile in
                do throws(RingFailure) {
                    if isDurable {
                        try unsafe open.accumulator.add(littleEndianBytes: tile, atWord: offset / 8)
                    } else {
                        // Looked through when the chunk arrived, and never out of memory since.
                        try unsafe open.accumulator.add(checkedLittleEndianBytes: tile, atWord: offset / 8)
                    }
                } catch {
                    isFolded = false
                }
                return isFolded
            }
        } catch {
            isFolded = false
        }
        guard isFolded else {
            round = open
            return abandonRound(Abort(.spoolFailed, .input))
        }
        if !spool.isDurable { spool.release(slot: slot) }
        let acknowledgement = sign(
            .acknowledgement, session: session.id, round: context.round,
            body: Acknowledgement(participant: session.ids[seat], inputFrame: upload.frame.digest).encoded())
        open.pending[seat] = nil
        open.inputs[seat] = upload.frame
        open.acknowledgements[seat] = acknowledgement
        open.included[seat] = true
        let isComplete = open.included == context.config.cohort
        round = open
        return [
            persistInput(seat, upload.frame, acknowledgement),
            .send(to: session.ids[seat], frame: OutgoingFrame(acknowledgement)),
        ] + (isComplete ? closeInputs() : [])
    }

    /// Whether what comes back from a disk is what was checked when it arrived.
    private func isIntact(_ upload: PendingUpload, _ slot: UInt32) throws(SpoolFailure) -> Bool {
        var isIntact = true
        try unsafe spool.readAll(slot: slot, tileBytes: UploadDigest.chunkBytes) { offset, tile in
            unsafe isIntact = UploadDigest.chunkRoot(tile) == upload.parts.roots[offset / UploadDigest.chunkBytes]
            return isIntact
        }
        return isIntact
    }

    private func requireInputsOpen(_ now: Instant, _ frame: Frame) throws(Abort) {
        guard case .expectInputs = stage, let config = round?.context.config, now < config.inputDeadline else {
            throw Abort(.late, .input, peer: frame.header.sender)
        }
    }

    /// The seat of a frame's sender, which must be in the cohort of the open round.
    func member(_ frame: Frame, _ step: Stage) throws(Abort) -> (seat: Int, context: RoundContext) {
        let session = try openSession()
        guard let seat = session.seat(of: frame.header.sender), let context = round?.context,
            context.config.cohort[seat]
        else { throw Abort(.unknownParticipant, step, peer: frame.header.sender) }
        return (seat, context)
    }

    /// Fixes the survivor set as what has been folded in, and asks the cohort to sign it.
    mutating func closeInputs() -> [Effect] {
        guard let session = epoch?.session, var open = round else { return [] }
        let context = open.context
        let survivors = open.included
        if survivors.population < Int(context.config.minimumSurvivors) || !session.admits(survivors) {
            return abandonRound(Abort(.tooFewSurvivors, .survivors))
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

#if PlantedBugs
    extension Coordinator {
        /// What a coordinator without included-bits would do.
        private mutating func foldAgain(_ frame: Frame) {
            guard let chunk = try? UploadFrames.chunk(frame.body) else { return }
            unsafe Array(chunk.bytes).withUnsafeBytes { bytes in
                try? unsafe round?.accumulator.add(
                    littleEndianBytes: bytes, atWord: chunk.index * UploadDigest.chunkBytes / 8)
            }
        }
    }
#endif
