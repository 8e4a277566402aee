/// One guarded region cut into `slotCount` slots of `slotBytes` bytes each: many small secrets of one role, indexed by
/// peer, for the price of one allocation.
///
/// Source: libsodium "Secure memory"
public struct SecretSlab: ~Copyable, Sendable {
    private let storage: GuardedStorage

    /// The number of slots.
    public let slotCount: Int

    /// The number of bytes of each slot.
    public let slotBytes: Int

    /// Slots of zeros. Negative counts and a product that overflows are the caller's error.
    public init(slotCount: Int, slotBytes: Int) {
        precondition(slotCount >= 0 && slotBytes >= 0, "a negative slot count or size")
        let (total, overflow) = slotCount.multipliedReportingOverflow(by: slotBytes)
        precondition(!overflow, "a slab larger than memory")
        storage = GuardedStorage(zeroed: total)
        self.slotCount = slotCount
        self.slotBytes = slotBytes
    }

    /// Gives `body` slot `index` (0 ..< slotCount) to read; the pointer is valid during the call alone.
    public borrowing func withSlot<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(UnsafeRawBufferPointer(rebasing: storage.bytes[range(of: index)]))
    }

    /// Gives `body` slot `index` (0 ..< slotCount) to change; the pointer is valid during the call alone.
    public mutating func withMutableSlot<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(UnsafeMutableRawBufferPointer(rebasing: storage.mutableBytes[range(of: index)]))
    }

    /// Gives `body` all slots in order to read; the pointer is valid during the call alone.
    public borrowing func withAllBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(storage.bytes)
    }

    /// Gives `body` all slots in order to change; the pointer is valid during the call alone.
    public mutating func withAllMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        unsafe try body(storage.mutableBytes)
    }

    /// Overwrites slot `slot` with zeros.
    public mutating func wipe(slot: Int) {
        unsafe withMutableSlot(slot) { unsafe CryptoPrimitives.wipe($0) }
    }

    /// Overwrites every slot with zeros.
    public mutating func wipeAll() {
        unsafe CryptoPrimitives.wipe(storage.mutableBytes)
    }

    private borrowing func range(of index: Int) -> Range<Int> {
        precondition(index >= 0 && index < slotCount, "no such slot")
        return index * slotBytes..<(index + 1) * slotBytes
    }
}
