/// A participant of `Scaffold`: its data and its own control variate, which stays with it across rounds and restarts.
///
/// A variate moves only when the round's sum holds this participant's update: after `contribution` call `settle` once the
/// survivors are known, and store `state` before and after. Local steps are plain gradient descent, as the identity of the
/// source asks.
/// Source: scaffold section 2
public struct ScaffoldParticipant<Problem: LocalProblem>: Sendable {
    /// What was agreed.
    public let terms: Scaffold
    /// The company's data and model.
    public let problem: Problem
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    private var variate: [Float]
    private var successor: [Float]?

    /// A participant that has not yet trained, c_k = 0; throws `layoutMismatch`.
    public init(_ terms: Scaffold, _ problem: Problem, participant: UInt64) throws(LearningFailure) {
        guard problem.layout == terms.layout else { throw .layoutMismatch }
        self.terms = terms
        self.problem = problem
        self.participant = participant
        variate = [Float](repeating: 0, count: terms.layout.parameterCount)
    }

    /// Whether a contribution waits for `settle`.
    public var isWaiting: Bool { successor != nil }

    /// One round's upload from the shared model and the shared control variate.
    ///
    /// The plan's epochs are not looked at; its step size must be the terms' local rate. A contribution that was
    /// never settled is forgotten. Throws `layoutMismatch`, `invalidPlan` or `diverged`; then nothing has changed.
    public mutating func contribution(
        from shared: ParameterVector, control: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> Upload {
        try problem.check(shared)
        try problem.check(control)
        guard plan.learningRate == Float(terms.localRate) else { throw .invalidPlan }
        var descent = LocalDescent(plan: plan, participant: participant, optimiser: .sgd(SGD()))
        descent.shift = difference(control.values, variate)
        descent.exactSteps = terms.localSteps
        let result = try descent.run(problem, from: shared.values)
        let scale = 1 / (Double(terms.localSteps) * terms.localRate)
        var next = variate
        var values = [Double](repeating: 0, count: variate.count)
        for index in values.indices {
            let change = Double(result.parameters[index]) - Double(shared.values[index])
            let clipped = min(max(change, -terms.clip), terms.clip)
            values[index] = clipped
            next[index] = Float(Double(variate[index]) - Double(control.values[index]) - scale * clipped)
        }
        let upload = try Upload(schema: terms.schema, values: values)
        guard next.allSatisfy(\.isFinite) else { throw .diverged(step: result.steps) }
        successor = next
        return upload
    }

    /// Ends a round: the variate moves when the opened sum holds the contribution, else it stays.
    public mutating func settle(counted: Bool) {
        if counted, let successor { variate = successor }
        successor = nil
    }

    /// c_k and, while a contribution waits, its successor.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.controlVariate, layout: terms.layout)
        writer.write(variate)
        writer.write(successor != nil)
        if let successor { writer.write(successor) }
        return writer.state
    }

    /// Takes up a stored state; on a throw nothing has changed.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .controlVariate, layout: terms.layout)
        let stored = try reader.vector(count: variate.count)
        let waiting = try reader.flag() ? try reader.vector(count: variate.count) : nil
        try reader.end()
        variate = stored
        successor = waiting
    }

    /// c_k, for tests of the identity.
    var controlVariate: [Float] { variate }
}
