internal import CSodium
internal import Synchronization

/// Guarded memory for small secrets: regions of 64 KiB cut into equal slots, so that many thousands of secrets take some
/// hundred mappings of the process instead of six each.
///
/// Every region has inaccessible pages on both sides and is locked where the system allows it; between two slots of a region
/// there is no such page, and slots are reached through bounded buffers alone. A slot is wiped when it is given back, so a slot
/// that is handed out is zero. A few regions are kept in hand: what `require` has promised is there when mappings are refused.
///
/// Source: libsodium "Secure memory"
final class GuardedPool: Sendable {
    /// Bytes of a region, and the most that one slot has.
    static let regionBytes = 64 << 10
    /// Bytes of the smallest slot.
    static let leastSlotBytes = 32
    /// Regions that are kept in hand.
    static let spareRegions = 4

    /// The pool of this process.
    static let shared = GuardedPool(mapping: SystemMapping())

    private let mapping: any GuardedMapping
    private let contents: Mutex<Contents>

    init(mapping: any GuardedMapping) {
        self.mapping = mapping
        contents = Mutex(Contents())
    }

    /// A slot of zeros with room for `count` bytes, at most `regionBytes`; nil when the system refuses a mapping and nothing
    /// is in hand.
    func take(_ count: Int) -> GuardedSlot? {
        let sizeClass = Self.sizeClass(of: count)
        return contents.withLock { contents in
            if let slot = contents.takeOpen(sizeClass) { return slot }
            guard let region = contents.spares.popLast() ?? mapped() else { return nil }
            if contents.spares.count < Self.spareRegions, let spare = mapped() { contents.spares.append(spare) }
            return contents.open(region, sizeClass)
        }
    }

    /// Wipes a slot and takes it back; an empty region is kept for its size, or in hand, or returned to the system.
    func give(_ slot: GuardedSlot) {
        slot.wipe()
        let surplus = contents.withLock { $0.close(slot) }
        if let surplus { mapping.unmap(surplus) }
    }

    /// Makes sure that the regions in hand are there.
    func fillSpares() -> Bool {
        contents.withLock { contents in
            while contents.spares.count < Self.spareRegions {
                guard let region = mapped() else { return false }
                contents.spares.append(region)
            }
            return true
        }
    }

    /// Regions that are mapped now, those in hand included.
    var regionCount: Int {
        contents.withLock { $0.regions + $0.spares.count }
    }

    private func mapped() -> GuardedRegion? { mapping.map(Self.regionBytes) }

    /// The power of two of which the slots of a size have as many bytes: 5 (32 bytes) and up.
    private static func sizeClass(of count: Int) -> Int {
        precondition(count >= 0 && count <= regionBytes, "a slot is no larger than a region")
        let least = max(leastSlotBytes, count)
        return Int.bitWidth - (least - 1).leadingZeroBitCount
    }

    private struct Contents: Sendable {
        /// For each size the slabs that have a free slot.
        var open: [[GuardedSlab]] = Array(repeating: [], count: Int.bitWidth)
        var spares: [GuardedRegion] = []
        var regions = 0

        mutating func takeOpen(_ sizeClass: Int) -> GuardedSlot? {
            guard let slab = open[sizeClass].last, let slot = slab.take() else { return nil }
            if slab.isFull { open[sizeClass].removeLast() }
            return slot
        }

        mutating func open(_ region: GuardedRegion, _ sizeClass: Int) -> GuardedSlot? {
            let slab = GuardedSlab(region, slotBytes: 1 << sizeClass)
            regions += 1
            let slot = slab.take()
            if !slab.isFull { open[sizeClass].append(slab) }
            return slot
        }

        /// Takes a slot back; the region that is needed no more, if one is.
        mutating func close(_ slot: GuardedSlot) -> GuardedRegion? {
            let slab = slot.slab
            let sizeClass = slab.slotBytes.trailingZeroBitCount
            if slab.isFull { open[sizeClass].append(slab) }
            slab.give(slot)
            // One slab of each size stays, so that a secret that comes and goes maps nothing.
            guard slab.isEmpty, open[sizeClass].count > 1,
                let place = open[sizeClass].firstIndex(where: { $0 === slab })
            else { return nil }
            open[sizeClass].remove(at: place)
            regions -= 1
            if spares.count < GuardedPool.spareRegions {
                spares.append(slab.region)
                return nil
            }
            return slab.region
        }
    }
}

/// One region cut into slots. Sendable: what changes is touched under the pool's lock alone.
final class GuardedSlab: @unchecked Sendable {
    let region: GuardedRegion
    let slotBytes: Int
    /// Places that nobody holds.
    private var free: [UInt16]
    private let slotCount: Int

    init(_ region: GuardedRegion, slotBytes: Int) {
        self.region = region
        self.slotBytes = slotBytes
        slotCount = region.byteCount / slotBytes
        free = (0..<slotCount).reversed().map { UInt16($0) }
    }

    var isFull: Bool { free.isEmpty }
    var isEmpty: Bool { free.count == slotCount }

    func take() -> GuardedSlot? {
        free.popLast().map { GuardedSlot(slab: self, place: Int($0)) }
    }

    func give(_ slot: GuardedSlot) {
        free.append(UInt16(slot.place))
    }
}

/// A place in a slab; whoever holds it alone may touch its bytes.
struct GuardedSlot: Sendable {
    let slab: GuardedSlab
    let place: Int

    /// The slot's bytes, all of them.
    var memory: UnsafeMutableRawBufferPointer {
        let start = place * slab.slotBytes
        return unsafe UnsafeMutableRawBufferPointer(rebasing: slab.region.memory[start..<start + slab.slotBytes])
    }

    func wipe() {
        unsafe CryptoPrimitives.wipe(memory)
    }
}

/// A guarded region as the system gave it. Sendable: an address and a count that never change.
@safe
struct GuardedRegion: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(_ base: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.base = base
        self.byteCount = byteCount
    }

    var memory: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }

    var address: UnsafeMutableRawPointer { unsafe base }
}

/// What maps guarded memory; the system's, or a test's that refuses.
protocol GuardedMapping: Sendable {
    /// A region of zeros, nil when it is refused.
    func map(_ byteCount: Int) -> GuardedRegion?
    /// Overwrites a region and gives it back.
    func unmap(_ region: GuardedRegion)
}

/// libsodium's guarded memory.
struct SystemMapping: GuardedMapping {
    func map(_ byteCount: Int) -> GuardedRegion? {
        Sodium.require()
        guard let memory = unsafe sodium_malloc(byteCount) else { return nil }
        unsafe sodium_memzero(memory, byteCount)
        return unsafe GuardedRegion(memory, byteCount: byteCount)
    }

    func unmap(_ region: GuardedRegion) {
        unsafe sodium_free(region.address)
    }
}
