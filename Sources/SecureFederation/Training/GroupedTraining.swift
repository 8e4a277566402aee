public import FederatedLearning
public import RingVectors

/// Training in jointly random groups: each group is summed by itself, and a robust rule or a secret vote of everybody brings
/// the groups' means to one change.
///
/// The coordinator sees one sum a group, never one over fewer than `minimumSize` members; a group whose sum is not opened is
/// missing from the round. Besides the groups' means it sees, if asked for, the vote's totals, the norms' histogram and the
/// coalitions' summed losses; each is listed in `releases`.
/// Source: robust-sums section 8
public struct GroupedTraining {
    /// How groups are brought to one.
    public enum Defence: Hashable, Sendable {
        /// The weighted mean: no defence.
        case mean
        /// A rule that withstands so many attackers; checked before the first round.
        case rule(RobustRule.Method, attackers: Int)
        /// Every company votes on every group's candidate; the margin is a share of the loss.
        case vote(margin: Double)
    }

    /// A bound on norms that follows the honest norm.
    public struct NormTerms: Hashable, Sendable {
        /// The buckets.
        public var buckets: HonestNormBound
        /// Which quantile of the norms.
        public var quantile: Double
        /// The bound relative to it.
        public var factor: Double

        /// By default the median times 2, in 32 buckets from 0.01 on.
        public init(
            buckets: HonestNormBound = HonestNormBound(smallest: 0.01, ratio: 1.5, buckets: 32), quantile: Double = 0.5,
            factor: Double = 2
        ) {
            self.buckets = buckets
            self.quantile = quantile
            self.factor = factor
        }
    }

    /// How groups are valued.
    public enum Valuation: Hashable, Sendable {
        /// Shapley values: exact up to ten groups, above by random orders.
        case shapley
        /// What all lose without each group.
        case leaveOneOut
    }

    /// Constants of a run.
    public struct Terms: Sendable {
        /// Rounds of training.
        public var rounds: Int
        /// The ring of the uploads.
        public var ringBits: Int
        /// How values between two levels are brought to one.
        public var rounding: FixedPointCodec.Rounding
        /// How many groups.
        public var groups: Int
        /// The fewest members of a group, at least 3.
        public var minimumSize: Int
        /// The seed that nobody chose alone.
        public var seed: JointSeed
        /// After how many rounds the groups are drawn anew; nil keeps them. Each grouping shows more.
        public var roundsPerGrouping: Int?
        /// How groups are brought to one.
        public var defence: Defence
        /// A bound on norms; nil for none.
        public var norms: NormTerms?
        /// How groups are valued; nil for not at all.
        public var valuation: Valuation?
        /// The largest loss that counts in a valuation.
        public var lossBound: Double

        /// A run in a 32-bit ring with groups that stay, unless told otherwise.
        public init(
            rounds: Int, groups: Int, minimumSize: Int = 3, seed: JointSeed, roundsPerGrouping: Int? = nil,
            defence: Defence, norms: NormTerms? = nil, valuation: Valuation? = nil, lossBound: Double,
            ringBits: Int = 32, rounding: FixedPointCodec.Rounding = .stochastic
        ) {
            precondition(rounds >= 1 && groups >= 1 && minimumSize >= 3, "no round, no group or no privacy")
            precondition(roundsPerGrouping ?? 1 >= 1, "a grouping without rounds")
            self.rounds = rounds
            self.ringBits = ringBits
            self.rounding = rounding
            self.groups = groups
            self.minimumSize = minimumSize
            self.seed = seed
            self.roundsPerGrouping = roundsPerGrouping
            self.defence = defence
            self.norms = norms
            self.valuation = valuation
            self.lossBound = lossBound
        }
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The model of the round with the least loss of those in which every group's sum was opened.
        public let model: ParameterVector
        /// The round after which that model stood, 0 for the start.
        public let bestRound: Int
        /// The model after the last round.
        public let lastModel: ParameterVector
        /// The loss of the start and after each round, as the opened groups have it.
        public let losses: [Double?]
        /// In each round the groups that moved the model; empty when it was skipped.
        public let keptGroups: [[Int]]
        /// The members of each group in each grouping, in the order of the groupings.
        public let groupings: [[[Int]]]
        /// Group sums that were not opened.
        public let failedGroups: Int
        /// What each company seems worth; nil without a valuation.
        public let trend: ContributionTrend?
        /// How far each company goes along with all, from the same group sums; nil without a valuation. Who sends nothing has 0
        /// whatever its data, so free riders show here sooner than in what their groups are worth.
        public let alignment: ContributionTrend?
        /// Everything that was shown beyond the model, in order.
        public let releases: [GroupRelease]
        /// What the group sums have cost, per company.
        public let tally: SumTally
    }

    /// The constants.
    public let terms: Terms

    /// Prepares a run.
    public init(_ terms: Terms) {
        self.terms = terms
    }

    /// Trains from `start`.
    ///
    /// - Parameters:
    ///   - cohort: everybody's side.
    ///   - everybody: the session of votes, norms and losses, over all companies.
    ///   - cohorts: the groups' sessions.
    ///   - step: moves the model along the change that the groups were brought to.
    ///   - progress: called after each round with its number, from 1, and the loss of the model it started from.
    /// - Throws: the refusal of the layer concerned; a rule that cannot hold is refused before the first round.
    public func run(
        from start: ParameterVector, cohort: inout some JudgingCohort, everybody: SecureSummation,
        cohorts: CohortSummation, step: any ServerStep = ServerAverage(),
        progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(FederationFailure) -> Outcome {
        let run = try GroupedRun(terms, cohort.averaging, everybody, cohorts, start, step)
        for round in 0..<terms.rounds {
            try run.round(round, &cohort)
            progress(round + 1, run.losses.last ?? nil)
        }
        try run.score(&cohort)
        return run.outcome
    }
}

/// Something that was shown beyond the model; plain data for reports and ledgers.
/// Source: robust-sums section 8
public struct GroupRelease: Hashable, Sendable {
    /// What was shown.
    public enum Kind: String, Sendable, CaseIterable {
        /// One group's sum of updates.
        case groupSum = "group_sum"
        /// The totals of a vote.
        case voteTotals = "vote_totals"
        /// The histogram of norms.
        case normHistogram = "norm_histogram"
        /// The summed losses of coalitions.
        case coalitionLosses = "coalition_losses"
    }

    /// The round, from 0.
    public let round: Int
    /// What was shown.
    public let kind: Kind
    /// How many numbers it has.
    public let numbers: Int
    /// How many companies are in it.
    public let companies: Int
}
