#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What companies must sum so that a coordinator can make one Newton step of a pooled accelerated-failure-time fit.
///
/// In scaled units (features over their bounds, log time to -1...1 by its public range) a row's residual is
/// r = tau v - alpha - u'beta; the negative log-likelihood is convex in (beta, alpha, tau). Blocks, every sum divided by the
/// cap on rows: `count` (rows, failures), `loss`, `slope` (p + 2) and `curvature` (upper triangle); their bounds follow
/// from the public point alone. The coordinator learns the cohort's sums at each point it asks for, so ask for few.
/// Source: aft section 2
public struct AcceleratedFailureStatistics: Hashable, Sendable {
    /// The residual's law.
    public let distribution: SurvivalDistribution
    /// The largest magnitude of each feature.
    public let featureBounds: [Double]
    /// The public range of log(time).
    public let logTimes: PublicRange
    /// The most rows one company may count.
    public let maximumRows: Int

    /// Declares law and bounds; there must be a feature and a row, bounds finite and positive.
    public init(
        _ distribution: SurvivalDistribution, featureBounds: [Double], logTimes: PublicRange, maximumRows: Int
    ) {
        precondition(!featureBounds.isEmpty && maximumRows >= 1, "no feature or no row")
        precondition(featureBounds.allSatisfy { $0 > 0 && $0.isFinite }, "a bound must be finite and positive")
        self.distribution = distribution
        self.featureBounds = featureBounds
        self.logTimes = logTimes
        self.maximumRows = maximumRows
    }

    /// How many features.
    public var features: Int { featureBounds.count }

    /// The point every fit starts from: no slope, the range's middle, its half width as scale.
    var start: [Double] { [Double](repeating: 0, count: features + 1) + [1] }

    /// What participants must upload for a point (slopes, intercept, inverse scale in scaled units).
    ///
    /// Precondition: `features + 2` finite numbers, the last positive.
    public func schema(at point: [Double]) -> UploadSchema {
        check(point)
        let size = features + 2
        let largest = point.reduce(0) { $0 + $1.magnitude }
        let bounds = distribution.bounds(largest: largest)
        return UploadSchema([
            .init(name: "count", count: 2, bound: 1),
            .init(name: "loss", count: 1, bound: bounds.loss),
            .init(name: "slope", count: size, bound: bounds.slope),
            .init(name: "curvature", count: size * (size + 1) / 2, bound: bounds.curvature),
        ])
    }

    /// One company's upload for a point.
    ///
    /// Throws `dimensionMismatch`, `exampleCountOutOfRange`, or `valueOutOfBound` with the place in the features, then in the
    /// times behind them. Costs `rows * features^2 / 2` multiplications.
    public func upload(_ table: SurvivalTable, at point: [Double]) throws(LearningFailure) -> Upload {
        let schema = schema(at: point)
        let sums = try sums(table, at: point)
        let cap = Double(maximumRows)
        return try Upload(
            schema: schema,
            values: ([sums.rows, sums.failures, sums.loss] + sums.slope + sums.curvature).map { $0 / cap })
    }

    /// Sums over rows, without the scale's own term, which the count of failures gives.
    struct Sums {
        var rows: Double
        var failures: Double
        var loss: Double
        var slope: [Double]
        var curvature: [Double]
    }

    func sums(_ table: SurvivalTable, at point: [Double]) throws(LearningFailure) -> Sums {
        let (features, size) = (self.features, self.features + 2)
        guard table.rows <= maximumRows else {
            throw .exampleCountOutOfRange(found: table.rows, maximum: maximumRows)
        }
        let scaled = try scaled(table)
        var sums = Sums(
            rows: Double(table.rows), failures: Double(table.failures), loss: 0,
            slope: [Double](repeating: 0, count: size),
            curvature: [Double](repeating: 0, count: size * (size + 1) / 2))
        // the residual's derivatives by slopes, intercept and inverse scale
        var by = [Double](repeating: -1, count: size)
        for row in 0..<table.rows {
            var residual = point[features + 1] * scaled.times[row] - point[features]
            for j in 0..<features {
                let u = scaled.features[row * features + j]
                residual -= point[j] * u
                by[j] = -u
            }
            by[features + 1] = scaled.times[row]
            let terms = distribution.terms(residual: residual, failed: table.failed[row])
            sums.loss += terms.loss
            var place = 0
            for i in 0..<size {
                sums.slope[i] += terms.slope * by[i]
                let left = terms.curvature * by[i]
                for j in i..<size {
                    sums.curvature[place] += left * by[j]
                    place += 1
                }
            }
        }
        return sums
    }

    /// Features and log times in scaled units.
    func scaled(_ table: SurvivalTable) throws(LearningFailure) -> (features: [Double], times: [Double]) {
        guard table.width == features else { throw .dimensionMismatch(expected: features, found: table.width) }
        var inputs = table.features
        for place in inputs.indices {
            let bound = featureBounds[place % features]
            guard inputs[place].magnitude <= bound else { throw .valueOutOfBound(index: place) }
            inputs[place] /= bound
        }
        var times = table.logTimes
        for (row, time) in table.logTimes.enumerated() {
            guard time >= logTimes.lower, time <= logTimes.upper else {
                throw .valueOutOfBound(index: inputs.count + row)
            }
            times[row] = (time - logTimes.centre) / logTimes.halfWidth
        }
        return (inputs, times)
    }

    /// The model that a point in scaled units stands for.
    func model(at point: [Double]) -> AcceleratedFailureModel {
        check(point)
        let unit = logTimes.halfWidth / point[features + 1]
        return AcceleratedFailureModel(
            distribution: distribution, intercept: logTimes.centre + unit * point[features],
            slopes: zip(point, featureBounds).map { unit * $0 / $1 }, scale: unit)
    }

    private func check(_ point: [Double]) {
        precondition(point.count == features + 2 && point.allSatisfy(\.isFinite), "a point of another size")
        precondition(point[features + 1] > 0, "an inverse scale must be positive")
    }
}
