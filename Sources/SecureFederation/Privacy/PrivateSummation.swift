public import CryptoPrimitives
public import DifferentialPrivacy
public import FederatedLearning
internal import RingVectors
internal import SecureAggregation

/// Private sums over a consortium's units in one process: draw noise, charge, clip unit by unit, add noise, sum securely.
///
/// In each company, in this order: the share of the noise is drawn before data are read; the release is charged to the
/// company's own ledger and the charge is durable; each unit's vector is clipped on the grid and added; the noise goes on
/// top; the permit is spent; the integers are masked. The session refuses rounds whose announced noise is below the plan's
/// share and does not unmask below the plan's survivors. It plays all companies at once and therefore gives no privacy
/// itself; it is for training at hand, tests and measurements.
/// Source: private-training section 3
public final class PrivateSummation {
    /// Clip, noise, ring and charge.
    public let plan: PrivateSumPlan
    /// What is released.
    public let release: ReleaseKind
    /// Where the noise comes from.
    public let provenance: NoiseProvenance
    private let summation: SecureSummation
    private let contributors: [PrivateContributor]
    /// Private sums so far.
    private(set) var round: UInt64 = 0

    /// Opens every company's ledger for the whole plan.
    ///
    /// - Parameters:
    ///   - federation: a name, 1...128 bytes, that the ledgers are bound to.
    ///   - random: a source for each company's noise; anything but the production source supports no guarantee.
    ///   - persist: makes a line of a company's ledger durable, or throws.
    /// - Throws: `ledger` when a ledger cannot be opened.
    public init(
        _ plan: PrivateSumPlan, release: ReleaseKind, purpose: NoisePurpose, federation: String,
        through summation: SecureSummation, random: (RandomStream) -> any RandomSource,
        persist: @escaping (Int, LedgerLine) throws -> Void
    ) throws(FederationFailure) {
        precondition(plan.terms.participants == summation.plan.participants, "a session of another size")
        self.plan = plan
        self.release = release
        self.summation = summation
        var contributors: [PrivateContributor] = []
        for company in 0..<plan.terms.participants {
            contributors.append(
                try PrivateContributor(
                    plan, release: release, purpose: purpose, federation: federation,
                    company: "company \(company + 1)", member: UInt32(company), from: random(.noise(company)),
                    persist: { try persist(company, $0) }))
        }
        self.contributors = contributors
        provenance =
            contributors.allSatisfy { $0.provenance == .operatingSystem } ? .operatingSystem : .injectedSource
    }

    /// One company's ledger as it stands.
    public func record(of company: Int) -> LedgerRecord { contributors[company].record }

    /// Runs one private sum.
    ///
    /// - Parameters:
    ///   - clipNorm: what one unit's vector is clipped to in this round, in its own units; public.
    ///   - model: the shared model that the round belongs to, nil before there is one.
    ///   - dropouts: who falls silent before which step.
    ///   - units: each of a company's units' vectors, an empty one for what cannot be computed; asked for once a company,
    ///     after noise and charge.
    /// - Throws: `ledger` (`budgetExceeded` when the plan is spent), `clip`, `noise`, `round`.
    public func sum(
        clipNorm: Double, model: ParameterVector? = nil, dropouts: [Int: DropoutStep] = [:],
        units: (Int) -> [[Float]]
    ) throws(FederationFailure) -> NoisedSum {
        begin()
        var vectors: [PackedVector] = []
        defer { for index in vectors.indices { vectors[index].wipe() } }
        for company in contributors.indices {
            vectors.append(
                try contributors[company].contribution(round: round, clipNorm: clipNorm) { units(company) })
        }
        var tally = SumTally(companies: contributors.count)
        let opened = try summation.open(vectors, terms(model), dropouts, &tally)
        var integers = opened.sum.signedValues()
        let deviation = try removeSurplus(from: &integers, opened.survivors, dropouts)
        return decode(
            integers, opened, levels: plan.levels(clipNorm: clipNorm), deviation: deviation, tally: tally)
    }

    /// Goes on to the next round.
    func begin() { round += 1 }

    /// What a company does by itself.
    func contributor(_ company: Int) -> PrivateContributor { contributors[company] }

    /// The secure mean of what companies send without further noise.
    func sumChanges(
        _ uploads: [Upload], model: ParameterVector, dropouts: [Int: DropoutStep]
    ) throws(FederationFailure) -> SummedUploads {
        try summation.sum(uploads, bits: 32, rounding: .nearest, model: model, dropouts: dropouts)
    }

    private func terms(_ model: ParameterVector?) -> LoopbackTerms {
        var hash = Blake2b(Personalisation("QSA1 private"))
        hash.update(littleEndian: UInt64(plan.layout.bits))
        hash.update(littleEndian: plan.sensitivity.value)
        hash.update(littleEndian: plan.noise.share.numerator)
        hash.update(littleEndian: plan.noise.share.denominator)
        var shape = Blake2b(Personalisation("QSA1 unit sum"))
        shape.update(littleEndian: UInt64(plan.noise.request.dimension))
        shape.update(littleEndian: UInt64(plan.unitSum.clip.dimension))
        var terms = LoopbackTerms(
            dimension: plan.noise.request.dimension, layout: plan.layout, valueBound: plan.valueBound,
            modelDigest: summation.digest(of: model), schemaDigest: shape.finalize(), parametersDigest: hash.finalize())
        terms.noiseTail = plan.noise.noiseTail
        terms.noiseVariance = plan.announcedVariance
        terms.survivors = SurvivorDemand(plan.noise.minimumSurvivors)
        return terms
    }

    /// Takes off what the survivors reveal, where the plan says so; a member that falls silent before unmasking reveals
    /// nothing, and its surplus stays. Gives the standard deviation that is left, grid units.
    private func removeSurplus(
        from integers: inout [Int64], _ survivors: [Int], _ dropouts: [Int: DropoutStep]
    ) throws(FederationFailure) -> Double {
        let share = Double(plan.noise.share.numerator) / Double(plan.noise.share.denominator)
        guard let removal = plan.removal else { return (share * Double(survivors.count)).squareRoot() }
        let set = survivors.map { UInt32($0) }
        do throws(RemovalRefusal) {
            var collected = try NoiseRemoval(
                removal, in: try contributors[0].removalRound(round), survivors: set)
            for member in survivors where dropouts[member] == nil {
                if let seeds = try contributors[member].seeds(survivors: set) { try collected.add(seeds) }
            }
            let left = try collected.remove(from: &integers, bits: plan.layout.bits).whole
            return (Double(left.numerator) / Double(left.denominator)).squareRoot()
        } catch {
            throw .removal(error)
        }
    }

    private func decode(
        _ integers: [Int64], _ opened: SecureSummation.Opened, levels: Double, deviation: Double, tally: SumTally
    ) -> NoisedSum {
        let count = plan.unitSum.clip.dimension
        let clipped = plan.unitSum.indicator.map {
            $0.clippedCount(noisedSlot: integers[count], machines: plan.terms.nominalUnits)
        }
        return NoisedSum(
            values: integers[..<count].map { Double($0) / levels }, clippedUnits: clipped,
            deviation: deviation / levels, survivors: opened.survivors, isExact: opened.isExact, tally: tally)
    }
}
