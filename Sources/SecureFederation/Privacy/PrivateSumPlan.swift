public import DifferentialPrivacy
public import RingVectors

/// A schedule of private sums of one shape: clip, noise, ring, and the events they are charged as.
///
/// Everything is fixed before the first sum and depends on public numbers alone. The schedule was checked to stay within
/// the budget as it stands: discrete noise in shares, at the fewest survivors, without the colluders' shares.
/// Source: private-training section 2
public struct PrivateSumPlan: Sendable {
    /// Grid units of the clip norm: fine enough that truncation is lost in the noise.
    public static let gridBound: Int64 = 1 << 20

    /// The procedure, admitted for its unit.
    public let procedure: AdmittedProcedure
    /// The consortium's terms.
    public let terms: PrivacyTerms
    /// One unit's vector is clipped to this norm, in its own units.
    public let clipNorm: Double
    /// Clip, indicator and noise of one company's part.
    public let unitSum: UnitSum
    /// Base and removable components of the noise, where survivors take off what dropouts did not need; nil without.
    public let removal: RemovableNoisePlan?
    /// How far one unit moves a sum, grid units.
    public let sensitivity: L2Sensitivity
    /// The ring of the sums.
    public let layout: LaneLayout
    /// What the whole schedule is charged as.
    public let schedule: PrivacySchedule
    /// The bound of the whole schedule at the budget's delta.
    public let epsilon: PrivacyInterval

    /// Finds the least noise that keeps `rounds` sums within the budget.
    ///
    /// - Parameters:
    ///   - procedure: admitted; `companySGD` gives every company the full noise by itself.
    ///   - rounds: noised sums of the run, or local steps.
    ///   - dimension: coordinates of one unit's vector without the indicator.
    ///   - clipNorm: finite and positive (a precondition), in the units of the vector.
    ///   - indicatorWeight: grid units of the clipped indicator, nil for none.
    ///   - removesSurplus: survivors reveal the noise that was there for members who did not drop out; no use with
    ///     `companySGD`, or without dropouts, and ignored there.
    /// - Throws: `accounting`, `noise`, `clip`, `encoding`.
    public init(
        _ procedure: AdmittedProcedure, terms: PrivacyTerms, rounds: Int, dimension: Int, clipNorm: Double,
        indicatorWeight: Int64? = nil, removesSurplus: Bool = false
    ) throws(FederationFailure) {
        precondition(clipNorm > 0 && clipNorm.isFinite, "a clip norm is positive")
        let clip: L2Clip
        let indicator: ClipIndicator?
        do throws(ClipRefusal) {
            clip = try L2Clip(bound: Self.gridBound, dimension: dimension)
            indicator = try indicatorWeight.map { (weight) throws(ClipRefusal) in try ClipIndicator(weight: weight) }
        } catch {
            throw .clip(error)
        }
        guard let squared = UnitSum.squaredSensitivity(clip, indicator: indicator, procedure: procedure) else {
            throw .noise(.invalidField(.sensitivity))
        }
        var request = NoiseRequest(
            participants: terms.participants, colluders: terms.colluders, dropouts: terms.dropouts,
            multiplier: try Self.ratio(1), squaredSensitivity: squared,
            machinesPerParticipant: terms.unitsPerParticipant, dimension: dimension + (indicator == nil ? 0 : 1),
            rounds: rounds)
        if procedure.procedure.needsFullNoise {
            (request.participants, request.colluders, request.dropouts) = (1, 0, 0)
        }
        let (noise, removal, schedule) = try Self.calibrate(
            request, terms, removesSurplus: removesSurplus && request.dropouts > 0)
        self.removal = removal
        unitSum = try FederationFailure.noise { () throws(NoiseRefusal) in
            try UnitSum(noise, clip: clip, indicator: indicator, procedure: procedure)
        }
        guard let sensitivity = noise.request.sensitivity else { throw .noise(.invalidField(.sensitivity)) }
        self.sensitivity = sensitivity
        layout = try FederationFailure.encoding { () throws(RingFailure) in try LaneLayout(bits: noise.requiredBits) }
        self.procedure = procedure
        self.terms = terms
        self.clipNorm = clipNorm
        self.schedule = schedule
        epsilon = schedule.epsilon(at: terms.budget.delta)
    }

    /// The plan of the noise.
    public var noise: NoisePlan { unitSum.plan }

