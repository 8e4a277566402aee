internal import Synchronization

/// Owner of guarded memory: wiped when the last reference goes, locked where the system allows it, with inaccessible pages
/// around the region that it is in. Up to 64 KiB it is a slot of the process's pool; above, a region of its own.
///
/// It is a final class because a class keeps its deinit in every container form and optimisation level.
/// Sendable: the stored properties never change, and the memory behind them is reached only through the one
/// noncopyable owner (`SecretBytes`, `SecretSlab`), whose writes are `mutating` and therefore exclusive.
@safe
final class GuardedStorage: @unchecked Sendable {
    /// The number of secrets alive in this process.
    private static let live = Atomic<Int>(0)

    /// The number of secrets alive in this process, for tests that look for leaks.
    static var liveCount: Int { live.load(ordering: .relaxed) }

    private enum Place {
        case slot(GuardedSlot)
        case region(GuardedRegion)
    }

    private let place: Place

    /// The number of usable bytes.
    let count: Int

    /// Takes `count` bytes of zeros; stops the process where the system refuses them, which `GuardedMemory.require` tells
    /// beforehand.
    init(zeroed count: Int) {
        guard let place = Self.place(count) else { preconditionFailure("no guarded memory left") }
        self.place = place
        self.count = count
        Self.live.add(1, ordering: .relaxed)
    }

    /// Takes `count` bytes of zeros.
    ///
    /// - Throws: `noGuardedMemory` where the system refuses them.
    init(granted count: Int) throws(CryptoFailure) {
        guard let place = Self.place(count) else { throw .noGuardedMemory }
        self.place = place
        self.count = count
        Self.live.add(1, ordering: .relaxed)
    }

    private static func place(_ count: Int) -> Place? {
        precondition(count >= 0, "a negative byte count")
        if count <= GuardedPool.regionBytes { return GuardedPool.shared.take(count).map { .slot($0) } }
        return SystemMapping().map(count).map { .region($0) }
    }

    deinit {
        switch place {
        case .slot(let slot): GuardedPool.shared.give(slot)
        case .region(let region): SystemMapping().unmap(region)
        }
        Self.live.subtract(1, ordering: .relaxed)
    }

    /// The bytes, to read.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(mutableBytes)
    }

    /// The bytes, to write; the caller holds the only owner exclusively. The address is never null, even for a count of zero.
    var mutableBytes: UnsafeMutableRawBufferPointer {
        switch place {
        case .slot(let slot): unsafe UnsafeMutableRawBufferPointer(rebasing: slot.memory[..<count])
        case .region(let region): unsafe region.memory
        }
    }
}

/// The number of secrets alive in this process, for tests that look for leaks.
package var liveSecretCount: Int { GuardedStorage.liveCount }

/// Whether guarded memory can be had, asked before it is needed.
///
/// A secret is made by initialisers that do not throw. Whoever makes secrets whose number or size a peer or a configuration decides asks
/// here first and refuses; the state machines do so before every step.
///
/// Source: libsodium "Secure memory"
public enum GuardedMemory {
    /// Makes sure that secrets of `bytes` bytes in total can be taken: four regions are in hand, and what is more than one region
    /// is mapped and given back as a trial.
    ///
    /// Regions in hand serve small secrets when every further mapping is refused. What was given back after a trial may be
    /// refused again if the rest of the process takes it in between.
    ///
    /// - Throws: `noGuardedMemory`; nothing has changed then.
    /// - Complexity: a lock up to 64 KiB; beyond, a mapping of so many bytes.
    public static func require(bytes: Int) throws(CryptoFailure) {
        guard GuardedPool.shared.fillSpares() else { throw .noGuardedMemory }
        guard bytes > GuardedPool.regionBytes else { return }
        guard let trial = SystemMapping().map(bytes) else { throw .noGuardedMemory }
        SystemMapping().unmap(trial)
    }

    /// Regions of the pool of small secrets that are mapped now; each takes about six mappings of the process.
    package static var regionCount: Int { GuardedPool.shared.regionCount }
}
