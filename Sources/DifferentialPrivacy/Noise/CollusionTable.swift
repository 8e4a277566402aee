/// How a schedule of noisy sums is billed: what is common to all members.
/// Source: discrete-gaussian section 5
public struct CollusionTerms: Hashable, Sendable {
    /// Colluders planned for, t.
    public var colluders: Int
    /// Members that may be silent, k.
    public var dropouts: Int
    /// Coordinates of one release.
    public var coordinates: Int
    /// Releases.
    public var rounds: Int
    /// Who takes part in a round.
    public var sampling: SamplingScheme
    /// Which data sets are neighbours.
    public var adjacency: Adjacency
    /// Machines of one member, the group factor of the company's figure.
    public var machinesPerMember: Int
    /// The probability at which epsilon is stated.
    public var delta: Delta

    /// The members in order of declaration.
    public init(
        colluders: Int, dropouts: Int, coordinates: Int, rounds: Int, sampling: SamplingScheme, adjacency: Adjacency,
        machinesPerMember: Int, delta: Delta
    ) {
        self.colluders = colluders
        self.dropouts = dropouts
        self.coordinates = coordinates
        self.rounds = rounds
        self.sampling = sampling
        self.adjacency = adjacency
        self.machinesPerMember = machinesPerMember
        self.delta = delta
    }
}

/// Epsilon of every member for no, the planned and all other members colluding.
///
/// With t colluders and k silent members, the t + k largest variances of the others are left out; the member's own
/// share always counts. Members with equal noise and reach have equal figures.
/// Source: discrete-gaussian section 5
public struct CollusionTable: Hashable, Sendable {
    /// The most members whose noise or reach differ: 4,096.
    public static let largestMixedCohort = 4_096

    /// A row for each member, in their order.
    public let rows: [CollusionFigures]

    /// The table of members with different shares or weights.
    ///
    /// Throws `noise(.invalidField)` for counts out of range, `noise(.tooFewParticipants)` unless n > t + k, and what
    /// the accountant refuses. Cost: for each kind of member four epsilons, each microseconds without sampling, else up
    /// to a second, and the sorted list of members.
    /// Source: discrete-gaussian section 5
    public init(_ members: [MemberNoise], _ terms: CollusionTerms) throws(CollusionRefusal) {
        let cohort = try Cohort(members, terms)
        var known: [MemberNoise: CollusionFigures] = [:]
        var rows: [CollusionFigures] = []
        rows.reserveCapacity(members.count)
        for (index, member) in members.enumerated() {
            if let figures = known[member] {
                rows.append(
                    CollusionFigures(
                        member: index, nobody: figures.nobody, design: figures.design,
                        everybodyElse: figures.everybodyElse, company: figures.company))
                continue
            }
            guard known.count < Self.largestMixedCohort, known.isEmpty || members.count <= Self.largestMixedCohort
            else {
                throw .tooManyMembers(maximum: Self.largestMixedCohort)
            }
            let figures = CollusionFigures(
                member: index, nobody: try cohort.figure(index, colluders: 0),
                design: try cohort.figure(index, colluders: terms.colluders),
                everybodyElse: try cohort.figure(index, colluders: members.count - 1),
                company: try cohort.company(index))
            known[member] = figures
            rows.append(figures)
        }
        self.rows = rows
    }

    /// The table of a plan, whose members are all alike; Delta is rounded up to a whole grid unit.
    ///
    /// Throws `noise(.invalidField(.sensitivity))` for Delta above 2^51, else as the other initialiser.
    public init(
        _ plan: NoisePlan, sampling: SamplingScheme, adjacency: Adjacency, delta: Delta
    ) throws(CollusionRefusal) {
        let request = plan.request
        guard let sensitivity = request.sensitivity else { throw .noise(.invalidField(.sensitivity)) }
        let member: MemberNoise
        do throws(NoiseRefusal) {
            member = try MemberNoise(variance: plan.share, sensitivity: sensitivity)
        } catch {
            throw .noise(error)
        }
        try self.init(
            [MemberNoise](repeating: member, count: request.participants),
            CollusionTerms(
                colluders: request.colluders, dropouts: request.dropouts, coordinates: request.dimension,
                rounds: request.rounds, sampling: sampling, adjacency: adjacency,
                machinesPerMember: request.machinesPerParticipant, delta: delta))
    }
}

extension NoiseRequest {
    /// Delta rounded up to a whole grid unit; nil above 2^51.
    /// Source: private-procedures section 3
    public var sensitivity: L2Sensitivity? {
        guard squaredSensitivity <= 1 << 102 else { return nil }
        return try? L2Sensitivity(IntegerRoot.ceiling(squaredSensitivity))
    }
}

/// The members by falling variance, and what is left of their noise.
private struct Cohort {
    let members: [MemberNoise]
    let terms: CollusionTerms
    let denominator: UInt64
    /// Places of the members, largest variance first.
    let order: [Int]
    /// Place of each member in `order`.
    let rank: [Int]
    /// Sums of the first variances of `order`, over `denominator`.
    let sums: [UInt128]

