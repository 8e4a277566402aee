import Glibc
import Testing

@testable import DurableState

@Suite struct InputSpoolPropertyTests {
    static func spools() throws -> [(any InputSpool, TemporaryDirectory?)] {
        let directory = TemporaryDirectory()
        return [(MemorySpool(capacityBytes: 10_000), nil), (try FileSpool(directory: directory.path), directory)]
    }

    static func contents(_ spool: any InputSpool, _ slot: UInt32, tileBytes: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try spool.readAll(slot: slot, tileBytes: tileBytes) { offset, tile in
            #expect(offset == bytes.count)
            #expect(tile.count == tileBytes || tile.count < tileBytes && tile.count > 0)
            bytes.append(contentsOf: tile)
            return true
        }
        return bytes
    }

    @Test func piecesInAnyOrderMakeTheWhole() throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for (spool, directory) in try Self.spools() {
            try spool.open(slot: 3, byteCount: 1000)
            try spool.open(slot: .max, byteCount: 0)
            for start in [900, 0, 300, 600] {
                try spool.write(slot: 3, offset: start, bytes[start..<min(start + 300, 1000)])
            }
            try spool.sync(slot: 3)
            for tileBytes in [1, 7, 250, 999, 1000, 1001] {
                #expect(try Self.contents(spool, 3, tileBytes: tileBytes) == bytes)
            }
            #expect(try Self.contents(spool, .max, tileBytes: 10).isEmpty)
            var tiles = 0
            try spool.readAll(slot: 3, tileBytes: 100) { _, _ in
                tiles += 1
                return tiles < 4
            }
            #expect(tiles == 4)
            withExtendedLifetime(directory) {}
        }
    }

    @Test func openingAgainDiscards() throws {
        for (spool, directory) in try Self.spools() {
            try spool.open(slot: 0, byteCount: 10)
            try spool.write(slot: 0, offset: 0, [UInt8](repeating: 1, count: 10)[...])
            try spool.open(slot: 0, byteCount: 4)
            #expect(try Self.contents(spool, 0, tileBytes: 100) == [0, 0, 0, 0])
            spool.release(slot: 0)
            spool.release(slot: 0)
            #expect(throws: SpoolFailure.unknownSlot) { try spool.sync(slot: 0) }
            withExtendedLifetime(directory) {}
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        for (spool, directory) in try Self.spools() {
            #expect(throws: SpoolFailure.invalidSize) { try spool.open(slot: 0, byteCount: -1) }
            #expect(throws: SpoolFailure.unknownSlot) { try spool.write(slot: 0, offset: 0, [1]) }
            #expect(throws: SpoolFailure.unknownSlot) { try spool.readAll(slot: 0, tileBytes: 1) { _, _ in true } }
            try spool.open(slot: 0, byteCount: 4)
            for (offset, count) in [(-1, 1), (0, 5), (4, 1), (5, 0), (.max, 1), (3, 2), (.min, 0)] {
                #expect(throws: SpoolFailure.outOfRange) {
                    try spool.write(slot: 0, offset: offset, [UInt8](repeating: 1, count: count)[...])
                }
            }
            try spool.write(slot: 0, offset: 4, [])
            #expect(try Self.contents(spool, 0, tileBytes: 4) == [0, 0, 0, 0])
            withExtendedLifetime(directory) {}
        }
    }

    @Test func memoryIsCapped() throws {
        let spool = MemorySpool(capacityBytes: 100)
        #expect(!spool.isDurable)
        try spool.open(slot: 1, byteCount: 60)
        #expect(throws: SpoolFailure.full) { try spool.open(slot: 2, byteCount: 41) }
        #expect(throws: SpoolFailure.full) { try spool.open(slot: 2, byteCount: .max) }
        try spool.open(slot: 2, byteCount: 40)
        spool.release(slot: 1)
        try spool.open(slot: 3, byteCount: 60)
        try spool.open(slot: 3, byteCount: 60)
        #expect(throws: SpoolFailure.full) { try spool.open(slot: 4, byteCount: 1) }
    }

    @Test func filesAreThereAfterReopening() throws {
        let directory = TemporaryDirectory()
        do {
            let spool = try FileSpool(directory: directory.path)
            #expect(spool.isDurable)
            try spool.open(slot: 7, byteCount: 5)
            try spool.write(slot: 7, offset: 1, [1, 2, 3])
            try spool.sync(slot: 7)
            try spool.open(slot: 8, byteCount: 5)
            spool.release(slot: 8)
        }
        directory.write("slot-007.part", [1])
        directory.write("slot-99999999999.part", [1])
        directory.write("other", [1])
        let spool = try FileSpool(directory: directory.path)
        #expect(spool.slots == [7])
        #expect(try Self.contents(spool, 7, tileBytes: 2) == [0, 1, 2, 3, 0])
    }

    @Test func filesThatChangedAreNoticed() throws {
        let directory = TemporaryDirectory()
        let spool = try FileSpool(directory: directory.path)
        try spool.open(slot: 1, byteCount: 100)
        truncate(directory.path + "/slot-1.part", 50)
        #expect(throws: SpoolFailure.corrupt) { try spool.readAll(slot: 1, tileBytes: 30) { _, _ in true } }
        chmod(directory.path + "/slot-1.part", 0o644)
        #expect(throws: SpoolFailure.insecurePermissions(mode: 0o100644)) {
            try spool.write(slot: 1, offset: 0, [1])
        }
        directory.delete("slot-1.part")
        #expect(throws: SpoolFailure.unknownSlot) { try spool.sync(slot: 1) }
        symlink("/etc/hostname", directory.path + "/slot-1.part")
        #expect(throws: SpoolFailure.insecurePermissions(mode: 0o120777)) { try spool.sync(slot: 1) }
        try spool.open(slot: 1, byteCount: 1)
        #expect(try Self.contents(spool, 1, tileBytes: 1) == [0])
    }
}
