public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// Sealed records: every frame that the coordinator signs is durable before it leaves.
///
/// The epoch, the round and each acknowledged upload are records of their own; uploads come back from the spool, are
/// checked against the signed digests and folded in anew, so that nothing is added twice.
///
/// Source: durability section 6
extension Coordinator {
    static let snapshotVersion: UInt16 = 1
    package static let epochRecord = "coordinator.epoch"
    package static let roundRecord = "coordinator.round"

    package static func inputRecord(_ seat: Int) -> String { "coordinator.input.\(seat)" }

    mutating func persistEpoch() -> Effect {
        let lists = epoch.map { [$0.commitments, $0.receipts] } ?? []
        let (proposal, list) = (epoch?.proposalFrame.bytes ?? [], epoch?.list?.bytes ?? [])
        let shares = epoch?.shares ?? FrameStore()
        var writer = Self.recordWriter(
            reserving: 68 + proposal.count + list.count + shares.byteCount + 8 * shares.seats.count, lists)
        writer.u16(Self.snapshotVersion)
        writer.bytes32(roster.digest.value)
        writer.u8(lastEpoch == nil ? 0 : 1)
        writer.u64(lastEpoch ?? 0)
        writer.u16(stage.stage.rawValue)
        writer.u8(epoch == nil ? 0 : 1)
        if let epoch {
            writer.counted(proposal)
            writer.u32(UInt32(epoch.parameters.regularGraphSecurity))
            writer.counted(list)
            Self.write(epoch.commitments, to: &writer)
            let dealers = shares.seats
            writer.count(dealers.count)
            for seat in dealers {
                guard let bytes = shares.bytes(of: seat) else { continue }
                writer.u32(UInt32(seat))
                writer.count(bytes.count)
                writer.raw(bytes)
            }
            Self.write(epoch.receipts, to: &writer)
        }
        return seal(&writer, Self.epochRecord)
    }

    mutating func persistRound() -> Effect {
        let frames = [round?.context.frame, round?.survivorsFrame, round?.requestFrame].map { $0?.bytes ?? [] }
        let lists = [round?.requestFrame == nil ? [:] : round?.statements ?? [:], round?.responses ?? [:]]
        var writer = Self.recordWriter(reserving: 32 + frames.reduce(0) { $0 + $1.count }, lists)
        writer.u16(Self.snapshotVersion)
        writer.u8(lastRound == nil ? 0 : 1)
        writer.u64(lastRound ?? 0)
        writer.u16(stage.stage.rawValue)
        for bytes in frames { writer.counted(bytes) }
        for frames in lists { Self.write(frames, to: &writer) }
        return seal(&writer, Self.roundRecord)
    }

    mutating func persistInput(_ seat: Int, _ input: Frame, _ acknowledgement: Frame) -> Effect {
        var writer = Self.recordWriter(reserving: 16 + input.bytes.count + acknowledgement.bytes.count)
        writer.u16(Self.snapshotVersion)
        writer.counted(input.bytes)
        writer.counted(acknowledgement.bytes)
        return seal(&writer, Self.inputRecord(seat))
    }

    /// A writer with room in front and for so many bytes and these frames by seat: a record of many frames is as large as all the
    /// rest, so it is written once and sealed where it stands.
    private static func recordWriter(reserving bytes: Int, _ lists: [[Int: Frame]] = []) -> ByteWriter {
        let listed = lists.reduce(0) { $0 + $1.values.reduce(4) { $0 + 8 + $1.bytes.count } }
        var writer = ByteWriter(reserving: SealingKey.overheadBytes + bytes + listed)
        writer.raw([UInt8](repeating: 0, count: SealingKey.roomBytes))
        return writer
    }

    private static func write(_ frames: [Int: Frame], to writer: inout ByteWriter) {
        writer.count(frames.count)
        for (seat, frame) in frames.sorted(by: { $0.key < $1.key }) {
            writer.u32(UInt32(seat))
            writer.counted(frame.bytes)
        }
    }

    private mutating func seal(_ writer: inout ByteWriter, _ name: String) -> Effect {
        let generation = generations[name, default: 0] + 1
        generations[name] = generation
        // Signed frames, which are no secret.
        return .persist(
            sealingKey.seal(
                behindRoom: writer.take(), name: Participant.name(name), generation: generation,
                nonceFrom: &sealingRandom))
    }

    /// Takes up a coordinator where its last durable records left it.
    ///
    /// An upload that had been acknowledged must still be in the spool; else the next call gives the round up.
    ///
    /// - Throws: `stateCorrupt`, `stateRolledBack`, `unknownParticipant`.
    public static func restored(
        from store: any StateStore, identity: consuming SigningKey, roster: Roster,
        sealingKey: consuming SealingKey, spool: any InputSpool, sealingRandom: any RandomSource
    ) throws(Abort) -> Coordinator {
        var coordinator = try Coordinator(
            identity: identity, roster: roster, sealingKey: sealingKey, spool: spool, sealingRandom: sealingRandom)
        try coordinator.takeUp(from: store)
        return coordinator
    }

