public import CryptoPrimitives
public import DurableState
public import RoundProtocol
internal import WireFormat

/// The newest generation of each of a participant's records; every record counts for itself.
struct SumRecords: Sendable {
    var state: UInt64 = 0
    var upload: UInt64 = 0
    var openings: UInt64 = 0
    var share: UInt64 = 0
}

/// Sealed snapshots: a participant survives the end of its process between any two messages.
///
/// State and record of openings are sealed; a contribution and a part of an opening are kept as they travel, so that the same
/// bytes leave again. The share of the key is not in a snapshot: it is the company's to keep.
///
/// Source: durability section 6
extension PaillierParticipant {
    /// 1 is a masking participant's: neither kind takes up the other's record, which shares its name.
    static let snapshotVersion: UInt16 = 2
    package static let stateRecord = "participant.state"
    package static let uploadRecord = "participant.upload"
    package static let openingsRecord = "participant.openings"
    package static let shareRecord = "participant.share"

    /// Seals the present state under the next generation.
    mutating func persistState() -> Effect {
        generations.state += 1
        let open = publicState()
        var plaintext = SecretBytes(zeroed: 4 + open.count + (maskSecret.isPresent ? 32 : 0))
        unsafe plaintext.withUnsafeMutableBytes { target in
            unsafe target.storeBytes(of: UInt32(open.count).littleEndian, as: UInt32.self)
            unsafe target[4..<4 + open.count].copyBytes(from: open)
            switch maskSecret {
            case .none: break
            case .some(let secret):
                unsafe secret.withUnsafeBytes {
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[(4 + open.count)...]).copyMemory(from: $0)
                }
            }
        }
        return .persist(
            sealingKey.seal(
                plaintext, name: Self.name(Self.stateRecord), generation: generations.state,
                nonceFrom: &sealingRandom))
    }

    /// What this shareholder has opened, before its part leaves.
    mutating func persistOpenings() -> Effect {
        generations.openings += 1
        let bytes = openings.bytes()
        let plaintext = unsafe bytes.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
        return .persist(
            sealingKey.seal(
                plaintext, name: Self.name(Self.openingsRecord), generation: generations.openings,
                nonceFrom: &sealingRandom))
    }

    /// The contribution of the open round: ciphertexts, checked against the signed digest when they come back.
    mutating func persistUpload(_ bytes: [UInt8]) -> Effect {
        generations.upload = max(generations.upload, generations.state) + 1  // rises though the last record be lost
        return .persist(
            StateRecord(name: Self.name(Self.uploadRecord), generation: generations.upload, sealed: bytes))
    }

    /// The part of the opening of the open round, likewise.
    mutating func persistShare(_ bytes: [UInt8]) -> Effect {
        generations.share = max(generations.share, generations.state) + 1
        return .persist(
            StateRecord(name: Self.name(Self.shareRecord), generation: generations.share, sealed: bytes))
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
        writer.bytes32(key.id.value)
        writer.bytes32((lastHandled ?? Digest(Bytes32())).value)
        writer.counted(ledger.encoded())
        for frame in [epoch?.proposalFrame, epoch?.join, epoch?.list] { writer.counted(frame?.bytes ?? []) }
        writer.u16(stage.stage.rawValue)
        for frame in roundFrames() { writer.counted(frame?.bytes ?? []) }
        return writer.bytes
    }

    /// Configuration, own promise, acknowledgement, survivor proposal, statement, quorum, response.
    private func roundFrames() -> [Frame?] {
        switch stage {
        case .expectInput(let context): [context.frame, nil, nil, nil, nil, nil, nil]
        case .expectSurvivors(let round): [round.context.frame, round.input, round.acknowledgement, nil, nil, nil, nil]
        case .expectUnmaskRequest(let round), .expectUploads(let round, _), .expectResult(let round, _):
            [
                round.context.frame, round.input, nil, round.proposal, round.statement, round.request, round.response,
            ]
        default: Array(repeating: nil, count: 7)
        }
    }

    /// Takes up a participant where its last durable records left it.
    ///
    /// - Parameters:
    ///   - store: the company's own store; the newest records count, and a store that went back is refused.
    /// - Throws: `stateCorrupt` when a seal or content is bad or belongs to a masking participant, `stateRolledBack`, and what
    ///   the initialiser throws.
    public static func restored(
        from store: any StateStore, identity: consuming SigningKey, roster: Roster, policy: ClientPolicy,
        openingPolicy: OpeningPolicy, key: ThresholdPublicKey, share: consuming KeyShare?,
        sealingKey: consuming SealingKey, random: any RandomSource, sealingRandom: any RandomSource
    ) throws(Abort) -> PaillierParticipant {
        var participant = try PaillierParticipant(
            identity: identity, roster: roster, policy: policy, openingPolicy: openingPolicy, key: key, share: share,
            sealingKey: sealingKey, random: random, sealingRandom: sealingRandom)
        try participant.takeUp(from: store)
        return participant
    }

    private mutating func takeUp(from store: any StateStore) throws(Abort) {
        do throws(StateStoreFailure) {
            if let record = try store.latest(Self.name(Self.openingsRecord)) {
                let bytes = try sealingKey.open(record)
                generations.openings = record.generation
                do throws(PaillierFailure) {
                    let stored = try OpeningRecord(bytes: unsafe bytes.withUnsafeBytes { unsafe Array($0) })
                    // Under a key that was dealt anew nothing has been opened yet.
                    if stored.keyID == key.id { openings = stored }
                } catch {
                    throw .stateCorrupt
                }
            }
        } catch {
            throw Abort(error)
        }
        let plaintext: SecretBytes
        do throws(StateStoreFailure) {
            guard let record = try store.latest(Self.name(Self.stateRecord)) else { return }
            plaintext = try sealingKey.open(record)
            generations.state = record.generation
        } catch {
            throw Abort(error)
        }
        do throws(DecodingFailure) {
            try restore(plaintext)
        } catch {
            throw Abort(.stateCorrupt, .state)
        }
        takeUpParts(from: store)
    }

    /// Reads the ledger, which must survive, and then the session, which may be dropped: after a change of roster, key or
    /// policy it stands no more, and a new one begins from what the ledger allows.
    private mutating func restore(_ plaintext: borrowing SecretBytes) throws(DecodingFailure) {
        let open = try unsafe plaintext.withUnsafeBytes { (bytes) throws(DecodingFailure) -> [UInt8] in
            guard bytes.count >= 4 else { throw .truncated }
            let count = Int(unsafe UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            guard count <= bytes.count - 4 else { throw .truncated }
            return unsafe [UInt8](bytes[4..<4 + count])
        }
        var reader = ByteReader(open)
        guard try reader.u16() == Self.snapshotVersion else { throw .invalidValue }
        let owner = (id: try reader.u32(), roster: Digest(try reader.bytes32()), key: Digest(try reader.bytes32()))
        let handled = Digest(try reader.bytes32())
        var ledgerReader = ByteReader(try reader.counted(limit: reader.remaining))
        ledger = try ParticipantLedger(reading: &ledgerReader)
        guard owner.id == id.rawValue, owner.roster == roster.digest, owner.key == key.id else { return }
        let frames = try Self.frames(&reader, count: 3)
        guard let step = Stage(rawValue: try reader.u16()) else { throw .invalidValue }
        let roundFrames = try Self.frames(&reader, count: 7)
        try reader.finish()
        guard let epoch = try? restoredEpoch(frames), let stage = try? restoredStage(step, roundFrames, epoch.session)
        else { return }
        if epoch.proposal.masksInside {
            let scalar = try unsafe plaintext.withUnsafeBytes { (bytes) throws(DecodingFailure) -> SecretScalar in
                guard bytes.count == 4 + open.count + 32 else { throw .truncated }
                do throws(CryptoFailure) {
                    return try unsafe SecretScalar(
                        canonical: UnsafeRawBufferPointer(rebasing: bytes[(4 + open.count)...]))
                } catch {
                    throw .invalidValue
                }
            }
            maskSecret = consume scalar
        }
        lastHandled = handled == Digest(Bytes32()) ? nil : handled
        self.epoch = epoch
        self.stage = stage
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

    private func restoredEpoch(_ frames: [Frame?]) throws(Abort) -> SumEpoch? {
        guard let proposalFrame = frames[0], let join = frames[1] else { return nil }
        let proposal = try Abort.decoding(.state, from: .nobody) { () throws(DecodingFailure) in
            try SumProposal(decoding: proposalFrame.body)
        }
        let isAllowed =
            openingPolicy.modes.contains(proposal.mode) && proposal.colluders >= policy.minimumColluders
            && (proposal.masksInside || !openingPolicy.requiresMasksInside)
        guard isAllowed else { return nil }
        var epoch = SumEpoch(proposal: proposal, proposalFrame: proposalFrame, join: join)
        guard let list = frames[2] else { return epoch }
        epoch.list = list
        epoch.session = try SumSession(
            proposal: proposal, proposalDigest: proposalFrame.digest, firstRound: list.header.round,
            frames: try AdvertiseList.frames(in: list.body, limit: roster.participants.count), roster: roster, key: key)
        return epoch
    }

    private func restoredStage(
        _ step: Stage, _ frames: [Frame?], _ session: SumSession?
    ) throws(Abort) -> PaillierParticipantStage {
        switch step {
        case .proposal: return .expectProposal
        case .advertise: return .expectJoinList
        case .announce: return .expectRoundConfig
        default: break
        }
        guard let session, let configFrame = frames[0] else { throw Abort(.stateCorrupt, .state) }
        let context = try SumRound(configFrame, session: session, key: key)
        if step == .input { return .expectInput(context) }
        if step == .survivors, let input = frames[1] {
            return .expectSurvivors(SubmittedSum(context: context, input: input, acknowledgement: frames[2]))
        }
        guard let proposal = frames[3], let statement = frames[4] else { throw Abort(.stateCorrupt, .state) }
        let agreement = try Abort.decoding(.state, from: .nobody) { () throws(DecodingFailure) in
            var reader = ByteReader(statement.body)
            return try Agreement(reading: &reader, participants: session.count)
        }
        let round = AgreedSum(
            context: context, input: frames[1], agreement: agreement, proposal: proposal, statement: statement,
            request: frames[5], response: frames[6])
        if step == .result { return .expectResult(round, nil) }
        return round.request == nil ? .expectUnmaskRequest(round) : .expectUploads(round, try fold(round, session))
    }

    /// Takes contribution and part back if they are the ones that were promised; else they cannot be sent again.
    private mutating func takeUpParts(from store: any StateStore) {
        let keptUpload = Self.kept(Self.uploadRecord, in: store)
        let keptShare = Self.kept(Self.shareRecord, in: store)
        generations.upload = keptUpload?.generation ?? 0
        generations.share = keptShare?.generation ?? 0
        switch stage {
        case .expectSurvivors(let round):
            if let promise = try? MaskedInput(decoding: round.input.body) {
                upload = Self.matching(keptUpload?.sealed, promise.inputDigest)
            }
        case .expectResult(let round, _):
            if let response = round.response, let promise = try? OpeningShareHeader(decoding: response.body) {
                openingShare = Self.matching(keptShare?.sealed, promise.digest)
            }
        default: break
        }
    }

    private static func kept(_ text: String, in store: any StateStore) -> StateRecord? {
        do throws(StateStoreFailure) {
            return try store.latest(name(text))
        } catch {
            // Damaged parts are no loss: the burn mark is elsewhere.
            switch error {
            case .stateCorrupt, .stateRolledBack: try? store.remove(name(text))
            default: break
            }
            return nil
        }
    }

    private static func matching(_ bytes: [UInt8]?, _ digest: Digest) -> [UInt8]? {
        guard let bytes else { return nil }
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        return UploadDigest.root(of: roots) == digest ? bytes : nil
    }
}

extension Optional where Wrapped: ~Copyable, Wrapped == SecretScalar {
    fileprivate var isPresent: Bool {
        switch self {
        case .none: false
        case .some: true
        }
    }
}
