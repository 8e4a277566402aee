internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

/// A sum from which masks are taken, several at once: every tile of it meets up to 64 masks before the next tile.
///
/// No more than 64 seeds are held, however many there are.
/// Source: mask-kernels section 2
struct RemovedMasks: ~Copyable {
    private var sum: PackedVector
    private var masks: MaskSchedule
    private var seeds: MaskSeeds
    private let threads: Int
    private static let together = 64

    init(_ sum: consuming PackedVector, _ generator: KeystreamGenerator, context: MaskContext, threads: Int) {
        self.sum = sum
        self.threads = threads
        masks = MaskSchedule(generator, capacity: Self.together)
        seeds = MaskSeeds(context)
    }

    /// Takes a survivor's own mask off.
    mutating func takeOff(selfMask secret: borrowing SecretScalar, of id: PeerID) {
        makeRoom()
        seeds.append(selfMask: secret, of: id, subtracted: true, to: &masks)
    }

    /// Takes off, or adds, the masks between a survivor, with its point, and members that are gone; `links` holds their scalars in
    /// the same order.
    mutating func undo(
        of survivor: PeerID, with point: GroupElement, and gone: [PeerID], _ links: inout ElementMultiples
    ) throws(CryptoFailure) {
        try unsafe links.multiply(point) { index, shared in
            makeRoom()
            // The survivor added this mask if its own id is the lower one.
            unsafe seeds.append(
                shared: shared, between: gone[index], and: survivor, subtracted: survivor < gone[index], to: &masks)
        }
    }

    /// The sum without all masks.
    consuming func finish() -> PackedVector {
        flush()
        return sum
    }

    private mutating func makeRoom() {
        if masks.count == Self.together { flush() }
    }

    private mutating func flush() {
        sum.apply(masks, threads: threads)
        masks = MaskSchedule(masks.generator, capacity: Self.together)
    }
}

/// Interpolation with the weights of the last holder set kept: in a complete graph one set serves every secret.
struct SecretRecovery: ~Copyable {
    private var weights: Shamir.Weights?
    private var slab: SecretSlab
    private var scratch = SecretSlab(slotCount: 2, slotBytes: Shamir.shareBytes)

    init(threshold: Int) {
        slab = SecretSlab(slotCount: threshold, slotBytes: Shamir.shareBytes)
    }

    /// The secret behind exactly `threshold` shares, nil when they make none.
    mutating func combine(_ shares: ArraySlice<(seat: Int, id: UInt32, share: Bytes32)>) -> SecretScalar? {
        guard shares.count == slab.slotCount else { return nil }
        let holders = shares.map(\.id)
        if weights?.holders != holders { weights = try? Shamir.Weights(holders: holders) }
        guard let weights else { return nil }
        for (slot, entry) in shares.enumerated() {
            unsafe entry.share.withUnsafeBytes { source in
                unsafe slab.withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
            }
        }
        return try? Shamir.combine(slab, weights: weights, scratch: &scratch)
    }
}
