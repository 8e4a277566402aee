/// One set of slopes for all companies, an intercept and a scale for each: `y = b0_k + x'b + s_k e`, y perhaps censored.
///
/// Given b, each company fits its own (b0, s) at home, exactly, and uploads the sums of its loss, of the loss's gradient by b
/// and of a positive semidefinite curvature; the coordinator takes a damped Newton step. Fixed point: the slopes that maximise
/// the pooled likelihood with an intercept and a scale for each company. The numbers are `p (p + 3) / 2 + 2` for p features.
///
/// Blocks, each a mean over `maximumRows` and divided by its bound, so with bound 1: `gradient`, `curvature` (upper
/// triangle, row by row), `loss`, `weight`. Under asset-level privacy the method is refused: (b0, s) feed back.
/// Source: personalisation section 9
public struct SharedSlopes: Hashable, Sendable {
    /// The layout of the slopes: one tensor `slopes`.
    public let layout: ParameterLayout
    /// The residual's law.
    public let law: SurvivalDistribution
    /// The largest magnitude of a feature.
    public let featureBound: Double
    /// A company's scale stays in here.
    public let scales: ClosedRange<Double>
    /// The largest magnitude of the mean score `psi(z)` and of the mean loss of a company.
    public let scoreBound: Double
    /// The most rows one company may count.
    public let maximumRows: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms: at least one feature and row; bounds finite and positive.
    public init(
        features: Int, law: SurvivalDistribution, featureBound: Double, scales: ClosedRange<Double>, scoreBound: Double,
        maximumRows: Int
    ) {
        precondition(features >= 1 && maximumRows >= 1, "no feature or no row")
        precondition(scales.lowerBound > 0 && scales.upperBound.isFinite, "scales must be finite and positive")
        precondition(featureBound > 0 && featureBound.isFinite, "a bound must be finite and positive")
        precondition(scoreBound > 0 && scoreBound.isFinite, "a bound must be finite and positive")
        layout = ParameterLayout([(name: "slopes", shape: [features])])
        self.law = law
        self.featureBound = featureBound
        self.scales = scales
        self.scoreBound = scoreBound
        self.maximumRows = maximumRows
        schema = UploadSchema([
            .init(name: "gradient", count: features, bound: 1),
            .init(name: "curvature", count: features * (features + 1) / 2, bound: 1),
            .init(name: "loss", count: 1, bound: 1),
            .init(name: "weight", count: 1, bound: 1),
        ])
    }

    /// How many features.
    public var features: Int { layout.parameterCount }

    /// What one unit of the `gradient` block stands for.
    var gradientUnit: Double { Double(maximumRows) * featureBound * scoreBound / scales.lowerBound }

    /// What one unit of the `curvature` block stands for.
    var curvatureUnit: Double {
        Double(maximumRows) * featureBound * featureBound * scoreBound / (scales.lowerBound * scales.lowerBound)
    }

    /// What one unit of the `loss` block stands for.
    var lossUnit: Double { Double(maximumRows) * scoreBound }

    /// The coordinator's side: Newton with a step that is halved when the summed loss has risen.
    public struct Coordinator: ServerStrategy, Sendable {
        /// What was agreed.
        public let terms: SharedSlopes
        /// The weight of the squared slopes in the loss of a row; finite and not negative.
        public let penalty: Double
        /// The summed loss a row at the model that the last sum was taken at; nil before the first.
        public private(set) var loss: Double?
        private var last: (slopes: [Float], step: [Double], objective: Double)?
        private var fraction = 1.0

        /// A coordinator at the start.
        public init(_ terms: SharedSlopes, penalty: Double) {
            precondition(penalty >= 0 && penalty.isFinite, "a penalty must be finite and not negative")
            self.terms = terms
            self.penalty = penalty
        }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

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
            let objective = losses[0] * terms.lossUnit / rows + penalty * squares
            if let last, objective > last.objective + 1e-9 * max(1, last.objective.magnitude), fraction > 1e-6 {
                fraction /= 2
                for index in slopes.indices {
                    model.values[index] = Float(Double(last.slopes[index]) + fraction * last.step[index])
                }
                return
            }
            var matrix = SymmetricMatrix(
                upperTriangle: curvature.map { $0 * terms.curvatureUnit / rows }, size: terms.features)
            var right: [Double] = []
            for index in slopes.indices {
                matrix[index, index] += 2 * penalty
                right.append(-(gradient[index] * terms.gradientUnit / rows + 2 * penalty * slopes[index]))
            }
            let step = try matrix.solve(right)
            loss = objective
            last = (model.values, step, objective)
            fraction = 1
            for index in slopes.indices { model.values[index] = Float(slopes[index] + step[index]) }
        }
    }
}
