#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Accelerated failure times: log(time) = intercept + x'slopes + scale * residual, the residual of a known law.
/// Source: aft section 1
public struct AcceleratedFailureModel: Sendable, Equatable {
    /// The residual's law.
    public let distribution: SurvivalDistribution
    /// The logarithm of time where all features and the residual are zero.
    public let intercept: Double
    /// One a feature: a step of the feature multiplies the time by e^slope.
    public let slopes: [Double]
    /// The residual's unit, positive.
    public let scale: Double

    /// Joins the parts; the scale must be finite and positive.
    public init(distribution: SurvivalDistribution, intercept: Double, slopes: [Double], scale: Double) {
        precondition(scale > 0 && scale.isFinite, "a scale must be finite and positive")
        self.distribution = distribution
        self.intercept = intercept
        self.slopes = slopes
        self.scale = scale
    }

    /// The logarithm of time at residual zero; the row's length must be that of the slopes.
    public func location(_ row: some Collection<Double>) -> Double {
        precondition(row.count == slopes.count, "a row of another length")
        return zip(row, slopes).reduce(intercept) { $0 + $1.0 * $1.1 }
    }

    /// The time by which a share `fraction` (between 0 and 1) of such machines has failed; 0.5 is the median.
    public func quantile(_ row: some Collection<Double>, at fraction: Double) -> Double {
        exp(location(row) + scale * distribution.quantile(fraction))
    }

    /// A time range that holds a failure with probability `coverage` (between 0 and 1), the tails alike.
    ///
    /// It carries the spread of machines, not the uncertainty of the fitted numbers themselves.
    public func interval(_ row: some Collection<Double>, coverage: Double) -> ClosedRange<Double> {
        precondition(coverage > 0 && coverage < 1, "a coverage out of range")
        let centre = location(row)
        let lower = exp(centre + scale * distribution.quantile((1 - coverage) / 2))
        let upper = exp(centre + scale * distribution.quantile((1 + coverage) / 2))
        return lower...upper
    }

    /// The probability that a machine has not failed at `time`, which must be positive.
    public func survival(_ row: some Collection<Double>, at time: Double) -> Double {
        precondition(time > 0, "a time that is not positive")
        return distribution.survival((log(time) - location(row)) / scale)
    }

    /// The mean negative log-likelihood of log(time) a row; throws `dimensionMismatch` or `noExamples`.
    public func loss(_ table: SurvivalTable) throws(LearningFailure) -> Double {
        guard table.width == slopes.count else { throw .dimensionMismatch(expected: slopes.count, found: table.width) }
        guard table.rows > 0 else { throw .noExamples }
        var sum = 0.0
        for row in 0..<table.rows {
            let x = table.features[(row * table.width)..<((row + 1) * table.width)]
            let residual = (table.logTimes[row] - location(x)) / scale
            sum += distribution.terms(residual: residual, failed: table.failed[row]).loss
            if table.failed[row] { sum += log(scale) }
        }
        return sum / Double(table.rows)
    }
}
