internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Sees every frame, record and result of a run, knows every input, and says what must not have happened.
///
/// Source: simulation section 4
final class Witness {
    let terms: SimulatedTerms
    let cast: SimulatedCast
    /// Whether uploads are masked words, so that the keystream can be seen.
    let checksMasks: Bool
    /// What is known of sums under encryption.
    var sums: SumWatch?
    /// Opening every record takes a tenth of a run's time: every second seed does.
    let checksLedgers: Bool
    /// Bytes of one contribution of a sum under encryption.
    private(set) lazy var uploadBytes = terms.contributionBytes
    var now: UInt64 = 0
    var coordinatorIsHonest = true
    /// Participants that work for the adversary.
    var corrupt: Set<PeerID> = []
    private(set) var violations: [SimulationViolation] = []
    /// Contradictions that honest parties hold in their hands, as they reported them.
    private(set) var evidence: [Evidence] = []

    // What was handed in and what left.
    var submission: (peer: PeerID, input: PackedVector, token: Bytes32)?
    var inputs: [UploadKey: PackedVector] = [:]
    /// Masked words by their digest.
    var words: [Digest: [UInt8]] = [:]
    var keystreams: [Digest: Digest] = [:]
    /// The token behind words, and the promise that each token has left in.
    var tokens: [Digest: Bytes32] = [:]
    var leftTokens: [Life: [Bytes32: Digest]] = [:]
    var masked: [Digest: Digest] = [:]
    var results: [RoundKey: Digest] = [:]
    /// For each round the promise that each survivor is counted with, from the coordinator's signed set.
    var foldedInputs: [RoundKey: [PeerID: Digest]] = [:]

    // What was signed.
    var slots: [Life: [StatementSlot: Digest]] = [:]
    var sessions: [Digest: [PeerID]] = [:]
    /// Sparse graphs only.
    var rings: [Digest: SimulatedRing] = [:]
    var configurations: [Digest: RoundConfig] = [:]
    var agreements: [Digest: Agreement] = [:]
    var signers: [Digest: Set<PeerID>] = [:]
    var models: [ModelKey: Digest] = [:]
    var acknowledgements: [RoundKey: Set<PeerID>] = [:]
    var heldAcknowledgements: Set<HeldKey> = []

    // What was opened.
    var openedSets: [RoundKey: Digest] = [:]
    var holders: [SecretKey: Set<PeerID>] = [:]

    // What is on disk.
    var ledgers: [Life: LedgerView] = [:]

    struct UploadKey: Hashable {
        let peer: PeerID
        let digest: Digest
    }

    struct RoundKey: Hashable {
        let session: Digest
        let round: UInt64
    }

    struct Life: Hashable {
        let peer: PeerID
        let life: Int
    }

    struct ModelKey: Hashable {
        let life: Life
        let model: Digest
    }

    struct HeldKey: Hashable {
        let peer: PeerID
        let round: RoundKey
    }

    struct SecretKey: Hashable {
        let round: RoundKey
        let dealer: PeerID
        let isSelf: Bool
    }

    init(_ terms: SimulatedTerms, _ cast: SimulatedCast, checksMasks: Bool) {
        self.terms = terms
        self.cast = cast
        self.checksMasks = checksMasks
        checksLedgers = terms.seed % 2 == 0
    }

    var hasViolation: Bool { !violations.isEmpty }

    func violate(_ check: SimulationCheck, _ detail: String) {
        violations.append(SimulationViolation(check: check, detail: detail, time: now))
    }

    /// An honest participant refused something, perhaps with proof.
    func refused(_ peer: PeerID, _ abort: Abort) {
        guard let proof = abort.evidence, proof.frames.count == 2, evidence.count < 64 else { return }
        evidence.append(proof)
    }

    // MARK: Frames