    private mutating func takeUp(from store: any StateStore) throws(Abort) {
        guard let epochBytes = try open(Self.epochRecord, from: store) else { return }
        let roundBytes = try open(Self.roundRecord, from: store)
        do throws(DecodingFailure) {
            try restoreEpoch(epochBytes)
            if let roundBytes { try restoreRound(roundBytes) }
        } catch {
            throw Abort(.stateCorrupt, .state)
        }
        try restoreInputs(from: store)
    }

    /// The frames of the present step once more, byte for byte.
    public mutating func resume() -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        guard let epoch else { return [] }
        switch stage {
        case .idle, .ready: return []
        case .expectAdvertisements: return broadcast(epoch.proposalFrame, to: allPeers)
        case .expectDeals:
            guard let list = epoch.list, let session = epoch.session else { return [] }
            return broadcast(list, to: session.ids)
        case .expectReceipts: return closeDealing()
        case .expectInputs, .expectStatements, .expectShares:
            guard let session = epoch.session, let round else { return [] }
            if !round.responses.isEmpty {
                // Without the memory it waits for an answer, which asks again.
                return (try? requireOpeningMemory(session)) == nil ? [] : tryToOpen()
            }
            let frames = [round.context.frame, round.survivorsFrame, round.requestFrame].compactMap { $0 }
            guard let last = frames.last else { return [] }
            return broadcast(last, to: round.context.config.cohort.indices.map { session.ids[$0] })
        }
    }

    private mutating func open(_ name: String, from store: any StateStore) throws(Abort) -> [UInt8]? {
        do throws(StateStoreFailure) {
            guard let record = try store.latest(Participant.name(name)) else { return nil }
            generations[name] = record.generation
            let plaintext = try sealingKey.open(record)
            return unsafe plaintext.withUnsafeBytes { unsafe [UInt8]($0) }
        } catch {
            throw Abort(error)
        }
    }

    private static func frame(_ bytes: ArraySlice<UInt8>) throws(DecodingFailure) -> Frame? {
        do throws(Abort) {
            return bytes.isEmpty ? nil : try Frame([UInt8](bytes))
        } catch {
            throw .invalidValue
        }
    }

    private mutating func restoreEpoch(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.u16() == Self.snapshotVersion, Digest(try reader.bytes32()) == roster.digest else {
            throw .invalidValue
        }
        let (hasEpoch, last) = (try reader.u8() == 1, try reader.u64())
        lastEpoch = hasEpoch ? last : nil
        guard let step = Stage(rawValue: try reader.u16()) else { throw .invalidValue }
        guard try reader.u8() == 1, let proposalFrame = try Self.frame(try reader.counted(limit: reader.remaining))
        else { return }
        let proposal = try EpochProposal(decoding: proposalFrame.body)
        let security = Int(try reader.u32())
        guard
            EpochParameters.isAllowed(
                rounds: proposal.rounds, colluders: proposal.colluders, rule: proposal.thresholdRule,
                regularGraphSecurity: security)
        else { throw .invalidValue }
        let parameters = EpochParameters(
            rounds: proposal.rounds, colluders: proposal.colluders, thresholdRule: proposal.thresholdRule,
            maskSuites: proposal.maskSuites, graph: proposal.graph, shareCheck: proposal.shareCheck,
            regularGraphSecurity: security, advertiseDeadline: proposal.advertiseDeadline,
            dealDeadline: proposal.dealDeadline)
        var epoch = CoordinatorEpoch(parameters: parameters, proposal: proposal, proposalFrame: proposalFrame)
        epoch.list = try Self.frame(try reader.counted(limit: reader.remaining))
        for (seat, frame) in try Self.framesBySeat(&reader) { epoch.note(commitments: frame, of: seat) }
        for (seat, frame) in try Self.framesBySeat(&reader) { epoch.shares.keep(frame, of: seat) }
        epoch.receipts = try Self.framesBySeat(&reader)
        try reader.finish()
        try deriveSession(&epoch)
        self.epoch = epoch
        switch step {
        case .advertise: stage = .expectAdvertisements
        case .deal: stage = epoch.shares.isEmpty ? .expectDeals : .expectReceipts
        case .proposal: stage = .idle
        default: stage = .ready
        }
    }

    private func deriveSession(_ epoch: inout CoordinatorEpoch) throws(DecodingFailure) {
        guard let list = epoch.list else {
            guard epoch.commitments.isEmpty, epoch.shares.isEmpty, epoch.receipts.isEmpty else { throw .invalidValue }
            return
        }
        do throws(Abort) {
            let frames = try AdvertiseList.frames(in: list.body, limit: roster.participants.count)
            let session = try Session(
                proposal: epoch.proposal, proposalDigest: epoch.proposalFrame.digest,
                firstRound: list.header.round, frames: frames, roster: roster,
                regularGraphSecurity: epoch.parameters.regularGraphSecurity)
            for frame in frames { epoch.advertisements[frame.header.sender] = frame }
            epoch.session = session
        } catch {
            throw .invalidValue
        }
        guard let session = epoch.session else { return }
        let dealers = epoch.shares.seats
        for seats in [Array(epoch.commitments.keys), dealers, Array(epoch.receipts.keys)] {
            guard seats.allSatisfy({ $0 < session.count }) else { throw .invalidValue }
        }
        epoch.dealers = Bitmap(count: session.count, indices: dealers)
        for (seat, frame) in epoch.receipts {
            epoch.holdings[seat] = try Receipt(decoding: frame.body, participants: session.count).dealers
        }
    }

    private static func framesBySeat(_ reader: inout ByteReader) throws(DecodingFailure) -> [Int: Frame] {
        var frames: [Int: Frame] = [:]
        for _ in 0..<(try reader.count(limit: Roster.maximumCount, elementBytes: 8)) {
            let seat = Int(try reader.u32())
            frames[seat] = try frame(try reader.counted(limit: reader.remaining))
        }
        return frames
    }

    private mutating func restoreRound(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.u16() == Self.snapshotVersion else { throw .invalidValue }
        let hasRound = try reader.u8() == 1
        let last = try reader.u64()
        lastRound = hasRound ? last : nil
        let step = Stage(rawValue: try reader.u16())
        let config = try Self.frame(try reader.counted(limit: reader.remaining))
        let survivors = try Self.frame(try reader.counted(limit: reader.remaining))
        let request = try Self.frame(try reader.counted(limit: reader.remaining))
        let statements = try Self.framesBySeat(&reader)
        let responses = try Self.framesBySeat(&reader)
        try reader.finish()
        // A round of an earlier epoch is over.
        guard let session = epoch?.session, let config, config.header.session == session.id else { return }
        // A configuration decides how much is allocated: only one that was signed counts.
        guard config.isSigned(by: roster.coordinator) else { throw .invalidValue }
        guard (Array(statements.keys) + Array(responses.keys)).allSatisfy({ $0 < session.count }) else {
            throw .invalidValue
        }
        do throws(Abort) {
            var open = CoordinatorRound(
                context: try RoundContext(config, session: session), session: session)
            if let survivors {
                open.agreement = try SurvivorList(decoding: survivors.body, participants: session.count).agreement
            }
            open.survivorsFrame = survivors
            open.requestFrame = request
            open.statements = statements
            if let agreement = open.agreement {
                for (seat, frame) in responses {
                    open.note(
                        response: frame, of: try dealers(in: frame, of: seat, open.context, agreement, session),
                        from: seat, session)
                }
            }
            round = open
        } catch {
            throw .invalidValue
        }
        switch step {
        case .survivors: stage = .expectStatements
        case .unmask: stage = .expectShares
        default: stage = .expectInputs
        }
    }

    /// Folds the acknowledged uploads in again, from the spool and against their signed digests.
    ///
    /// Every participant's record is read, for its generation if for nothing else.
    private mutating func restoreInputs(from store: any StateStore) throws(Abort) {
        for seat in roster.participants.indices {
            guard let bytes = try open(Self.inputRecord(seat), from: store) else { continue }
            guard let session = epoch?.session, let context = round?.context else { continue }
            var reader = ByteReader(bytes)
            guard (try? reader.u16()) == Self.snapshotVersion,
                let input = try? Self.frame(try reader.counted(limit: reader.remaining)),
                let acknowledgement = try? Self.frame(try reader.counted(limit: reader.remaining)),
                input.header.session == session.id, input.header.round == context.round
            else { continue }
            #if PlantedBugs
                if PlantedBug.uploadsForgotten.isActive {
                    round?.inputs[seat] = input
                    round?.acknowledgements[seat] = acknowledgement
                    round?.included[seat] = true
                    continue
                }
            #endif
            guard let promise = try? MaskedInput(decoding: input.body), refold(seat, promise, context) else {
                hasLostUpload = true
                continue
            }
            round?.inputs[seat] = input
            round?.acknowledgements[seat] = acknowledgement
            round?.included[seat] = true
        }
        // A survivor whose record is gone must not be left out of the sum from which its mask is taken.
        if let round, let agreement = round.agreement, round.included != agreement.survivors { hasLostUpload = true }
    }

    private mutating func refold(_ seat: Int, _ promise: MaskedInput, _ context: RoundContext) -> Bool {
        guard var open = round else { return false }
        var roots: [Digest] = []
        var candidate = open.accumulator
        var isSound = true
        do throws(SpoolFailure) {
            try unsafe spool.readAll(slot: UInt32(seat), tileBytes: UploadDigest.chunkBytes) { offset, tile in
                unsafe roots.append(UploadDigest.chunkRoot(tile))
                do throws(RingFailure) {
                    try unsafe candidate.add(littleEndianBytes: tile, atWord: offset / 8)
                } catch {
                    isSound = false
                }
                return isSound
            }
        } catch {
            return false
        }
        guard isSound, !roots.isEmpty, UploadDigest.root(of: roots) == promise.inputDigest else { return false }
        open.accumulator = candidate
        round = open
        return true
    }
}
