import Synchronization
import Testing

@testable import CryptoPrimitives

/// Small secrets in shared regions: each alone in its slot, zero when it is handed out, far below the system's mappings, and refused
/// with a type when there are no more.
@Suite struct GuardedPoolPropertyTests {
    @Test func aSlotThatComesBackIsZero() throws {
        let pool = GuardedPool(mapping: CountedMapping(limit: 64))
        for count in [1, 32, 33, 100, 1_024, 65_536] {
            let first = try #require(pool.take(count))
            #expect(first.memory.count >= count && first.memory.allSatisfy { $0 == 0 })
            first.memory.copyBytes(from: [UInt8](repeating: 0xa5, count: count))
            let address = first.memory.baseAddress
            pool.give(first)
            let second = try #require(pool.take(count))
            #expect(second.memory.baseAddress == address, "the slot that came back is the next to go")
            #expect(second.memory.allSatisfy { $0 == 0 })
            pool.give(second)
        }
    }

    @Test func slotsDoNotTouch() throws {
        let pool = GuardedPool(mapping: CountedMapping(limit: 64))
        var random = seeded(11)
        var held: [(slot: GuardedSlot, value: UInt8)] = []
        for step in 0..<4_000 {
            let value = UInt8(truncatingIfNeeded: step)
            let sizes = [1, 16, 31, 32, 40, 64, 97, 500, 4_000]
            let choice = draw(2, from: &random).map(Int.init)
            if choice[0] % 3 == 0, !held.isEmpty {
                let (slot, value) = held.remove(at: (choice[0] << 8 | choice[1]) % held.count)
                #expect(slot.memory.allSatisfy { $0 == value })
                pool.give(slot)
            } else {
                let slot = try #require(pool.take(sizes[choice[1] % sizes.count]))
                #expect(slot.memory.allSatisfy { $0 == 0 })
                slot.memory.copyBytes(from: [UInt8](repeating: value, count: slot.memory.count))
                held.append((slot, value))
            }
        }
        for (slot, value) in held { #expect(slot.memory.allSatisfy { $0 == value }) }
    }

    @Test func regionsAreGivenBack() throws {
        let mapping = CountedMapping(limit: 1_000)
        let pool = GuardedPool(mapping: mapping)
        let slots = try (0..<20_000).map { _ in try #require(pool.take(32)) }
        #expect(mapping.mapped.load(ordering: .relaxed) <= 20_000 / 2_048 + 1 + GuardedPool.spareRegions)
        for slot in slots { pool.give(slot) }
        #expect(mapping.mapped.load(ordering: .relaxed) <= 1 + GuardedPool.spareRegions)
        #expect(pool.regionCount == mapping.mapped.load(ordering: .relaxed))
    }

    @Test func whatIsInHandServesWhenMappingsAreRefused() throws {
        let mapping = CountedMapping(limit: 5)
        let pool = GuardedPool(mapping: mapping)
        #expect(pool.fillSpares())
        mapping.limit.store(4, ordering: .relaxed)
        // Four regions in hand: four sizes, or one size four times a region full.
        var held: [GuardedSlot] = []
        for _ in 0..<4 { held.append(try #require(pool.take(65_536))) }
        #expect(pool.take(65_536) == nil && pool.take(32) == nil)
        #expect(!pool.fillSpares())
        pool.give(held.removeLast())
        #expect(pool.take(65_536) != nil)
    }

    @Test func manyThousandsOfSecretsTakeFewMappings() async {
        await #expect(processExitsWith: .success) {
            let secrets = (0..<100_000).map { index in Kept(secret([UInt8(truncatingIfNeeded: index)] + pattern(31))) }
            precondition(liveSecretCount == 100_000)
            precondition(GuardedMemory.regionCount < 100)
            for (index, kept) in secrets.enumerated() {
                precondition(kept.first == UInt8(truncatingIfNeeded: index))
            }
        }
    }

    @Test func aRefusalHasAType() {
        #expect(throws: CryptoFailure.noGuardedMemory) { try GuardedMemory.require(bytes: 1 << 50) }
        #expect(throws: CryptoFailure.noGuardedMemory) { try bytesGranted(1 << 50) }
        #expect(throws: Never.self) { try GuardedMemory.require(bytes: 1 << 20) }
    }

    private func bytesGranted(_ count: Int) throws(CryptoFailure) -> Int {
        let granted = try SecretBytes(granted: count)
        return granted.count
    }
}

private final class Kept: Sendable {
    private let bytes: SecretBytes

    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    var first: UInt8 { bytes.withUnsafeBytes { $0[0] } }
}

/// Ordinary memory, at most `limit` regions of it at once.
private final class CountedMapping: GuardedMapping {
    let limit: Atomic<Int>
    let mapped = Atomic<Int>(0)

    init(limit: Int) { self.limit = Atomic(limit) }

    func map(_ byteCount: Int) -> GuardedRegion? {
        guard mapped.load(ordering: .relaxed) < limit.load(ordering: .relaxed) else { return nil }
        mapped.add(1, ordering: .relaxed)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4_096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return GuardedRegion(memory, byteCount: byteCount)
    }

    func unmap(_ region: GuardedRegion) {
        mapped.subtract(1, ordering: .relaxed)
        region.address.deallocate()
    }
}
