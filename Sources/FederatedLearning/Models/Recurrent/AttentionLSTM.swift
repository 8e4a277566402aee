/// A long short-term memory over a window of steps; attention over its states makes the context that the heads read.
///
/// With x_t the step's features and h, c starting at zero:
///
///     i, f, o = sigmoid, g = tanh of (W x_t + U h_{t-1} + b);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
///     e_t = v' tanh(A h_t + a);  alpha = softmax(e);  context = sum of alpha_t h_t;  output = H context + k
///
/// Layout: `lstm.input` [4 hidden, features] with the gates in the order i, f, g, o, `lstm.recurrent` [4 hidden, hidden],
/// `lstm.bias` [4 hidden], `attention.weight` [attention, hidden], `attention.bias`, `attention.score` [attention], then for each
/// head `head.<name>.weight` and `.bias`. An example's inputs are its steps one after the other, `features` numbers a step.
/// Source: lstm-attention section 1
public struct AttentionLSTM: Hashable, Sendable {
    /// Features a step.
    public let features: Int
    /// Steps a window.
    public let steps: Int
    /// Memory cells.
    public let hidden: Int
    /// Units of the attention's scores.
    public let attention: Int
    /// Where each weight lies.
    public let layout: ParameterLayout

    /// The heads as a network without hidden layers on the context; its parameters lie behind ours.
    let readout: MLP
    let headOffset: Int

    /// Inputs an example: `steps * features`.
    public var inputWidth: Int { steps * features }
    /// Target columns an example.
    public var targetWidth: Int { readout.targetWidth }
    /// The heads in the order of outputs and targets.
    public var heads: [MLP.Head] { readout.heads }

    /// Describes a model; `features` and `steps` must be at least 1, `hidden` and `attention` positive multiples of 4.
    public init(features: Int, steps: Int, hidden: Int, attention: Int, heads: [MLP.Head]) {
        precondition(features >= 1 && steps >= 1, "a window without steps or features")
        precondition(
            hidden >= 4 && hidden % 4 == 0 && attention >= 4 && attention % 4 == 0, "a width that is no multiple of 4")
        self.features = features
        self.steps = steps
        self.hidden = hidden
        self.attention = attention
        readout = MLP(inputs: hidden, hidden: [], heads: heads)
        let own: [(name: String, shape: [Int])] = [
            ("lstm.input", [4 * hidden, features]), ("lstm.recurrent", [4 * hidden, hidden]),
            ("lstm.bias", [4 * hidden]), ("attention.weight", [attention, hidden]),
            ("attention.bias", [attention]), ("attention.score", [attention]),
        ]
        headOffset = own.reduce(0) { $0 + $1.shape.reduce(1, *) }
        layout = ParameterLayout(own + readout.layout.segments.map { ($0.name, $0.shape) })
    }

    /// Where the tensors begin.
    struct Offsets {
        let recurrent: Int
        let bias: Int
        let attentionWeight: Int
        let attentionBias: Int
        let score: Int
    }

    var offsets: Offsets {
        let recurrent = 4 * hidden * features
        let bias = recurrent + 4 * hidden * hidden
        let attentionWeight = bias + 4 * hidden
        let attentionBias = attentionWeight + attention * hidden
        return Offsets(
            recurrent: recurrent, bias: bias, attentionWeight: attentionWeight, attentionBias: attentionBias,
            score: attentionBias + attention)
    }

    /// Fresh parameters: weights normal with variance 1 / inputs of their layer (the gates' inputs being features and
    /// hidden together), biases zero but the forget gate's, which are 1.
    /// Source: lstm-attention section 5
    public func initialParameters(from generator: inout SeededGenerator) -> ParameterVector {
        var vector = ParameterVector(zeros: layout)
        var values = vector.values
        let places = offsets
        func fill(_ range: Range<Int>, inputs: Int) {
            let deviation = 1 / Double(inputs).squareRoot()
            for index in range { values[index] = Float(deviation * generator.gaussian()) }
        }
        fill(0..<places.bias, inputs: features + hidden)
        fill(places.attentionWeight..<places.attentionBias, inputs: hidden)
        fill(places.score..<headOffset, inputs: attention)
        for layer in readout.headLayers {
            fill((headOffset + layer.weightOffset)..<(headOffset + layer.biasOffset), inputs: hidden)
        }
        for cell in hidden..<(2 * hidden) { values[places.bias + cell] = 1 }
        vector.values = values
        return vector
    }

    /// Throws unless the examples fit: widths (`dimensionMismatch`), binary targets in 0...1 (`valueOutOfBound`), classes
    /// (`labelOutOfRange`).
    public func check(_ examples: ExampleTable) throws(LearningFailure) {
        try checkInputs(examples)
        try readout.checkTargets(examples)
    }

    func checkInputs(_ examples: ExampleTable) throws(LearningFailure) {
        guard examples.inputWidth == inputWidth else {
            throw .dimensionMismatch(expected: inputWidth, found: examples.inputWidth)
        }
    }

    func check(_ parameters: ParameterVector) throws(LearningFailure) {
        guard parameters.layout == layout else { throw .layoutMismatch }
    }
}
