/// How many companies drift: each uploads one 0 or 1 and, if so agreed, its present bin counts; only sums are opened.
///
/// Counts are agreed for everybody or nobody: were each free to leave them out, the sum could be one company's counts. A
/// company that drifts is not named, in a cohort of which one drifts each member can guess. One vote moves the count by 1.
/// Blocks: `drifted` (one number, bound 1), then the histogram's.
/// Source: model-life section 2
public struct DriftVote: Hashable, Sendable {
    /// What was opened.
    public struct Outcome: Hashable, Sendable {
        /// How many voted.
        public let voters: Int
        /// How many of them drift.
        public let drifting: Int
        /// Their present histograms together, the next reference; nil when they do not ride along.
        public let present: DriftReference?
    }

    /// The fewest companies whose votes may be shown together, at least 3.
    public let minimumCohort: Int
    /// The terms of the counts that ride along; nil for votes alone.
    public let histogram: HistogramSum?
    /// What participants must upload.
    public let schema: UploadSchema

    private static let vote = UploadSchema.Block(name: "drifted", count: 1, bound: 1)

    /// Votes alone; `minimumCohort` at least 3.
    public init(minimumCohort: Int) {
        precondition(minimumCohort >= 3, "a cohort that would show a member's vote")
        self.minimumCohort = minimumCohort
        histogram = nil
        schema = UploadSchema([Self.vote])
    }

    /// Votes with present counts under the histogram's terms.
    public init(with histogram: HistogramSum) {
        minimumCohort = histogram.minimumCohort
        self.histogram = histogram
        schema = UploadSchema([Self.vote] + histogram.schema.blocks)
    }

    /// A company's ballot; `present` is the table its report was made from.
    ///
    /// Throws as `HistogramSum.upload` does when counts ride along.
    public func ballot(_ report: DriftReport, present values: [Double]) throws(LifeRefusal) -> Upload {
        var numbers = [report.isDrifted ? 1.0 : 0.0]
        if let histogram {
            numbers += histogram.block.encode(try histogram.counts(of: values).flatMap(\.self))
        }
        return Upload(fitting: schema, numbers)
    }

    /// The opened totals; throws `schemaMismatch`, `cohortTooSmall`, `countsInconsistent`.
    public func outcome(from sum: AggregateSum) throws(LifeRefusal) -> Outcome {
        try sum.check(schema, minimumCohort: minimumCohort)
        let drifting = try CountBlock(cap: 1).decode([sum.values[0]], cohortSize: sum.cohortSize)[0]
        var present: DriftReference?
        if let histogram {
            present = try histogram.reference(Array(sum.values.dropFirst()), cohortSize: sum.cohortSize)
        }
        return Outcome(voters: sum.cohortSize, drifting: drifting, present: present)
    }
}
