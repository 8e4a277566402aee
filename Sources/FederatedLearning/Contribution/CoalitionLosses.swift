/// The summed validation losses of many coalitions' models, from one secure sum; the first is the empty coalition's.
///
/// A company uploads its mean loss of each model times its share of examples; the coordinator learns means over all companies'
/// validation examples, one a coalition.
/// Blocks: `losses` (one a coalition, bound 1), `weight` (bound 1).
/// Source: group-shapley section 4
public struct CoalitionLosses: Hashable, Sendable {
    /// How many coalitions.
    public let coalitions: Int
    /// The largest loss that counts.
    public let lossBound: Double
    /// The largest number of examples one company may claim.
    public let maximumExamples: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes the terms; at least one coalition and example, the bound finite and positive.
    public init(coalitions: Int, lossBound: Double, maximumExamples: Int) {
        precondition(coalitions >= 1 && maximumExamples >= 1, "no coalition or no example")
        precondition(lossBound > 0 && lossBound.isFinite, "a bound must be finite and positive")
        self.coalitions = coalitions
        self.lossBound = lossBound
        self.maximumExamples = maximumExamples
        schema = UploadSchema([
            .init(name: "losses", count: coalitions, bound: 1), .init(name: "weight", count: 1, bound: 1),
        ])
    }

    /// One company's upload; a loss that is no number, or above the bound, counts as the bound.
    ///
    /// Throws `dimensionMismatch` or `exampleCountOutOfRange`.
    public func upload(losses: [Double], examples: Int) throws(LearningFailure) -> Upload {
        guard losses.count == coalitions else {
            throw .dimensionMismatch(expected: coalitions, found: losses.count)
        }
        guard (0...maximumExamples).contains(examples) else {
            throw .exampleCountOutOfRange(found: examples, maximum: maximumExamples)
        }
        let share = Double(examples) / Double(maximumExamples)
        let values = losses.map { loss in
            share * (loss.isNaN ? 1 : min(max(loss / lossBound, -1), 1))
        }
        return try Upload(schema: schema, values: values + [share])
    }

    /// The mean loss of each coalition; throws `schemaMismatch` or `zeroTotalWeight`.
    public func means(from sum: AggregateSum) throws(LearningFailure) -> [Double] {
        guard sum.schema == schema else { throw .schemaMismatch }
        let total = sum.values[coalitions]
        guard total > 0 else { throw .zeroTotalWeight }
        return sum.values.prefix(coalitions).map { lossBound * $0 / total }
    }
}
