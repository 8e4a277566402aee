/// A personal model v beside the shared one: `v -= eta (grad F(v) + lambda (v - w_t))`; lambda = 0 is a model trained alone.
///
/// v starts at the first shared model it sees. The update is that of plain averaging, untouched by v.
/// Source: personalisation section 6
public struct Ditto<Problem: LocalProblem>: SidecarPersonaliser {
    /// The company's data and model.
    public let problem: Problem
    /// lambda, finite and not negative.
    public let pull: Float
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// The local optimiser, without state, of both models.
    public let optimiser: Optimiser
    private var personal: [Float]?

    /// A company that has not yet trained.
    public init(_ problem: Problem, pull: Float, participant: UInt64, optimiser: Optimiser) {
        precondition(pull >= 0 && pull.isFinite, "a pull must be finite and not negative")
        self.problem = problem
        self.pull = pull
        self.participant = participant
        self.optimiser = optimiser
    }

    /// Ditto, or solo when nothing pulls.
    public var method: PersonalMethod { pull > 0 ? .ditto : .solo }
    /// The whole shared model travels.
    public var sharedLayout: ParameterLayout { problem.layout }

    /// Trains both models; gives the update of the shared one.
    public mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        let update = try FedProx(problem, participant: participant, proximal: 0, optimiser: optimiser)
            .train(from: shared, plan: plan)
        try adapt(from: shared, plan: plan)
        return update
    }

    /// Trains the personal model.
    public mutating func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) {
        try problem.check(shared)
        var descent = LocalDescent(plan: plan, participant: participant, optimiser: optimiser, proximal: pull)
        descent.anchor = shared.values
        personal = try descent.run(problem, from: personal ?? shared.values).parameters
    }

    /// v; the shared model before the first round.
    public func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        try problem.check(shared)
        guard let personal else { return shared }
        return try ParameterVector(values: personal, layout: problem.layout)
    }

    /// The loss of v.
    public func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        (problem.validationLossSum(of: try personalModel(from: shared).values), problem.validationRows)
    }

    /// v, if there is one.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.personalModel, layout: problem.layout)
        writer.write(personal != nil)
        if let personal { writer.write(personal) }
        return writer.state
    }

    /// Takes up a stored v.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .personalModel, layout: problem.layout)
        let stored = try reader.flag() ? try reader.vector(count: problem.layout.parameterCount) : nil
        try reader.end()
        personal = stored
    }
}
