import Glibc
import Testing

@testable import DurableState

@Suite struct StateStoreMisuseTests {
    /// A store with record "a" of generation 4, closed again.
    static func prepared() throws -> TemporaryDirectory {
        let directory = TemporaryDirectory()
        try FileStateStore(directory: directory.path).commit(makeRecord("a", 4, 4))
        return directory
    }

    @Test func everyDamagedByteIsNoticed() throws {
        for file in ["a.rec", "a.gen"] {
            let directory = try Self.prepared()
            let good = try #require(directory.read(file))
            let store = try FileStateStore(directory: directory.path)
            for position in good.indices {
                var bad = good
                bad[position] ^= 0x10
                directory.write(file, bad)
                #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
                directory.write(file, Array(good.prefix(position)))
                #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
            }
            directory.write(file, good + [0])
            #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
            directory.write(file, good)
            #expect(try store.latest(makeName("a")) == makeRecord("a", 4, 4))
        }
    }

    /// Checksums that are right over contents that are not.
    @Test func consistentGarbageIsRefused() throws {
        let directory = try Self.prepared()
        let store = try FileStateStore(directory: directory.path)
        let body = Array(try #require(directory.read("a.rec")).dropLast(32))
        var bodies: [[UInt8]] = [[], body + [0], Array(body.dropLast()), Array(body.prefix(5)), Array(body.prefix(17))]
        for (position, value) in [
            (0, UInt8(0)), (4, 2), (5, 1), (6, 0), (6, 2), (6, 255), (7, 0x62), (16, 0xFF), (23, 0x7F),
        ] {
            var changed = body
            changed[position] = value
            bodies.append(changed)
        }
        var hugeLength = body
        for position in 16..<24 { hugeLength[position] = 0xFF }
        bodies.append(hugeLength)
        for body in bodies {
            var bytes = body
            StoreChecksum.append(to: &bytes)
            directory.write("a.rec", bytes)
            #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
        }
        for counter in [[], [UInt8](repeating: 0, count: 15), Array("SACT".utf8) + [1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]] {
            var bytes = counter
            StoreChecksum.append(to: &bytes)
            directory.write("a.gen", bytes)
            #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
        }
    }

    @Test func anOlderRecordIsARollback() throws {
        let directory = TemporaryDirectory()
        let store = try FileStateStore(directory: directory.path)
        try store.commit(makeRecord("a", 4, 4))
        let old = try #require(directory.read("a.rec"))
        try store.commit(makeRecord("a", 9, 9))
        directory.write("a.rec", old)
        #expect(throws: StateStoreFailure.stateRolledBack(stored: 9, found: 4)) { try store.latest(makeName("a")) }
        directory.delete("a.rec")
        #expect(throws: StateStoreFailure.stateRolledBack(stored: 9, found: 0)) { try store.latest(makeName("a")) }
        #expect(throws: StateStoreFailure.stateRolledBack(stored: 9, found: 0)) {
            try store.commit(makeRecord("a", 10))
        }
        try store.remove(makeName("a"))
        directory.write("a.rec", old)
        #expect(throws: StateStoreFailure.stateRolledBack(stored: 9, found: 4)) { try store.latest(makeName("a")) }
    }

    @Test func aDamagedRecordCanBeRemoved() throws {
        let directory = try Self.prepared()
        directory.write("a.rec", [1, 2, 3])
        let store = try FileStateStore(directory: directory.path)
        #expect(throws: StateStoreFailure.stateCorrupt) { try store.commit(makeRecord("a", 5)) }
        try store.remove(makeName("a"))
        #expect(try store.latest(makeName("a")) == nil)
        try store.commit(makeRecord("a", 5))
        directory.write("b.rec", [1, 2, 3])
        #expect(throws: StateStoreFailure.stateCorrupt) { try store.remove(makeName("b")) }
    }

    @Test func recordsOfAnotherNameAreRefused() throws {
        let directory = try Self.prepared()
        directory.write("b.rec", try #require(directory.read("a.rec")))
        #expect(throws: StateStoreFailure.stateCorrupt) {
            try FileStateStore(directory: directory.path).latest(makeName("b"))
        }
    }

