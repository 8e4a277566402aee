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
    /// The largest magnitude of each feature.
    public let featureBounds: [Double]
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
        featureBounds: [Double], law: SurvivalDistribution, scales: ClosedRange<Double>, scoreBound: Double,
        maximumRows: Int
    ) {
        let features = featureBounds.count
        precondition(features >= 1 && maximumRows >= 1, "no feature or no row")
        precondition(scales.lowerBound > 0 && scales.upperBound.isFinite, "scales must be finite and positive")
        precondition(featureBounds.allSatisfy { $0 > 0 && $0.isFinite }, "a bound must be finite and positive")
        precondition(scoreBound > 0 && scoreBound.isFinite, "a bound must be finite and positive")
        layout = ParameterLayout([(name: "slopes", shape: [features])])
        self.law = law
        self.featureBounds = featureBounds
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

    /// The same for features of one bound.
    public init(
        features: Int, law: SurvivalDistribution, featureBound: Double, scales: ClosedRange<Double>,
        scoreBound: Double, maximumRows: Int
    ) {
        self.init(
            featureBounds: [Double](repeating: featureBound, count: features), law: law, scales: scales,
            scoreBound: scoreBound, maximumRows: maximumRows)
    }

    /// What one unit of the `gradient` block stands for, by feature.
    var gradientUnits: [Double] { featureBounds.map { lossUnit * $0 / scales.lowerBound } }

    /// What one unit of the `curvature` block stands for, in the block's order.
    var curvatureUnits: [Double] {
        let sides = gradientUnits.map { $0 / lossUnit.squareRoot() }
        return sides.indices.flatMap { i in sides[i...].map { sides[i] * $0 } }
    }

    /// What one unit of the `loss` block stands for.
    var lossUnit: Double { Double(maximumRows) * scoreBound }
}
