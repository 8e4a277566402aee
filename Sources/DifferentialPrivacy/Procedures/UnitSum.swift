/// One company's part of a private sum: g of each of its units, clipped on the grid, added, and its noise share on top.
///
/// `g` is called once a unit with that unit and nothing else; what it captures must be public constants or earlier
/// charged releases. A unit whose g is not finite counts as zero; a company without units sends noise.
/// Source: private-procedures section 1
public struct UnitSum: Sendable {
    /// Noise, ring and sensitivity of the round.
    public let plan: NoisePlan
    /// The rule for one unit's vector without its indicator.
    public let clip: L2Clip
    /// The indicator slot behind the vector, nil for none.
    public let indicator: ClipIndicator?

    /// Joins a clip with the plan that was made for it.
    ///
    /// Throws `dimensionMismatch` unless the plan's vector is the clip's and its indicator's, and
    /// `invalidField(.sensitivity)` unless the plan's sensitivity covers both times the memberships.
    public init(
        _ plan: NoisePlan, clip: L2Clip, indicator: ClipIndicator?, procedure: AdmittedProcedure
    ) throws(NoiseRefusal) {
        let dimension = clip.dimension + (indicator == nil ? 0 : 1)
        guard plan.request.dimension == dimension else { throw .dimensionMismatch(expected: dimension) }
        let needed = Self.squaredSensitivity(clip, indicator: indicator, procedure: procedure)
        guard let needed, plan.request.squaredSensitivity >= needed else { throw .invalidField(.sensitivity) }
        self.plan = plan
        self.clip = clip
        self.indicator = indicator
    }

    /// Delta^2 in squared grid units: of the whole vector, times the square of the memberships; nil beyond 2^128.
    public static func squaredSensitivity(
        _ clip: L2Clip, indicator: ClipIndicator?, procedure: AdmittedProcedure
    ) -> UInt128? {
        let weight = UInt128(indicator?.weight.magnitude ?? 0)
        let one = clip.squaredBound + weight * weight
        let times = UInt128(procedure.memberships) * UInt128(procedure.memberships)
        let (product, overflow) = one.multipliedReportingOverflow(by: times)
        return overflow ? nil : product
    }

    /// Adds up the units of one company and puts the noise on top; the only numbers that may leave it.
    ///
    /// - Parameters:
    ///   - levelsPerUnit: grid units for one unit of g's numbers, finite and positive.
    ///   - noise: the company's share for this round, drawn before the data were read.
    /// Throws `tooManyMachines` beyond the public cap, before anything is spent but the noise; `dimensionMismatch`.
    /// An empty vector of g counts as zero and as clipped; any other length than the clip's dimension is a precondition.
    public func noised<Unit>(
        _ units: some Collection<Unit>, levelsPerUnit: Double, noise: consuming NoiseVector, _ g: (Unit) -> [Float]
    ) throws(PrivateSumRefusal) -> [Int64] {
        var sum = try PrivateSumRefusal.clip { () throws(ClipRefusal) in
            guard units.count <= plan.request.machinesPerParticipant else {
                throw .tooManyMachines(maximum: plan.request.machinesPerParticipant)
            }
            return try CompanySum(
                dimension: plan.request.dimension, squaredBound: clip.squaredBound + indicatorSquare,
                machineLimit: plan.request.machinesPerParticipant)
        }
        for unit in units {
            var vector = g(unit)
            if vector.isEmpty { vector = [Float](repeating: .nan, count: clip.dimension) }
            let clipped = clip.clip(vector, levelsPerUnit: levelsPerUnit)
            let counted = indicator?.append(to: clipped) ?? clipped
            do throws(ClipRefusal) { try sum.add(counted) } catch { throw .clip(error) }
        }
        do throws(NoiseRefusal) { return try sum.noised(noise) } catch { throw .noise(error) }
    }

    private var indicatorSquare: UInt128 {
        let weight = UInt128(indicator?.weight.magnitude ?? 0)
        return weight * weight
    }
}

/// Why a company's part was not made: which layer refused.
/// Source: private-procedures section 1
public enum PrivateSumRefusal: Error, Hashable, Sendable {
    /// The clip or the cap on machines.
    case clip(ClipRefusal)
    /// The noise.
    case noise(NoiseRefusal)

    /// Runs a step of clipping and names the layer of its failure.
    static func clip<T: ~Copyable>(_ body: () throws(ClipRefusal) -> T) throws(PrivateSumRefusal) -> T {
        do throws(ClipRefusal) { return try body() } catch { throw .clip(error) }
    }
}
