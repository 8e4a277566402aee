/// Trains the shared model further on the company's own examples, and keeps the epoch that does best on its own
/// validation examples; the shared model itself is epoch 0, so the loss there is never above the shared model's.
///
/// It remembers nothing: the tuning is redone from each shared model it is asked for.
/// Source: personalisation section 4
public struct LocalFineTuning<Problem: LocalProblem>: SidecarPersonaliser {
    /// The company's data and model.
    public let problem: Problem
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// The local optimiser, without state, of training and tuning.
    public let optimiser: Optimiser
    /// Epochs, batch and step size of the tuning; its round numbers the epochs' orders.
    public let tuning: RoundPlan

    /// Joins the parts.
    public init(_ problem: Problem, participant: UInt64, optimiser: Optimiser, tuning: RoundPlan) {
        self.problem = problem
        self.participant = participant
        self.optimiser = optimiser
        self.tuning = tuning
    }

    /// Fine-tuned.
    public var method: PersonalMethod { .fineTuned }
    /// The whole model travels.
    public var sharedLayout: ParameterLayout { problem.layout }

    /// Plain local training.
    public func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        try FedProx(problem, participant: participant, proximal: 0, optimiser: optimiser).train(
            from: shared, plan: plan)
    }

    /// Nothing is remembered; throws `layoutMismatch`.
    public func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) {
        try problem.check(shared)
    }

    /// The best epoch of the tuning; without validation examples the last one.
    public func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        try problem.check(shared)
        try tuning.check()
        var descent = LocalDescent(plan: tuning, participant: participant, optimiser: optimiser)
        descent.plan.localEpochs = 1
        var current = shared.values
        var best = current
        var least = problem.validationLoss(of: current)
        for epoch in 0..<tuning.localEpochs {
            descent.plan.round = tuning.round &+ epoch
            let result = try descent.run(problem, from: current)
            current = result.parameters
            descent.optimiser = result.optimiser
            let loss = problem.validationLoss(of: current)
            if let known = least, let loss, loss >= known { continue }
            best = current
            least = loss
        }
        return try ParameterVector(values: best, layout: problem.layout)
    }

    /// The loss of the tuned model.
    public func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        (problem.validationLossSum(of: try personalModel(from: shared).values), problem.validationRows)
    }

    /// A state without fields.
    public var state: PersonalState { PersonalStateWriter(.stateless, layout: problem.layout).state }

    /// Checks that the state is this model's.
    public func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        try PersonalStateReader(state, .stateless, layout: problem.layout).end()
    }
}
