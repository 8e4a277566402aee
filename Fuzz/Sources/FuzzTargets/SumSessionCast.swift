import CryptoPrimitives
import DurableState
import PaillierAggregation
import RingVectors
import RoundProtocol

/// A session of encrypted sums among the four parties of the masking one, under the key of the known answers. Nobody holds a share
/// of it, so the session is recorded up to the request for openings; the fuzzer signs the rest itself.
enum SumSessionCast {
    static let recording = honest()

    static func participant(_ id: Int) throws(Abort) -> PaillierParticipant {
        let peer = PeerID(rawValue: UInt32(id))
        return try PaillierParticipant(
            identity: FuzzSession.cast.identity(peer), roster: FuzzSession.cast.roster, policy: FuzzSession.policy,
            openingPolicy: OpeningPolicy(), key: Decoders.key, share: nil,
            sealingKey: FuzzSession.cast.sealingKey(peer), random: FuzzCast.random("sum party \(id)"),
            sealingRandom: FuzzCast.random("sum nonces \(id)"))
    }

    static func restored(_ id: Int, from store: any StateStore, life: Int) throws(Abort) -> PaillierParticipant {
        let peer = PeerID(rawValue: UInt32(id))
        return try PaillierParticipant.restored(
            from: store, identity: FuzzSession.cast.identity(peer), roster: FuzzSession.cast.roster,
            policy: FuzzSession.policy, openingPolicy: OpeningPolicy(), key: Decoders.key, share: nil,
            sealingKey: FuzzSession.cast.sealingKey(peer), random: FuzzCast.random("sum party \(id) \(life)"),
            sealingRandom: FuzzCast.random("sum nonces \(id) \(life)"))
    }

    private final class Seat {
        var machine: PaillierParticipant
        init(_ machine: consuming PaillierParticipant) { self.machine = machine }
    }

    private static func honest() -> Recording {
        do {
            var recording = Recording()
            let seats = try (0..<FuzzSession.participants).map { Seat(try participant($0)) }
            var server = try PaillierCoordinator(
                identity: FuzzSession.cast.identity(.coordinator), roster: FuzzSession.cast.roster, key: Decoders.key,
                sealingKey: FuzzSession.cast.sealingKey(.coordinator), spool: MemorySpool(capacityBytes: 1 << 22),
                sealingRandom: FuzzCast.random("sum server nonces"))
            let now = FuzzSession.start
            var queue: [Recording.Message] = []
            func take(_ effects: [Effect], by peer: PeerID) -> InputRequest? {
                var request: InputRequest?
                for effect in effects {
                    if case .needInput(let asked) = effect { request = asked }
                    guard case .send(let to, let bytes) = effect, let frame = try? Frame(bytes) else { continue }
                    queue.append(Recording.Message(from: peer, to: to, frame: frame))
                    recording.messages.append(Recording.Message(from: peer, to: to, frame: frame))
                }
                return request
            }
            func pump() {
                while !queue.isEmpty {
                    let message = queue.removeFirst()
                    let bytes = message.frame.bytes
                    guard message.to != .coordinator else {
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
            let terms = SumParameters(rounds: 1, colluders: 1, joinDeadline: now.advanced(byMilliseconds: 1_000))
            _ = take(try server.openEpoch(1, firstRound: 1, parameters: terms), by: .coordinator)
            pump()
            let parameters = FuzzSession.roundParameters(1, receipts: 0, at: now)
            _ = take(try server.announce(round: 1, parameters), by: .coordinator)
            pump()
            return recording
        } catch {
            preconditionFailure("an honest session stands: \(error)")
        }
    }
}
