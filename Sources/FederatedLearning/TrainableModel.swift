/// A model that local training can descend on: one layout, one gradient a batch, predictions by named head.
///
/// A model without hidden layers (`SoftmaxRegression`) and an `Autoencoder` are networks too. The choice is made once a batch;
/// every loop below is the model's own.
/// Source: backpropagation section 1
public enum TrainableModel: Hashable, Sendable {
    /// A dense network.
    case mlp(MLP)
    /// A recurrent network over a window of steps.
    case lstm(AttentionLSTM)

    /// Where each weight lies.
    public var layout: ParameterLayout {
        switch self {
        case .mlp(let network): network.layout
        case .lstm(let network): network.layout
        }
    }

    /// Inputs an example.
    public var inputWidth: Int {
        switch self {
        case .mlp(let network): network.inputWidth
        case .lstm(let network): network.inputWidth
        }
    }

    /// The heads in the order of outputs and targets.
    public var heads: [MLP.Head] {
        switch self {
        case .mlp(let network): network.heads
        case .lstm(let network): network.heads
        }
    }

    /// Fresh parameters, as the model's own `initialParameters`.
    public func initialParameters(from generator: inout SeededGenerator) -> ParameterVector {
        switch self {
        case .mlp(let network): network.initialParameters(from: &generator)
        case .lstm(let network): network.initialParameters(from: &generator)
        }
    }

    /// Throws unless the examples fit the model, as the model's own `check` does.
    public func check(_ examples: ExampleTable) throws(LearningFailure) {
        switch self {
        case .mlp(let network): try network.check(examples)
        case .lstm(let network): try network.check(examples)
        }
    }

    func check(_ parameters: ParameterVector) throws(LearningFailure) {
        guard parameters.layout == layout else { throw .layoutMismatch }
    }

    /// The sum of the losses over the examples, zero when there are none; throws as `check` does or `layoutMismatch`.
    public func lossSum(_ parameters: ParameterVector, on examples: ExampleTable) throws(LearningFailure) -> Double {
        switch self {
        case .mlp(let network): try network.lossSum(parameters, on: examples)
        case .lstm(let network): try network.lossSum(parameters, on: examples)
        }
    }

    /// The mean loss over the examples and its gradient; throws as `check` does, `layoutMismatch`, or `noExamples`.
    public func lossAndGradient(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (loss: Double, gradient: [Float]) {
        switch self {
        case .mlp(let network): try network.lossAndGradient(parameters, on: examples)
        case .lstm(let network): try network.lossAndGradient(parameters, on: examples)
        }
    }

    /// Predictions of every head, in the order of `heads`, each row-major [rows, head width]; throws `layoutMismatch` or
    /// `dimensionMismatch`.
    public func predict(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [[Float]] {
        switch self {
        case .mlp(let network): try network.predict(parameters, on: examples)
        case .lstm(let network): try network.predict(parameters, on: examples)
        }
    }

    /// Predictions of one head, as the form for all; an unknown head's name is a programming error.
    public func predict(
        _ parameters: ParameterVector, on examples: ExampleTable, head name: String
    ) throws(LearningFailure) -> [Float] {
        guard let index = heads.firstIndex(where: { $0.name == name }) else { preconditionFailure("no such head") }
        return try predict(parameters, on: examples)[index]
    }

    /// One step's mean loss over the chosen rows; overwrites `gradient`. As the model's own `batchGradient`.
    public func batchGradient(
        _ parameters: [Float], _ examples: ExampleTable, _ rows: ArraySlice<Int>,
        _ gradient: inout [Float], _ workspace: inout TrainableWorkspace
    ) -> Double {
        switch (self, workspace.content) {
        case (.mlp(let network), .mlp(var scratch)):
            // the only reference is the local one, so that nothing is copied
            workspace.content = .taken
            defer { workspace.content = .mlp(scratch) }
            return network.batchGradient(parameters, examples, rows, &gradient, &scratch)
        case (.lstm(let network), .lstm(var scratch)):
            workspace.content = .taken
            defer { workspace.content = .lstm(scratch) }
            return network.batchGradient(parameters, examples, rows, &gradient, &scratch)
        default:
            preconditionFailure("a workspace that does not fit")
        }
    }

    /// Local training, with the loop of the model's own type; as `BatchModel.train`.
    func train(
        from start: [Float], on training: ExampleTable, plan: RoundPlan, participant: UInt64, proximal: Float,
        optimiser: inout Optimiser
    ) throws(LearningFailure) -> LocalUpdate {
        switch self {
        case .mlp(let network):
            try network.train(
                from: start, on: training, plan: plan, participant: participant, proximal: proximal,
                optimiser: &optimiser)
        case .lstm(let network):
            try network.train(
                from: start, on: training, plan: plan, participant: participant, proximal: proximal,
                optimiser: &optimiser)
        }
    }
}

/// Scratch memory for batches of one model, made once and used for every step; stays on the company's machine.
public struct TrainableWorkspace: Sendable {
    enum Content: Sendable {
        case mlp(MLPWorkspace)
        case lstm(AttentionLSTMWorkspace)
        case taken
    }

    var content: Content

    /// Reserves memory for batches of up to `rows` examples; `rows` must be at least 1.
    public init(for model: TrainableModel, rows: Int) {
        switch model {
        case .mlp(let network): content = .mlp(MLPWorkspace(for: network, rows: rows))
        case .lstm(let network): content = .lstm(AttentionLSTMWorkspace(for: network, rows: rows))
        }
    }
}
