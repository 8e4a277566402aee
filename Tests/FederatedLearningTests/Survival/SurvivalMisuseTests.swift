import FederatedLearning
import Testing

/// One row a refusal.
@Suite struct SurvivalMisuseTests {
    static let statistics = AcceleratedFailureStatistics(
        .weibull, featureBounds: [2], logTimes: PublicRange(lower: 0, upper: 3), maximumRows: 2)
    static let point: [Double] = [0, 0, 1]

    static func table(_ features: [Double], _ times: [Double], _ failed: [Bool]) throws -> SurvivalTable {
        try SurvivalTable(features: features, width: 1, times: times, failed: failed)
    }

    static let rows: [(String, LearningFailure, @Sendable () throws -> Void)] = [
        ("features short", .dimensionMismatch(expected: 2, found: 1), { _ = try table([1], [1, 2], [true, true]) }),
        ("flags short", .dimensionMismatch(expected: 2, found: 1), { _ = try table([1, 1], [1, 2], [true]) }),
        ("NaN feature", .nonFinite(index: 1), { _ = try table([1, .nan], [1, 2], [true, true]) }),
        ("endless time", .nonFinite(index: 3), { _ = try table([1, 1], [1, .infinity], [true, true]) }),
        ("time zero", .valueOutOfBound(index: 2), { _ = try table([1, 1], [0, 2], [true, true]) }),
        ("no row", .noExamples, { _ = try AcceleratedFailureFit.fit(.weibull, table([], [], [])) }),
        (
            "no failure", .noExamples,
            { _ = try AcceleratedFailureFit.fit(.logNormal, table([1, 2], [1, 2], [false, false])) }
        ),
        (
            "feature without spread", .notPositiveDefinite(pivot: 1),
            { _ = try AcceleratedFailureFit.fit(.logNormal, table([1, 1, 1], [1, 2, 3], [true, true, true])) }
        ),
        (
            "too many rows", .exampleCountOutOfRange(found: 3, maximum: 2),
            { _ = try statistics.upload(table([1, 1, 1], [1, 2, 3], [true, true, true]), at: point) }
        ),
        (
            "feature beyond its bound", .valueOutOfBound(index: 1),
            { _ = try statistics.upload(table([1, 3], [1, 2], [true, true]), at: point) }
        ),
        (
            "time beyond its range", .valueOutOfBound(index: 3),
            { _ = try statistics.upload(table([1, 1], [1, 200], [true, true]), at: point) }
        ),
        (
            "another width", .dimensionMismatch(expected: 1, found: 2),
            {
                _ = try statistics.upload(
                    SurvivalTable(features: [1, 1], width: 2, times: [2], failed: [true]), at: point)
            }
        ),
        (
            "sum for another point", .schemaMismatch,
            {
                var fit = AcceleratedFailureFit(statistics)
                let upload = try statistics.upload(table([1], [2], [true]), at: [1, 0, 1])
                try fit.absorb(clearSum([upload]))
            }
        ),
        (
            "cohort without failure", .noExamples,
            {
                var fit = AcceleratedFailureFit(statistics)
                try fit.absorb(clearSum([statistics.upload(table([1], [2], [false]), at: fit.point)]))
            }
        ),
        (
            "loss over another width", .dimensionMismatch(expected: 1, found: 2),
            {
                let model = AcceleratedFailureModel(distribution: .weibull, intercept: 0, slopes: [0], scale: 1)
                _ = try model.loss(SurvivalTable(features: [1, 1], width: 2, times: [2], failed: [true]))
            }
        ),
    ]

    @Test(arguments: rows.indices) func isRefused(_ index: Int) {
        let (name, failure, action) = Self.rows[index]
        #expect(throws: failure, "\(name)", performing: action)
    }
}
