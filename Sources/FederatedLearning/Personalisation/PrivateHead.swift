/// A shared body under a private head: FedPer trains both together, FedRep first the head on the given body, then the body
/// under the fixed head. Only the body's update exists outside.
///
/// Under asset-level privacy both are refused, since the head feeds the shared gradients.
/// Source: personalisation section 5
public struct PrivateHead<Problem: LocalProblem>: Personaliser {
    /// In which order head and body are trained.
    public enum Schedule: Hashable, Sendable {
        /// FedPer: both at once.
        case together
        /// FedRep: so many epochs of the head, then the plan's epochs of the body; at least 1.
        case headFirst(epochs: Int)
    }

    /// The company's data and model.
    public let problem: Problem
    /// Which tensors stay at home.
    public let share: SegmentShare
    /// The order of training.
    public let schedule: Schedule
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// The local optimiser, without state.
    public let optimiser: Optimiser
    private var head: [Float]

    /// A head at its start, taken from the agreed initial model; throws `layoutMismatch`.
    public init(
        _ problem: Problem, share: SegmentShare, schedule: Schedule, participant: UInt64, optimiser: Optimiser,
        initial: ParameterVector
    ) throws(LearningFailure) {
        try problem.check(initial)
        guard share.full == problem.layout else { throw .layoutMismatch }
        if case .headFirst(let epochs) = schedule { precondition(epochs >= 1, "no epoch for the head") }
        self.problem = problem
        self.share = share
        self.schedule = schedule
        self.participant = participant
        self.optimiser = optimiser
        head = share.privatePart(of: initial.values)
    }

    /// FedPer or FedRep.
    public var method: PersonalMethod { schedule == .together ? .fedPer : .fedRep }
    /// The body alone travels.
    public var sharedLayout: ParameterLayout { share.shared }

    /// Trains head and body; gives the body's update.
    public mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        var model = try personalModel(from: shared).values
        var descent = LocalDescent(plan: plan, participant: participant, optimiser: optimiser)
        if case .headFirst(let epochs) = schedule {
            descent.frozen = share.sharedRanges
            descent.plan.localEpochs = epochs
            model = try descent.run(problem, from: model).parameters
            descent.frozen = share.privateRanges
            descent.plan.localEpochs = plan.localEpochs
        }
        let result = try descent.run(problem, from: model)
        head = share.privatePart(of: result.parameters)
        return LocalUpdate(
            delta: difference(share.sharedPart(of: result.parameters), shared.values),
            exampleCount: problem.trainingRows, steps: result.steps, trainingLoss: result.lastEpochLoss)
    }

    /// The shared body under the company's head.
    public func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        guard shared.layout == share.shared else { throw .layoutMismatch }
        return try ParameterVector(values: share.join(shared: shared.values, private: head), layout: share.full)
    }

    /// The loss of body and head.
    public func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        (problem.validationLossSum(of: try personalModel(from: shared).values), problem.validationRows)
    }

    /// The head.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.privateSegments, layout: share.full)
        writer.write(head)
        return writer.state
    }

    /// Takes up a stored head.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .privateSegments, layout: share.full)
        let stored = try reader.vector(count: share.privateCount)
        try reader.end()
        head = stored
    }
}
