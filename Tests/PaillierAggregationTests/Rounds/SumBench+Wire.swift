import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol

@testable import PaillierAggregation

/// Carrying frames and effects, and what happens when a machine ends.
extension SumBench {
    /// Delivers what is on the way until nothing is left.  Channels keep their order: what follows a held frame waits too.
    func pump() {
        while !queue.isEmpty {
            let message = queue.removeFirst()
            let waits = held.contains { $0.from == message.from && $0.to == message.to }
            if waits || message.type.map(holding.contains) == true {
                held.append(message)
                continue
            }
            for changed in mangle(message) { deliver(changed) }
        }
    }

    /// Lets the frames run and time pass until the coordinator has finished what it was doing, or waits in `stage`.
    func settle(until stage: Stage? = nil) {
        pump()
        for _ in 0..<12 {
            guard !isSettled, server.machine.expectedStage != stage, let next = deadlines.min() else { return }
            deadlines.remove(next)
            now = max(now, next)
            carryOut(server.machine.tick(at: now), by: .coordinator)
            pump()
        }
    }

    /// Gives back what was held, in order, and goes on to the end.
    func release() {
        holding = []
        queue = held + queue
        held = []
        settle()
    }

    /// Gives back what was held and lets it run up to where frames of another type are on the way.
    func advance(to type: FrameType) {
        holding = [type]
        queue = held + queue
        held = []
        pump()
    }

    /// Hands one frame over; what the machine throws is kept.
    func deliver(_ message: SumMessage) {
        do throws(Abort) {
            try hand(message.bytes, to: message.to)
        } catch {
            refusals.append((message.to, error))
        }
    }

    /// Hands one frame to a machine and carries out what it answers.
    func hand(_ bytes: [UInt8], to peer: PeerID) throws(Abort) {
        if peer == .coordinator {
            carryOut(try server.machine.handle(bytes, at: now), by: peer)
        } else {
            carryOut(try companies[Int(peer.rawValue)].machine.handle(bytes, at: now), by: peer)
        }
    }

    /// Carries effects out in order, as a driver must.
    func carryOut(_ effects: [Effect], by peer: PeerID) {
        let incarnation = crashes
        let records = effects.map { if case .persist = $0 { true } else { false } }
        if records.contains(true), records.first == false { lateRecords += 1 }
        for effect in effects {
            if let plan = crash, plan.who == peer {
                if plan.before == 0 {
                    crash = nil
                    crashes += 1
                    restart(peer)
                    return
                }
                crash = (plan.who, plan.before - 1)
            }
            guard carryOut(effect, by: peer), incarnation == crashes else { return }
        }
    }

    /// Whether the driver may go on to the next effect.
    private func carryOut(_ effect: Effect, by peer: PeerID) -> Bool {
        switch effect {
        case .persist(let record):
            do throws(StateStoreFailure) {
                try store(of: peer).commit(record)
            } catch {
                refusals.append((peer, Abort(error)))
                return false
            }
        case .send(let to, let frame):
            let message = SumMessage(from: peer, to: to, bytes: frame.bytes)
            sent.append(message)
            queue.append(message)
        case .needInput(let request): submit(Int(peer.rawValue), request)
        case .sessionReady: isSettled = true
        case .deadline(let instant): if peer == .coordinator { deadlines.insert(instant) }
        case .result(let opened):
            if peer == .coordinator {
                (outcome, isSettled) = (opened, true)
            } else {
                outcomes[Int(peer.rawValue)] = opened
            }
        case .abort(let abort):
            aborts.append((peer, abort))
            if peer == .coordinator { isSettled = true }
        }
        return true
    }

    private func submit(_ id: Int, _ request: InputRequest) {
        guard !withholding.contains(id) else { return }
        do throws(Abort) {
            try submit(retrains && crashes > 0 ? retrained(id) : inputs[id], by: id)
        } catch {
            refusals.append((PeerID(rawValue: UInt32(id)), error))
        }
    }

    /// Encrypts an input under a fresh token, or the one given.
    func submit(_ input: PackedVector, by id: Int, token: Bytes32? = nil) throws(Abort) {
        let number = token ?? InputToken(from: &drawnTokens).number
        tokens[id] = number
        let effects = try companies[id].machine.submit(input, token: InputToken(number: number), at: now)
        encrypted[id] = input
        carryOut(effects, by: PeerID(rawValue: UInt32(id)))
    }

    /// Another update of the same participant.
    func retrained(_ id: Int) -> PackedVector {
        var values = inputs[id].signedValues()
        values[0] -= 1
        guard let other = try? PackedVector(packing: values, layout: layout) else {
            preconditionFailure("a value nearer to zero fits")
        }
        return other
    }

    // MARK: Restarts

    func store(of peer: PeerID) -> any StateStore {
        peer == .coordinator ? server.store : companies[Int(peer.rawValue)].store
    }

    /// Puts a machine down and takes it up from its store; then it says again what it said last.
    func restart(_ peer: PeerID) {
        do throws(Abort) {
            try restore(peer)
        } catch {
            refusals.append((peer, error))
            return
        }
        if peer == .coordinator {
            carryOut(server.machine.resume(), by: peer)
        } else {
            carryOut(companies[Int(peer.rawValue)].machine.resume(), by: peer)
        }
    }

    /// Takes a machine up from its store and says nothing.
    func restore(_ peer: PeerID) throws(Abort) {
        restarts += 1
        let seed = terms.seed
        if peer == .coordinator {
            server.machine = try PaillierCoordinator.restored(
                from: server.store, identity: Self.identity(peer, seed), roster: roster, key: parties.key,
                sealingKey: Self.sealingKey(peer, seed), spool: server.spool,
                sealingRandom: Self.random(seed, "server nonces \(restarts)"))
        } else {
            companies[Int(peer.rawValue)].machine = try restored(Int(peer.rawValue), from: store(of: peer))
        }
    }

    /// A participant as some store remembers it.
    func restored(_ id: Int, from store: any StateStore) throws(Abort) -> PaillierParticipant {
        restarts += 1
        let (seed, peer) = (terms.seed, PeerID(rawValue: UInt32(id)))
        return try PaillierParticipant.restored(
            from: store, identity: Self.identity(peer, seed), roster: roster, policy: policies[id],
            openingPolicy: openingPolicies[id], key: parties.key,
            share: terms.withoutShare.contains(id) ? nil : parties.copyOfShare(id),
            sealingKey: Self.sealingKey(peer, seed), random: Self.random(seed, "party \(id) again \(restarts)"),
            sealingRandom: Self.random(seed, "nonces \(id) again \(restarts)"))
    }
}
