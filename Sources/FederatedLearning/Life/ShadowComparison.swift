/// Whether a candidate should replace the incumbent, from one secure sum: one bounded vote a company and the confusion counts
/// of both models.
///
/// Both models decide at thresholds fixed beforehand for the same false-alarm budget. The candidate is adopted when more
/// companies voted for than against it, it misses no more of the positives than the incumbent, and its false alarms keep to
/// the budget. A lying company moves the majority by at most 2 votes and the counts by at most its cap.
/// Blocks: `vote` (one number, bound 1), `candidate` and `incumbent` (four numbers each, bound 1).
/// Source: model-life section 4
public struct ShadowComparison: Hashable, Sendable {
    /// Why the incumbent stays.
    public enum Objection: Hashable, Sendable {
        /// No more votes for the candidate than against it; the payload is the total.
        case noMajority(total: Int)
        /// The cohort has seen fewer positives than are needed to compare recall.
        case tooFewPositives(found: Int, needed: Int)
        /// The candidate catches fewer positives.
        case recallFell(candidate: Int, incumbent: Int)
        /// The candidate's false alarms exceed the budget.
        case overBudget
    }

    /// What was opened and what follows.
    public struct Outcome: Hashable, Sendable {
        /// How many companies took part.
        public let voters: Int
        /// Votes for less votes against.
        public let total: Int
        /// The candidate's counts.
        public let candidate: ConfusionCounts
        /// The incumbent's counts.
        public let incumbent: ConfusionCounts
        /// Why the incumbent stays; empty when it does not.
        public let objections: [Objection]

        /// Whether the candidate replaces the incumbent.
        public var isAdopted: Bool { objections.isEmpty }
    }

    /// The agreed share of negatives that may raise an alarm.
    public let budget: Double
    /// The level of each company's sign test.
    public let significance: Double
    /// The most windows one company may count.
    public let maximumWindows: Int
    /// The fewest windows one company must have.
    public let minimumWindows: Int
    /// The fewest positives of the cohort on which recall is compared.
    public let minimumPositives: Int
    /// The fewest companies whose votes and counts may be shown together, at least 3.
    public let minimumCohort: Int
    /// What participants must upload.
    public let schema: UploadSchema
    private let block: CountBlock

    /// Fixes the terms: 0 < budget < 1, 0 < significance <= 1, 1 <= minimumWindows <= maximumWindows <= 2^24, at least one
    /// positive, `minimumCohort` at least 3.
    public init(
        budget: Double, significance: Double, maximumWindows: Int, minimumWindows: Int, minimumPositives: Int,
        minimumCohort: Int
    ) {
        precondition(budget > 0 && budget < 1 && significance > 0 && significance <= 1, "a share out of range")
        precondition((1...maximumWindows).contains(minimumWindows) && minimumPositives >= 1, "windows out of range")
        precondition(minimumCohort >= 3, "a cohort that would show a member's counts")
        self.budget = budget
        self.significance = significance
        self.maximumWindows = maximumWindows
        self.minimumWindows = minimumWindows
        self.minimumPositives = minimumPositives
        self.minimumCohort = minimumCohort
        block = CountBlock(cap: maximumWindows)
        schema = UploadSchema([
            .init(name: "vote", count: 1, bound: 1), .init(name: "candidate", count: 4, bound: 1),
            .init(name: "incumbent", count: 4, bound: 1),
        ])
    }

    /// One company's upload; throws `tooManyRows` or `tooFewRows`.
    public func ballot(_ trial: ShadowTrial) throws(LifeRefusal) -> Upload {
        guard trial.pairs <= maximumWindows else { throw .tooManyRows(found: trial.pairs, maximum: maximumWindows) }
        guard trial.pairs >= minimumWindows else { throw .tooFewRows(found: trial.pairs, needed: minimumWindows) }
        return Upload(
            fitting: schema,
            [Double(trial.vote(significance: significance))]
                + block.encode(trial.candidate.list + trial.incumbent.list))
    }

    /// What the opened totals decide.
    ///
    /// Throws `schemaMismatch`, `cohortTooSmall`, or `countsInconsistent` when the two tables are not of the same rows.
    public func outcome(from sum: AggregateSum) throws(LifeRefusal) -> Outcome {
        try sum.check(schema, minimumCohort: minimumCohort)
        let vote = sum.values[0]
        guard vote.isFinite, vote.magnitude < Double(sum.cohortSize) + 0.25, (vote - vote.rounded()).magnitude < 0.25
        else { throw .countsInconsistent }
        let counts = try block.decode(Array(sum.values.dropFirst()), cohortSize: sum.cohortSize)
        let (candidate, incumbent) = (ConfusionCounts(counts[0..<4]), ConfusionCounts(counts[4..<8]))
        guard candidate.positives == incumbent.positives, candidate.negatives == incumbent.negatives,
            candidate.positives + candidate.negatives >= minimumWindows * sum.cohortSize
        else { throw .countsInconsistent }
        return Outcome(
            voters: sum.cohortSize, total: Int(vote.rounded()), candidate: candidate, incumbent: incumbent,
            objections: objections(Int(vote.rounded()), candidate, incumbent))
    }

    private func objections(
        _ total: Int, _ candidate: ConfusionCounts, _ incumbent: ConfusionCounts
    ) -> [Objection] {
        var found: [Objection] = []
        if total <= 0 { found.append(.noMajority(total: total)) }
        if candidate.positives < minimumPositives {
            found.append(.tooFewPositives(found: candidate.positives, needed: minimumPositives))
        }
        if candidate.truePositives < incumbent.truePositives {
            found.append(.recallFell(candidate: candidate.truePositives, incumbent: incumbent.truePositives))
        }
        if Double(candidate.falsePositives) > budget * Double(candidate.negatives) { found.append(.overBudget) }
        return found
    }
}
