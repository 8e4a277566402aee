/// A model's parameters (or a change of them) as one flat vector of single-precision numbers.
public struct ParameterVector: Sendable, Equatable {
    /// Where each tensor lies.
    public let layout: ParameterLayout

    /// `layout.parameterCount` numbers; a change of the length is a programming error and traps.
    public var values: [Float] {
        didSet { precondition(values.count == layout.parameterCount, "the length of a parameter vector is fixed") }
    }

    /// All parameters zero.
    public init(zeros layout: ParameterLayout) {
        self.layout = layout
        self.values = [Float](repeating: 0, count: layout.parameterCount)
    }

    /// Takes the numbers as they are; throws `dimensionMismatch` when their count is not the layout's.
    public init(values: [Float], layout: ParameterLayout) throws(LearningFailure) {
        guard values.count == layout.parameterCount else {
            throw .dimensionMismatch(expected: layout.parameterCount, found: values.count)
        }
        self.layout = layout
        self.values = values
    }

    /// The numbers of one named tensor, or nil when there is none of that name.
    public func segment(_ name: String) -> [Float]? {
        layout.range(of: name).map { Array(values[$0]) }
    }
}
