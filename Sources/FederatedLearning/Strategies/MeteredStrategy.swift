/// A strategy whose sum also carries metrics of the model that the round started from.
/// Source: fedavg section 1
public protocol MeteredStrategy: ServerStrategy, Sendable {
    /// The cohort's metrics, in declared order; throws `schemaMismatch`.
    func means(from sum: AggregateSum) throws(LearningFailure) -> [WeightedMetric.Mean]
}

extension FedOpt: MeteredStrategy {
    /// The metrics that ride with the averaging; throws `schemaMismatch`.
    public func means(from sum: AggregateSum) throws(LearningFailure) -> [WeightedMetric.Mean] {
        try averaging.means(from: sum)
    }
}

/// Any strategy with metrics behind its blocks.
/// Source: fedavg section 1
public struct Metered<Base: ServerStrategy & Sendable>: MeteredStrategy {
    /// The strategy.
    public private(set) var base: Base
    /// What rides with it.
    public let metrics: MetricBlock
    /// What participants must upload.
    public let schema: UploadSchema

    /// Joins the two.
    public init(_ base: Base, metrics: MetricBlock) {
        self.base = base
        self.metrics = metrics
        schema = metrics.schema(behind: base.schema)
    }

    /// What the strategy broadcasts.
    public var broadcast: ParameterVector? { base.broadcast }

    /// Moves the model by the strategy's blocks; throws `schemaMismatch` or what the strategy throws.
    public mutating func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
        try base.absorb(metrics.base(of: sum, schema: base.schema), into: &model)
    }

    /// The cohort's metrics; throws `schemaMismatch`.
    public func means(from sum: AggregateSum) throws(LearningFailure) -> [WeightedMetric.Mean] {
        try metrics.means(from: sum, schema: base.schema)
    }
}
