import CryptoPrimitives
import DurableState
import PaillierAggregation
import RoundProtocol
import SecureAggregation

/// Records from a disk: any bytes in place of a sealed record, and any state under a seal that fits.
enum Snapshots {
    /// The first byte chooses: whole bytes as the record, an honest record's state with some of it changed, or the input as
    /// the state.
    static func participant(_ input: [UInt8]) {
        var choices = Choices(input)
        let peer = PeerID(rawValue: 0)
        let honest = FuzzSession.recording.records[peer, default: []].filter {
            $0.name.description == Participant.stateRecord
        }
        guard let record = changed(honest, of: peer, &choices) else { return }
        let store = MemoryStateStore()
        try? store.commit(record)
        var machine: Participant
        do throws(Abort) {
            machine = try FuzzSession.cast.restored(0, from: store, life: 9)
        } catch {
            precondition(error.stage == .state || error.code == .unknownParticipant, "\(error)")
            return
        }
        _ = machine.resume()
        // What was taken must answer every frame of the session.
        for message in FuzzSession.recording.messages(to: peer) {
            _ = try? machine.handle(message.frame.bytes, at: FuzzSession.start)
        }
        _ = try? machine.submit(FuzzSession.input(0), token: FuzzSession.token(0, 50), at: FuzzSession.start)
    }

    static func coordinator(_ input: [UInt8]) {
        var choices = Choices(input)
        let names = [Coordinator.epochRecord, Coordinator.roundRecord]
        let all = FuzzSession.recording.records[.coordinator, default: []]
        let cut = choices.index(all.count) + 1
        let store = MemoryStateStore()
        // The other records as they were at that moment.
        for record in all[..<cut] { try? store.commit(record) }
        let name = names[choices.index(2)]
        let honest = all[..<cut].filter { $0.name.description == name }
        guard let record = changed([StateRecord](honest), of: .coordinator, &choices) else { return }
        try? store.commit(
            StateRecord(name: record.name, generation: record.generation, sealed: record.sealed))
        let spool = MemorySpool(capacityBytes: 1 << 16)
        var machine: Coordinator
        do throws(Abort) {
            machine = try FuzzSession.cast.restored(from: store, spool: spool, life: 9)
        } catch {
            return
        }
        _ = machine.resume()
        for message in FuzzSession.recording.messages(to: .coordinator) {
            _ = try? machine.handle(message.frame.bytes, at: FuzzSession.start)
        }
        for step in 1...4 { _ = machine.tick(at: FuzzSession.start.advanced(byMilliseconds: UInt64(step) * 4_000)) }
    }

    /// One of a company's two sealed records changed, the other records as they were at some moment.
    static func sumParticipant(_ input: [UInt8]) {
        var choices = Choices(input)
        let peer = PeerID(rawValue: 0)
        let names = [PaillierParticipant.stateRecord, PaillierParticipant.openingsRecord]
        guard let store = store(SumSessionCast.recording, of: peer, names, &choices) else { return }
        var machine: PaillierParticipant
        do throws(Abort) {
            machine = try SumSessionCast.restored(0, from: store, life: 9)
        } catch {
            precondition(error.stage == .state || error.code == .unknownParticipant, "\(error)")
            return
        }
        _ = machine.resume()
        for message in SumSessionCast.recording.messages(to: peer) {
            _ = try? machine.handle(message.frame.bytes, at: FuzzSession.start)
        }
        _ = try? machine.submit(FuzzSession.input(0), token: FuzzSession.token(0, 50), at: FuzzSession.start)
    }

    /// One of the coordinator's sealed records changed; the contributions of neither round, the first or the second in its spool.
    static func sumCoordinator(_ input: [UInt8]) {
        var choices = Choices(input)
        let seats = (0..<FuzzSession.participants).map(PaillierCoordinator.inputRecord)
        let names = [PaillierCoordinator.epochRecord, PaillierCoordinator.roundRecord, PaillierCoordinator.shownRecord]
        let held = choices.index(3)
        guard let store = store(SumSessionCast.recording, of: .coordinator, names + seats, &choices) else { return }
        let spool = MemorySpool(capacityBytes: 1 << 16)
        if held > 0 { SumSessionCast.fill(spool, round: held - 1) }
        var machine: PaillierCoordinator
        do throws(Abort) {
            machine = try SumSessionCast.restored(from: store, spool: spool, life: 9)
        } catch {
            precondition(error.stage == .state, "\(error)")
            return
        }
        _ = machine.resume()
        for message in SumSessionCast.recording.messages(to: .coordinator) {
            _ = try? machine.handle(message.frame.bytes, at: FuzzSession.start)
        }
        for step in 1...4 { _ = machine.tick(at: FuzzSession.start.advanced(byMilliseconds: UInt64(step) * 4_000)) }
    }

    /// A party's records as they were at some moment, and a changed one above them.
    private static func store(
        _ recording: Recording, of peer: PeerID, _ names: [String], _ choices: inout Choices
    ) -> MemoryStateStore? {
        let all = recording.records[peer, default: []]
        let cut = choices.index(all.count) + 1
        let store = MemoryStateStore()
        for record in all[..<cut] { try? store.commit(record) }
        let name = names[choices.index(names.count)]
        let honest = all[..<cut].filter { $0.name.description == name }
        guard let record = changed([StateRecord](honest), of: peer, &choices) else { return nil }
        try? store.commit(record)
        return store
    }

    /// A record above the honest ones, sealed with the right key or not sealed at all.
    private static func changed(_ honest: [StateRecord], of peer: PeerID, _ choices: inout Choices) -> StateRecord? {
        guard !honest.isEmpty else { return nil }
        let kind = choices.index(4)
        let base = honest[choices.index(honest.count)]
        let generation = (honest.map(\.generation).max() ?? 0) + 1
        let key = FuzzSession.cast.sealingKey(peer)
        if kind == 0 { return StateRecord(name: base.name, generation: generation, sealed: choices.bytes(1 << 16)) }
        guard let opened = try? key.open(base) else { preconditionFailure("an honest record opens") }
        var state = opened.withUnsafeBytes { [UInt8]($0) }
        switch kind {
        case 1:
            for _ in 0...choices.index(4) where !state.isEmpty {
                state[choices.index(state.count)] ^= UInt8(choices.byte())
            }
        case 2:
            let start = choices.index(state.count + 1)
            let end = start + choices.index(state.count - start + 1)
            state.replaceSubrange(start..<end, with: choices.bytes(choices.byte()))
        default: state = choices.bytes(1 << 16)
        }
        var plaintext = SecretBytes(zeroed: state.count)
        plaintext.withUnsafeMutableBytes { $0.copyBytes(from: state) }
        var random = FuzzCast.random("seals")
        return key.seal(plaintext, name: base.name, generation: generation, nonceFrom: &random)
    }
}
