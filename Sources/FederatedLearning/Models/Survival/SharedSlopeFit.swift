/// The coordinator's side of shared slopes: one secure sum an evaluation, as `AcceleratedFailureFit`.
/// Source: aft section 4
public struct SharedSlopeFit: Sendable {
    /// What is summed.
    public let statistics: SharedSlopeStatistics
    /// The penalty `lambda / 2 * |slopes|^2` over the whole cohort, in units of log time a feature's unit.
    public let lambda: Double

    private var newton: DampedNewton

    /// Starts from slopes zero; `lambda` must be finite and not negative, `tolerance` positive.
    public init(_ statistics: SharedSlopeStatistics, lambda: Double = 0, tolerance: Double = 1e-10) {
        precondition(lambda >= 0 && lambda.isFinite && tolerance > 0, "a penalty or tolerance out of range")
        self.statistics = statistics
        self.lambda = lambda
        newton = DampedNewton(
            from: [Double](repeating: 0, count: statistics.base.features), tolerance: tolerance, dampsIndefinite: true)
    }

    /// The slopes, in scaled units, for which the next sum is wanted; after convergence the answer. Public.
    public var slopes: [Double] { newton.candidate }
    /// Whether the slopes are the fit.
    public var isConverged: Bool { newton.isConverged }
    /// Sums absorbed so far.
    public var evaluations: Int { newton.evaluations }
    /// What participants must upload for `slopes`.
    public var schema: UploadSchema { statistics.schema(at: slopes) }

    /// Takes the cohort's sum; throws `schemaMismatch`, or `noExamples` when nobody had a failure. Must not be called after
    /// convergence.
    public mutating func absorb(_ sum: AggregateSum) throws(LearningFailure) {
        guard sum.schema == schema, let counts = sum.block("count"), let loss = sum.block("loss"),
            let slope = sum.block("slope"), let curvature = sum.block("curvature")
        else { throw .schemaMismatch }
        let base = statistics.base
        let cap = Double(base.maximumRows)
        let rows = (counts[0] * cap).rounded()
        guard rows >= 1, (counts[1] * cap).rounded() >= 1 else { throw .noExamples }
        let scale = cap / rows
        var meanLoss = loss[0] * scale
        var gradient = slope.map { $0 * scale }
        var hessian = SymmetricMatrix(upperTriangle: curvature.map { $0 * scale }, size: base.features)
        for (index, bound) in base.featureBounds.enumerated() {
            let unit = base.logTimes.halfWidth / bound
            let penalty = lambda * unit * unit / rows
            meanLoss += penalty / 2 * slopes[index] * slopes[index]
            gradient[index] += penalty * slopes[index]
            hessian[index, index] += penalty
        }
        try newton.absorb(loss: meanLoss, gradient: gradient, hessian: hessian)
    }
}
