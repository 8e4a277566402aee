internal import CryptoPrimitives

/// What a sum holds after removal.
/// Source: removable-noise section 4
public struct RemainingNoise: Hashable, Sendable {
    /// Members that were silent, j.
    public let silent: Int
    /// The noise of the honest survivors, at least z^2 Delta^2: what may be billed.
    public let honest: ExactVariance
    /// The noise of all survivors, colluders and surplus included, if everybody did as planned.
    public let whole: ExactVariance
    /// Survivors that revealed nothing: their surplus is still in the sum.
    public let withheld: [UInt32]
    /// The weakest origin that a survivor named; nil when one of them revealed nothing and so named none.
    public let provenance: NoiseProvenance?
}

/// The coordinator's half: collects the seeds for one agreed survivor set and takes the noise off the opened sum.
///
/// Wrong seeds spoil the sum like wrong data do; they cannot uncover anything.
/// Source: removable-noise section 4
public struct NoiseRemoval: Sendable {
    private let plan: RemovableNoisePlan
    private let round: RemovalRound
    private let survivors: [UInt32]
    private let agreement: Digest
    private let silent: Int
    private var received: [UInt32: RemovalSeeds] = [:]

    /// For the survivors, by ascending identifier, on whom everybody agreed. Throws what the set is refused for.
    public init(
        _ plan: RemovableNoisePlan, in round: RemovalRound, survivors: [UInt32]
    ) throws(RemovalRefusal) {
        (agreement, silent) = try round.agreement(on: survivors, under: plan)
        self.plan = plan
        self.round = round
        self.survivors = survivors
    }

    /// Takes one survivor's seeds.
    ///
    /// Throws `notASurvivor`, `otherAgreement`, `duplicateSeeds`, and `wrongComponents` unless they are exactly those
    /// from the number of silent members plus one to the last; nothing has changed then.
    /// Source: removable-noise section 4
    public mutating func add(_ seeds: RemovalSeeds) throws(RemovalRefusal) {
        guard survivors.contains(seeds.participant) else { throw .notASurvivor(seeds.participant) }
        guard seeds.agreement == agreement else { throw .otherAgreement(seeds.participant) }
        let count = plan.components.count - silent
        guard seeds.firstComponent == silent + 1, seeds.seeds.count == count else {
            throw .wrongComponents(seeds.participant, first: silent + 1, count: count)
        }
        guard received[seeds.participant] == nil else { throw .duplicateSeeds(seeds.participant) }
        received[seeds.participant] = seeds
    }

    /// Takes the noise off the opened sum, signed elements of a ring of `bits` bits, and says what is left.
    ///
    /// Throws `dimensionMismatch`, `unsupportedBits` before anything has changed. Cost: about 100 ns an element, a
    /// survivor and a component.
    /// Source: removable-noise section 4
    public consuming func remove(from values: inout [Int64], bits: Int) throws(RemovalRefusal) -> RemainingNoise {
        guard (2...64).contains(bits) else { throw .unsupportedBits }
        let dimension = plan.total.request.dimension
        guard values.count == dimension else { throw .dimensionMismatch(expected: dimension) }
        for participant in survivors {
            guard let seeds = received[participant] else { continue }
            for (offset, seed) in seeds.seeds.enumerated() {
                let component = silent + offset
                let key = unsafe seed.withUnsafeBytes {
                    unsafe NoiseKey(
                        component: UInt32(component + 1), of: participant, in: round, seed: $0,
                        provenance: seeds.provenance)
                }
                RemovableNoise.draw(plan.components[component], plan, key).subtract(from: &values)
            }
        }
        let unused = Int64(64 - bits)
        for index in values.indices { values[index] = (values[index] &<< unused) &>> unused }
        let withheld = survivors.filter { received[$0] == nil }
        let colluders = plan.total.request.colluders
        let origins = received.values.map(\.provenance)
        let weakest = NoiseProvenance.allCases.last(where: origins.contains)
        return RemainingNoise(
            silent: silent, honest: plan.left(silent: silent, survivors: survivors.count - colluders, keepAll: 0),
            whole: plan.left(silent: silent, survivors: survivors.count - withheld.count, keepAll: withheld.count),
            withheld: withheld, provenance: withheld.isEmpty ? weakest : nil)
    }
}
