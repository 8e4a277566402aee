/// What was fixed before the first release, and therefore may be claimed after any number of them.
/// Source: privacy-ledger section 3
public enum PrivacyFilter: Hashable, Sendable {
    /// A list of releases; every charge is drawn from it and its counts are never exceeded. The guarantee is the whole
    /// plan's from the first release on: stopping early, another order or more survivors cannot exceed it.
    case planned([PlannedRelease])
    /// A bound on the sum of (shift / sigma)^2 over unsampled Gaussian events, which may be chosen after seeing
    /// outputs.
    case gaussian(bound: Double)
    /// A bound on the sum of Rényi divergences at one order (of `RenyiCurve.orders`), for any events, which may be
    /// chosen after seeing outputs.
    case renyi(order: Double, bound: Double)

    /// The most different releases of a plan.
    static let mostLines = 64
}

/// Who must be honest for the shares to carry the guarantee.
/// Source: privacy-ledger section 2
public struct TrustAssumptions: Hashable, Sendable {
    /// Members that may send, n: 1 ... 65,536.
    public let participants: Int
    /// Members whose noise the server may know, t.
    public let colluders: Int
    /// Members that may fall silent, k.
    public let dropouts: Int

    /// Throws `trustOutOfRange` unless n > t + k.
    /// Source: privacy-ledger section 2
    public init(participants: Int, colluders: Int, dropouts: Int) throws(LedgerRefusal) {
        let range = 0...NoisePlan.largestParticipants
        guard range.contains(participants), range.contains(colluders), range.contains(dropouts),
            participants > colluders + dropouts
        else { throw .trustOutOfRange }
        self.participants = participants
        self.colluders = colluders
        self.dropouts = dropouts
    }

    /// Survivors below which no sum may be opened: n - k.
    public var minimumSurvivors: Int { participants - dropouts }
}

/// What a ledger is opened for; bound by its first entry and never changed.
/// Source: privacy-ledger section 2
public struct LedgerTerms: Hashable, Sendable {
    /// The federation, 1 ... 128 bytes.
    public let federation: String
    /// The company that keeps this ledger for its own units; nil for the federation's ledger, which covers the units of
    /// all.
    public let participant: String?
    /// Whom the guarantee protects.
    public let unit: PrivacyUnit
    /// Which data sets are neighbours.
    public let adjacency: Adjacency
    /// The most that may be spent.
    public let budget: PrivacyBudget
    /// Who must be honest.
    public let trust: TrustAssumptions
    /// What is fixed beforehand.
    public let filter: PrivacyFilter
    /// The claim, whatever happens within the filter.
    public let guarantee: PrivacyGuarantee
    /// The guarantee's epsilon at the budget's delta.
    public let figure: PrivacyInterval

    /// Works out the guarantee and holds it against the budget.
    ///
    /// Throws `invalidName`, `boundOutOfRange` (epsilon zero, a bound that is not positive and finite, an order that is
    /// not served), `planOutOfRange`, `belowFloor` for more shares than n - t - k, what the accountant refuses, and
    /// `filterExceedsBudget`. Cost: one query of the accountant.
    /// Source: privacy-ledger section 2
    public init(
        federation: String, participant: String?, unit: PrivacyUnit, adjacency: Adjacency, budget: PrivacyBudget,
        trust: TrustAssumptions, filter: PrivacyFilter
    ) throws(LedgerRefusal) {
        guard Self.isName(federation), participant.map(Self.isName) ?? true else { throw .invalidName }
        guard budget.epsilon.value > 0 else { throw .boundOutOfRange }
        if case .planned(let releases) = filter {
            guard (1...PrivacyFilter.mostLines).contains(releases.count),
                Set(releases.map { PlannedRelease($0.release, $0.event.once) }).count == releases.count
            else { throw .planOutOfRange }
            for line in releases { try Self.check(line.event, survivors: nil, trust) }
        }
        guarantee = try PrivacyGuarantee(filter, unit: unit, adjacency: adjacency)
        figure = guarantee.epsilon(at: budget.delta)
        guard figure.upper <= budget.epsilon.value else { throw .filterExceedsBudget }
        self.federation = federation
        self.participant = participant
        self.unit = unit
        self.adjacency = adjacency
        self.budget = budget
        self.trust = trust
        self.filter = filter
    }

    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// Whether the survivors carry the shares that the event counts on.
    static func check(
        _ event: ChargedEvent, survivors: Int?, _ trust: TrustAssumptions
    ) throws(LedgerRefusal) {
        let present = survivors ?? trust.minimumSurvivors
        guard present <= trust.participants else { throw .tooManySurvivors(maximum: trust.participants) }
        var needed = 1
        if case .discreteGaussian(let shares) = event.noise { needed = shares.honest }
        guard present >= needed + trust.colluders else { throw .belowFloor(minimum: needed + trust.colluders) }
    }

    /// The same terms except for the budget.
    func differsInBudgetAlone(from other: LedgerTerms) -> Bool {
        budget != other.budget && federation == other.federation && participant == other.participant
            && unit == other.unit && adjacency == other.adjacency && trust == other.trust && filter == other.filter
    }

    func equalsButForParticipant(_ other: LedgerTerms) -> Bool {
        budget == other.budget && federation == other.federation && unit == other.unit
            && adjacency == other.adjacency && trust == other.trust && filter == other.filter
    }
}
