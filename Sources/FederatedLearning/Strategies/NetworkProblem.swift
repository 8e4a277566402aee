/// A model on a company's own examples.
/// Source: fedopt section 1
public struct NetworkProblem: LocalProblem {
    /// The model.
    public let network: TrainableModel
    /// The company's own training examples.
    public let training: ExampleTable
    /// The company's own validation examples; nil when there are none.
    public let validation: ExampleTable?

    /// Takes a company's data; throws as the model's `check` does, and `noExamples` when there is nothing to train on.
    public init(
        network: TrainableModel, training: ExampleTable, validation: ExampleTable? = nil
    ) throws(LearningFailure) {
        try network.check(training)
        guard training.rows > 0 else { throw .noExamples }
        if let validation { try network.check(validation) }
        self.network = network
        self.training = training
        self.validation = validation
    }

    /// The form for a dense network.
    public init(network: MLP, training: ExampleTable, validation: ExampleTable? = nil) throws(LearningFailure) {
        try self.init(network: .mlp(network), training: training, validation: validation)
    }

    /// The layout of the model.
    public var layout: ParameterLayout { network.layout }
    /// How many training examples there are.
    public var trainingRows: Int { training.rows }
    /// How many validation examples there are.
    public var validationRows: Int { validation?.rows ?? 0 }

    /// A workspace of the model.
    public func makeScratch(rows: Int) -> TrainableWorkspace { TrainableWorkspace(for: network, rows: rows) }

    /// One step's mean loss and gradient.
    public func gradient(
        of parameters: [Float], rows: ArraySlice<Int>, into gradient: inout [Float], scratch: inout TrainableWorkspace
    ) -> Double {
        network.batchGradient(parameters, training, rows, &gradient, &scratch)
    }

    /// The sum of losses over the validation examples; infinite when a loss is not a number.
    public func validationLossSum(of parameters: [Float]) -> Double {
        guard let validation else { return 0 }
        do throws(LearningFailure) {
            let sum = try network.lossSum(ParameterVector(values: parameters, layout: layout), on: validation)
            return sum.isNaN ? .infinity : sum
        } catch {
            preconditionFailure("examples were checked when they were taken")
        }
    }
}
