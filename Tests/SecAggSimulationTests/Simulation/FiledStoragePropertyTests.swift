import CryptoPrimitives
import DurableState
import Testing

@testable import SecAggSimulation

/// Runs over the library's own store and spool, with files that are torn, put back or rotten.
@Suite struct FiledStoragePropertyTests {
    static func record(_ generation: UInt64, _ content: UInt8, name: String = "state") throws -> StateRecord {
        let name = try #require(RecordName(name))
        return StateRecord(name: name, generation: generation, sealed: [UInt8](repeating: content, count: 60))
    }

    static func seeds(_ count: Int, where isWanted: (SimulatedTerms) -> Bool) -> [UInt64] {
        var found: [UInt64] = []
        var seed: UInt64 = 0
        while found.count < count {
            var chance = SimulatedChance(seed: seed, stream: 0)
            if isWanted(SimulatedTerms(seed: seed, &chance)) { found.append(seed) }
            seed += 1
        }
        return found
    }

    /// Nothing goes wrong: the run is the same whether records lie in memory or in files.
    @Test func filesChangeNothing() {
        for neighbours in [nil, 6] as [Int?] {
            var traces: Set<Digest> = []
            for usesFiles in [false, true] {
                var terms = SimulatedTerms(fourWithSeed: 11)
                if neighbours != nil { (terms.participants, terms.neighbours) = (8, neighbours) }
                terms.usesFiles = usesFiles
                let world = Simulation.world(terms, .none, .masking)
                traces.insert(world.run(until: 60_000) { $0.opened > 1 })
                #expect(world.opened > 1 && !world.witness.hasViolation)
            }
            #expect(traces.count == 1)
        }
    }

    /// Faults at the store's own points, and the same run again from the same seed.
    @Test(arguments: [SimulationMode.safety, .liveness, .swarm])
    func equalSeedsGiveEqualTraces(mode: SimulationMode) {
        for seed in Self.seeds(3, where: \.usesFiles) {
            let (first, second) = (Simulation.run(seed: seed, mode: mode), Simulation.run(seed: seed, mode: mode))
            #expect(first.trace == second.trace && first.events == second.events, "seed \(seed)")
            #expect(first.violations.isEmpty && second.violations.isEmpty, "seed \(seed): \(first.violations)")
        }
    }

    /// Rings and files are drawn often enough that a campaign has them.
    @Test func ringsAndFilesAreDrawn() {
        #expect((Self.seeds(20, where: \.usesFiles).last ?? .max) < 400)
        #expect((Self.seeds(20) { $0.neighbours != nil }.last ?? .max) < 400)
    }

    /// Wherever a commit stops, the next process finds the record that the simulator says it finds.
    @Test func stopsLeaveOneOfTwo() throws {
        let stops: [(SimulatedDisk.Stop, isStored: Bool)] = [
            (.beforeWrite, false), (.beforeSync(isKept: false), false), (.beforeSync(isKept: true), true),
            (.afterSync, true), (.refused, false),
        ]
        let folder = try #require(SimulatedFolder())
        for (number, (stop, isStored)) in stops.enumerated() {
            for generation in UInt64(2)..<9 {
                let files = FiledRecords(path: folder.path + "/\(number)-\(generation)")
                #expect(try files.commit(Self.record(generation - 1, 1), nil))
                #expect(try files.commit(Self.record(generation, 2), stop) == isStored)
                files.start(.faithful)
                let found = try files.latest(Self.record(1, 1).name)
                #expect(try found == (isStored ? Self.record(generation, 2) : Self.record(generation - 1, 1)))
                #expect(try files.commit(Self.record(generation + 1, 3), nil))
            }
        }
    }

    /// The store says what has happened to its files, and takes them again when they are sound.
    @Test func changedFilesAreNoticed() throws {
        let folder = try #require(SimulatedFolder())
        let files = FiledRecords(path: folder.path + "/a")
        for generation in UInt64(1)..<4 { _ = try files.commit(Self.record(generation, UInt8(generation)), nil) }
        let name = try Self.record(1, 1).name
        files.start(.stale(isNoticed: false))
        #expect(throws: StateStoreFailure.stateRolledBack(stored: 3, found: 2)) { try files.latest(name) }
        for place in 0..<600 {
            files.start(.rotten(at: place))
            #expect(throws: StateStoreFailure.stateCorrupt, "place \(place)") { try files.latest(name) }
        }
        files.start(.faithful)
        #expect(try files.latest(name) == Self.record(3, 3))
        // Put back to the record before one that was never finished: that commit has not been.
        _ = try files.commit(Self.record(4, 4), .beforeSync(isKept: true))
        files.start(.stale(isNoticed: false))
        #expect(try files.latest(name) == Self.record(4, 4))
    }

    @Test func spoolsLoseWhatWasNotSynced() throws {
        let folder = try #require(SimulatedFolder())
        for spool in [FiledSpool(path: folder.path + "/spool"), SimulatedSpool()] as [any FaultySpool] {
            for slot in UInt32(0)..<4 {
                try spool.open(slot: slot, byteCount: 8)
                try spool.write(slot: slot, offset: 0, [1, 2, 3, 4, 5, 6, 7, 8])
            }
            try spool.sync(slot: 1)
            try spool.sync(slot: 2)
            spool.crash()
            var read: [UInt32: [UInt8]] = [:]
            for slot in UInt32(0)..<4 {
                try? spool.readAll(slot: slot, tileBytes: 8) { _, tile in
                    read[slot] = Array(tile)
                    return true
                }
            }
            #expect(read[1] == [1, 2, 3, 4, 5, 6, 7, 8] && read[2] == read[1])
            #expect(read[0] == nil && read[3] != read[1])
            var chance = SimulatedChance(seed: 1, stream: 1)
            #expect(spool.rot(&chance))
            spool.wipe()
            #expect(spool.usedBytes == 0 && !spool.rot(&chance))
        }
    }

    @Test func foldersGoWithTheRun() throws {
        var terms = SimulatedTerms(fourWithSeed: 1)
        terms.usesFiles = true
        var world: SimulatedWorld? = Simulation.world(terms, .none, .masking)
        let path = try #require(world?.folder?.path)
        _ = world?.run(until: 60_000) { $0.opened > 0 }
        #expect(SimulatedFolder.names(in: path).count == 6)
        world = nil
        #expect(SimulatedFolder.names(in: path).isEmpty)
    }
}
