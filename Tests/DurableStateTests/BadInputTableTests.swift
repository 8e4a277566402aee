import CryptoPrimitives
import Glibc
import SecAggSimulation
import Testing

@testable import DurableState

/// Cases 75 to 77 of the table of bad inputs (Papers/bad-inputs.md): what a state file may be, and how it is refused. The
/// file stays as it is, so that somebody can look at it.
@Suite struct BadInputTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let number: Int
        let name: String
        let failure: StateStoreFailure
        let damage: @Sendable (TemporaryDirectory) throws -> Void

        var testDescription: String { "case \(number), \(name): \(failure)" }
    }

    static func change(_ directory: TemporaryDirectory, _ file: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try #require(directory.read(file))
        change(&bytes)
        directory.write(file, bytes)
    }

    static let rows: [Row] = [
        Row(number: 75, name: "one bit turned in the record", failure: .stateCorrupt) {
            try change($0, "a.rec") { $0[$0.count / 2] ^= 1 }
        },
        Row(number: 75, name: "one bit turned in the counter", failure: .stateCorrupt) {
            try change($0, "a.gen") { $0[9] ^= 1 }
        },
        Row(number: 75, name: "a record cut short", failure: .stateCorrupt) {
            try change($0, "a.rec") { $0.removeLast() }
        },
        Row(number: 75, name: "bytes behind a record", failure: .stateCorrupt) {
            try change($0, "a.rec") { $0.append(0) }
        },
        Row(number: 75, name: "a record of no byte", failure: .stateCorrupt) { try change($0, "a.rec") { $0 = [] } },
        Row(number: 75, name: "another record's file", failure: .stateCorrupt) { directory in
            try FileStateStore(directory: directory.path).commit(makeRecord("b", 4, 4))
            directory.write("a.rec", try #require(directory.read("b.rec")))
        },
        Row(number: 75, name: "a directory in its place", failure: .stateCorrupt) { directory in
            directory.delete("a.rec")
            mkdir(directory.path + "/a.rec", 0o700)
        },
        Row(number: 75, name: "a file of 4 GiB without content", failure: .recordTooLarge) { directory in
            truncate(directory.path + "/a.rec", 1 << 32)
        },
        Row(number: 76, name: "an older record than its counter", failure: .stateRolledBack(stored: 9, found: 4)) {
            directory in
            let old = try #require(directory.read("a.rec"))
            try FileStateStore(directory: directory.path).commit(makeRecord("a", 9, 9))
            directory.write("a.rec", old)
        },
        Row(number: 76, name: "no record under a counter", failure: .stateRolledBack(stored: 4, found: 0)) {
            $0.delete("a.rec")
        },
        Row(number: 77, name: "a record that others can read", failure: .insecurePermissions(mode: 0o100644)) {
            chmod($0.path + "/a.rec", 0o644)
        },
        Row(number: 77, name: "a counter that others can write", failure: .insecurePermissions(mode: 0o100602)) {
            chmod($0.path + "/a.gen", 0o602)
        },
        Row(number: 77, name: "a directory that others can enter", failure: .insecurePermissions(mode: 0o040701)) {
            chmod($0.path, 0o701)
        },
        Row(number: 77, name: "a link in the record's place", failure: .insecurePermissions(mode: 0o120777)) {
            directory in
            rename(directory.path + "/a.rec", directory.path + "/real")
            symlink(directory.path + "/real", directory.path + "/a.rec")
        },
    ]

    @Test(arguments: rows) func refused(_ row: Row) throws {
        let directory = try StateStoreMisuseTests.prepared()
        try row.damage(directory)
        let before = ["a.rec", "a.gen"].map { directory.read($0)?.prefix(1 << 12) }
        #expect(throws: row.failure) {
            try FileStateStore(directory: directory.path, maximumRecordBytes: 1 << 20).latest(makeName("a"))
        }
        #expect(
            ["a.rec", "a.gen"].map { directory.read($0)?.prefix(1 << 12) } == before, "nothing is repaired quietly")
    }

    /// Case 77, the other owner; only root can give a file away.
    @Test(.enabled(if: geteuid() == 0)) func case77AnothersFile() throws {
        let directory = try StateStoreMisuseTests.prepared()
        chown(directory.path + "/a.rec", 12345, 12345)
        #expect(throws: StateStoreFailure.wrongOwner) {
            try FileStateStore(directory: directory.path).latest(makeName("a"))
        }
    }

    /// Case 75, the seal: other key, other name, other generation, one bit turned.
    @Test func case75TheSeal() throws {
        var source: any RandomSource = SeededRandomSource(seed: 3, label: "seal")
        let key = SealingKey(from: &source)
        let other = SealingKey(from: &source)
        let record = key.seal(secret(Array("state".utf8)), name: makeName("a"), generation: 4, nonceFrom: &source)
        #expect(throws: StateStoreFailure.stateCorrupt) { _ = try other.open(record) }
        var sealed = record.sealed
        sealed[sealed.count - 1] ^= 1
        for bad in [
            StateRecord(name: makeName("a"), generation: 4, sealed: sealed),
            StateRecord(name: makeName("a"), generation: 5, sealed: record.sealed),
            StateRecord(name: makeName("b"), generation: 4, sealed: record.sealed),
            StateRecord(name: makeName("a"), generation: 4, sealed: []),
        ] {
            #expect(throws: StateStoreFailure.stateCorrupt) { _ = try key.open(bad) }
        }
    }
}
