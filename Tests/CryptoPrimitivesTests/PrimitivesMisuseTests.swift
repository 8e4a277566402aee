import CryptoPrimitives
import Testing

/// What a caller may not do stops the process; each line in a process of its own.
@Suite struct PrimitivesMisuseTests {
    @Test func lengths() async {
        await #expect(processExitsWith: .failure) { _ = SecretBytes(zeroed: -1) }
        await #expect(processExitsWith: .failure) { _ = SigningKey(seed: SecretBytes(zeroed: 31)) }
        await #expect(processExitsWith: .failure) { _ = pattern(33).withUnsafeBytes { Bytes32(copying: $0) } }
        await #expect(processExitsWith: .failure) { _ = SecretSlab(slotCount: Int.max, slotBytes: 3) }
    }

    @Test func slots() async {
        await #expect(processExitsWith: .failure) {
            var slab = SecretSlab(slotCount: 2, slotBytes: 3)
            slab.wipe(slot: 2)
        }
        await #expect(processExitsWith: .failure) {
            var slab = SecretSlab(slotCount: 2, slotBytes: 3)
            slab.wipe(slot: -1)
        }
    }

    @Test func hashing() async {
        await #expect(processExitsWith: .failure) { _ = Personalisation("seventeen letters") }
        await #expect(processExitsWith: .failure) { _ = Personalisation("caf\u{e9}") }
        await #expect(processExitsWith: .failure) {
            let hash = Blake2b(Personalisation("x"))
            var output = SecretBytes(zeroed: 64)
            hash.finalize(into: &output)
        }
        await #expect(processExitsWith: .failure) {
            _ = withBytes(pattern(15)) { Blake2b(Personalisation("x"), key: $0).finalize() }
        }
    }

    @Test func keystreamEnd() async {
        await #expect(processExitsWith: .failure) {
            var buffer = [UInt8](repeating: 0, count: 65)
            buffer.withUnsafeMutableBytes { buffer in
                pattern(32).withUnsafeBytes { ChaCha20.keystream(into: buffer, key: $0, blockIndex: UInt32.max) }
            }
        }
    }

    @Test func dealing() async {
        await #expect(processExitsWith: .failure) {
            var source = seeded(1)
            var shares = SecretSlab(slotCount: 2, slotBytes: 32)
            _ = Shamir.deal(
                SecretScalar(random: &source), threshold: 0, holders: [0], into: &shares, firstSlot: 0, slotStride: 1,
                from: &source)
        }
        await #expect(processExitsWith: .failure) {
            var source = seeded(1)
            var shares = SecretSlab(slotCount: 2, slotBytes: 32)
            _ = Shamir.deal(
                SecretScalar(random: &source), threshold: 2, holders: [0, 1], into: &shares, firstSlot: 1,
                slotStride: 1, from: &source)
        }
    }
}
