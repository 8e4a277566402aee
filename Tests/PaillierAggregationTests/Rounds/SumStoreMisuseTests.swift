import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Stores and spools that lost something, or hold what is not this machine's.
@Suite struct SumStoreMisuseTests {
    @Test func lostUploadsGiveTheRoundUp() throws {
        let bench = try SumBench.upTo(.survivorStatement, SumRestartPropertyTests.terms)
        bench.server.spool.release(slot: 2)
        try bench.restore(.coordinator)
        bench.restart(.coordinator)
        bench.pump()
        try bench.expectAbort(.spoolFailed, .state, told: [0, 1, 2, 3])
        (bench.held, bench.holding, bench.aborts) = ([], [], [])
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }

    /// Records of the same name that a masking machine has sealed, and damaged ones.
    @Test func recordsOfAnotherMachine() throws {
        let bench = try SumBench(SumRestartPropertyTests.terms)
        let seed = bench.terms.seed
        func record(_ name: String, _ bytes: [UInt8], _ peer: PeerID) -> StateRecord {
            var source = SumBench.random(seed, "foreign")
            let secret = bytes.span.withUnsafeBytes { SecretBytes(copying: $0) }
            return SumBench.sealingKey(peer, seed).seal(
                secret, name: PaillierParticipant.name(name), generation: 1, nonceFrom: &source)
        }
        let corrupt = Abort(.stateCorrupt, .state)
        let masking: [UInt8] = [2, 0, 0, 0, 1, 0]
        for bytes in [masking, [], [255, 255, 255, 255], [2, 0, 0, 0, 2, 0], [2, 0, 0, 0, 3, 0]] {
            let store = MemoryStateStore()
            try store.commit(record("participant.state", bytes, bench.peer(0)))
            #expect(throws: corrupt, "\(bytes)") { try Self.discard(bench.restored(0, from: store)) }
        }
        for (name, peer) in [("participant.state", bench.peer(1)), ("participant.openings", bench.peer(0))] {
            let store = MemoryStateStore()
            try store.commit(record(name, masking, peer))
            #expect(throws: corrupt, "\(name)") { try Self.discard(bench.restored(0, from: store)) }
        }
        for name in ["coordinator.epoch", "coordinator.round", "coordinator.shown"] {
            let other = try SumBench(SumRestartPropertyTests.terms)
            try other.setUp()
            try other.server.store.commit(
                StateRecord(
                    name: PaillierParticipant.name(name), generation: 99,
                    sealed: record(name, [1, 0], .coordinator).sealed))
            #expect(throws: corrupt, "\(name)") { try other.restore(.coordinator) }
            let masked = MemoryStateStore()
            try masked.commit(record("coordinator.epoch", [1, 0] + [UInt8](repeating: 0, count: 80), .coordinator))
            #expect(throws: corrupt) {
                _ = try PaillierCoordinator.restored(
                    from: masked, identity: SumBench.identity(.coordinator, seed), roster: other.roster,
                    key: other.parties.key, sealingKey: SumBench.sealingKey(.coordinator, seed),
                    spool: other.server.spool, sealingRandom: SumBench.random(seed, "x"))
            }
        }
    }

    /// A company that comes back with a stricter policy, or under another key, keeps its ledger and drops the session.
    @Test func anotherPolicyOrKey() throws {
        let terms = SumBench.Terms(participants: 10, mode: .jointRoot, dimension: 3)
        let bench = try SumBench.upTo(.unmaskRequest, terms)
        let (seed, store, ten) = (terms.seed, bench.companies[0].store, try ThresholdParties.parties(6))
        func restored(_ opening: OpeningPolicy, _ parties: ThresholdParties) throws -> PaillierParticipant {
            try PaillierParticipant.restored(
                from: store, identity: SumBench.identity(bench.peer(0), seed), roster: bench.roster,
                policy: bench.policies[0], openingPolicy: opening, key: parties.key, share: parties.copyOfShare(0),
                sealingKey: SumBench.sealingKey(bench.peer(0), seed), random: SumBench.random(seed, "again"),
                sealingRandom: SumBench.random(seed, "nonces again"))
        }
        let both = OpeningPolicy(modes: Set(OpeningMode.allCases))
        let same = try restored(both, bench.parties)
        #expect(same.expectedStage == .unmask)
        for index in 0..<3 {
            let other =
                switch index {
                case 0: try restored(OpeningPolicy(), bench.parties)
                case 1: try restored(OpeningPolicy(modes: both.modes, requiresMasksInside: true), bench.parties)
                default: try restored(both, ten)
                }
            let (stage, session, round, uses) = (
                other.expectedStage, other.session, other.ledger.round, other.ledger.encoded()
            )
            #expect(stage == .proposal && session == nil && round == 1)
            #expect(uses == same.ledger.encoded())
        }
    }

    private static func discard(_ machine: consuming PaillierParticipant) {}

    /// A store that was put back to an earlier state is refused.
    @Test func rolledBackStores() throws {
        let bench = try SumBench.upTo(.survivors, SumRestartPropertyTests.terms)
        let name = PaillierParticipant.name("participant.state")
        let latest = try #require(try bench.companies[0].store.latest(name))
        // Another record under the newest generation: it was sealed for an older one.
        let store = MemoryStateStore()
        try store.commit(StateRecord(name: name, generation: latest.generation + 1, sealed: latest.sealed))
        #expect(throws: Abort(.stateCorrupt, .state)) { try Self.discard(bench.restored(0, from: store)) }
        try bench.finishExactly([0, 1, 2, 3])
    }
}
