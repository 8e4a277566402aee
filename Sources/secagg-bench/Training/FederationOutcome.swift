internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// What training together brought, whatever the method.
struct FederationOutcome {
    /// The shared model that was kept; with slots the first one's.
    var model: ParameterVector
    /// The round after which it stood, 0 for the start.
    var bestRound: Int
    /// The loss of the start and after each round.
    var losses: [Double?]
    /// What the sums of training have cost.
    var tally: SumTally
    /// The shared model (or the own slot's) in every company.
    var federated: [CompanyReport]
    /// Models of the companies' own; nil without.
    var personal: PersonalOutcome?
    /// Slots; nil without.
    var clusters: ClusterOutcome?
    /// Groups; nil without.
    var groups: GroupOutcome?
    /// The rehearsed attack; nil without.
    var attack: AttackOutcome?
}

/// Models of the companies' own.
struct PersonalOutcome {
    /// What was asked for.
    var choice: PersonalChoice
    /// What each company uses.
    var methods: [PersonalMethod]
    /// How that does.
    var reports: [CompanyReport]
    /// Means over companies of every method that was tried.
    var byMethod: [(method: PersonalMethod, mean: WorkloadMetrics)]
}

/// What slots came to.
struct ClusterOutcome {
    var kind: MethodOptions.Clustering
    var slots: Int
    /// The opened counts at the kept round.
    var counts: [Int]
    var secondChoices: Int
    /// The slot of each company; a deployment would know its own alone.
    var slotOfCompany: [Int]
}

/// What groups came to.
struct GroupOutcome {
    var defence: MethodOptions.Robustness
    var contribution: MethodOptions.Contribution
    var groups: Int
    /// Groups that moved the model, mean over rounds.
    var meanKept: Double
    /// Rounds in which none did.
    var skippedRounds: Int
    var failedGroups: Int
    var groupings: Int
    var releases: [GroupRelease]
    /// One a company; nil without a valuation.
    var worths: [ContributionTrend.Worth]?
    /// How many standard errors below the median each company goes along with all.
    var freeRiderScores: [Double]?
}

/// What an attack came to.
struct AttackOutcome {
    var kind: MethodOptions.Attack
    var saboteurs: [Int]
    /// The share of troubled examples that the trigger hides; nil without one.
    var backdoorSuccess: Double?
    /// The area under the curve of finding the saboteurs by how little they go along; nil without a valuation.
    var detectionAUC: Double?
}
