public import CryptoPrimitives
public import DurableState
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// Sealed records: every frame that the coordinator signs is durable before it leaves.
///
/// The session, the round and each acknowledged contribution are records of their own; contributions come back from the
/// spool, are checked against the signed digests and multiplied in anew, so that nothing is added twice.
///
/// Source: durability section 6
extension PaillierCoordinator {
    /// 1 is a masking coordinator's: neither kind takes up the other's records, which share their names.
    static let snapshotVersion: UInt16 = 2
    package static let epochRecord = "coordinator.epoch"
    package static let roundRecord = "coordinator.round"

    package static let shownRecord = "coordinator.shown"

    package static func inputRecord(_ seat: Int) -> String { "coordinator.input.\(seat)" }

    mutating func persistEpoch() -> Effect {
        var writer = ByteWriter()
        writer.u16(Self.snapshotVersion)
        writer.bytes32(roster.digest.value)
        writer.bytes32(key.id.value)
        writer.u8(lastEpoch == nil ? 0 : 1)
        writer.u64(lastEpoch ?? 0)
        writer.counted(epoch?.proposalFrame.bytes ?? [])
        writer.counted(epoch?.list?.bytes ?? [])
        return seal(writer.bytes, Self.epochRecord)
    }

    mutating func persistRound() -> Effect {
        var writer = ByteWriter()
        writer.u16(Self.snapshotVersion)
        writer.u8(lastRound == nil ? 0 : 1)
        writer.u64(lastRound ?? 0)
        writer.u16(stage.stage.rawValue)
        for frame in [round?.context.frame, round?.survivorsFrame, round?.requestFrame] {
            writer.counted(frame?.bytes ?? [])
        }
        let statements = round?.requestFrame == nil ? [:] : round?.statements ?? [:]
        writer.count(statements.count)
        for (seat, frame) in statements.sorted(by: { $0.key < $1.key }) {
            writer.u32(UInt32(seat))
            writer.counted(frame.bytes)
        }
        writer.counted(round?.opening ?? [])
        return seal(writer.bytes, Self.roundRecord)
    }

    mutating func persistShown() -> Effect {
        var writer = ByteWriter(reserving: 64 + 32 * shown.count)
        writer.u16(Self.snapshotVersion)
        writer.bytes32(key.id.value)
        writer.count(shown.count)
        for digest in shown.sorted() { writer.bytes32(digest.value) }
        return seal(writer.bytes, Self.shownRecord)
    }

    mutating func persistInput(_ seat: Int, _ input: Frame, _ acknowledgement: Frame) -> Effect {
        var writer = ByteWriter()
        writer.u16(Self.snapshotVersion)
        writer.counted(input.bytes)
        writer.counted(acknowledgement.bytes)
        return seal(writer.bytes, Self.inputRecord(seat))
    }

    private mutating func seal(_ bytes: [UInt8], _ name: String) -> Effect {
        let generation = generations[name, default: 0] + 1
        generations[name] = generation
        let plaintext = unsafe bytes.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
        return .persist(
            sealingKey.seal(
                plaintext, name: PaillierParticipant.name(name), generation: generation, nonceFrom: &sealingRandom))
    }

    /// Takes up a coordinator where its last durable records left it.
    ///
    /// A contribution that had been acknowledged must still be in the spool; else the next call gives the round up.
    ///
    /// - Throws: `stateCorrupt`, `stateRolledBack`, and what the initialiser throws.
    public static func restored(
        from store: any StateStore, identity: consuming SigningKey, roster: Roster, key: ThresholdPublicKey,
        sealingKey: consuming SealingKey, spool: any InputSpool, sealingRandom: any RandomSource
    ) throws(Abort) -> PaillierCoordinator {
        var coordinator = try PaillierCoordinator(
            identity: identity, roster: roster, key: key, sealingKey: sealingKey, spool: spool,
            sealingRandom: sealingRandom)
        try coordinator.takeUp(from: store)
        return coordinator
    }

