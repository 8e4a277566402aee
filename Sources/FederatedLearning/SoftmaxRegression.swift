/// Multiclass logistic regression: one softmax over a linear map, which is a network without hidden layers.
///
/// Layout: `head.class.weight` [classes, inputs], `head.class.bias` [classes]. Targets are class indices.
/// Source: backpropagation section 2
public struct SoftmaxRegression: Hashable, Sendable {
    /// The same model as a network, for trainers and predictions.
    public let network: MLP

    /// Describes a model; `inputs` must be at least 1 and `classes` at least 2.
    public init(inputs: Int, classes: Int) {
        precondition(classes >= 2, "a choice among fewer than two classes")
        network = MLP(
            inputs: inputs, hidden: [], heads: [.init(name: "class", width: classes, loss: .softmaxCrossEntropy)])
    }

    /// Where each weight lies.
    public var layout: ParameterLayout { network.layout }

    /// How many classes.
    public var classes: Int { network.outputWidth }

    /// All zero: the loss is convex, so the start does not matter.
    public func initialParameters() -> ParameterVector {
        ParameterVector(zeros: layout)
    }

    /// The mean loss and its gradient; throws as `MLP.lossAndGradient` does.
    public func lossAndGradient(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (loss: Double, gradient: [Float]) {
        try network.lossAndGradient(parameters, on: examples)
    }

    /// Probabilities, row-major [rows, classes]; throws `layoutMismatch` or `dimensionMismatch`.
    public func probabilities(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [Float] {
        try network.predict(parameters, on: examples, head: "class")
    }

    /// The most probable class of each row (the first one of equals); throws as `probabilities` does.
    public func classify(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [Int] {
        let table = try probabilities(parameters, on: examples)
        return (0..<examples.rows).map { row in
            var best = 0
            for j in 1..<classes where table[row * classes + j] > table[row * classes + best] { best = j }
            return best
        }
    }
}
