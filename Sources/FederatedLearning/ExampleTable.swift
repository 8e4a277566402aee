/// Training or validation examples: inputs and targets as two row-major tables of finite numbers.
///
/// Target columns are in the order of a model's heads: a regression or binary head has one column an output (a binary
/// target is in 0...1), a softmax head has a single column that holds the class index.
public struct ExampleTable: Sendable, Equatable {
    /// How many examples.
    public let rows: Int
    /// Inputs an example, at least 1.
    public let inputWidth: Int
    /// Targets an example, at least 1.
    public let targetWidth: Int
    /// `rows * inputWidth` numbers.
    public let inputs: [Float]
    /// `rows * targetWidth` numbers.
    public let targets: [Float]

    /// Throws `dimensionMismatch` when the tables do not fit together and `nonFinite` on a NaN or an infinity, with its
    /// place in the inputs, or in inputs followed by targets.
    public init(
        inputs: [Float], inputWidth: Int, targets: [Float], targetWidth: Int
    ) throws(LearningFailure) {
        precondition(inputWidth >= 1 && targetWidth >= 1, "a width below 1")
        let rows = inputs.count / inputWidth
        guard inputs.count == rows * inputWidth else {
            throw .dimensionMismatch(expected: rows * inputWidth, found: inputs.count)
        }
        guard targets.count == rows * targetWidth else {
            throw .dimensionMismatch(expected: rows * targetWidth, found: targets.count)
        }
        if let index = inputs.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        if let index = targets.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: inputs.count + index) }
        self.rows = rows
        self.inputWidth = inputWidth
        self.targetWidth = targetWidth
        self.inputs = inputs
        self.targets = targets
    }

    /// Examples without targets, for prediction alone; the targets are one column of zeros.
    public init(inputs: [Float], inputWidth: Int) throws(LearningFailure) {
        precondition(inputWidth >= 1, "a width below 1")
        try self.init(
            inputs: inputs, inputWidth: inputWidth,
            targets: [Float](repeating: 0, count: inputs.count / inputWidth), targetWidth: 1)
    }

    /// The chosen rows, in that order, each index in 0..<rows.
    public func selecting(_ chosen: [Int]) -> ExampleTable {
        var copy = ([Float](), [Float]())
        copy.0.reserveCapacity(chosen.count * inputWidth)
        copy.1.reserveCapacity(chosen.count * targetWidth)
        for row in chosen {
            copy.0.append(contentsOf: inputs[(row * inputWidth)..<((row + 1) * inputWidth)])
            copy.1.append(contentsOf: targets[(row * targetWidth)..<((row + 1) * targetWidth)])
        }
        return ExampleTable(
            rows: chosen.count, inputWidth: inputWidth, targetWidth: targetWidth, inputs: copy.0, targets: copy.1)
    }

    private init(rows: Int, inputWidth: Int, targetWidth: Int, inputs: [Float], targets: [Float]) {
        self.rows = rows
        self.inputWidth = inputWidth
        self.targetWidth = targetWidth
        self.inputs = inputs
        self.targets = targets
    }
}