    private mutating func takeUp(from store: any StateStore) throws(Abort) {
        let shownBytes = try open(Self.shownRecord, from: store)
        guard let epochBytes = try open(Self.epochRecord, from: store) else { return }
        let roundBytes = try open(Self.roundRecord, from: store)
        do throws(DecodingFailure) {
            if let shownBytes { try restoreShown(shownBytes) }
            try restoreEpoch(epochBytes)
            if let roundBytes { try restoreRound(roundBytes) }
        } catch {
            throw Abort(.stateCorrupt, .state)
        }
        try restoreInputs(from: store)
        if round?.opening != nil {
            // What is opened needs no contribution any more.
            hasLostUpload = false
            return
        }
        guard let session = epoch?.session, let open = round, let agreement = open.agreement, !hasLostUpload else {
            return
        }
        guard open.included == agreement.survivors else {
            hasLostUpload = true
            return
        }
        do throws(PaillierFailure) {
            round?.request = try OpeningRequest(
                mode: open.context.mode, session: session.id, round: open.context.round, open.contributions, key: key)
        } catch {
            hasLostUpload = true
        }
    }

    /// The frames of the present step once more, byte for byte.
    public mutating func resume() -> [Effect] {
        if hasLostUpload { return abandonLostRound() }
        guard let epoch else { return [] }
        if case .expectJoins = stage {
            return broadcast(epoch.proposalFrame, to: allPeers) + [.deadline(epoch.proposal.joinDeadline)]
        }
        guard let session = epoch.session else { return [] }
        let ready = Effect.sessionReady(session: session.id, participants: session.ids, dealers: session.count)
        guard let open = round else { return (epoch.list.map { broadcast($0, to: session.ids) } ?? []) + [ready] }
        if open.opening != nil { return announceResult() + [ready] }
        let (config, members) = (open.context.config, open.context.config.cohort.indices.map { session.ids[$0] })
        if case .expectShares = stage {
            return showQuorum(to: open.statements.keys.sorted()) + [.deadline(config.unmaskDeadline)]
        }
        return broadcast(open.survivorsFrame ?? open.context.frame, to: members)
            + [.deadline(open.survivorsFrame == nil ? config.inputDeadline : config.survivorDeadline)]
    }

    private mutating func open(_ name: String, from store: any StateStore) throws(Abort) -> [UInt8]? {
        do throws(StateStoreFailure) {
            guard let record = try store.latest(PaillierParticipant.name(name)) else { return nil }
            generations[name] = record.generation
            let plaintext = try sealingKey.open(record)
            return unsafe plaintext.withUnsafeBytes { unsafe [UInt8]($0) }
        } catch {
            throw Abort(error)
        }
    }

    private static func frame(_ reader: inout ByteReader) throws(DecodingFailure) -> Frame? {
        let bytes = try reader.counted(limit: reader.remaining)
        do throws(Abort) {
            return bytes.isEmpty ? nil : try Frame([UInt8](bytes))
        } catch {
            throw .invalidValue
        }
    }

    private mutating func restoreShown(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.u16() == Self.snapshotVersion else { throw .invalidValue }
        guard Digest(try reader.bytes32()) == key.id else { return }
        for _ in 0..<(try reader.count(limit: .max, elementBytes: 32)) { shown.insert(Digest(try reader.bytes32())) }
        try reader.finish()
    }

