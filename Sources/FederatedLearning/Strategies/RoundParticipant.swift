/// What every participant gets at the start of a round.
/// Source: fedopt section 5
public struct RoundStart: Sendable {
    /// The round's number, from 0.
    public let round: Int
    /// The shared model.
    public let model: ParameterVector
    /// What the strategy sends beside it.
    public let broadcast: ParameterVector?

    /// Joins the parts.
    public init(round: Int, model: ParameterVector, broadcast: ParameterVector? = nil) {
        self.round = round
        self.model = model
        self.broadcast = broadcast
    }
}

/// One company in a federation: trains by the strategy, and perhaps keeps a model of its own.
///
/// Everything here is in clear and stays at home; only an `Upload` leaves, into the secure sum. The model is moved by whole
/// rounds: on a throw nothing of the round is kept. `state` must be stored after every round.
/// Source: fedopt section 5
public struct RoundParticipant<Problem: LocalProblem>: Sendable {
    /// What was agreed.
    public let terms: StrategyTerms
    /// The company's data and model.
    public let problem: Problem
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// The local optimiser, without state.
    public let optimiser: Optimiser
    /// A private head, when the body alone travels.
    public private(set) var head: PrivateHead<Problem>?
    /// Personal models beside the shared one.
    public private(set) var beside: AutomaticPersonalisation?
    private var variates: ScaffoldParticipant<Problem>?

    /// A participant at its start.
    ///
    /// - Parameters:
    ///   - head: for FedPer and FedRep; the terms are then over its shared layout and by averaging.
    ///   - beside: methods that are tried beside the shared model, over the whole layout.
    /// - Throws: `layoutMismatch` unless the terms are over what travels.
    public init(
        _ terms: StrategyTerms, _ problem: Problem, participant: UInt64, optimiser: Optimiser,
        head: PrivateHead<Problem>? = nil, beside: AutomaticPersonalisation? = nil
    ) throws(LearningFailure) {
        guard terms.layout == head?.sharedLayout ?? problem.layout else { throw .layoutMismatch }
        if let beside {
            guard beside.base.layout == problem.layout, head == nil else { throw .layoutMismatch }
        }
        self.terms = terms
        self.problem = problem
        self.participant = participant
        self.optimiser = optimiser
        self.head = head
        self.beside = beside
        if let scaffold = terms.scaffold {
            guard head == nil else { throw .layoutMismatch }
            variates = try ScaffoldParticipant(scaffold, problem, participant: participant)
        }
    }

    /// The local update of an averaging round, and the private models' own step; throws `layoutMismatch`, `invalidPlan`,
    /// `diverged`, and then nothing has changed.
    public mutating func update(from start: RoundStart, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        var next = self
        let update: LocalUpdate
        if next.head != nil {
            update = try next.trainHead(from: start.model, plan: plan)
        } else {
            update = try FedProx(
                problem, participant: participant, proximal: terms.proximal, optimiser: optimiser
            ).train(from: start.model, plan: plan)
        }
        try next.beside?.adapt(from: start.model, plan: plan)
        self = next
        return update
    }

    private mutating func trainHead(
        from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> LocalUpdate {
        guard var head else { throw .layoutMismatch }
        let update = try head.train(from: shared, plan: plan)
        self.head = head
        return update
    }

    /// The upload of an update of an averaging round with the shared model's validation loss behind it.
    public func upload(
        _ update: LocalUpdate, from shared: ParameterVector
    ) throws(LearningFailure) -> Upload {
        let readings = [try reading(of: shared)]
        if terms.method == .fedNova {
            let base = try FedNova.Participant(terms.nova).upload(update, progress: Double(max(1, update.steps)))
            return try terms.metrics.upload(base, readings)
        }
        return try terms.averaging.upload(update, readings: readings)
    }

    /// One round's upload by whatever strategy; call `settle` once the survivors are known.
    public mutating func contribution(from start: RoundStart, plan: RoundPlan) throws(LearningFailure) -> Upload {
        guard var variates, let scaffold = terms.scaffold else {
            return try upload(try update(from: start, plan: plan), from: start.model)
        }
        guard let control = start.broadcast else { throw .layoutMismatch }
        var steps = plan
        steps.learningRate = Float(scaffold.localRate)
        let base = try variates.contribution(from: start.model, control: control, plan: steps)
        let upload = try terms.metrics.upload(base, [reading(of: start.model)])
        var beside = self.beside
        try beside?.adapt(from: start.model, plan: plan)
        self.beside = beside
        self.variates = variates
        return upload
    }

    /// Ends a round: what feeds back from a sum moves only when the sum holds this participant's upload.
    public mutating func settle(counted: Bool) { variates?.settle(counted: counted) }

    /// An upload that moves nothing and carries the model's validation loss: scores the last model.
    public func scoreOnly(_ shared: ParameterVector) throws(LearningFailure) -> Upload {
        let still = LocalUpdate(
            delta: [Float](repeating: 0, count: terms.layout.parameterCount), exampleCount: problem.trainingRows,
            steps: 1, trainingLoss: 0)
        if let scaffold = terms.scaffold {
            let values = [Double](repeating: 0, count: scaffold.schema.dimension)
            return try terms.metrics.upload(Upload(schema: scaffold.schema, values: values), [reading(of: shared)])
        }
        return try upload(still, from: shared)
    }

    /// The mean validation loss of the shared model, with the private head where there is one.
    public func reading(of shared: ParameterVector) throws(LearningFailure) -> WeightedMetric.Reading {
        let sum: (loss: Double, examples: Int)
        if let head {
            sum = try head.validationLoss(from: shared)
        } else {
            try problem.check(shared)
            sum = (problem.validationLossSum(of: shared.values), problem.validationRows)
        }
        let mean = sum.examples > 0 ? sum.loss / Double(sum.examples) : 0
        let bound = terms.metrics.metrics.first?.bound ?? 0
        return .init(value: mean.isFinite ? mean : bound, examples: sum.examples)
    }

    /// The model that the company uses when it keeps none of its own beside the shared one.
    public func model(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        try head?.personalModel(from: shared) ?? shared
    }

    /// The private states, to be sealed and stored after every round; nil when there is nothing to remember.
    public var states: [PersonalState] {
        [head?.state, beside?.state, variates?.state].compactMap(\.self)
    }

    /// Takes up stored states, as `states` gave them; on a throw nothing has changed.
    public mutating func restore(_ states: [PersonalState]) throws(PersonalStateFailure) {
        var next = self
        var rest = states[...]
        let expected = [head != nil, beside != nil, variates != nil].count { $0 }
        guard states.count == expected else {
            throw .lengthMismatch(expected: expected, found: states.count)
        }
        if var head, let state = rest.popFirst() {
            try head.restore(state)
            next.head = head
        }
        if var beside, let state = rest.popFirst() {
            try beside.restore(state)
            next.beside = beside
        }
        if var variates, let state = rest.popFirst() {
            try variates.restore(state)
            next.variates = variates
        }
        self = next
    }
}

extension RoundParticipant {
    /// The mean validation loss of a model that may not be the shared one; nil without validation examples.
    ///
    /// Precondition: a model over the whole layout, or over the shared one with a private head.
    public func validationLoss(of model: ParameterVector) -> Double? {
        do throws(LearningFailure) {
            let found = try reading(of: model)
            return found.examples > 0 ? found.value : nil
        } catch {
            preconditionFailure("a model of another layout")
        }
    }
}
