/// Local training of a model on a company's own examples.
///
/// Every epoch visits all examples once in an order decided by (plan's seed, round, participant, epoch). The
/// optimiser starts afresh each round unless it is told to remember.
/// Source: fedavg section 2
public struct NetworkTrainer: LocalTrainer, Sendable {
    /// The model.
    public let network: TrainableModel
    /// The company's own training examples.
    public let training: ExampleTable
    /// The company's own validation examples; nil when there are none.
    public let validation: ExampleTable?
    /// Distinguishes participants' orders of examples; public.
    public let participant: UInt64
    /// FedProx: each step adds `proximal * (w - shared)` to the gradient; 0 is FedAvg.
    public let proximal: Float
    /// Whether the optimiser's state is carried from round to round.
    public let keepsOptimiserState: Bool

    private var optimiser: Optimiser

    /// The layout of the model it trains.
    public var layout: ParameterLayout { network.layout }

    /// Takes a company's data; throws as the model's `check` does, and `noExamples` when there is nothing to train on.
    public init(
        network: TrainableModel, training: ExampleTable, validation: ExampleTable? = nil, participant: UInt64 = 0,
        optimiser: Optimiser = .adam(Adam()), keepsOptimiserState: Bool = false, proximal: Float = 0
    ) throws(LearningFailure) {
        precondition(proximal >= 0 && proximal.isFinite, "a proximal weight must be finite and not negative")
        try network.check(training)
        guard training.rows > 0 else { throw .noExamples }
        if let validation { try network.check(validation) }
        self.network = network
        self.training = training
        self.validation = validation
        self.participant = participant
        self.proximal = proximal
        self.keepsOptimiserState = keepsOptimiserState
        self.optimiser = optimiser
    }

    /// The form for a dense network.
    public init(
        network: MLP, training: ExampleTable, validation: ExampleTable? = nil, participant: UInt64 = 0,
        optimiser: Optimiser = .adam(Adam()), keepsOptimiserState: Bool = false, proximal: Float = 0
    ) throws(LearningFailure) {
        try self.init(
            network: .mlp(network), training: training, validation: validation, participant: participant,
            optimiser: optimiser, keepsOptimiserState: keepsOptimiserState, proximal: proximal)
    }

    /// Trains from the shared parameters; throws `layoutMismatch`, `invalidPlan`, or `diverged` when the loss or a
    /// parameter stops being finite. On a throw nothing of the round is kept.
    public mutating func train(
        from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> LocalUpdate {
        try plan.check()
        try network.check(shared)
        var optimiser = self.optimiser
        if !keepsOptimiserState { optimiser.reset() }
        let update = try network.train(
            from: shared.values, on: training, plan: plan, participant: participant, proximal: proximal,
            optimiser: &optimiser)
        self.optimiser = optimiser
        return update
    }

    /// The sum of losses over the validation examples and their number, `(0, 0)` without any; throws `layoutMismatch`.
    public func validationLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        guard let validation else { return (0, 0) }
        return (try network.lossSum(shared, on: validation), validation.rows)
    }

    /// The sum of losses over the training examples and their number; throws `layoutMismatch`.
    public func trainingLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        (try network.lossSum(shared, on: training), training.rows)
    }
}