    private mutating func restoreEpoch(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.u16() == Self.snapshotVersion, Digest(try reader.bytes32()) == roster.digest else {
            throw .invalidValue
        }
        let isSameKey = Digest(try reader.bytes32()) == key.id
        let (hasEpoch, last) = (try reader.u8() == 1, try reader.u64())
        lastEpoch = hasEpoch ? last : nil
        guard let proposalFrame = try Self.frame(&reader), isSameKey else { return }
        var epoch = SumCoordinatorEpoch(
            proposal: try SumProposal(decoding: proposalFrame.body), proposalFrame: proposalFrame)
        epoch.list = try Self.frame(&reader)
        try reader.finish()
        stage = .expectJoins
        if let list = epoch.list {
            do throws(Abort) {
                let frames = try AdvertiseList.frames(in: list.body, limit: roster.participants.count)
                epoch.session = try SumSession(
                    proposal: epoch.proposal, proposalDigest: proposalFrame.digest, firstRound: list.header.round,
                    frames: frames, roster: roster, key: key)
                for frame in frames { epoch.joins[frame.header.sender] = frame }
            } catch {
                throw .invalidValue
            }
            stage = .ready
        }
        self.epoch = epoch
    }

    private mutating func restoreRound(_ bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        guard try reader.u16() == Self.snapshotVersion else { throw .invalidValue }
        let hasRound = try reader.u8() == 1
        let last = try reader.u64()
        lastRound = hasRound ? last : nil
        let step = Stage(rawValue: try reader.u16())
        let (config, survivors, request) = (
            try Self.frame(&reader), try Self.frame(&reader), try Self.frame(&reader)
        )
        var statements: [Int: Frame] = [:]
        for _ in 0..<(try reader.count(limit: Roster.maximumCount, elementBytes: 8)) {
            let seat = Int(try reader.u32())
            statements[seat] = try Self.frame(&reader)
        }
        let opening = [UInt8](try reader.counted(limit: reader.remaining))
        try reader.finish()
        // A round of an earlier session is over.
        guard let session = epoch?.session, let config, config.header.session == session.id else { return }
        // A configuration decides how much is allocated: only one that was signed counts.
        guard config.isSigned(by: roster.coordinator), statements.keys.allSatisfy({ $0 < session.count }) else {
            throw .invalidValue
        }
        do throws(Abort) {
            var open = SumCoordinatorRound(
                context: try SumRound(config, session: session, key: key), participants: session.count,
                key: key.publicKey)
            if let survivors {
                open.agreement = try SurvivorList(decoding: survivors.body, participants: session.count).agreement
            }
            open.survivorsFrame = survivors
            open.requestFrame = request
            open.statements = statements
            open.opening = opening.isEmpty ? nil : opening
            round = open
        } catch {
            throw .invalidValue
        }
        switch step {
        case .announce: stage = .ready
        case .survivors: stage = .expectStatements
        case .unmask: stage = .expectShares
        default: stage = .expectInputs
        }
    }

    /// Multiplies the acknowledged contributions in again, from the spool and against their signed digests.
    ///
    /// Every participant's record is read, for its generation if for nothing else.
    private mutating func restoreInputs(from store: any StateStore) throws(Abort) {
        for seat in roster.participants.indices {
            guard let bytes = try open(Self.inputRecord(seat), from: store) else { continue }
            guard let session = epoch?.session, let context = round?.context else { continue }
            var reader = ByteReader(bytes)
            guard (try? reader.u16()) == Self.snapshotVersion, let input = try? Self.frame(&reader),
                let acknowledgement = try? Self.frame(&reader), input.header.session == session.id,
                input.header.round == context.round
            else { continue }
            guard let promise = try? MaskedInput(decoding: input.body), refold(seat, promise, context, session) else {
                hasLostUpload = true
                continue
            }
            round?.inputs[seat] = input
            round?.acknowledgements[seat] = acknowledgement
            round?.included[seat] = true
        }
    }

    private mutating func refold(
        _ seat: Int, _ promise: MaskedInput, _ context: SumRound, _ session: SumSession
    ) -> Bool {
        guard let bytes = try? spooled(seat, context), !bytes.isEmpty else { return false }
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        guard UploadDigest.root(of: roots) == promise.inputDigest,
            let contribution = try? Contribution.decode(bytes, context, key: key.publicKey)
        else { return false }
        do throws(PaillierFailure) {
            try round?.contributions.add(contribution.ciphertexts, from: session.ids[seat].rawValue)
            return true
        } catch {
            return false
        }
    }
}