    /// A frame of an honest party, as it leaves.
    func sent(_ frame: SimulatedFrame, life: Int) {
        guard let signed = try? Frame(frame.bytes) else {
            return violate(.contradiction, "\(frame.from) sends what is no frame")
        }
        heard(frame)
        let owner = Life(peer: frame.from, life: life)
        if let slot = StatementSlot(signed) {
            let digest = signed.digest
            if let known = slots[owner, default: [:]].updateValue(digest, forKey: slot), known != digest {
                violate(.contradiction, "\(signed.header.type) of \(frame.from) in round \(signed.header.round)")
            }
        }
        if frame.bytes.count > FrameHeader.byteCount + 64 + signed.header.type.maximumBodyBytes {
            violate(.bytesOverCap, "\(signed.header.type) of \(frame.from)")
        }
        switch signed.header.type {
        case .maskedInput: inputLeft(signed, owner)
        case .survivorStatement: statementLeft(signed, owner)
        case .unmaskShares: sharesLeft(signed)
        case .openingShare: partLeft(signed)
        case .acknowledgement:
            let key = RoundKey(session: signed.header.session, round: signed.header.round)
            if coordinatorIsHonest { acknowledgements[key, default: []].insert(frame.to) }
        default: break
        }
    }

    /// Anybody's frame: what sessions, configurations and sets exist.
    func heard(_ frame: SimulatedFrame) {
        guard let type = frame.type, [.advertiseList, .joinList, .roundConfig, .survivors].contains(type),
            let signed = try? Frame(frame.bytes)
        else { return }
        let session = signed.header.session
        switch type {
        case .advertiseList, .joinList:
            guard sessions[session] == nil,
                let frames = try? AdvertiseList.frames(in: signed.body, limit: Roster.maximumCount)
            else { return }
            sessions[session] = frames.map(\.header.sender)
            if let neighbours = terms.neighbours {
                rings[session] = SimulatedRing(frames, rounds: terms.roundsPerEpoch, neighbours: neighbours)
            }
        case .roundConfig:
            guard let count = sessions[session]?.count, configurations[signed.digest] == nil else { return }
            configurations[signed.digest] = try? RoundConfig(decoding: signed.body, participants: count)
        default:
            guard let count = sessions[session]?.count,
                let list = try? SurvivorList(decoding: signed.body, participants: count)
            else { return }
            let digest = list.agreement.digest(session: session, round: signed.header.round)
            agreements[digest] = list.agreement
            var promises: [PeerID: Digest] = [:]
            for input in list.inputs {
                promises[input.header.sender] = (try? MaskedInput(decoding: input.body))?.inputDigest
            }
            foldedInputs[RoundKey(session: session, round: signed.header.round)] = promises
            sums?.promises[digest] = promises
        }
    }

    /// A participant has taken the coordinator's word that it holds the upload.
    func acknowledged(_ peer: PeerID, _ bytes: [UInt8]) {
        guard let frame = try? Frame(bytes) else { return }
        let key = RoundKey(session: frame.header.session, round: frame.header.round)
        heldAcknowledgements.insert(HeldKey(peer: peer, round: key))
    }

    // MARK: Refusals and sizes

    /// What a participant would say again is the same after a frame that it refused.
    func check(refusal process: SimulatedProcess, before: [[UInt8]], after: [[UInt8]]) {
        if before != after { violate(.refusalChangedState, "\(process.peer)") }
    }

    /// A process that did not start must have had a reason, and say it.
    func check(state error: Abort, of process: SimulatedProcess, _ reading: SimulatedDisk.Reading) {
        if case .faithful = reading {
            violate(.badStateTaken, "\(process.peer) does not start from its own disk: \(error)")
        }
        if error.code != .stateCorrupt, error.code != .stateRolledBack {
            violate(.badStateTaken, "\(process.peer): \(error)")
        }
    }

    /// Live bytes of every party under caps that follow from the terms.
    func check(sizes processes: [SimulatedProcess], spool: Int) {
        let words = sums == nil ? 8 * (terms.dimension + 1) : uploadBytes
        if spool > terms.participants * words { violate(.bytesOverCap, "spool: \(spool) bytes") }
        let cap = (1 << 16) * terms.participants
        for process in processes where process.disk.usedBytes > cap {
            violate(.bytesOverCap, "\(process.peer): \(process.disk.usedBytes) bytes of records")
        }
    }
}
