/// An anomaly score without labels: how badly a narrow network rebuilds a row that it was never taught.
///
/// The network inputs-encoder-code-decoder-inputs is trained, like any `MLP`, on healthy rows with themselves as targets; the
/// score of a row is the mean squared error of its reconstruction. Inputs should be normalised.
/// Source: autoencoder section 1
public struct Autoencoder: Hashable, Sendable {
    /// The network, with one head "rebuilt" as wide as the inputs.
    public let network: MLP

    /// Describes a model; `encoder` widths lead to the `code`, their mirror leads back. All widths must be at least 1 and the
    /// code narrower than the inputs.
    public init(inputs: Int, encoder: [Int], code: Int) {
        precondition(code < inputs, "a code that could copy its input")
        network = MLP(
            inputs: inputs, hidden: encoder + [code] + encoder.reversed(),
            heads: [.init(name: "rebuilt", width: inputs, loss: .meanSquaredError)])
    }

    /// Where each weight lies.
    public var layout: ParameterLayout { network.layout }

    /// Fresh parameters, as `MLP.initialParameters`.
    public func initialParameters(from generator: inout SeededGenerator) -> ParameterVector {
        network.initialParameters(from: &generator)
    }

    /// Rows as their own targets, for a `NetworkTrainer`; throws `dimensionMismatch` for rows of another width.
    public func examples(_ rows: [Float]) throws(LearningFailure) -> ExampleTable {
        try ExampleTable(
            inputs: rows, inputWidth: network.inputWidth, targets: rows, targetWidth: network.inputWidth)
    }

    /// The mean squared error of each row's reconstruction, in the order of the rows; not negative.
    ///
    /// Throws `layoutMismatch` or `dimensionMismatch`.
    public func scores(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [Double] {
        let rebuilt = try network.predict(parameters, on: examples, head: "rebuilt")
        let width = network.inputWidth
        return (0..<examples.rows).map { row in
            var sum = 0.0
            for place in (row * width)..<((row + 1) * width) {
                let difference = Double(rebuilt[place]) - Double(examples.inputs[place])
                sum += difference * difference
            }
            return sum / Double(width)
        }
    }
}
