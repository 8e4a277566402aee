/// One company's own data behind a gradient: all that local training, control variates and personal models need to know
/// of a model.
///
/// It holds the company's examples and never leaves its machine. Rows are numbered from 0.
/// Source: fedopt section 1
public protocol LocalProblem: Sendable {
    /// Room for intermediate results of one step.
    associatedtype Scratch

    /// The layout of the parameters.
    var layout: ParameterLayout { get }
    /// How many training examples there are, at least 1.
    var trainingRows: Int { get }
    /// How many validation examples there are; 0 when there are none.
    var validationRows: Int { get }

    /// Room for steps over at most `rows` examples.
    func makeScratch(rows: Int) -> Scratch

    /// The mean loss over the chosen training rows; overwrites `gradient` with its gradient.
    ///
    /// `parameters` and `gradient` have the layout's length and the rows are in range.
    func gradient(
        of parameters: [Float], rows: ArraySlice<Int>, into gradient: inout [Float], scratch: inout Scratch
    ) -> Double

    /// The **sum** of the losses over the validation examples, 0 without any.
    func validationLossSum(of parameters: [Float]) -> Double
}

extension LocalProblem {
    /// The mean validation loss; nil without validation examples.
    public func validationLoss(of parameters: [Float]) -> Double? {
        precondition(parameters.count == layout.parameterCount, "parameters of another length")
        return validationRows > 0 ? validationLossSum(of: parameters) / Double(validationRows) : nil
    }

    /// Throws `layoutMismatch` for another model's parameters.
    func check(_ parameters: ParameterVector) throws(LearningFailure) {
        guard parameters.layout == layout else { throw .layoutMismatch }
    }
}
