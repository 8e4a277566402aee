/// Counts, means and variances of sensors, by group, over all companies' rows, from one secure sum.
///
/// One upload holds `groups * (1 + 2 * sensors)` numbers, such as 6 operating regimes by 29 for 14 sensors. Each value
/// is first shifted and scaled by its public range to u in -1...1, so that a mean far from zero does not swallow the
/// variance; the blocks are `count` (rows / cap), `sum` (sum of u / cap) and `squares` (sum of u^2 / cap), each bound 1.
///
/// What remains of cancellation: with q the quantiser's step relative to a bound (2^-51 at best), n companies and C
/// rows in a group, a variance of u is known to `3 n cap q / C`. Sixteen bits are too few for this upload.
/// The coordinator learns the cohort's totals; a group with a row of a single company tells that row's sums, so
/// agree on groups that every company visits.
/// Source: federated-statistics section 1
public struct FederatedStatistics: Hashable, Sendable {
    /// How many groups.
    public let groups: Int
    /// How many sensors.
    public let sensors: Int
    /// Group-major: the range of sensor j in group g at `g * sensors + j`.
    public let ranges: [PublicRange]
    /// The most rows one company may count.
    public let maximumRows: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// One range a sensor, the same in every group.
    public init(groups: Int, sensorRanges: [PublicRange], maximumRows: Int) {
        precondition(groups >= 1, "no group")
        self.init(
            groups: groups, groupedRanges: (0..<groups).flatMap { _ in sensorRanges }, maximumRows: maximumRows)
    }

    /// One range for each sensor of each group, group-major; narrower ranges keep more of small variances.
    public init(groups: Int, groupedRanges: [PublicRange], maximumRows: Int) {
        precondition(groups >= 1 && maximumRows >= 1, "no group or no row")
        precondition(!groupedRanges.isEmpty && groupedRanges.count.isMultiple(of: groups), "ranges do not fill groups")
        self.groups = groups
        self.sensors = groupedRanges.count / groups
        self.ranges = groupedRanges
        self.maximumRows = maximumRows
        self.schema = UploadSchema([
            .init(name: "count", count: groups, bound: 1),
            .init(name: "sum", count: groupedRanges.count, bound: 1),
            .init(name: "squares", count: groupedRanges.count, bound: 1),
        ])
    }

    /// An empty tally of one company's rows.
    public func makeTally() -> StatisticsTally {
        StatisticsTally(for: self)
    }

    /// One company's upload from its table (row-major, `groupOfRow.count` rows); throws as `StatisticsTally` does.
    public func upload(values: [Double], groupOfRow: [Int]) throws(LearningFailure) -> Upload {
        guard values.count == groupOfRow.count * sensors else {
            throw .dimensionMismatch(expected: groupOfRow.count * sensors, found: values.count)
        }
        var tally = makeTally()
        for (row, group) in groupOfRow.enumerated() {
            try tally.add(values[(row * sensors)..<((row + 1) * sensors)], group: group)
        }
        return try tally.upload()
    }

    /// The cohort's moments; throws `schemaMismatch`, or `noExamples` when nobody had a row.
    ///
    /// `resolution` is the quantiser's step relative to a block's bound. Counts are rounded to integers, and a variance
    /// that lies below what this resolution can tell from zero becomes zero. The variance is the population's (divided
    /// by the count).
    public func moments(
        from sum: AggregateSum, resolution: Double = 0x1p-48
    ) throws(LearningFailure) -> GroupMoments {
        guard sum.schema == schema, let counts = sum.block("count"), let sums = sum.block("sum"),
            let squares = sum.block("squares")
        else { throw .schemaMismatch }
        let cap = Double(maximumRows)
        let step = max(resolution, 0x1p-52) * Double(sum.cohortSize) * cap
        let rows = counts.map { max(0, ($0 * cap).rounded()) }
        guard rows.contains(where: { $0 > 0 }) else { throw .noExamples }
        var means: [Double] = []
        var variances: [Double] = []
        for (index, range) in ranges.enumerated() {
            let count = rows[index / sensors]
            guard count > 0 else {
                means.append(range.centre)
                variances.append(0)
                continue
            }
            let mean = sums[index] * cap / count
            let variance = squares[index] * cap / count - mean * mean
            let known = variance > 4 * step / count
            means.append(range.centre + range.halfWidth * mean)
            variances.append(known ? range.halfWidth * range.halfWidth * variance : 0)
        }
        return GroupMoments(sensors: sensors, counts: rows.map { Int($0) }, means: means, variances: variances)
    }
}
