/// APFL: the company uses `v~ = alpha v + (1 - alpha) w` and learns how much of itself to mix in.
///
/// Each step, with w the local copy of the shared model on its way through plain local training and g = grad F(v~):
/// `v -= eta alpha g`, then `alpha -= mixingRate <v - w, g>`, kept in 0...1. The update is that of plain averaging.
/// Source: personalisation section 7
public struct AdaptiveMixture<Problem: LocalProblem>: SidecarPersonaliser {
    /// The company's data and model.
    public let problem: Problem
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// The local optimiser, without state, of both models.
    public let optimiser: Optimiser
    /// The step size of alpha, finite and not negative; 0 keeps it where it is.
    public let mixingRate: Double
    /// How much of the personal model is in use, in 0...1.
    public private(set) var mixing: Double
    private var personal: [Float]?

    /// A company that has not yet trained; `mixing` is where alpha starts.
    public init(
        _ problem: Problem, participant: UInt64, optimiser: Optimiser, mixing: Double, mixingRate: Double
    ) {
        precondition((0...1).contains(mixing), "a mixing out of range")
        precondition(mixingRate >= 0 && mixingRate.isFinite, "a rate must be finite and not negative")
        self.problem = problem
        self.participant = participant
        self.optimiser = optimiser
        self.mixing = mixing
        self.mixingRate = mixingRate
    }

    /// APFL.
    public var method: PersonalMethod { .apfl }
    /// The whole shared model travels.
    public var sharedLayout: ParameterLayout { problem.layout }

    /// Trains both models; gives the update of the shared one.
    public mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        try step(from: shared, plan: plan)
    }

    /// Trains the personal model along the path of the shared one.
    public mutating func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) {
        _ = try step(from: shared, plan: plan)
    }

    private mutating func step(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate {
        try problem.check(shared)
        let path = LocalDescent(plan: plan, participant: participant, optimiser: optimiser)
        var beside = MixturePath(
            personal: personal ?? shared.values, mixing: mixing, mixingRate: mixingRate, optimiser: optimiser)
        let result = try path.run(problem, from: shared.values) { weights, rows, scratch throws(LearningFailure) in
            try beside.step(problem, along: weights, rows: rows, rate: plan.learningRate, scratch: &scratch)
        }
        guard beside.personal.allSatisfy(\.isFinite), beside.mixing.isFinite else {
            throw .diverged(step: result.steps)
        }
        personal = beside.personal
        mixing = beside.mixing
        return LocalUpdate(
            delta: difference(result.parameters, shared.values), exampleCount: problem.trainingRows,
            steps: result.steps, trainingLoss: result.lastEpochLoss)
    }

    /// `alpha v + (1 - alpha) w`; the shared model before the first round.
    public func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector {
        try problem.check(shared)
        guard let personal else { return shared }
        return try ParameterVector(
            values: MixturePath.mix(personal, shared.values, Float(mixing)), layout: problem.layout)
    }

    /// The loss of the mixture.
    public func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        (problem.validationLossSum(of: try personalModel(from: shared).values), problem.validationRows)
    }

    /// alpha, and v if there is one.
    public var state: PersonalState {
        var writer = PersonalStateWriter(.adaptiveMixture, layout: problem.layout)
        writer.write(mixing)
        writer.write(personal != nil)
        if let personal { writer.write(personal) }
        return writer.state
    }

    /// Takes up a stored state.
    public mutating func restore(_ state: PersonalState) throws(PersonalStateFailure) {
        var reader = try PersonalStateReader(state, .adaptiveMixture, layout: problem.layout)
        let storedMixing = try reader.finite()
        guard (0...1).contains(storedMixing) else { throw .outOfRange }
        let stored = try reader.flag() ? try reader.vector(count: problem.layout.parameterCount) : nil
        try reader.end()
        mixing = storedMixing
        personal = stored
    }
}

/// The personal half of one round of APFL.
struct MixturePath {
    var personal: [Float]
    var mixing: Double
    let mixingRate: Double
    var optimiser: Optimiser
    private var gradient: [Float]

    init(personal: [Float], mixing: Double, mixingRate: Double, optimiser: Optimiser) {
        self.personal = personal
        self.mixing = mixing
        self.mixingRate = mixingRate
        self.optimiser = optimiser
        gradient = [Float](repeating: 0, count: personal.count)
    }

    static func mix(_ own: [Float], _ shared: [Float], _ alpha: Float) -> [Float] {
        precondition(own.count == shared.count, "vectors of different lengths")
        var result = own
        for index in result.indices { result[index] = alpha * own[index] + (1 - alpha) * shared[index] }
        return result
    }

    mutating func step<Problem: LocalProblem>(
        _ problem: Problem, along shared: [Float], rows: ArraySlice<Int>, rate: Float, scratch: inout Problem.Scratch
    ) throws(LearningFailure) {
        let alpha = Float(mixing)
        let loss = problem.gradient(
            of: Self.mix(personal, shared, alpha), rows: rows, into: &gradient, scratch: &scratch)
        guard loss.isFinite else { throw .diverged(step: 0) }
        var slope = 0.0
        for index in gradient.indices {
            slope += Double(personal[index] - shared[index]) * Double(gradient[index])
            gradient[index] *= alpha
        }
        optimiser.step(&personal, gradient: gradient, learningRate: rate)
        mixing = min(max(mixing - mixingRate * slope, 0), 1)
    }
}
