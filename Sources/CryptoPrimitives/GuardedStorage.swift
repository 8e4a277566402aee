internal import CSodium
internal import Synchronization

/// Owner of one region of guarded memory: inaccessible pages on both sides, locked where the system allows it,
/// wiped when the last reference goes.
///
/// It is a final class because a class keeps its deinit in every container form and optimisation level.
/// Sendable: the two stored properties never change, and the memory behind them is reached only through the one
/// noncopyable owner (`SecretBytes`, `SecretSlab`), whose writes are `mutating` and therefore exclusive.
@safe
final class GuardedStorage: @unchecked Sendable {
    /// The number of regions alive in this process.
    private static let live = Atomic<Int>(0)

    /// The number of regions alive in this process, for tests that look for leaks.
    static var liveCount: Int { live.load(ordering: .relaxed) }

    /// The bytes; the address is never null, even for a count of zero.
    private let memory: UnsafeMutableRawPointer

    /// The number of usable bytes.
    let count: Int

    /// Allocates `count` bytes of zeros; stops the process when memory runs out.
    init(zeroed count: Int) {
        Sodium.require()
        precondition(count >= 0, "a negative byte count")
        guard let memory = unsafe sodium_malloc(count) else {
            preconditionFailure("no guarded memory left")
        }
        unsafe self.memory = memory
        self.count = count
        unsafe sodium_memzero(memory, count)
        Self.live.add(1, ordering: .relaxed)
    }

    deinit {
        unsafe sodium_free(memory)  // Overwrites the region before it is returned.
        Self.live.subtract(1, ordering: .relaxed)
    }

    /// The bytes, to read.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory, count: count)
    }

    /// The bytes, to write; the caller holds the only owner exclusively.
    var mutableBytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: count)
    }
}

/// The number of guarded regions alive in this process, for tests that look for leaks.
package var liveSecretCount: Int { GuardedStorage.liveCount }
