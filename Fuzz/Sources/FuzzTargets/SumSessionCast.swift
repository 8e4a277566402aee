import CryptoPrimitives
import DurableState
import PaillierAggregation
import RingVectors
import RoundProtocol
import SecAggSimulation

/// A session of encrypted sums among the four parties of the masking one, two rounds, under a key of toy size; the first three hold its
/// shares.
enum SumSessionCast {
    static let recording = honest()

    private static var dealt: ToyThresholdKey { .twoOfThree }

    static func participant(_ id: Int) throws(Abort) -> PaillierParticipant {
        try restored(id, from: MemoryStateStore(), life: 0)
    }

    static func restored(_ id: Int, from store: any StateStore, life: Int) throws(Abort) -> PaillierParticipant {
        let peer = PeerID(rawValue: UInt32(id))
        return try PaillierParticipant.restored(
            from: store, identity: FuzzSession.cast.identity(peer), roster: FuzzSession.cast.roster,
            policy: FuzzSession.policy, openingPolicy: OpeningPolicy(), key: dealt.key, share: dealt.share(of: id),
            sealingKey: FuzzSession.cast.sealingKey(peer), random: FuzzCast.random("sum party \(id) \(life)"),
            sealingRandom: FuzzCast.random("sum nonces \(id) \(life)"))
    }

    static func coordinator(_ spool: any InputSpool) throws(Abort) -> PaillierCoordinator {
        try restored(from: MemoryStateStore(), spool: spool, life: 0)
    }

    static func restored(
        from store: any StateStore, spool: any InputSpool, life: Int
    ) throws(Abort) -> PaillierCoordinator {
        try PaillierCoordinator.restored(
            from: store, identity: FuzzSession.cast.identity(.coordinator), roster: FuzzSession.cast.roster,
            key: dealt.key, sealingKey: FuzzSession.cast.sealingKey(.coordinator), spool: spool,
            sealingRandom: FuzzCast.random("sum server nonces \(life)"))
    }

    static func sumParameters(at now: Instant) -> SumParameters {
        SumParameters(rounds: FuzzSession.rounds, colluders: 1, joinDeadline: now.advanced(byMilliseconds: 1_000))
    }

    /// The contributions of a round, counted from 0, as a coordinator's spool holds them.
    static func fill(_ spool: any InputSpool, round: Int) {
        for id in 0..<FuzzSession.participants {
            let uploads = recording.records[PeerID(rawValue: UInt32(id)), default: []].filter {
                $0.name.description == PaillierParticipant.uploadRecord
            }
            guard uploads.indices.contains(round) else { continue }
            let (slot, bytes) = (UInt32(id), uploads[round].sealed)
            do throws(SpoolFailure) {
                try spool.open(slot: slot, byteCount: bytes.count)
                try spool.write(slot: slot, offset: 0, bytes[...])
                try spool.sync(slot: slot)
            } catch {
                preconditionFailure("a contribution fits: \(error)")
            }
        }
    }

    private final class Seat {
        var machine: PaillierParticipant
        init(_ machine: consuming PaillierParticipant) { self.machine = machine }
    }

    private static func honest() -> Recording {
        do {
            var recording = Recording()
            let seats = try (0..<FuzzSession.participants).map { Seat(try participant($0)) }
            var server = try coordinator(MemorySpool(capacityBytes: 1 << 22))
            let now = FuzzSession.start
            var queue: [Recording.Message] = []
            var opened = 0
            func take(_ effects: [Effect], by peer: PeerID) -> InputRequest? {
                var request: InputRequest?
                for effect in effects {
                    switch effect {
                    case .needInput(let asked): request = asked
                    case .persist(let record): recording.records[peer, default: []].append(record)
                    case .result: if peer == .coordinator { opened += 1 }
                    case .send(let to, let sent):
                        guard let frame = try? Frame(sent.bytes) else { preconditionFailure("a machine sends frames") }
                        queue.append(Recording.Message(from: peer, to: to, frame: frame))
                        recording.messages.append(Recording.Message(from: peer, to: to, frame: frame))
                    default: break
                    }
                }
                return request
            }
            func pump() {
                while !queue.isEmpty {
                    let message = queue.removeFirst()
                    let bytes = message.frame.bytes
                    guard message.to != .coordinator else {
                        // Parts beyond those that open the sum are late.
                        _ = take((try? server.handle(bytes, at: now)) ?? [], by: .coordinator)
                        continue
                    }
                    let id = Int(message.to.rawValue)
                    let answer = (try? seats[id].machine.handle(bytes, at: now)) ?? []
                    guard let request = take(answer, by: message.to) else { continue }
                    let effects = try? seats[id].machine.submit(
                        FuzzSession.input(id), token: FuzzSession.token(id, request.round), at: now)
                    _ = take(effects ?? [], by: message.to)
                }
            }
            _ = take(try server.openEpoch(1, firstRound: 1, parameters: sumParameters(at: now)), by: .coordinator)
            pump()
            for round in 1...UInt64(FuzzSession.rounds) {
                let parameters = FuzzSession.roundParameters(round, receipts: 0, at: now)
                _ = take(try server.announce(round: round, parameters), by: .coordinator)
                pump()
            }
            precondition(opened == FuzzSession.rounds, "both rounds opened")
            return recording
        } catch {
            preconditionFailure("an honest session stands: \(error)")
        }
    }
}
