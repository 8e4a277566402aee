public import CryptoPrimitives

/// The seeds of one survivor's components that are to go, revealed: whoever has them can take that noise off.
/// Source: removable-noise section 3
public struct RemovalSeeds: Hashable, Sendable {
    /// The survivor.
    public var participant: UInt32
    /// The digest of session, round, purpose, members and survivors.
    public var agreement: Digest
    /// The first component that goes: silent members plus one.
    public var firstComponent: Int
    /// 32 bytes for each component from the first to the last of the plan.
    public var seeds: [Bytes32]
    /// Where the survivor says its noise came from.
    public var provenance: NoiseProvenance

    /// The members as they were received; `NoiseRemoval` checks them.
    public init(
        participant: UInt32, agreement: Digest, firstComponent: Int, seeds: [Bytes32], provenance: NoiseProvenance
    ) {
        self.participant = participant
        self.agreement = agreement
        self.firstComponent = firstComponent
        self.seeds = seeds
        self.provenance = provenance
    }
}

/// One member's removable noise for one sum, drawn before data exist: taken once, and afterwards its upper components
/// revealed once, for one survivor set.
///
/// The base's key is gone as soon as the base is drawn. The components' seeds stay in guarded memory until they are
/// revealed or the owner goes; a member that restarts in between reveals nothing, which leaves more noise in the sum.
/// Source: removable-noise section 3
public struct RemovableNoise: ~Copyable, Sendable {
    /// The member.
    public let participant: UInt32
    /// What the noise is for.
    public let round: RemovalRound
    /// Where seeds and base key came from.
    public let provenance: NoiseProvenance

    private let plan: RemovableNoisePlan
    private var vector: NoiseVector?
    private var seeds: SecretSlab
    private var hasRevealed = false

    /// Draws base and components from the operating system's generator.
    ///
    /// Throws `unknownMember`, `wrongCohort`. Cost: k + 1 draws an element, about 100 ns each.
    /// Source: removable-noise section 3
    public init(
        _ plan: RemovableNoisePlan, for participant: UInt32, in round: RemovalRound
    ) throws(RemovalRefusal) {
        var system: any RandomSource = SystemRandomSource()
        try self.init(plan, for: participant, in: round, from: &system)
    }

    /// Draws from an injected source: k seeds of 32 bytes, the first component's first, then the base's secret.
    package init(
        _ plan: RemovableNoisePlan, for participant: UInt32, in round: RemovalRound,
        from source: inout any RandomSource
    ) throws(RemovalRefusal) {
        let expected = plan.total.request.participants
        guard round.members.count == expected else { throw .wrongCohort(expected: expected) }
        guard round.members.contains(participant) else { throw .unknownMember(participant) }
        seeds = SecretSlab(slotCount: plan.components.count, slotBytes: Bytes32.byteCount)
        for slot in 0..<plan.components.count {
            unsafe seeds.withMutableSlot(slot) { unsafe source.fill($0) }
        }
        let key = NoiseKey(round: round.round, purpose: round.purpose, from: &source)
        provenance = key.provenance
        self.plan = plan
        self.participant = participant
        self.round = round
        var noise = Self.draw(plan.base, plan, key)
        for (slot, component) in plan.components.enumerated() {
            let key = unsafe seeds.withSlot(slot) {
                unsafe NoiseKey(
                    component: UInt32(slot + 1), of: participant, in: round, seed: $0, provenance: noise.provenance)
            }
            noise.include(Self.draw(component, plan, key))
        }
        vector = consume noise
    }

    /// Base and components in one vector, to be added to the member's sum. Throws `noiseTaken` the second time.
    public mutating func take() throws(RemovalRefusal) -> NoiseVector {
        guard let taken = vector.take() else { throw .noiseTaken }
        return taken
    }

    /// The seeds of exactly the components that go for the agreed survivors, who are named by ascending identifier.
    ///
    /// To be called with the very set on which everybody agreed before unmasking. Whatever set is named first is the
    /// only one: all seeds are wiped here. Throws `noiseNotTaken`, `alreadyRevealed`, `notASurvivor` and what the set
    /// is refused for; a refusal reveals nothing.
    /// Source: removable-noise section 3
    public mutating func seeds(toRemoveFor survivors: [UInt32]) throws(RemovalRefusal) -> RemovalSeeds {
        guard vector == nil else { throw .noiseNotTaken }
        guard !hasRevealed else { throw .alreadyRevealed }
        let (digest, silent) = try round.agreement(on: survivors, under: plan)
        guard survivors.contains(participant) else { throw .notASurvivor(participant) }
        var revealed: [Bytes32] = []
        for slot in silent..<plan.components.count {
            revealed.append(unsafe seeds.withSlot(slot) { unsafe Bytes32(copying: $0) })
        }
        seeds.wipeAll()
        hasRevealed = true
        return RemovalSeeds(
            participant: participant, agreement: digest, firstComponent: silent + 1, seeds: revealed,
            provenance: provenance)
    }

    /// One part of the noise: plans admit no dimension that a vector would not have.
    static func draw(
        _ variance: NoiseVariance, _ plan: RemovableNoisePlan, _ key: consuming NoiseKey
    ) -> NoiseVector {
        let law = NoiseLaw.gaussian(DiscreteGaussian(variance: variance))
        guard let noise = try? NoiseVector(law, dimension: plan.total.request.dimension, key: key) else {
            preconditionFailure("a plan's dimension is a vector's")
        }
        return noise
    }
}
