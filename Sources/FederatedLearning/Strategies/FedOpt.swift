/// Federated averaging with an optimiser on the server: the weighted mean update D of the cohort is the step's input.
///
/// Participants upload through `averaging` as in plain federated averaging; this is the coordinator's side alone.
/// Source: fedopt section 2
public struct FedOpt: ServerStrategy, Sendable {
    /// The terms that participants upload under.
    public let averaging: FedAvg
    /// The optimiser with its state.
    public private(set) var step: any ServerStep

    /// Joins terms and optimiser.
    public init(_ averaging: FedAvg, step: any ServerStep) {
        self.averaging = averaging
        self.step = step
    }

    /// What participants must upload.
    public var schema: UploadSchema { averaging.schema }

    /// Moves the model by one step; throws `schemaMismatch`, `layoutMismatch`, `zeroTotalWeight`, or `nonFinite` with
    /// the coordinate that would leave the finite numbers; then model and optimiser are unchanged.
    public mutating func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
        guard model.layout == averaging.layout else { throw .layoutMismatch }
        try advance(&model, along: averaging.meanUpdate(from: sum))
    }

    /// Moves the model along a mean update that a rule over group sums has made; throws `dimensionMismatch`, or
    /// `nonFinite` as `absorb` does.
    public mutating func advance(
        _ model: inout ParameterVector, along change: [Double]
    ) throws(LearningFailure) {
        guard change.count == model.layout.parameterCount else {
            throw .dimensionMismatch(expected: model.layout.parameterCount, found: change.count)
        }
        var next = step
        var values = model.values
        next.apply(change, to: &values)
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        model.values = values
        step = next
    }
}
