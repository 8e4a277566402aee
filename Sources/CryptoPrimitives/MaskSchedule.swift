internal import CKernels

/// Mask seeds made ready to be added to or subtracted from lane-packed words, all of them tile by tile.
///
/// It holds what is as secret as the seeds, 256 bytes each, in one region of guarded memory that is wiped when it goes. Its
/// contents never change, so any number of threads may apply it to disjoint words.
/// Source: mask-kernels section 2
package struct MaskSchedule: ~Copyable, Sendable {
    private let storage: MaskStorage
    /// What expands the seeds.
    package let generator: KeystreamGenerator
    /// The number of seeds.
    package private(set) var count = 0

    /// Room for `capacity` seeds; the caller has seen that this machine runs the generator.
    package init(_ generator: KeystreamGenerator, capacity: Int) {
        precondition(generator.isSupported(), "this machine cannot run the generator")
        self.generator = generator
        storage = MaskStorage(capacity: capacity)
    }

    /// Takes a 32-byte seed, whose mask is to be added, or subtracted.
    package mutating func append(seed: UnsafeRawBufferPointer, subtracted: Bool) {
        precondition(seed.count == 32, "a mask seed has 32 bytes")
        precondition(count < storage.capacity, "there is room for so many seeds")
        unsafe storage.set(count, generator, seed.bytePointer, subtracted: subtracted)
        count += 1
    }

    /// Adds or subtracts all masks on `words`, which begin at word `firstWord` (a multiple of 8) of a vector.
    ///
    /// - Parameters:
    ///   - usedBits: the bits of the lanes; no word has another.
    ///   - topBits: the highest bit of every lane.
    package borrowing func apply(
        to words: UnsafeMutableBufferPointer<UInt64>, firstWord: Int, usedBits: UInt64, topBits: UInt64,
        on path: KernelPath = .automatic
    ) {
        precondition(firstWord >= 0 && firstWord % 8 == 0, "a range of a mask starts at a keystream block")
        guard count > 0, let base = words.baseAddress else { return }
        if generator.isLibsodium(on: path) {
            unsafe applyByLibsodium(words, firstWord: firstWord, usedBits: usedBits, topBits: topBits)
            return
        }
        let code = unsafe ck_mask_apply(
            storage.masks, count, base, words.count, UInt64(firstWord), usedBits, topBits, path.rawValue)
        precondition(code == 0, "this machine cannot run the generator")
    }

    /// The slow, obvious way: 4 KiB of keystream, then the lanes; the scratch memory is wiped.
    private borrowing func applyByLibsodium(
        _ words: UnsafeMutableBufferPointer<UInt64>, firstWord: Int, usedBits: UInt64, topBits: UInt64
    ) {
        let tileWords = 512
        unsafe withUnsafeTemporaryAllocation(byteCount: 8 * tileWords, alignment: 64) { scratch in
            for start in stride(from: 0, to: words.count, by: tileWords) {
                let length = min(tileWords, words.count - start)
                guard let target = words.baseAddress, let term = scratch.baseAddress else { return }
                for index in 0..<count {
                    let mask = unsafe storage.masks + index
                    unsafe KeystreamGenerator.libsodium(
                        scratch.bytePointer, 8 * length, storage.key(index), UInt32((firstWord + start) / 8))
                    unsafe ck_lanes_add(
                        target + start, UnsafeRawPointer(term), length, usedBits, topBits,
                        Int32(mask.pointee.subtract), KernelPath.portable.rawValue)
                }
            }
            unsafe wipe(scratch)
        }
    }
}

/// Owner of prepared masks in guarded memory. Sendable: they are written by the one noncopyable owner, before it is shared.
@safe
private final class MaskStorage: @unchecked Sendable {
    private let memory: GuardedStorage
    let masks: UnsafeMutablePointer<ck_mask>
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        let count = max(1, capacity)
        memory = GuardedStorage(zeroed: count * MemoryLayout<ck_mask>.stride)
        unsafe masks = UnsafeMutableRawPointer(memory.mutableBytes.bytePointer)
            .bindMemory(to: ck_mask.self, capacity: count)
    }

    func set(_ index: Int, _ generator: KeystreamGenerator, _ seed: UnsafePointer<UInt8>, subtracted: Bool) {
        let code = unsafe ck_mask_init(masks + index, generator.rawValue, seed, subtracted ? 1 : 0)
        precondition(code == 0, "this machine cannot run the generator")
    }

    /// The key itself: the first bytes of a ChaCha20 schedule.
    func key(_ index: Int) -> UnsafePointer<UInt8> {
        unsafe UnsafePointer(UnsafeMutableRawPointer(masks + index).assumingMemoryBound(to: UInt8.self))
    }
}
