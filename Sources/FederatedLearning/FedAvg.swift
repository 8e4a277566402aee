/// Federated averaging with hidden weights: `w += sum(a_k D_k) / sum(a_k)`, divided only after the sum is opened.
///
/// Participant k uploads `[a_k D_k | a_k | metrics]` with `a_k = n_k / maximumExamples` in 0...1, so its number of
/// examples n_k stays inside the sum. The coordinator learns the weighted sum of updates, the cohort's total number
/// of examples and the means of the metrics; nothing about one participant. More than `maximumExamples` is refused:
/// clamping a weight in silence would change the model that everybody trains. Choose the cap near the largest
/// company's size: the quantiser's step on `D_k` grows with `1 / a_k`.
///
/// Blocks: `update` (bound = clip), `weight` (bound 1), and, when there are metrics, `metrics` (bound 1): for each
/// one `v m / bound` and `v`, where m is the participant's mean and v its examples over `maximumExamples`.
/// Source: fedavg section 1
public struct FedAvg: MeteredStrategy, Sendable {
    /// The layout of the model.
    public let layout: ParameterLayout
    /// Each coordinate of an update is clipped to `-clip...clip` before it is weighted.
    public let clip: Double
    /// The largest number of examples one participant may claim.
    public let maximumExamples: Int
    /// What is averaged beside the update.
    public let metrics: [WeightedMetric]
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms; `clip` must be finite and positive, `maxExamples` at least 1, metric names distinct.
    public init(layout: ParameterLayout, clip: Double, maxExamples: Int, metrics: [WeightedMetric] = []) {
        precondition(maxExamples >= 1, "a cap below one example")
        var blocks = [
            UploadSchema.Block(name: "update", count: layout.parameterCount, bound: clip),
            UploadSchema.Block(name: "weight", count: 1, bound: 1),
        ]
        if let block = MetricBlock(metrics, maximumExamples: maxExamples).block { blocks.append(block) }
        self.layout = layout
        self.clip = clip
        self.maximumExamples = maxExamples
        self.metrics = metrics
        self.schema = UploadSchema(blocks)
    }

    /// One participant's upload, every metric weighted by the update's own number of examples.
    ///
    /// Throws as the form with readings does.
    public func upload(_ update: LocalUpdate, metrics: [Double] = []) throws(LearningFailure) -> Upload {
        try upload(
            update, readings: metrics.map { WeightedMetric.Reading(value: $0, examples: update.exampleCount) })
    }

    /// One participant's upload, every metric with its own number of examples (such as validation examples).
    ///
    /// Throws `dimensionMismatch` (update or metrics of another length), `exampleCountOutOfRange`, or `nonFinite` with
    /// the place in the uploaded vector.
    public func upload(
        _ update: LocalUpdate, readings: [WeightedMetric.Reading]
    ) throws(LearningFailure) -> Upload {
        guard update.delta.count == layout.parameterCount else {
            throw .dimensionMismatch(expected: layout.parameterCount, found: update.delta.count)
        }
        let weight = try share(of: update.exampleCount)
        var values: [Double] = []
        values.reserveCapacity(schema.dimension)
        for (index, change) in update.delta.enumerated() {
            guard change.isFinite else { throw .nonFinite(index: index) }
            values.append(weight * min(max(Double(change), -clip), clip))
        }
        values.append(weight)
        values += try metricBlock.values(readings, from: values.count)
        return try Upload(schema: schema, values: values)
    }

    /// How many coordinates of an update lie beyond the clip, for the participant's own log.
    public func clippedCount(of update: LocalUpdate) -> Int {
        update.delta.reduce(0) { $0 + (Double($1).magnitude > clip ? 1 : 0) }
    }

    /// Moves the model by the weighted mean of the cohort's updates.
    ///
    /// Throws `schemaMismatch`, `layoutMismatch`, or `zeroTotalWeight` (nobody had an example); then the model is
    /// unchanged.
    public func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
        guard sum.schema == schema else { throw .schemaMismatch }
        guard model.layout == layout else { throw .layoutMismatch }
        let count = layout.parameterCount
        let total = sum.values[count]
        guard total > 0 else { throw .zeroTotalWeight }
        var values = model.values
        for index in 0..<count {
            values[index] = Float(Double(values[index]) + sum.values[index] / total)
        }
        model.values = values
    }

    /// The weighted mean of the cohort's updates, in the order of the layout: what a server optimiser steps along.
    ///
    /// Throws `schemaMismatch` or `zeroTotalWeight`.
    public func meanUpdate(from sum: AggregateSum) throws(LearningFailure) -> [Double] {
        guard sum.schema == schema else { throw .schemaMismatch }
        let total = sum.values[layout.parameterCount]
        guard total > 0 else { throw .zeroTotalWeight }
        return sum.values[0..<layout.parameterCount].map { $0 / total }
    }

    /// The cohort's metrics, in declared order; throws `schemaMismatch`.
    public func means(from sum: AggregateSum) throws(LearningFailure) -> [WeightedMetric.Mean] {
        guard sum.schema == schema else { throw .schemaMismatch }
        return metricBlock.means(sum.values[(layout.parameterCount + 1)...])
    }

    /// The cohort's number of training examples, up to the quantiser's step; throws `schemaMismatch`.
    public func examples(in sum: AggregateSum) throws(LearningFailure) -> Double {
        guard sum.schema == schema else { throw .schemaMismatch }
        return sum.values[layout.parameterCount] * Double(maximumExamples)
    }

    private var metricBlock: MetricBlock { MetricBlock(metrics, maximumExamples: maximumExamples) }

    private func share(of examples: Int) throws(LearningFailure) -> Double {
        guard (0...maximumExamples).contains(examples) else {
            throw .exampleCountOutOfRange(found: examples, maximum: maximumExamples)
        }
        return Double(examples) / Double(maximumExamples)
    }
}
