internal import DurableState
internal import Synchronization

/// A coordinator's spool, and what can go wrong with it.
///
/// Source: simulation section 2
protocol FaultySpool: InputSpool {
    /// Bytes of all slots.
    var usedBytes: Int { get }
    /// The process is gone, and with it what was not synced.
    func crash()
    /// Something of one slot changes; false when there is none.
    func rot(_ chance: inout SimulatedChance) -> Bool
    /// Every slot is gone.
    func wipe()
}

/// A spool in memory: what was not synced is gone with the process, and what was may rot.
///
/// Source: simulation section 2
final class SimulatedSpool: FaultySpool {
    private struct Slot {
        var live: [UInt8]
        var synced: [UInt8]?
    }

    private let slots = Mutex<[UInt32: Slot]>([:])

    var isDurable: Bool { true }
    var usedBytes: Int { slots.withLock { $0.values.reduce(0) { $0 + $1.live.count } } }

    func open(slot: UInt32, byteCount: Int) throws(SpoolFailure) {
        guard byteCount >= 0 else { throw .invalidSize }
        slots.withLock { $0[slot] = Slot(live: [UInt8](repeating: 0, count: byteCount)) }
    }

    func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure) {
        try slots.withLock { (slots) throws(SpoolFailure) in
            guard let size = slots[slot]?.live.count else { throw .unknownSlot }
            guard offset >= 0, offset <= size, bytes.count <= size - offset else { throw .outOfRange }
            slots[slot]?.live.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }

    func sync(slot: UInt32) throws(SpoolFailure) {
        try slots.withLock { (slots) throws(SpoolFailure) in
            guard let live = slots[slot]?.live else { throw .unknownSlot }
            slots[slot]?.synced = live
        }
    }

    func readAll(
        slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
    ) throws(SpoolFailure) {
        guard let bytes = slots.withLock({ $0[slot]?.live }) else { throw .unknownSlot }
        unsafe bytes.withUnsafeBytes { buffer in
            for start in stride(from: 0, to: buffer.count, by: tileBytes) {
                let end = start + min(tileBytes, buffer.count - start)
                guard unsafe body(start, UnsafeRawBufferPointer(rebasing: buffer[start..<end])) else { return }
            }
        }
    }

    func release(slot: UInt32) { slots.withLock { $0[slot] = nil } }

    func crash() {
        slots.withLock { slots in
            for (number, slot) in slots {
                if let synced = slot.synced {
                    slots[number]?.live = synced
                } else {
                    slots[number] = nil
                }
            }
        }
    }

    func rot(_ chance: inout SimulatedChance) -> Bool {
        let place = chance.below(1 << 20)
        return slots.withLock { slots in
            let numbers = slots.keys.sorted()
            guard !numbers.isEmpty else { return false }
            let number = numbers[place % numbers.count]
            guard let size = slots[number]?.live.count, size > 0 else { return false }
            guard var bytes = slots[number]?.live else { return false }
            bytes[place % size] ^= 4
            slots[number] = Slot(live: bytes, synced: bytes)
            return true
        }
    }

    func wipe() { slots.withLock { $0 = [:] } }
}