    init(_ members: [MemberNoise], _ terms: CollusionTerms) throws(CollusionRefusal) {
        let cohortRange = 1...NoisePlan.largestParticipants
        guard cohortRange.contains(members.count) else { throw .noise(.invalidField(.participants)) }
        guard (0...NoisePlan.largestParticipants).contains(terms.colluders) else {
            throw .noise(.invalidField(.colluders))
        }
        guard (0...NoisePlan.largestParticipants).contains(terms.dropouts) else {
            throw .noise(.invalidField(.dropouts))
        }
        guard members.count > terms.colluders + terms.dropouts else {
            throw .noise(.tooFewParticipants(minimum: terms.colluders + terms.dropouts + 1))
        }
        guard (1...1 << 32).contains(terms.machinesPerMember) else {
            throw .noise(.invalidField(.machinesPerParticipant))
        }
        do throws(NoiseRefusal) {
            denominator = try ExactVariance.commonDenominator(of: members.map(\.variance))
        } catch {
            throw .noise(error)
        }
        self.members = members
        self.terms = terms
        let common = denominator
        let scaled = members.map { ExactVariance.scaled($0.variance, to: common) }
        order = members.indices.sorted { scaled[$0] != scaled[$1] ? scaled[$0] > scaled[$1] : $0 < $1 }
        var rank = [Int](repeating: 0, count: members.count)
        var sums: [UInt128] = [0]
        for (place, member) in order.enumerated() {
            rank[member] = place
            sums.append(sums[place] + scaled[member])
        }
        self.rank = rank
        self.sums = sums
    }

    /// The places in `order` that are left out: the first others.
    private func leftOut(_ member: Int, colluders: Int) -> (end: Int, skipsOwn: Bool) {
        let count = min(colluders + terms.dropouts, members.count - 1)
        return rank[member] < count ? (count + 1, true) : (count, false)
    }

    func variance(_ member: Int, colluders: Int) -> ExactVariance {
        let (end, skipsOwn) = leftOut(member, colluders: colluders)
        let own = skipsOwn ? ExactVariance.scaled(members[member].variance, to: denominator) : 0
        return ExactVariance(numerator: sums[members.count] - sums[end] + own, denominator: denominator)
    }

    private func mechanism(_ member: Int, colluders: Int, factor: Int) throws(AccountingRefusal) -> Mechanism? {
        let (end, skipsOwn) = leftOut(member, colluders: colluders)
        var variances = order[end...].map { members[$0].variance.roundedDown }
        if skipsOwn { variances.append(members[member].variance.roundedDown) }
        let (reach, overflow) = members[member].sensitivity.value.multipliedReportingOverflow(by: UInt64(factor))
        guard !overflow, let sensitivity = try? L2Sensitivity(reach) else { return nil }
        return .discreteGaussian(
            try DiscreteGaussianSum(variances: variances, sensitivity: sensitivity, coordinates: terms.coordinates))
    }

    func figure(_ member: Int, colluders: Int) throws(CollusionRefusal) -> CollusionFigure {
        do throws(AccountingRefusal) {
            var epsilon = PrivacyInterval(lower: 0, upper: .infinity)
            if let mechanism = try mechanism(member, colluders: colluders, factor: 1) {
                let event = try PrivacyEvent(mechanism, sampling: terms.sampling, count: terms.rounds)
                epsilon = try PrivacySchedule(unit: .asset, adjacency: terms.adjacency, events: [event])
                    .epsilon(at: terms.delta)
            }
            return CollusionFigure(
                colluders: colluders, variance: variance(member, colluders: colluders), epsilon: epsilon)
        } catch {
            throw .accounting(error)
        }
    }

    /// All machines at once move the sum by machines * Delta; coins of single machines are not counted on, so that the
    /// lower end holds only without sampling.
    func company(_ member: Int) throws(CollusionRefusal) -> CompanyFigure {
        do throws(AccountingRefusal) {
            let machines = terms.machinesPerMember
            guard let mechanism = try mechanism(member, colluders: terms.colluders, factor: machines) else {
                return CompanyFigure(
                    machines: machines, epsilon: PrivacyInterval(lower: 0, upper: .infinity),
                    advantage: PrivacyInterval(lower: 0, upper: 1))
            }
            let event = try PrivacyEvent(mechanism, sampling: .none, count: terms.rounds)
            let schedule = try PrivacySchedule(unit: .silo, adjacency: terms.adjacency, events: [event])
            let epsilon = schedule.epsilon(at: terms.delta)
            guard let zero = try? Epsilon(0) else { throw AccountingRefusal.budgetUnreachable }
            let advantage = schedule.delta(at: zero)
            let isExact = terms.sampling == .none
            return CompanyFigure(
                machines: machines, epsilon: PrivacyInterval(lower: isExact ? epsilon.lower : 0, upper: epsilon.upper),
                advantage: PrivacyInterval(lower: isExact ? advantage.lower : 0, upper: advantage.upper))
        } catch {
            throw .accounting(error)
        }
    }
}
