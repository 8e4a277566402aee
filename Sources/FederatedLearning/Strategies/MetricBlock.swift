/// Metrics that ride behind a strategy's own blocks in the same sum: for each one `v m / bound` and `v`, where m is the
/// participant's mean and v the examples it is over, relative to a cap; so the cohort's mean comes out and nobody's own.
///
/// Block: `metrics` (bound 1, two numbers a metric).
/// Source: fedavg section 1
public struct MetricBlock: Hashable, Sendable {
    /// What is averaged.
    public let metrics: [WeightedMetric]
    /// The largest number of examples one participant may claim.
    public let maximumExamples: Int

    /// Fixes the terms; at least one example, metric names distinct.
    public init(_ metrics: [WeightedMetric], maximumExamples: Int) {
        precondition(maximumExamples >= 1, "a cap below one example")
        precondition(Set(metrics.map(\.name)).count == metrics.count, "two metrics share a name")
        self.metrics = metrics
        self.maximumExamples = maximumExamples
    }

    /// The block; nil without metrics.
    public var block: UploadSchema.Block? {
        metrics.isEmpty ? nil : UploadSchema.Block(name: "metrics", count: 2 * metrics.count, bound: 1)
    }

    /// A schema with the block behind it.
    public func schema(behind base: UploadSchema) -> UploadSchema {
        UploadSchema(base.blocks + (block.map { [$0] } ?? []))
    }

    /// An upload with this participant's readings behind it.
    ///
    /// Throws `dimensionMismatch` for another number of readings, `exampleCountOutOfRange`, `nonFinite` (place in the upload).
    public func upload(_ base: Upload, _ readings: [WeightedMetric.Reading]) throws(LearningFailure) -> Upload {
        try Upload(
            schema: schema(behind: base.schema), values: base.values + values(readings, from: base.values.count))
    }

    /// The sum of the strategy's own blocks; throws `schemaMismatch`.
    public func base(of sum: AggregateSum, schema base: UploadSchema) throws(LearningFailure) -> AggregateSum {
        guard sum.schema == schema(behind: base) else { throw .schemaMismatch }
        return AggregateSum(
            schema: base, values: Array(sum.values.prefix(base.dimension)), cohortSize: sum.cohortSize)
    }

    /// The cohort's metrics, in declared order; throws `schemaMismatch`.
    public func means(
        from sum: AggregateSum, schema base: UploadSchema
    ) throws(LearningFailure) -> [WeightedMetric.Mean] {
        guard sum.schema == schema(behind: base) else { throw .schemaMismatch }
        return means(sum.values[base.dimension...])
    }

    func values(_ readings: [WeightedMetric.Reading], from start: Int) throws(LearningFailure) -> [Double] {
        guard readings.count == metrics.count else {
            throw .dimensionMismatch(expected: metrics.count, found: readings.count)
        }
        var values: [Double] = []
        for (metric, reading) in zip(metrics, readings) {
            guard reading.value.isFinite else { throw .nonFinite(index: start + values.count) }
            guard (0...maximumExamples).contains(reading.examples) else {
                throw .exampleCountOutOfRange(found: reading.examples, maximum: maximumExamples)
            }
            let share = Double(reading.examples) / Double(maximumExamples)
            values.append(share * min(max(reading.value / metric.bound, -1), 1))
            values.append(share)
        }
        return values
    }

    func means(_ sums: ArraySlice<Double>) -> [WeightedMetric.Mean] {
        metrics.enumerated().map { index, metric in
            let weighted = sums[sums.startIndex + 2 * index]
            let share = sums[sums.startIndex + 2 * index + 1]
            return WeightedMetric.Mean(
                name: metric.name, value: share > 0 ? metric.bound * weighted / share : nil,
                examples: share * Double(maximumExamples))
        }
    }
}
