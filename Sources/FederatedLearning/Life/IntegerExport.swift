/// How well a network does on validation examples: what an export must keep.
/// Source: model-life section 7
public enum ParityMeasure: Hashable, Sendable {
    /// Average precision of a head of one logit, or of a softmax head by the probability of all classes from `positiveFrom` on.
    case averagePrecision(head: String, positiveFrom: Int)
    /// Share of right classes of a softmax head, or of right sides of 0.5 of a head of one logit.
    case accuracy(head: String)
    /// Root of the mean squared error of a regression head of one output, in the target's unit.
    case rootMeanSquaredError(head: String)

    /// The head that is measured.
    public var head: String {
        switch self {
        case .averagePrecision(let head, _), .accuracy(let head), .rootMeanSquaredError(let head): head
        }
    }

    /// How much worse an export may be unless told otherwise: 0.005 of a share, 0.5 % of an error.
    public func defaultAllowance(before: Double) -> Double {
        if case .rootMeanSquaredError = self { return 0.005 * before }
        return 0.005
    }

    /// By how much a figure is worse than another; negative when it is better.
    func drop(from before: Double, to after: Double) -> Double {
        if case .rootMeanSquaredError = self { return after - before }
        return before - after
    }

    /// The figure of predictions of all heads; throws `noExamples` where none can be told.
    func figure(_ predictions: [[Float]], _ network: MLP, _ examples: ExampleTable) throws(LearningFailure) -> Double {
        guard let index = network.heads.firstIndex(where: { $0.name == self.head }) else {
            preconditionFailure("no such head")
        }
        guard examples.rows > 0 else { throw .noExamples }
        let head = network.heads[index]
        let table = predictions[index]
        let column = network.heads[..<index].reduce(0) { $0 + $1.loss.targetWidth(of: $1.width) }
        let targets = (0..<examples.rows).map { examples.targets[$0 * examples.targetWidth + column] }
        precondition(head.width == 1 || head.loss.isOverClasses, "a head of several numbers has no one figure")
        func shares(_ row: Int) -> ArraySlice<Float> { table[(row * head.width)..<((row + 1) * head.width)] }
        switch self {
        case .averagePrecision(_, let first):
            let scores = (0..<examples.rows).map { row in
                shares(row).dropFirst(head.loss.isOverClasses ? first : 0).reduce(0) { $0 + Double($1) }
            }
            let isPositive = targets.map { head.loss.isOverClasses ? Int($0) >= first : $0 > 0.5 }
            return try RankingMetrics.averagePrecision(scores: scores, labels: isPositive)
        case .accuracy:
            let right = (0..<examples.rows).count { row in
                guard head.loss.isOverClasses else { return (table[row] > 0.5) == (targets[row] > 0.5) }
                let line = shares(row)
                var best = line.startIndex
                for place in line.indices where line[place] > line[best] { best = place }
                return best - line.startIndex == Int(targets[row])
            }
            return Double(right) / Double(examples.rows)
        case .rootMeanSquaredError:
            return try RegressionMetrics.rootMeanSquaredError(
                predicted: table.map { Double($0) }, actual: targets.map { Double($0) })
        }
    }
}

/// Why a model is not exported.
/// Source: model-life section 7
public enum ExportRefusal: Error, Equatable, Sendable {
    /// The examples or the model do not fit.
    case learning(LearningFailure)
    /// The 8-bit network is worse by more than is allowed.
    case parityLost(drop: Double, allowed: Double)
    /// Only dense networks have an 8-bit form.
    case notDense
}

/// An 8-bit network that has been checked to be as good as the one it was made from.
/// Source: model-life section 7
public struct IntegerExport: Hashable, Sendable {
    /// The network to be shipped.
    public let network: IntegerNetwork
    /// What was measured.
    public let measure: ParityMeasure
    /// The figure of the original.
    public let before: Double
    /// The figure of the export.
    public let after: Double

    /// By how much the export is worse; negative when it is better.
    public var drop: Double { measure.drop(from: before, to: after) }

    /// Exports a network whose figure on the validation examples falls by no more than `allowed`, by default
    /// `ParityMeasure.defaultAllowance`.
    ///
    /// Throws `parityLost`, or what `MLP.check`, the quantiser or the figure refuses: a figure that cannot be told is a refusal.
    public init(
        _ network: MLP, _ parameters: ParameterVector, validation: ExampleTable, measure: ParityMeasure,
        allowed: Double? = nil
    ) throws(ExportRefusal) {
        precondition(allowed.map { $0 >= 0 && $0.isFinite } ?? true, "an allowance is not negative")
        do throws(LearningFailure) {
            try network.check(validation)
            self.network = try IntegerNetwork(network, parameters)
            before = try measure.figure(try network.predict(parameters, on: validation), network, validation)
            after = try measure.figure(try self.network.predict(on: validation), network, validation)
        } catch {
            throw .learning(error)
        }
        self.measure = measure
        let limit = allowed ?? measure.defaultAllowance(before: before)
        let drop = measure.drop(from: before, to: after)
        guard drop <= limit else { throw .parityLost(drop: drop, allowed: limit) }
    }

    /// The form for a scenario's model; throws `notDense` for a recurrent one, else as the form for a network.
    public init(
        _ model: TrainableModel, _ parameters: ParameterVector, validation: ExampleTable, measure: ParityMeasure,
        allowed: Double? = nil
    ) throws(ExportRefusal) {
        guard case .mlp(let network) = model else { throw .notDense }
        try self.init(network, parameters, validation: validation, measure: measure, allowed: allowed)
    }
}
