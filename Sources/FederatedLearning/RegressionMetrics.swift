#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Measures of how far predicted numbers lie from the true ones.
public enum RegressionMetrics {
    /// The root of the mean squared error; throws `dimensionMismatch` or `noExamples`.
    public static func rootMeanSquaredError(
        predicted: [Double], actual: [Double]
    ) throws(LearningFailure) -> Double {
        guard predicted.count == actual.count else {
            throw .dimensionMismatch(expected: actual.count, found: predicted.count)
        }
        guard !actual.isEmpty else { throw .noExamples }
        let sum = zip(predicted, actual).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (sum / Double(actual.count)).squareRoot()
    }

    /// The turbofan challenge's score, which punishes late predictions harder: the sum of `exp(-d / 13) - 1` for d < 0
    /// and `exp(d / 10) - 1` otherwise, d = predicted - actual remaining cycles; throws `dimensionMismatch`.
    public static func turbofanScore(predicted: [Double], actual: [Double]) throws(LearningFailure) -> Double {
        guard predicted.count == actual.count else {
            throw .dimensionMismatch(expected: actual.count, found: predicted.count)
        }
        return zip(predicted, actual).reduce(0) { sum, pair in
            let d = pair.0 - pair.1
            return sum + (d < 0 ? exp(-d / 13) : exp(d / 10)) - 1
        }
    }
}
