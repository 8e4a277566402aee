import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Synchronization
import Testing
import WireFormat

@testable import SecureAggregation

/// Stores that fail, forget, lie or were put back: nothing is said twice, and no mask meets two updates.
@Suite struct StoreFaultMisuseTests {
    // MARK: Rollback

    /// A store that shows an old record, as a restored disk image would, and keeps what is committed.
    final class RolledBack: StateStore {
        let inner: MemoryStateStore
        let old: StateRecord

        init(_ inner: MemoryStateStore, showing old: StateRecord) {
            self.inner = inner
            self.old = old
        }

        func commit(_ record: StateRecord) throws(StateStoreFailure) { try inner.commit(record) }
        func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
            name == old.name ? old : try inner.latest(name)
        }
        func remove(_ name: RecordName) throws(StateStoreFailure) { try inner.remove(name) }
    }

    @Test func anOldSnapshotSaysNothing() throws {
        let inner = MemoryStateStore()
        let bench = try ProtocolBench.upTo(.roundConfig, store: { _ in MemoryStateStore() })
        let name = try #require(RecordName(Participant.stateRecord))
        let old = try #require(try bench.parties[0].store.latest(name))
        try inner.commit(try #require(try bench.parties[0].store.latest(name)))
        let config = try bench.held(.roundConfig, to: 0)
        bench.holding = [.survivors]
        bench.queue = bench.held
        bench.held = []
        bench.pump()
        // The input of round 1 has left. Now the store shows the state from before.
        let newest = try #require(try bench.parties[0].store.latest(name))
        try inner.commit(newest)
        let stale = RolledBack(inner, showing: old)
        bench.parties[0] = BenchParticipant(try bench.restored(0, from: stale), store: stale)
        let count = bench.sent.count
        #expect(bench.refusal(of: config, by: 0) == nil)
        #expect(bench.refused(.stateRolledBack, by: 0))
        #expect(bench.sent.count == count, "nothing leaves")
    }

    @Test func anOldFileIsRefused() throws {
        let directory = BenchDirectory()
        let path = directory.path + "/store-0"
        let bench = try ProtocolBench.upTo(
            .roundConfig,
            store: { id -> any StateStore in id == 0 ? try FileStateStore(directory: path) : MemoryStateStore() })
        let names = BenchDirectory.names(in: path)
        let record = Participant.stateRecord + ".rec"
        #expect(names.contains(record))
        let old = try #require(RestartPropertyTests.read(path + "/" + record))
        bench.holding = [.survivors]
        bench.queue = bench.held
        bench.held = []
        bench.pump()
        #expect(RestartPropertyTests.read(path + "/" + record) != old)
        RestartPropertyTests.write(path + "/" + record, old)
        bench.parties[0] = BenchParticipant(
            try bench.restored(1, from: MemoryStateStore()), store: MemoryStateStore())  // closes the store's directory
        let reopened = try FileStateStore(directory: path)
        var thrown: Abort?
        do throws(Abort) { _ = try bench.restored(0, from: reopened) } catch { thrown = error }
        #expect(thrown == Abort(.stateRolledBack, .state))
    }

    @Test func aDamagedRecordIsRefused() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let name = try #require(RecordName(Participant.stateRecord))
        let record = try #require(try bench.parties[0].store.latest(name))
        for index in stride(from: 0, to: record.sealed.count, by: max(1, record.sealed.count / 100)) {
            var sealed = record.sealed
            sealed[index] ^= 1
            let store = MemoryStateStore()
            try store.commit(StateRecord(name: name, generation: record.generation, sealed: sealed))
            var thrown: Abort?
            do throws(Abort) { _ = try bench.restored(0, from: store) } catch { thrown = error }
            #expect(thrown == Abort(.stateCorrupt, .state), "byte \(index)")
        }
        // Another generation, another participant's record.
        for (generation, id) in [(record.generation + 1, 0), (record.generation, 1)] {
            let store = MemoryStateStore()
            try store.commit(StateRecord(name: name, generation: generation, sealed: record.sealed))
            var thrown: Abort?
            do throws(Abort) { _ = try bench.restored(id, from: store) } catch { thrown = error }
            #expect(thrown == Abort(.stateCorrupt, .state))
        }
        try bench.finishExactly()
    }

    /// The words of a survivor are in the spool and the record that they were acknowledged is gone: without it the sum would be
    /// opened without an input whose mask is taken off.
    @Test func aLostRecordOfAnUploadEndsTheRoundOnly() throws {
        for type in [FrameType.survivorStatement, .unmaskShares] {
            let directory = BenchDirectory()
            let bench = try ProtocolBench.upTo(type, spool: FileSpool(directory: directory.path + "/spool"))
            try bench.server.store.remove(try #require(RecordName(Coordinator.inputRecord(2))))
            try bench.restore(.coordinator)
            bench.held = []
            bench.holding = []
            bench.queue = []
            bench.carryOut(bench.server.machine.resume(), by: .coordinator)
            bench.settle()
            #expect(bench.outcome == nil, "\(type)")
            #expect(bench.aborts.contains { $0.by == .coordinator && $0.abort.code == .spoolFailed }, "\(type)")
            try bench.announce(2)
            bench.settle()
            bench.expectExact([0, 1, 2, 3, 4, 5])
        }
    }

    /// Acknowledged words that are no longer in the spool: the coordinator comes back, gives the round up and goes on.
    @Test func aLostSpoolEndsTheRoundOnly() throws {
        for type in [FrameType.survivors, .survivorStatement, .unmaskShares] {
            let bench = try ProtocolBench.upTo(type)
            try bench.restore(.coordinator)
            bench.held = []
            bench.holding = []
            bench.queue = []
            bench.carryOut(bench.server.machine.resume(), by: .coordinator)
            bench.settle()
            #expect(bench.aborts.contains { $0.by == .coordinator && $0.abort.code == .spoolFailed }, "\(type)")
            try bench.announce(2)
            bench.settle()
            bench.expectExact([0, 1, 2, 3, 4, 5])
        }
    }

    // MARK: Stores that fail and disks that rot

    /// Fails one commit and keeps a log of all others.
    final class Faulty: StateStore {
        private struct Contents {
            var left: Int
            var log: [StateRecord] = []
        }
        private let inner = MemoryStateStore()
        private let contents: Mutex<Contents>

        init(failing commit: Int) { contents = Mutex(Contents(left: commit)) }

        var log: [StateRecord] { contents.withLock { $0.log } }

        func commit(_ record: StateRecord) throws(StateStoreFailure) {
            let fails = contents.withLock { contents in
                contents.left -= 1
                if contents.left != -1 { contents.log.append(record) }
                return contents.left == -1
            }
            if fails { throw .inputOutput(errno: 28) }
            try inner.commit(record)
        }
        func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? { try inner.latest(name) }
        func remove(_ name: RecordName) throws(StateStoreFailure) { try inner.remove(name) }
    }

    /// A full disk at one commit; the coordinator says everything again; the process ends, and a new one trains anew.
    @Test(arguments: 0..<10)
    func aFullDiskAtOneCommit(commit: Int) throws {
        let store = Faulty(failing: commit)
        let bench = try ProtocolBench(store: { id -> any StateStore in id == 0 ? store : MemoryStateStore() })
        bench.retrains = true
        try bench.openEpoch()
        let again = {
            bench.carryOut(bench.server.machine.resume(), by: .coordinator)
            bench.pump()
        }
        again()
        bench.settle()
        try bench.announce()
        again()
        bench.crashes += 1
        bench.restart(0)
        bench.pump()
        again()
        bench.settle()
        bench.expectExact()
        try RestartPropertyTests.expectOneOfEach(bench, 0, "commit \(commit)")
        let uploads = Set(store.log.filter { $0.name.description == Participant.uploadRecord }.map(\.sealed))
        #expect(uploads.count <= 1, "one masked vector a round, on disk as on the wire")
    }

    /// A spool that gives back other bytes than it was given: no wrong sum is ever signed.
    final class Rotten: InputSpool {
        private let inner = MemorySpool(capacityBytes: 1 << 20)
        private let slot: UInt32

        init(slot: UInt32) { self.slot = slot }

        var isDurable: Bool { true }
        func open(slot: UInt32, byteCount: Int) throws(SpoolFailure) {
            try inner.open(slot: slot, byteCount: byteCount)
        }
        func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure) {
            var changed = Array(bytes)
            if slot == self.slot { changed[3] ^= 4 }
            try inner.write(slot: slot, offset: offset, changed[...])
        }
        func sync(slot: UInt32) throws(SpoolFailure) { try inner.sync(slot: slot) }
        func readAll(
            slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
        ) throws(SpoolFailure) {
            try inner.readAll(slot: slot, tileBytes: tileBytes, body)
        }
        func release(slot: UInt32) { inner.release(slot: slot) }
    }

    @Test func aSpoolThatRots() throws {
        let bench = try ProtocolBench(spool: Rotten(slot: 2))
        try bench.setUp()
        try bench.announce()
        bench.settle()
        if bench.outcome != nil {
            bench.expectExact([0, 1, 3, 4, 5])
        } else {
            #expect(bench.aborts.first?.abort.code == .spoolFailed)
        }
    }

    /// A cohort that cannot reach the quorum is not asked for its inputs.
    @Test func aCohortBelowTheQuorum() throws {
        var terms = ProtocolBench.Terms()
        (terms.participants, terms.rule) = (10, .minimum)
        let bench = try ProtocolBench(terms)
        bench.mangle = { $0.type == .receipt && $0.from.rawValue >= 5 ? [] : [$0] }
        try bench.setUp()
        if bench.server.machine.expectedStage == .announce {
            #expect(throws: Abort.self) { try bench.announce { $0.receiptsRequired = 3 } }
        }
        #expect(!bench.sent.contains { $0.type == .maskedInput }, "five members, and a quorum is six")
    }
}
