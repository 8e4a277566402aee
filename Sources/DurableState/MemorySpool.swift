internal import Synchronization

/// A spool in memory with a cap on all slots together.
///
/// A slot keeps the slices that are written to it instead of copying them: an upload stays in the arrays in which it arrived.
/// Source: durability section 5
public final class MemorySpool: InputSpool {
    private struct Contents {
        var slots: [UInt32: SpooledPieces] = [:]
        var usedBytes = 0

        mutating func release(_ slot: UInt32) {
            usedBytes -= slots.removeValue(forKey: slot)?.byteCount ?? 0
        }
    }

    private let capacityBytes: Int
    private let contents = Mutex(Contents())

    /// A spool that holds at most `capacityBytes`, not negative.
    public init(capacityBytes: Int) {
        precondition(capacityBytes >= 0, "a capacity is not negative")
        self.capacityBytes = capacityBytes
    }

    /// False: a slot lives as long as the object.
    public var isDurable: Bool { false }

    /// Makes a slot of zeros.  Throws `full`, `invalidSize`; nothing is allocated before bytes come.
    public func open(slot: UInt32, byteCount: Int) throws(SpoolFailure) {
        guard byteCount >= 0 else { throw .invalidSize }
        try contents.withLock { (contents) throws(SpoolFailure) in
            contents.release(slot)
            guard byteCount <= capacityBytes - contents.usedBytes else { throw .full }
            contents.slots[slot] = SpooledPieces(byteCount: byteCount)
            contents.usedBytes += byteCount
        }
    }

    /// Writes bytes at an offset.  Throws `unknownSlot`, `outOfRange`.
    public func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure) {
        try contents.withLock { (contents) throws(SpoolFailure) in
            guard let size = contents.slots[slot]?.byteCount else { throw .unknownSlot }
            guard offset >= 0, offset <= size, bytes.count <= size - offset else { throw .outOfRange }
            contents.slots[slot]?.write(bytes, at: offset)
        }
    }

    /// Checks that the slot is there.  Throws `unknownSlot`.
    public func sync(slot: UInt32) throws(SpoolFailure) {
        guard contents.withLock({ $0.slots[slot] != nil }) else { throw .unknownSlot }
    }

    /// Calls `body` with (offset, tile) in order until it returns false.  Throws `unknownSlot`.
    public func readAll(
        slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
    ) throws(SpoolFailure) {
        precondition(tileBytes > 0, "a tile has at least one byte")
        guard let pieces = contents.withLock({ $0.slots[slot] }) else { throw .unknownSlot }
        unsafe pieces.readAll(tileBytes: tileBytes, body)
    }

    /// Forgets the slot and frees its room.
    public func release(slot: UInt32) {
        contents.withLock { $0.release(slot) }
    }
}
