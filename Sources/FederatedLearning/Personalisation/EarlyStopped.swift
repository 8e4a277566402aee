/// A personal method that keeps the round which did best on the company's own validation examples: a model that goes on
/// learning from few examples gets worse at some time.
///
/// What is kept is at home and feeds nothing back. Costs one validation pass a round. Without validation examples the last
/// round's model is used.
/// Source: personalisation section 8
public struct EarlyStopped<Base: SidecarPersonaliser>: SidecarPersonaliser {
    /// The method.
    public private(set) var base: Base
    private var best: (model: ParameterVector, loss: Double)?

    /// Wraps a method at its start.
    public init(_ base: Base) { self.base = base }

    /// The method's name.
    public var method: PersonalMethod { base.method }
    /// What travels.
    public var sharedLayout: ParameterLayout { base.sharedLayout }

    /// Trains as the method does and judges what came of it.
    public mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        var next = self
        let update = try next.base.train(from: shared, plan: plan)
        try next.judge(shared)
        self = next
        return update
    }

    /// Moves the private state and judges what came of it.
    public mutating func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) {
        var next = self
        try next.base.adapt(from: shared, plan: plan)
        try next.judge(shared)
        self = next
    }

    private mutating func judge(_ shared: ParameterVector) throws(LearningFailure) {
        let found = try base.validationLoss(from: shared)
        guard found.examples > 0, found.loss.isFinite else { return }
        let loss = found.loss / Double(found.examples)
        if loss < best?.loss ?? .infinity { best = (try base.personalModel(from: shared), loss) }
    }

    /// The best model so far, else the method's own.
    public func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        guard shared.layout == sharedLayout else { throw .layoutMismatch }
        if let best { return best.model }
        return try base.personalModel(from: shared)
    }

    /// The loss of that model.
    public func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        let now = try base.validationLoss(from: shared)
        guard let best else { return now }
        return (best.loss * Double(now.examples), now.examples)
    }

    /// The method's state, and the best model with its loss.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.earlyStopped, layout: sharedLayout)
        writer.write(base.state)
        writer.write(best != nil)
        if let best {
            writer.write(best.loss)
            writer.write(best.model.values)
        }
        return writer.state
    }

    /// Takes up a stored state; on a throw nothing has changed.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .earlyStopped, layout: sharedLayout)
        var restored = base
        try restored.restore(reader.nested())
        var kept: (model: ParameterVector, loss: Double)?
        if try reader.flag() {
            let loss = try reader.finite()
            var model = ParameterVector(zeros: sharedLayout)
            model.values = try reader.vector(count: sharedLayout.parameterCount)
            kept = (model, loss)
        }
        try reader.end()
        base = restored
        best = kept
    }
}
