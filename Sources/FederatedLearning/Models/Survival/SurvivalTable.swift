#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Rows of features with a time each: of a failure, or the last time at which the row had not failed (right censoring).
public struct SurvivalTable: Sendable, Equatable {
    /// Features a row, at least 1.
    public let width: Int
    /// Row-major, `rows * width` numbers.
    public let features: [Double]
    /// Natural logarithms of the times.
    public let logTimes: [Double]
    /// Whether the time is that of a failure.
    public let failed: [Bool]

    /// How many rows.
    public var rows: Int { logTimes.count }
    /// How many rows are failures.
    public var failures: Int { failed.reduce(0) { $0 + ($1 ? 1 : 0) } }

    /// Throws `dimensionMismatch`, `nonFinite` (the place in the features, then in the times behind them) or
    /// `valueOutOfBound` for a time that is not above zero; `width` must be at least 1.
    public init(
        features: [Double], width: Int, times: [Double], failed: [Bool]
    ) throws(LearningFailure) {
        precondition(width >= 1, "a width below 1")
        guard features.count == times.count * width else {
            throw .dimensionMismatch(expected: times.count * width, found: features.count)
        }
        guard failed.count == times.count else {
            throw .dimensionMismatch(expected: times.count, found: failed.count)
        }
        if let index = features.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        if let index = times.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: features.count + index) }
        if let index = times.firstIndex(where: { $0 <= 0 }) { throw .valueOutOfBound(index: features.count + index) }
        self.width = width
        self.features = features
        self.logTimes = times.map { log($0) }
        self.failed = failed
    }

    /// The rows of several tables of one width, in order; throws `dimensionMismatch` or, without a table, `noExamples`.
    public static func joining(_ parts: [SurvivalTable]) throws(LearningFailure) -> SurvivalTable {
        guard let first = parts.first else { throw .noExamples }
        if let other = parts.first(where: { $0.width != first.width }) {
            throw .dimensionMismatch(expected: first.width, found: other.width)
        }
        return SurvivalTable(
            width: first.width, features: parts.flatMap(\.features), logTimes: parts.flatMap(\.logTimes),
            failed: parts.flatMap(\.failed))
    }

    private init(width: Int, features: [Double], logTimes: [Double], failed: [Bool]) {
        self.width = width
        self.features = features
        self.logTimes = logTimes
        self.failed = failed
    }
}
