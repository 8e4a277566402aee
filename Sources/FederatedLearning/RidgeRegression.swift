/// A linear regression with intercept and a penalty on the squared coefficients (not on the intercept).
///
/// It minimises `sum (y - x'b - b0)^2 + lambda |b|^2`.
/// Source: federated-ridge section 2
public struct RidgeRegression: Sendable, Equatable {
    /// One a feature, in the features' and the target's own units.
    public let coefficients: [Double]
    /// What is predicted where all features are zero.
    public let intercept: Double
    /// Training rows, rounded to an integer.
    public let rows: Int
    /// The sum of squared residuals over the training rows, from the same sums; not negative.
    public let residualSumOfSquares: Double

    /// The root of the mean squared residual over the training rows.
    public var trainingError: Double { (residualSumOfSquares / Double(rows)).squareRoot() }

    /// The fit over a whole cohort, from its sum.
    ///
    /// Throws `schemaMismatch`, `noExamples`, or `notPositiveDefinite` (features that depend on each other, with too
    /// small a `lambda`). `lambda` must be finite and not negative. Costs `features^3 / 6` multiplications.
    public static func solve(
        from sum: AggregateSum, statistics: RidgeStatistics, lambda: Double
    ) throws(LearningFailure) -> RidgeRegression {
        try RidgeRegression(RidgeSums(statistics, sum: sum), statistics, lambda: lambda)
    }

    /// The fit on rows at hand: the pooled reference that a federated fit must equal.
    ///
    /// Throws `dimensionMismatch`, `nonFinite` (with the place in the table, targets after features), `noExamples` or
    /// `notPositiveDefinite`.
    public static func fit(
        features table: [Double], targets: [Double], lambda: Double
    ) throws(LearningFailure) -> RidgeRegression {
        guard !targets.isEmpty else { throw .noExamples }
        let count = table.count / targets.count
        guard count >= 1, table.count == count * targets.count else {
            throw .dimensionMismatch(expected: max(count, 1) * targets.count, found: table.count)
        }
        if let index = table.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        if let index = targets.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: table.count + index) }
        var bounds = [Double](repeating: 0, count: count)
        for (place, value) in table.enumerated() { bounds[place % count] = max(bounds[place % count], value.magnitude) }
        let largest = targets.reduce(0) { max($0, $1.magnitude) }
        let statistics = RidgeStatistics(
            featureBounds: bounds.map { $0 > 0 ? $0 : 1 }, targetBound: largest > 0 ? largest : 1,
            maximumRows: targets.count)
        return try RidgeRegression(
            RidgeSums(statistics, features: table, targets: targets), statistics, lambda: lambda)
    }

    /// The prediction for one row of features; its length must be the number of coefficients.
    public func predict(_ row: some Collection<Double>) -> Double {
        precondition(row.count == coefficients.count, "a row of another length")
        return zip(row, coefficients).reduce(intercept) { $0 + $1.0 * $1.1 }
    }

    /// Solves in the scaled units of the sums (feature j by its bound), where the penalty of a coefficient is
    /// `lambda / bound^2`, then scales back.
    private init(_ sums: RidgeSums, _ statistics: RidgeStatistics, lambda: Double) throws(LearningFailure) {
        precondition(lambda >= 0 && lambda.isFinite, "a penalty must be finite and not negative")
        let width = statistics.features + 1
        var gram = SymmetricMatrix(upperTriangle: sums.gram, size: width)
        let rows = gram[width - 1, width - 1].rounded()
        guard rows >= 1 else { throw .noExamples }
        for (index, bound) in statistics.featureBounds.enumerated() {
            gram[index, index] += lambda / (bound * bound)
        }
        let solution = try gram.solve(sums.moments)
        var residual = sums.energy
        for i in 0..<width {
            var line = 0.0
            for j in 0..<width { line += gram[i, j] * solution[j] }
            if i < width - 1 {
                let bound = statistics.featureBounds[i]
                line -= lambda / (bound * bound) * solution[i]
            }
            residual += solution[i] * (line - 2 * sums.moments[i])
        }
        let scale = statistics.targetBound
        self.coefficients = zip(solution, statistics.featureBounds).map { $0 * scale / $1 }
        self.intercept = solution[width - 1] * scale
        self.rows = Int(rows)
        self.residualSumOfSquares = max(0, residual) * scale * scale
    }
}
