import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecureAggregation

/// The session that everything is fuzzed in: four participants, one assumed to collude, two rounds, five values.
enum FuzzSession {
    static let participants = 4
    static let rounds = 2
    static let threshold = 2
    static let dimension = 5
    static let bits = 21
    static let start = Instant(milliseconds: 1_000)

    static let cast = FuzzCast(participants: participants)
    static let recording = Recording.honest()

    static var policy: ClientPolicy {
        ClientPolicy(
            minimumColluders: 1, minimumHonest: 2, maximumRoundsPerEpoch: 8, maximumRoundsOnOneCohort: 100,
            maskSuites: .chaCha20, regularGraphSecurity: 1, minimumNoiseVariance: 0, maximumDimension: 1 << 12,
            eagerShareCheckUpTo: 32, schemaDigest: nil, parametersDigest: nil, requiresExpectedModel: false)
    }

    static func epochParameters(at now: Instant) -> EpochParameters {
        EpochParameters(
            rounds: rounds, colluders: 1, thresholdRule: .minimum, maskSuites: .chaCha20, graph: .complete,
            shareCheck: .eager, regularGraphSecurity: 1, advertiseDeadline: now.advanced(byMilliseconds: 1_000),
            dealDeadline: now.advanced(byMilliseconds: 2_000))
    }

    static func roundParameters(_ round: UInt64, receipts: Int, at now: Instant) -> RoundParameters {
        let digest = Blake2b.hash([UInt8(truncatingIfNeeded: round)], Personalisation("fuzz model"))
        return RoundParameters(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: dimension, ringBits: bits,
            valueBound: 1_000, weightCap: 1, noiseTail: 0, noiseVariance: 0, minimumSurvivors: 3,
            receiptsRequired: receipts, inputDeadline: now.advanced(byMilliseconds: 1_000),
            survivorDeadline: now.advanced(byMilliseconds: 2_000), unmaskDeadline: now.advanced(byMilliseconds: 3_000))
    }

    /// What participant `id` hands in.
    static func input(_ id: Int, changed: Bool = false) -> PackedVector {
        let values = (0..<dimension).map { Int64(100 * id + 7 * $0 + (changed ? 1 : 0)) }
        guard let layout = try? LaneLayout(bits: bits), let packed = try? PackedVector(packing: values, layout: layout)
        else { preconditionFailure("small values fit") }
        return packed
    }

    static func token(_ id: Int, _ round: UInt64) -> InputToken {
        var number = [UInt8](repeating: UInt8(id), count: 32)
        number[0] = UInt8(truncatingIfNeeded: round)
        return InputToken(number: Bytes32(number) ?? Bytes32())
    }
}

/// All frames of an honest session over two rounds, in the order they were sent, and the records that were stored.
struct Recording: Sendable {
    struct Message: Sendable {
        let from: PeerID
        let to: PeerID
        let frame: Frame
    }

    var messages: [Message] = []
    /// What a party had stored at some moment, oldest first.
    var records: [PeerID: [StateRecord]] = [:]
    /// The points that participant 1 advertised.
    var advertised: [RoundPoints] = []

    func messages(to peer: PeerID) -> [Message] { messages.filter { $0.to == peer } }
    func messages(from peer: PeerID) -> [Message] { messages.filter { $0.from == peer } }

    static func honest() -> Recording {
        do {
            let table = try Table()
            try table.play()
            return table.recording
        } catch {
            preconditionFailure("an honest session stands: \(error)")
        }
    }
}

/// Everybody at one table.
private final class Table {
    final class Seat {
        var machine: Participant
        init(_ machine: consuming Participant) { self.machine = machine }
    }

    let seats: [Seat]
    var server: Coordinator
    var recording = Recording()
    private var queue: [Recording.Message] = []
    private var opened = 0

    init() throws {
        seats = try (0..<FuzzSession.participants).map { Seat(try FuzzSession.cast.participant($0)) }
        server = try FuzzSession.cast.coordinator(MemorySpool(capacityBytes: 1 << 20))
    }

    func play() throws {
        let now = FuzzSession.start
        take(try server.openEpoch(1, firstRound: 1, parameters: FuzzSession.epochParameters(at: now)), by: .coordinator)
        try pump()
        for round in [UInt64(1), 2] {
            let parameters = FuzzSession.roundParameters(round, receipts: server.suggestedReceipts, at: now)
            take(try server.announce(round: round, parameters), by: .coordinator)
            try pump()
        }
        precondition(opened == 2, "both rounds opened")
    }

    private func pump() throws {
        while !queue.isEmpty {
            let message = queue.removeFirst()
            if message.to == .coordinator {
                // Answers beyond those that open the sum are late.
                take((try? server.handle(message.frame.bytes, at: FuzzSession.start)) ?? [], by: .coordinator)
                continue
            }
            let id = Int(message.to.rawValue)
            for effect in take(try seats[id].machine.handle(message.frame.bytes, at: FuzzSession.start), by: message.to)
            {
                guard case .needInput(let request) = effect else { continue }
                take(
                    try seats[id].machine.submit(
                        FuzzSession.input(id), token: FuzzSession.token(id, request.round), at: FuzzSession.start),
                    by: message.to)
            }
        }
    }

    @discardableResult private func take(_ effects: [Effect], by peer: PeerID) -> [Effect] {
        for effect in effects {
            switch effect {
            case .send(let to, let sent):
                guard let frame = try? Frame(sent.bytes) else { preconditionFailure("a machine sends frames") }
                let message = Recording.Message(from: peer, to: to, frame: frame)
                queue.append(message)
                recording.messages.append(message)
                if frame.header.type == .advertise, peer == PeerID(rawValue: 1) {
                    recording.advertised = (try? Advertisement(frame, rounds: FuzzSession.rounds))?.points ?? []
                }
            case .persist(let record): recording.records[peer, default: []].append(record)
            case .result: if peer == .coordinator { opened += 1 }
            default: break
            }
        }
        return effects
    }
}
