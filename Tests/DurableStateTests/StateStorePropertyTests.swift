import Glibc
import Testing

@testable import DurableState

/// What every store promises.
@Suite struct StateStorePropertyTests {
    static func stores() throws -> [(any StateStore, TemporaryDirectory?)] {
        let directory = TemporaryDirectory()
        return [(MemoryStateStore(), nil), (try FileStateStore(directory: directory.path), directory)]
    }

    @Test func theLatestRecordWins() throws {
        for (store, directory) in try Self.stores() {
            #expect(try store.latest(makeName("a")) == nil)
            for generation: UInt64 in [0, 1, 2, 10, .max] {
                let record = makeRecord("a", generation, UInt8(truncatingIfNeeded: generation))
                try store.commit(record)
                #expect(try store.latest(makeName("a")) == record)
            }
            try store.commit(makeRecord("b", 3, count: 0))
            #expect(try store.latest(makeName("b")) == makeRecord("b", 3, count: 0))
            #expect(try store.latest(makeName("a"))?.generation == .max)
            withExtendedLifetime(directory) {}
        }
    }

    @Test func anOldGenerationIsRefused() throws {
        for (store, directory) in try Self.stores() {
            try store.commit(makeRecord("a", 5, 1))
            for offered: UInt64 in [0, 4, 5] {
                #expect(throws: StateStoreFailure.staleGeneration(stored: 5, offered: offered)) {
                    try store.commit(makeRecord("a", offered, 2))
                }
            }
            #expect(try store.latest(makeName("a")) == makeRecord("a", 5, 1))
            withExtendedLifetime(directory) {}
        }
    }

    @Test func aRemovedRecordCannotBePutBack() throws {
        for (store, directory) in try Self.stores() {
            try store.remove(makeName("a"))
            try store.commit(makeRecord("a", 5))
            try store.remove(makeName("a"))
            #expect(try store.latest(makeName("a")) == nil)
            #expect(throws: StateStoreFailure.staleGeneration(stored: 5, offered: 5)) {
                try store.commit(makeRecord("a", 5))
            }
            try store.remove(makeName("a"))
            try store.commit(makeRecord("a", 6))
            #expect(try store.latest(makeName("a")) == makeRecord("a", 6))
            withExtendedLifetime(directory) {}
        }
    }

    @Test func aFileStoreRemembersAcrossOpenings() throws {
        let directory = TemporaryDirectory()
        let inner = directory.path + "/store/"
        do {
            let store = try FileStateStore(directory: inner)
            try store.commit(makeRecord("a.gen", 1, 1))
            try store.commit(makeRecord("a", 2, 2))
            try store.commit(makeRecord("gone", 3, 3))
            try store.remove(makeName("gone"))
            #expect(throws: StateStoreFailure.inputOutput(errno: EWOULDBLOCK)) {
                try FileStateStore(directory: inner)
            }
        }
        let store = try FileStateStore(directory: inner)
        #expect(try store.latest(makeName("a.gen")) == makeRecord("a.gen", 1, 1))
        #expect(try store.latest(makeName("a")) == makeRecord("a", 2, 2))
        #expect(try store.latest(makeName("gone")) == nil)
        #expect(throws: StateStoreFailure.staleGeneration(stored: 2, offered: 2)) {
            try store.commit(makeRecord("a", 2))
        }
        #expect(throws: StateStoreFailure.staleGeneration(stored: 3, offered: 1)) {
            try store.commit(makeRecord("gone", 1))
        }
        var status = stat()
        for name in TemporaryDirectory.names(in: inner) {
            #expect(stat(inner + name, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        }
        #expect(stat(inner, &status) == 0 && status.st_mode & 0o7777 == 0o700)
    }

    /// Written by hand from the layout in the documentation; only the checksum is taken from the file.
    @Test func theFileHasItsLayout() throws {
        let directory = TemporaryDirectory()
        let store = try FileStateStore(directory: directory.path)
        try store.commit(StateRecord(name: makeName("ab"), generation: 0x0102, sealed: [9, 8, 7]))
        let header: [UInt8] = [
            0x53, 0x41, 0x52, 0x43, 1, 0, 2, 0x61, 0x62, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9, 8, 7,
        ]
        let file = try #require(directory.read("ab.rec"))
        #expect(Array(file.dropLast(32)) == header)
        let counter = try #require(directory.read("ab.gen"))
        #expect(Array(counter.dropLast(32)) == [0x53, 0x41, 0x43, 0x54, 1, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0])
        #expect(counter.count == 47)
    }
}
