extension SharedSlopes {
    /// The coordinator's side: Newton with a step that is halved when the summed loss has risen.
    public struct Coordinator: ServerStrategy, Sendable {
        /// What was agreed.
        public let terms: SharedSlopes
        /// The penalty `lambda / 2 * |slopes|^2`, over the whole cohort.
        public let lambda: Double
        /// The summed loss a row at the model that the last sum was taken at; nil before the first.
        public private(set) var loss: Double?
        /// The newest Newton step's length over that of the slopes it led to; nil before the first sum and while a step is
        /// being halved.
        public private(set) var relativeStep: Double?
        private var last: (slopes: [Float], step: [Double], objective: Double)?
        private var fraction = 1.0

        /// A coordinator at the start; `lambda` must be finite and not negative.
        public init(_ terms: SharedSlopes, lambda: Double) {
            precondition(lambda >= 0 && lambda.isFinite, "a penalty must be finite and not negative")
            self.terms = terms
            self.lambda = lambda
        }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

        /// The slopes of the least summed loss so far; nil before the first sum.
        public var best: ParameterVector? {
            guard let last else { return nil }
            var slopes = ParameterVector(zeros: terms.layout)
            slopes.values = last.slopes
            return slopes
        }

        /// Moves the slopes; throws `schemaMismatch`, `layoutMismatch`, `zeroTotalWeight`, or `notPositiveDefinite` when
        /// the features do not tell the slopes apart; then nothing has changed.
        public mutating func absorb(_ sum: AggregateSum, into model: inout ParameterVector) throws(LearningFailure) {
            guard sum.schema == terms.schema, let gradient = sum.block("gradient"),
                let curvature = sum.block("curvature"), let losses = sum.block("loss"),
                let weights = sum.block("weight")
            else { throw .schemaMismatch }
            guard model.layout == terms.layout else { throw .layoutMismatch }
            let rows = weights[0] * Double(terms.maximumRows)
            guard rows > 0 else { throw .zeroTotalWeight }
            let slopes = model.values.map { Double($0) }
            let squares = slopes.reduce(0) { $0 + $1 * $1 }
            let penalty = lambda / rows
            let objective = losses[0] * terms.lossUnit / rows + penalty / 2 * squares
            if let last, objective > last.objective + 1e-9 * max(1, last.objective.magnitude), fraction > 1e-6 {
                fraction /= 2
                relativeStep = nil
                for index in slopes.indices {
                    model.values[index] = Float(Double(last.slopes[index]) + fraction * last.step[index])
                }
                return
            }
            var matrix = SymmetricMatrix(
                upperTriangle: zip(curvature, terms.curvatureUnits).map { $0 * $1 / rows }, size: terms.features)
            let units = terms.gradientUnits
            var right: [Double] = []
            for index in slopes.indices {
                matrix[index, index] += penalty
                right.append(-(gradient[index] * units[index] / rows + penalty * slopes[index]))
            }
            let step = try matrix.solve(right)
            loss = objective
            last = (model.values, step, objective)
            fraction = 1
            for index in slopes.indices { model.values[index] = Float(slopes[index] + step[index]) }
            let moved = step.reduce(0) { $0 + $1 * $1 }
            let reached = model.values.reduce(0) { $0 + Double($1) * Double($1) }
            relativeStep = moved == 0 ? 0 : (moved / reached).squareRoot()
        }
    }
}
