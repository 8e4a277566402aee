/// The coordinator's side of a round: turns the sum over a cohort into the next shared model.
///
/// It receives an `AggregateSum` and nothing else, so "never a single update" holds by construction.
public protocol ServerStrategy {
    /// What participants must upload.
    var schema: UploadSchema { get }

    /// Moves the model by one round's sum; on a throw the model is unchanged.
    mutating func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure)

    /// What every participant is sent beside the model, such as a shared control variate; nil for most.
    var broadcast: ParameterVector? { get }
}

extension ServerStrategy {
    /// Nothing beside the model.
    public var broadcast: ParameterVector? { nil }
}
