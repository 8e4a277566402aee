public import CryptoPrimitives
public import DurableState
public import RoundProtocol
internal import WireFormat

/// Sealed snapshots: a participant survives the end of its process between any two messages.
///
/// A snapshot holds the frames that were accepted and sent, the ledger and the secrets; the rest follows from them.
/// Every snapshot has a higher generation than the last, and the state store refuses to go back: who holds the sealed
/// bytes cannot make a participant mask, sign or open twice.
///
/// Source: durability section 6
extension Participant {
    static let snapshotVersion: UInt16 = 1

    /// Seals the present state under the next generation.
    mutating func persistState() -> Effect {
        generation += 1
        return .persist(sealState())
    }

    /// The masked words of the open round: no secret, and checked against the signed digest when they come back.
    mutating func persistUpload(_ bytes: [UInt8]) -> Effect {
        uploadGeneration = max(uploadGeneration, generation) + 1  // rises though the last record be lost
        return .persist(StateRecord(name: Self.name(Self.uploadRecord), generation: uploadGeneration, sealed: bytes))
    }

    private mutating func sealState() -> StateRecord {
        if verdicts != nil { return StateRecord(name: Self.name(Self.stateRecord), generation: generation, sealed: []) }
        let open = publicState()
        var plaintext = SecretBytes(zeroed: 4 + open.count + secrets.snapshotBytes)
        unsafe plaintext.withUnsafeMutableBytes { target in
            unsafe target.storeBytes(of: UInt32(open.count).littleEndian, as: UInt32.self)
            unsafe open.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[4..<4 + open.count]).copyMemory(from: $0)
            }
            unsafe secrets.copy(into: UnsafeMutableRawBufferPointer(rebasing: target[(4 + open.count)...]))
        }
        return sealingKey.seal(
            plaintext, name: Self.name(Self.stateRecord), generation: generation, nonceFrom: &sealingRandom)
    }

    static func name(_ text: String) -> RecordName {
        guard let name = RecordName(text) else { preconditionFailure("a record name of the library is well-formed") }
        return name
    }

    private func publicState() -> [UInt8] {
        var writer = ByteWriter()
        writer.u16(Self.snapshotVersion)
        writer.u32(id.rawValue)
        writer.bytes32(roster.digest.value)
        writer.bytes32((lastHandled ?? Digest(Bytes32())).value)
        writer.u32(UInt32(secrets.rounds))
        writer.u32(UInt32(secrets.dealers))
        writer.counted(ledger.encoded())
        let frames = epoch.map {
            [$0.proposalFrame, $0.advertise, $0.list, $0.commitments, $0.shares, $0.receipt]
        }
        for frame in frames ?? Array(repeating: nil, count: 6) { writer.counted(frame?.bytes ?? []) }
        writer.bitmap(epoch?.held ?? Bitmap(count: 0))
        writer.u8(epoch?.cohort == nil ? 0 : 1)
        writer.bitmap(epoch?.cohort ?? Bitmap(count: 0))
        writer.u16(stage.stage.rawValue)
        for frame in roundFrames() { writer.counted(frame?.bytes ?? []) }
        return writer.bytes
    }

    /// Configuration, own input, acknowledgement, survivor proposal, statement, response.
    func roundFrames() -> [Frame?] {
        switch stage {
        case .expectInput(let context): [context.frame, nil, nil, nil, nil, nil]
        case .expectSurvivors(let round): [round.context.frame, round.input, round.acknowledgement, nil, nil, nil]
        case .expectUnmaskRequest(let round), .expectResult(let round, _):
            [round.context.frame, round.input, nil, round.proposal, round.statement, round.response]
        default: Array(repeating: nil, count: 6)
        }
    }

    /// Takes up a participant where its last durable record left it.
    ///
    /// - Parameters:
    ///   - store: the company's own store; the newest record counts, and a store that went back is refused.
    /// - Throws: `stateCorrupt` when the seal or the content is bad, `stateRolledBack`, `unknownParticipant` when the
    ///   identity or roster is another one.
    public static func restored(
        from store: any StateStore, identity: consuming SigningKey, roster: Roster, policy: ClientPolicy,
        sealingKey: consuming SealingKey, random: any RandomSource, sealingRandom: any RandomSource
    ) throws(Abort) -> Participant {
        var participant = try Participant(
            identity: identity, roster: roster, policy: policy, sealingKey: sealingKey, random: random,
            sealingRandom: sealingRandom)
        try participant.takeUp(from: store)
        return participant
    }

    private mutating func takeUp(from store: any StateStore) throws(Abort) {
        let plaintext: SecretBytes
        do throws(StateStoreFailure) {
            guard let record = try store.latest(Self.name(Self.stateRecord)) else { return }
            plaintext = try sealingKey.open(record)
            generation = record.generation
        } catch {
            throw Abort(error)
        }
        do throws(DecodingFailure) {
            try restore(plaintext)
        } catch {
            throw Abort(.stateCorrupt, .state)
        }
        restoreUpload(from: store)
    }

    /// Reads the ledger, which must survive, and then the epoch, which may be dropped: after a change of roster or of
    /// policy its session stands no more, and a new epoch begins from what the ledger allows.
    private mutating func restore(_ plaintext: borrowing SecretBytes) throws(DecodingFailure) {
        let open = try unsafe plaintext.withUnsafeBytes { (bytes) throws(DecodingFailure) -> [UInt8] in
            guard bytes.count >= 4 else { throw .truncated }
            let count = Int(unsafe UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            guard count <= bytes.count - 4 else { throw .truncated }
            return unsafe [UInt8](bytes[4..<4 + count])
        }
        var reader = ByteReader(open)
        guard try reader.u16() == Self.snapshotVersion else { throw .invalidValue }
        let owner = (id: try reader.u32(), roster: Digest(try reader.bytes32()))
        let handled = Digest(try reader.bytes32())
        let (rounds, dealers) = (Int(try reader.u32()), Int(try reader.u32()))
        guard rounds <= 1 << 16, dealers <= Roster.maximumCount else { throw .invalidValue }
        var ledgerReader = ByteReader(try reader.counted(limit: reader.remaining))
        ledger = try ParticipantLedger(reading: &ledgerReader)
        guard owner.id == id.rawValue, owner.roster == roster.digest else { return }
        let frames = try Self.frames(&reader, count: 6)
        guard var epoch = try? restoreEpoch(frames) else { return }
        let count = epoch.session?.count ?? 0
        epoch.held = try reader.bitmap(count: epoch.receipt == nil ? 0 : count)
        let hasCohort = try reader.u8() == 1
        let cohort = try reader.bitmap(count: hasCohort ? count : 0)
        epoch.cohort = hasCohort ? cohort : nil
        guard let step = Stage(rawValue: try reader.u16()) else { throw .invalidValue }
        let roundFrames = try Self.frames(&reader, count: 6)
        try reader.finish()
        guard let stage = try? restoredStage(step, roundFrames, epoch.session),
            Self.fits(stage, epoch, rounds: rounds, dealers: dealers)
        else { return }
        try restoreSecrets(plaintext, from: 4 + open.count, rounds: rounds, dealers: dealers)
        lastHandled = handled == Digest(Bytes32()) ? nil : handled
        self.epoch = epoch
        self.stage = stage
    }

    /// Whether the stage and the shape of the secrets are ones that a participant can be in with this epoch.
    private static func fits(_ stage: ParticipantStage, _ epoch: ParticipantEpoch, rounds: Int, dealers: Int) -> Bool {
        guard rounds == epoch.proposal.rounds else { return false }
        let hasDealt = epoch.commitments != nil && epoch.shares != nil && dealers > 0 && dealers == epoch.holders.count
        switch stage {
        case .expectProposal: return false
        case .expectAdvertiseList: return epoch.session == nil && dealers == 0
        case .expectDelivery: return hasDealt && epoch.receipt == nil
        default: return hasDealt && epoch.receipt != nil
        }
    }

    private mutating func restoreSecrets(
        _ plaintext: borrowing SecretBytes, from start: Int, rounds: Int, dealers: Int
    ) throws(DecodingFailure) {
        guard plaintext.count - start == EpochSecrets.snapshotBytes(rounds: rounds, dealers: dealers) else {
            throw .truncated
        }
        var restored = EpochSecrets(rounds: rounds, dealers: dealers)
        unsafe plaintext.withUnsafeBytes { bytes in
            unsafe restored.restore(from: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        secrets = restored
    }

    private static func frames(_ reader: inout ByteReader, count: Int) throws(DecodingFailure) -> [Frame?] {
        var frames: [Frame?] = []
        for _ in 0..<count {
            let bytes = try reader.counted(limit: reader.remaining)
            do throws(Abort) {
                frames.append(bytes.isEmpty ? nil : try Frame([UInt8](bytes)))
            } catch {
                throw .invalidValue
            }
        }
        return frames
    }

    private func restoreEpoch(_ frames: [Frame?]) throws(DecodingFailure) -> ParticipantEpoch? {
        guard let proposalFrame = frames[0] else { return nil }
        let proposal = try EpochProposal(decoding: proposalFrame.body)
        var epoch = ParticipantEpoch(
            proposal: proposal, proposalFrame: proposalFrame, advertise: frames[1], list: frames[2])
        epoch.commitments = frames[3]
        epoch.shares = frames[4]
        epoch.receipt = frames[5]
        guard let list = frames[2] else { return epoch }
        do throws(Abort) {
            let session = try Session(
                proposal: proposal, proposalDigest: proposalFrame.digest, firstRound: list.header.round,
                frames: try AdvertiseList.frames(in: list.body, limit: roster.participants.count), roster: roster,
                regularGraphSecurity: policy.regularGraphSecurity)
            epoch.session = session
            if let seat = session.seat(of: id) { epoch.holders = session.holders(of: seat) }
        } catch {
            throw .invalidValue
        }
        return epoch
    }

    private func restoredStage(
        _ step: Stage, _ frames: [Frame?], _ session: Session?
    ) throws(DecodingFailure) -> ParticipantStage {
        switch step {
        case .proposal: return .expectProposal
        case .advertise: return .expectAdvertiseList
        case .deal: return .expectDelivery
        case .announce: return .expectRoundConfig
        default: break
        }
        guard let session, let configFrame = frames[0] else { throw .invalidValue }
        let context: RoundContext
        do throws(Abort) {
            context = try RoundContext(configFrame, session: session)
        } catch {
            throw .invalidValue
        }
        if step == .input { return .expectInput(context) }
        if step == .survivors, let input = frames[1] {
            return .expectSurvivors(SubmittedRound(context: context, input: input, acknowledgement: frames[2]))
        }
        guard let proposal = frames[3], let statement = frames[4] else { throw .invalidValue }
        var reader = ByteReader(statement.body)
        let agreement = try Agreement(reading: &reader, participants: session.count)
        let round = AgreedRound(
            context: context, input: frames[1], agreement: agreement, proposal: proposal, statement: statement,
            response: frames[5])
        return frames[5] == nil ? .expectUnmaskRequest(round) : .expectResult(round, nil)
    }

    /// Takes the masked words back if they are the ones that were promised; else the upload cannot be resent.
    private mutating func restoreUpload(from store: any StateStore) {
        let name = Self.name(Self.uploadRecord)
        let record: StateRecord?
        do throws(StateStoreFailure) {
            record = try store.latest(name)
        } catch {
            try? store.remove(name)  // damaged words are no loss: the burn mark is elsewhere
            return
        }
        uploadGeneration = record?.generation ?? 0
        guard let record, case .expectSurvivors(let round) = stage,
            let promise = try? MaskedInput(decoding: round.input.body)
        else { return }
        let roots = unsafe record.sealed.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        if UploadDigest.root(of: roots) == promise.inputDigest { upload = record.sealed }
    }
}
