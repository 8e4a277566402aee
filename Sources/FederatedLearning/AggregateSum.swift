/// The decoded sum over a cohort: all that anybody but a participant ever sees of the uploads.
///
/// Only the secure-sum layer of this package can make one, so a rule that looks at single participants cannot be
/// written against it.
public struct AggregateSum: Sendable {
    /// What the numbers mean.
    public let schema: UploadSchema

    /// How many participants are in the sum, at least 1.
    public let cohortSize: Int

    /// `schema.dimension` sums in the order of the blocks.
    public let values: [Double]

    /// Takes a decoded sum; the length must be the schema's and the cohort must not be empty.
    package init(schema: UploadSchema, values: [Double], cohortSize: Int) {
        precondition(values.count == schema.dimension, "a sum of another length than its schema")
        precondition(cohortSize >= 1, "a sum over nobody")
        self.schema = schema
        self.values = values
        self.cohortSize = cohortSize
    }

    /// The sums of a named block, or nil when the schema has none of that name.
    public func block(_ name: String) -> [Double]? {
        schema.range(of: name).map { Array(values[$0]) }
    }
}
