#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The coordinator's side of an accelerated-failure-time fit: one secure sum a Newton evaluation, the pooled fit at the end.
///
/// Announce `point`, sum the companies' uploads for it, `absorb` the sum, until `isConverged`; typically 8 to 15 sums. Each
/// sum is a release and belongs in the ledger.
/// Source: aft section 3
public struct AcceleratedFailureFit: Sendable {
    /// What is summed.
    public let statistics: AcceleratedFailureStatistics
    /// The penalty `lambda / 2 * |slopes / scale|^2`, over the whole cohort.
    public let lambda: Double

    private var newton: DampedNewton

    /// Starts a fit; `lambda` must be finite and not negative, `tolerance` positive: with k bits of fixed point not far
    /// below 2^-k.
    public init(_ statistics: AcceleratedFailureStatistics, lambda: Double = 0, tolerance: Double = 1e-12) {
        precondition(lambda >= 0 && lambda.isFinite && tolerance > 0, "a penalty or tolerance out of range")
        self.statistics = statistics
        self.lambda = lambda
        newton = DampedNewton(from: statistics.start, positive: statistics.features + 1, tolerance: tolerance)
    }

    /// Where the next sum is wanted; public.
    public var point: [Double] { newton.candidate }
    /// Whether `model` is the fit.
    public var isConverged: Bool { newton.isConverged }
    /// Sums absorbed so far.
    public var evaluations: Int { newton.evaluations }
    /// What participants must upload for `point`.
    public var schema: UploadSchema { statistics.schema(at: point) }
    /// The model at `point`.
    public var model: AcceleratedFailureModel { statistics.model(at: point) }

    /// The model at the point of the least loss so far; that of the start before the first sum.
    public var best: AcceleratedFailureModel { statistics.model(at: newton.accepted) }

    /// Takes the cohort's sum for `point` and moves on.
    ///
    /// Throws `schemaMismatch`, `noExamples` (no failure in the whole cohort) or `notPositiveDefinite` (features that depend
    /// on each other). Must not be called after convergence.
    public mutating func absorb(_ sum: AggregateSum) throws(LearningFailure) {
        guard sum.schema == schema, let counts = sum.block("count"), let loss = sum.block("loss"),
            let slope = sum.block("slope"), let curvature = sum.block("curvature")
        else { throw .schemaMismatch }
        let cap = Double(statistics.maximumRows)
        let failures = (counts[1] * cap).rounded()
        let rows = (counts[0] * cap).rounded()
        guard failures >= 1, rows >= failures else { throw .noExamples }
        let scale = cap / rows
        let share = failures / rows
        let inverseScale = point[statistics.features + 1]
        var meanLoss = loss[0] * scale - share * log(inverseScale)
        var gradient = slope.map { $0 * scale }
        var hessian = SymmetricMatrix(upperTriangle: curvature.map { $0 * scale }, size: statistics.features + 2)
        gradient[statistics.features + 1] -= share / inverseScale
        hessian[statistics.features + 1, statistics.features + 1] += share / (inverseScale * inverseScale)
        for (index, bound) in statistics.featureBounds.enumerated() {
            let penalty = lambda / (rows * bound * bound)
            meanLoss += penalty / 2 * point[index] * point[index]
            gradient[index] += penalty * point[index]
            hessian[index, index] += penalty
        }
        try newton.absorb(loss: meanLoss, gradient: gradient, hessian: hessian)
    }

    /// The fit on rows at hand: of one company alone, or the pooled reference.
    ///
    /// Throws `noExamples` without a failure, `notPositiveDefinite`, or `diverged` when 200 evaluations were not enough.
    public static func fit(
        _ distribution: SurvivalDistribution, _ table: SurvivalTable, lambda: Double = 0
    ) throws(LearningFailure) -> AcceleratedFailureModel {
        guard let lowest = table.logTimes.min(), let highest = table.logTimes.max() else { throw .noExamples }
        var bounds = [Double](repeating: 0, count: table.width)
        for (place, value) in table.features.enumerated() {
            bounds[place % table.width] = max(bounds[place % table.width], value.magnitude)
        }
        let margin = max(highest - lowest, 1e-6) / 2
        let statistics = AcceleratedFailureStatistics(
            distribution, featureBounds: bounds.map { $0 > 0 ? $0 : 1 },
            logTimes: PublicRange(lower: lowest - margin, upper: highest + margin), maximumRows: table.rows)
        var fit = AcceleratedFailureFit(statistics, lambda: lambda, tolerance: 1e-15)
        while !fit.isConverged {
            guard fit.evaluations < 200 else { throw .diverged(step: fit.evaluations) }
            let upload = try statistics.upload(table, at: fit.point)
            try fit.absorb(AggregateSum(schema: upload.schema, values: upload.values, cohortSize: 1))
        }
        return fit.model
    }
}
