/// Several linear predictions from one row of features, each with an intercept.
/// Source: moment-regression section 2
public struct LinearModel: Sendable, Equatable {
    /// Features a row.
    public let features: Int
    /// Predictions a row.
    public let outputs: Int
    /// Output-major: the coefficients of output k from `k * features`.
    public let coefficients: [Double]
    /// One an output.
    public let intercepts: [Double]

    init(features: Int, outputs: Int, coefficients: [Double], intercepts: [Double]) {
        precondition(coefficients.count == features * outputs && intercepts.count == outputs, "numbers that do not fit")
        self.features = features
        self.outputs = outputs
        self.coefficients = coefficients
        self.intercepts = intercepts
    }

    /// One output for every row of a row-major table; throws `dimensionMismatch` for a table of another width.
    public func predict(_ table: [Float], output: Int) throws(LearningFailure) -> [Double] {
        precondition(output >= 0 && output < outputs, "an output out of range")
        let rows = table.count / features
        guard table.count == rows * features else {
            throw .dimensionMismatch(expected: rows * features, found: table.count)
        }
        return (0..<rows).map { row in
            var sum = intercepts[output]
            for column in 0..<features {
                sum += coefficients[output * features + column] * Double(table[row * features + column])
            }
            return sum
        }
    }
}
