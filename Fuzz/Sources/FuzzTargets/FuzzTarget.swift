/// Something that is handed bytes from outside, and must answer every input with a value or a typed refusal.
///
/// `run` returns for every input; a broken promise (a trap, a second encoding, a refusal that changed the machine, a
/// keystream used twice) ends the process. The name is the name of the corpus directory.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// A frame: header, body, signature.
    case frame
    /// The bodies of the masking protocol's messages; the first byte says of which.
    case message
    /// The bodies, keys, ciphertexts and proofs of encrypted sums; the first byte says of which.
    case sumMessage = "sum-message"
    /// Evidence files and rosters.
    case evidence
    /// Canonical JSON.
    case json
    /// The privacy ledger.
    case ledger
    /// The privacy report, under a signature that fits.
    case report
    /// The stored state of personalised training.
    case personalState = "personal-state"
    /// Tables of measurements.
    case table
    /// Sequences of frames at a participant; a programme (see `ParticipantProgram`).
    case participant
    /// Sequences of frames at a coordinator; a programme.
    case coordinator
    /// Sequences of frames at a company of an encrypted sum; a programme.
    case sumParticipant = "sum-participant"
    /// Sequences of frames at the coordinator of an encrypted sum; a programme.
    case sumCoordinator = "sum-coordinator"
    /// Sealed records that a participant starts from.
    case participantSnapshot = "participant-snapshot"
    /// Sealed records that a coordinator starts from.
    case coordinatorSnapshot = "coordinator-snapshot"
    /// Sealed records that a company of an encrypted sum starts from.
    case sumParticipantSnapshot = "sum-participant-snapshot"
    /// Sealed records that the coordinator of an encrypted sum starts from.
    case sumCoordinatorSnapshot = "sum-coordinator-snapshot"
    /// Proposals and configurations under the coordinator's signature, field by field.
    case configuration

    /// Hands the input over.
    public func run(_ bytes: [UInt8]) {
        switch self {
        case .frame: Decoders.frame(bytes)
        case .message: Decoders.message(bytes)
        case .sumMessage: Decoders.sumMessage(bytes)
        case .evidence: Decoders.evidence(bytes)
        case .json: Decoders.json(bytes)
        case .ledger: Decoders.ledger(bytes)
        case .report: Decoders.report(bytes)
        case .personalState: Decoders.personalState(bytes)
        case .table: Decoders.table(bytes)
        case .participant: ParticipantProgram.run(bytes)
        case .coordinator: CoordinatorProgram.run(bytes)
        case .sumParticipant: ParticipantProgram.runSum(bytes)
        case .sumCoordinator: CoordinatorProgram.runSum(bytes)
        case .participantSnapshot: Snapshots.participant(bytes)
        case .coordinatorSnapshot: Snapshots.coordinator(bytes)
        case .sumParticipantSnapshot: Snapshots.sumParticipant(bytes)
        case .sumCoordinatorSnapshot: Snapshots.sumCoordinator(bytes)
        case .configuration: Configurations.run(bytes)
        }
    }
}

/// A source of decisions: the input, read from the front; zeros when it has ended.
struct Choices {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

    mutating func number() -> Int { byte() | byte() << 8 }

    /// Below `bound`, which is positive.
    mutating func index(_ bound: Int) -> Int { (bound <= 256 ? byte() : number()) % bound }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = [UInt8](rest.prefix(count))
        rest = rest.dropFirst(count)
        return taken
    }
}
