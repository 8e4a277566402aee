internal import CryptoPrimitives
internal import RingVectors
public import RoundProtocol
internal import WireFormat

/// The masks of a round: the self mask and one for each neighbour.
///
/// Source: WIRE section 6
extension Participant {
    /// Expands the open round's masks now, while the update is still being made: `submit` then adds one vector.
    ///
    /// Calling it again, or not at all, changes no byte of the upload. What it makes is as secret as the seeds, is wiped when
    /// the round ends, and is not stored: after a restart it may be prepared anew.
    ///
    /// - Throws: `unexpectedMessage` when no round waits for its input; `stateCorrupt`.
    /// - Complexity: one mask expansion and one group multiplication a neighbour; the memory of one vector.
    /// Source: mask-kernels section 6
    public mutating func prepareMask() throws(Abort) {
        guard case .expectInput(let context) = stage, let session = epoch?.session else {
            throw Abort(.unexpectedMessage, .input)
        }
        if prepared?.configDigest == context.configDigest { return }
        try requireMaskMemory(session)
        let masks = try masks(context, session)
        let mask = PreparedMask(context)
        mask.fill(masks, threads: threads)
        prepared = mask
    }

    /// Refuses to mask when there is no guarded memory for the schedules of all seeds.
    func requireMaskMemory(_ session: Session) throws(Abort) {
        let neighbours = session.regular?.neighbours ?? session.count
        try requireMemory(for: 64 * (1 + neighbours), .input)
    }

    /// The round's seeds, each with its sign: towards a higher id plus, a lower id minus.
    func masks(_ context: RoundContext, _ session: Session) throws(Abort) -> MaskSchedule {
        try Abort.require(context.config.maskSuite.isRunnable, .suiteUnavailable, .input)
        do throws(CryptoFailure) {
            let index = Int(context.round - session.firstRound)
            let binding = MaskContext(session: session.id, round: context.round, configDigest: context.configDigest)
            let neighbours = session.seat(of: id).map { session.neighbours(of: $0) } ?? []
            var masks = MaskSchedule(context.config.maskSuite.generator, capacity: 1 + neighbours.count)
            var seeds = MaskSeeds(binding)
            seeds.append(
                selfMask: try secrets.scalar(.selfMask, round: index), of: id, subtracted: false, to: &masks)
            let pairwise = try secrets.scalar(.pairwise, round: index)
            let isDerived = secrets.hasLinks(round: index, count: neighbours.count)
            for (place, neighbour) in neighbours.enumerated() where context.config.cohort[neighbour] {
                let peer = session.ids[neighbour]
                if isDerived {
                    unsafe secrets.withLink(round: index, place: place) { shared in
                        unsafe seeds.append(
                            shared: shared, between: id, and: peer, subtracted: id > peer, to: &masks)
                    }
                    continue
                }
                try seeds.append(
                    pairwise: pairwise, with: session.advertisements[neighbour].points[index].pairwise, between: id,
                    and: peer, subtracted: id > peer, to: &masks)
            }
            return masks
        } catch {
            throw Abort(.stateCorrupt, .input)
        }
    }
}

/// The sum of a round's masks, wiped when it goes.
///
/// Sendable: it is filled before anybody else sees it, and only read afterwards.
final class PreparedMask: @unchecked Sendable {
    /// The configuration that every seed in it is bound to.
    let configDigest: Digest
    private var sum: PackedVector

    init(_ context: RoundContext) {
        configDigest = context.configDigest
        sum = PackedVector(zeros: context.dimension, layout: context.layout)
    }

    deinit { sum.wipe() }

    func fill(_ masks: borrowing MaskSchedule, threads: Int) {
        sum.apply(masks, threads: threads)
    }

    func add(to vector: inout PackedVector) throws(RingFailure) {
        try vector.add(sum)
    }
}
