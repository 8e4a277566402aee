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
