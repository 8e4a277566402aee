internal import DurableState
internal import Synchronization

/// The library's own spool over files: a crash leaves of an unsynced slot nothing or half, and what was synced may rot.
///
/// Source: simulation section 2
final class FiledSpool: FaultySpool {
    private struct Contents {
        var spool: FileSpool?
        var sizes: [UInt32: Int] = [:]
        var unsynced: Set<UInt32> = []
    }

    private let path: String
    private let contents = Mutex(Contents())

    /// A spool in a folder of this name, which is made when it is first used.
    init(path: String) {
        self.path = path
    }

    var isDurable: Bool { true }
    var usedBytes: Int { contents.withLock { $0.sizes.values.reduce(0, +) } }

    func open(slot: UInt32, byteCount: Int) throws(SpoolFailure) {
        try opened().open(slot: slot, byteCount: byteCount)
        contents.withLock { contents in
            contents.sizes[slot] = byteCount
            contents.unsynced.insert(slot)
        }
    }

    func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure) {
        try opened().write(slot: slot, offset: offset, bytes)
    }

    func sync(slot: UInt32) throws(SpoolFailure) {
        try opened().sync(slot: slot)
        contents.withLock { _ = $0.unsynced.remove(slot) }
    }

    func readAll(
        slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
    ) throws(SpoolFailure) {
        try unsafe opened().readAll(slot: slot, tileBytes: tileBytes, body)
    }

    func release(slot: UInt32) {
        (try? opened())?.release(slot: slot)
        forget(slot)
    }

    func crash() {
        let unsynced = contents.withLock { contents in
            contents.spool = nil
            return contents.unsynced.sorted()
        }
        for slot in unsynced {
            if slot % 2 == 0 {
                SimulatedFolder.remove(file(slot))
                forget(slot)
            } else if let bytes = SimulatedFolder.bytes(file(slot)) {
                SimulatedFolder.write([UInt8](bytes.prefix(bytes.count / 2)), to: file(slot))
            }
        }
    }

    /// One bit of one slot changes, or its file loses its end.
    func rot(_ chance: inout SimulatedChance) -> Bool {
        let place = chance.below(1 << 20)
        let slots = contents.withLock { contents in
            contents.spool = nil
            return contents.sizes.keys.sorted()
        }
        guard !slots.isEmpty else { return false }
        let slot = slots[place % slots.count]
        guard var bytes = SimulatedFolder.bytes(file(slot)), !bytes.isEmpty else { return false }
        if place % 3 == 0 { bytes.removeLast() } else { bytes[place % bytes.count] ^= 4 }
        SimulatedFolder.write(bytes, to: file(slot))
        return true
    }

    func wipe() {
        let slots = contents.withLock { $0.sizes.keys.sorted() }
        for slot in slots { release(slot: slot) }
    }

    private func opened() throws(SpoolFailure) -> FileSpool {
        if let spool = contents.withLock({ $0.spool }) { return spool }
        let spool = try FileSpool(directory: path)
        contents.withLock { $0.spool = spool }
        return spool
    }

    private func forget(_ slot: UInt32) {
        contents.withLock { contents in
            contents.sizes[slot] = nil
            contents.unsynced.remove(slot)
        }
    }

    private func file(_ slot: UInt32) -> String { path + "/slot-\(slot).part" }
}
