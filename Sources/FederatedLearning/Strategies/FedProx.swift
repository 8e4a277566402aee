/// Local training with a pull to the shared model: minimises `F_k(w) + mu / 2 |w - w_t|^2`, so each step adds
/// `mu (w - w_t)` to the gradient; mu = 0 is the local training of federated averaging.
///
/// Nothing changes on the wire: the update goes through `FedAvg.upload`. The optimiser starts afresh each round.
/// Source: fedopt section 1
public struct FedProx<Problem: LocalProblem>: LocalTrainer, Sendable {
    /// The company's data and model.
    public let problem: Problem
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// mu, finite and not negative.
    public let proximal: Float
    /// The local optimiser, without state.
    public let optimiser: Optimiser

    /// Joins the parts.
    public init(_ problem: Problem, participant: UInt64, proximal: Float, optimiser: Optimiser) {
        precondition(proximal >= 0 && proximal.isFinite, "a proximal weight must be finite and not negative")
        self.problem = problem
        self.participant = participant
        self.proximal = proximal
        self.optimiser = optimiser
    }

    /// The layout of the model it trains.
    public var layout: ParameterLayout { problem.layout }

    /// Trains from the shared parameters; throws `layoutMismatch`, `invalidPlan` or `diverged`.
    public func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        try problem.check(shared)
        let descent = LocalDescent(plan: plan, participant: participant, optimiser: optimiser, proximal: proximal)
        let result = try descent.run(problem, from: shared.values)
        return LocalUpdate(
            delta: difference(result.parameters, shared.values), exampleCount: problem.trainingRows,
            steps: result.steps, trainingLoss: result.lastEpochLoss)
    }

    /// The sum of losses over the validation examples and their number; throws `layoutMismatch`.
    public func validationLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        try problem.check(shared)
        return (problem.validationLossSum(of: shared.values), problem.validationRows)
    }
}