    /// Standard deviation of the noise in one coordinate of a sum when nobody is missing, in the units of the vector.
    public var deviation: Double {
        let share = Double(noise.share.numerator) / Double(noise.share.denominator)
        return (share * Double(noise.request.participants)).squareRoot() / levelsPerUnit
    }

    /// z: standard deviation of the honest noise at the fewest survivors over the sensitivity.
    public var multiplier: Double {
        let floor = noise.floorVariance
        let variance = Double(floor.numerator) / Double(floor.denominator)
        return (variance / Double(noise.request.squaredSensitivity)).squareRoot()
    }

    /// The variance of a share as a round's configuration says it, whole grid units squared, rounded down.
    var announcedVariance: UInt64 { noise.share.numerator / noise.share.denominator }

    /// Grid units for one unit of the vector.
    public var levelsPerUnit: Double { levels(clipNorm: clipNorm) }

    /// Grid units for one unit of a vector that is clipped to `clipNorm`, finite and positive (a precondition).
    func levels(clipNorm: Double) -> Double {
        precondition(clipNorm > 0 && clipNorm.isFinite, "a clip norm is positive")
        return Double(Self.gridBound) / clipNorm
    }

    /// The largest magnitude of a coordinate of one company's integers before its noise.
    var valueBound: UInt64 { UInt64(noise.request.machinesPerParticipant) * sensitivity.value }

    private static func calibrate(
        _ request: NoiseRequest, _ terms: PrivacyTerms, removesSurplus: Bool
    ) throws(FederationFailure) -> (NoisePlan, RemovableNoisePlan?, PrivacySchedule) {
        let start = try FederationFailure.accounting { () throws(AccountingRefusal) in
            try terms.budget.leastNoise(tolerance: 1e-9) { (noise) throws(AccountingRefusal) in
                try PrivacySchedule(
                    unit: terms.unit, adjacency: terms.adjacency,
                    events: [PrivacyEvent(.gaussian(noise), sampling: .none, count: request.rounds)])
            }
        }
        // What the discrete noise and rounding of shares take away is a few millionths.
        var multiplier = start.value
        for _ in 0..<64 {
            var request = request
            request.multiplier = try ratio(multiplier)
            let planned = request
            let removal: RemovableNoisePlan?
            let plan: NoisePlan
            do throws(NoiseRefusal) {
                if removesSurplus {
                    let made = try RemovableNoisePlan(planned)
                    (removal, plan) = (made, made.total)
                } else {
                    (removal, plan) = (nil, try NoisePlan(planned))
                }
            } catch {
                throw .noise(error)
            }
            let schedule = try FederationFailure.ledger { () throws(LedgerRefusal) in
                try Self.floor(plan, removal).schedule(
                    unit: terms.unit, adjacency: terms.adjacency, rounds: request.rounds)
            }
            if terms.budget.holds(schedule) { return (plan, removal, schedule) }
            multiplier *= 1 + 0x1p-18
        }
        throw .accounting(.budgetUnreachable)
    }

    private static func floor(_ plan: NoisePlan, _ removal: RemovableNoisePlan?) throws(LedgerRefusal) -> NoiseShares {
        if let removal { return try NoiseShares(floorOf: removal) }
        return try NoiseShares(floorOf: plan)
    }

    private static func ratio(_ value: Double) throws(FederationFailure) -> NoiseRatio {
        try FederationFailure.noise { () throws(NoiseRefusal) in try NoiseRatio(roundingUp: value) }
    }

    /// One or more rounds in the ledger's terms.
    func event(count: Int) throws(LedgerRefusal) -> ChargedEvent {
        try ChargedEvent(.discreteGaussian(Self.floor(noise, removal)), sampling: .none, count: count)
    }

    /// The terms of a ledger in which this schedule is the plan.
    ///
    /// - Parameter participant: the company that keeps it, nil for the federation's own.
    /// - Throws: what the ledger refuses.
    public func ledgerTerms(
        _ federation: String, participant: String?, release: ReleaseKind
    ) throws(LedgerRefusal) -> LedgerTerms {
        let trust =
            procedure.procedure.needsFullNoise
            ? try TrustAssumptions(participants: 1, colluders: 0, dropouts: 0)
            : try TrustAssumptions(
                participants: terms.participants, colluders: terms.colluders, dropouts: terms.dropouts)
        return try LedgerTerms(
            federation: federation, participant: participant, unit: terms.unit, adjacency: terms.adjacency,
            budget: terms.budget, trust: trust,
            filter: .planned([PlannedRelease(release, try event(count: noise.request.rounds))]))
    }
}
