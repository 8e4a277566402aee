/// The histograms of all companies' features together, from one secure sum.
///
/// A row is a one-hot vector a feature; an upload holds the sums of a company's rows, over its cap. The coordinator learns
/// how many rows of the cohort fall into each bin. A company with fewer than `minimumRows` rows does not take part: were
/// it not so, a cohort in which a single company has rows would show that company's histogram.
/// Blocks: for each feature j `feature<j>` (one number a bin, bound 1).
/// Source: model-life section 2
public struct HistogramSum: Hashable, Sendable {
    /// The bins.
    public let bins: FeatureBins
    /// The most rows one company may count.
    public let maximumRows: Int
    /// The fewest rows one company must have.
    public let minimumRows: Int
    /// The fewest companies whose counts may be shown together, at least 3.
    public let minimumCohort: Int
    /// What participants must upload.
    public let schema: UploadSchema
    let block: CountBlock

    /// Fixes the terms; `maximumRows` at most 2^24, `minimumRows` in 1...maximumRows, `minimumCohort` at least 3.
    public init(bins: FeatureBins, maximumRows: Int, minimumRows: Int, minimumCohort: Int) {
        precondition((1...maximumRows).contains(minimumRows), "rows out of range")
        precondition(minimumCohort >= 3, "a cohort that would show a member's counts")
        self.bins = bins
        self.maximumRows = maximumRows
        self.minimumRows = minimumRows
        self.minimumCohort = minimumCohort
        block = CountBlock(cap: maximumRows)
        schema = UploadSchema(
            (0..<bins.features).map { .init(name: "feature\($0)", count: bins.binCount($0), bound: 1) })
    }

    /// One company's upload from its table (row-major, one column a feature).
    ///
    /// Throws `lengthMismatch`, `nonFinite`, `tooManyRows`, `tooFewRows`.
    public func upload(_ values: [Double]) throws(LifeRefusal) -> Upload {
        Upload(fitting: schema, block.encode(try counts(of: values).flatMap(\.self)))
    }

    /// One company's counts, within the caps.
    func counts(of values: [Double]) throws(LifeRefusal) -> [[Int]] {
        let rows = values.count / bins.features
        guard rows <= maximumRows else { throw .tooManyRows(found: rows, maximum: maximumRows) }
        let counts = try bins.counts(of: values)
        guard rows >= minimumRows else { throw .tooFewRows(found: rows, needed: minimumRows) }
        return counts
    }

    /// The cohort's histograms; throws `schemaMismatch`, `cohortTooSmall`, or `countsInconsistent` when numbers are no counts or
    /// features have different numbers of rows.
    public func reference(from sum: AggregateSum) throws(LifeRefusal) -> DriftReference {
        try sum.check(schema, minimumCohort: minimumCohort)
        return try reference(sum.values, cohortSize: sum.cohortSize)
    }

    func reference(_ values: [Double], cohortSize: Int) throws(LifeRefusal) -> DriftReference {
        let flat = try block.decode(values, cohortSize: cohortSize)
        var counts: [[Int]] = []
        var place = 0
        for feature in 0..<bins.features {
            let end = place + bins.binCount(feature)
            counts.append(Array(flat[place..<end]))
            place = end
        }
        let rows = counts[0].reduce(0, +)
        guard counts.allSatisfy({ $0.reduce(0, +) == rows }), rows >= minimumRows * cohortSize,
            rows <= maximumRows * cohortSize
        else { throw .countsInconsistent }
        return DriftReference(bins: bins, counts: counts, rows: rows, cohortSize: cohortSize)
    }
}

/// The histograms of a cohort: what present data are compared with.
/// Source: model-life section 2
public struct DriftReference: Hashable, Sendable {
    /// The bins.
    public let bins: FeatureBins
    /// Rows by feature and bin.
    public let counts: [[Int]]
    /// Rows in all, at least 1.
    public let rows: Int
    /// How many companies the rows are from.
    public let cohortSize: Int
}
