/// The participant's side of a round: holds the company's own data and trains the shared model on it.
public protocol LocalTrainer {
    /// The layout of the model it trains.
    var layout: ParameterLayout { get }

    /// Trains from the shared parameters as the plan asks; throws `layoutMismatch` for another model's parameters.
    mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate

    /// The **sum** of the losses over the company's own validation examples, and how many there are; their mean is
    /// `loss / examples`, and a company without validation data answers `(0, 0)`.
    func validationLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int)
}
