/// One participant's contribution in clear, before it is clipped, quantised and masked on the participant's own machine.
///
/// It must never leave that machine as it is: only the secure sum may take it.
public struct Upload: Sendable {
    /// What the numbers mean.
    public let schema: UploadSchema

    /// `schema.dimension` numbers in the order of the blocks; changing the length traps.
    public var values: [Double] {
        didSet { precondition(values.count == schema.dimension, "the length of an upload is fixed") }
    }

    /// Throws `dimensionMismatch` on a wrong length and `nonFinite` on a NaN or an infinity.
    ///
    /// Numbers beyond a block's bound are allowed here; the secure sum clips them.
    public init(schema: UploadSchema, values: [Double]) throws(LearningFailure) {
        guard values.count == schema.dimension else {
            throw .dimensionMismatch(expected: schema.dimension, found: values.count)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        self.schema = schema
        self.values = values
    }
}