    @Test(arguments: [0o604, 0o640, 0o601, 0o620, 0o666] as [mode_t]) func filesOthersCanReach(mode: mode_t) throws {
        for file in ["a.rec", "a.gen"] {
            let directory = try Self.prepared()
            chmod(directory.path + "/" + file, mode)
            #expect(throws: StateStoreFailure.insecurePermissions(mode: 0o100000 | UInt32(mode))) {
                try FileStateStore(directory: directory.path).latest(makeName("a"))
            }
        }
    }

    @Test(arguments: [0o701, 0o750, 0o777] as [mode_t]) func directoriesOthersCanEnter(mode: mode_t) throws {
        let directory = try Self.prepared()
        chmod(directory.path, mode)
        #expect(throws: StateStoreFailure.insecurePermissions(mode: 0o040000 | UInt32(mode))) {
            try FileStateStore(directory: directory.path)
        }
        #expect(throws: SpoolFailure.insecurePermissions(mode: 0o040000 | UInt32(mode))) {
            try FileSpool(directory: directory.path)
        }
    }

    @Test func linksAreNotFollowed() throws {
        let directory = try Self.prepared()
        rename(directory.path + "/a.rec", directory.path + "/real")
        symlink(directory.path + "/real", directory.path + "/a.rec")
        #expect(throws: StateStoreFailure.insecurePermissions(mode: 0o120777)) {
            try FileStateStore(directory: directory.path).latest(makeName("a"))
        }
        let outer = TemporaryDirectory()
        symlink(directory.path, outer.path + "/link")
        for path in [outer.path + "/link", outer.path + "/link/"] {
            #expect(throws: StateStoreFailure.self) { try FileStateStore(directory: path) }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away")) func filesOfAnotherUser() throws {
        let directory = try Self.prepared()
        chown(directory.path + "/a.rec", 12345, 12345)
        #expect(throws: StateStoreFailure.wrongOwner) {
            try FileStateStore(directory: directory.path).latest(makeName("a"))
        }
        chown(directory.path, 12345, 12345)
        #expect(throws: StateStoreFailure.wrongOwner) { try FileStateStore(directory: directory.path) }
    }

    @Test func thingsThatAreNoFiles() throws {
        let directory = try Self.prepared()
        directory.delete("a.rec")
        mkfifo(directory.path + "/a.rec", 0o600)
        let store = try FileStateStore(directory: directory.path)
        #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
        directory.delete("a.rec")
        mkdir(directory.path + "/a.rec", 0o700)
        #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
    }

    @Test func sizesAreCapped() throws {
        let directory = TemporaryDirectory()
        do {
            let store = try FileStateStore(directory: directory.path, maximumRecordBytes: 100)
            try store.commit(makeRecord("a", 1, count: 100))
            #expect(throws: StateStoreFailure.recordTooLarge) { try store.commit(makeRecord("a", 2, count: 101)) }
            #expect(try store.latest(makeName("a"))?.generation == 1)
            // A file of 4 GiB that takes no room: refused by its size, not read.
            directory.write("b.rec", [])
            truncate(directory.path + "/b.rec", 1 << 32)
            #expect(throws: StateStoreFailure.recordTooLarge) { try store.latest(makeName("b")) }
            directory.write("a.gen", [UInt8](repeating: 0, count: 48))
            #expect(throws: StateStoreFailure.stateCorrupt) { try store.latest(makeName("a")) }
        }
        let smaller = TemporaryDirectory()
        try FileStateStore(directory: smaller.path).commit(makeRecord("a", 1, count: 100))
        #expect(throws: StateStoreFailure.recordTooLarge) {
            try FileStateStore(directory: smaller.path, maximumRecordBytes: 99).latest(makeName("a"))
        }
    }

    @Test func pathsThatCannotBe() {
        for path in ["", "/dev/null", "/nowhere/at/all", "/tmp/a\0b"] {
            #expect(throws: StateStoreFailure.self) { try FileStateStore(directory: path) }
            #expect(throws: SpoolFailure.self) { try FileSpool(directory: path) }
        }
    }
}
