import FederatedLearning
import Testing

@Suite struct RidgePropertyTests {
    let features: [Double]
    let targets: [Double]
    let statistics = RidgeStatistics(featureBounds: [1, 16, 0.1, 4], targetBound: 20, maximumRows: 50)

    init() {
        let scale = [1, 20, 0.1, 3]
        let shift: [Double] = [0, 5, 0, -2]
        let slope = [1.5, -0.25, 7, 0.5]
        let raw = sample(240, 7)
        let features: [Double] = raw.indices.map { raw[$0] * scale[$0 % 4] + shift[$0 % 4] }
        let noise = sample(60, 8)
        self.features = features
        self.targets = (0..<60).map { row -> Double in
            var target = 3 + noise[row]
            for j in 0..<4 { target += features[row * 4 + j] * slope[j] }
            return target
        }
    }

    func uploads() throws -> [Upload] {
        try [0..<7, 7..<30, 30..<31, 31..<60].map { part in
            try statistics.upload(
                features: Array(features[(part.lowerBound * 4)..<(part.upperBound * 4)]), targets: Array(targets[part]))
        }
    }

    func numbers(_ model: RidgeRegression) -> [Double] {
        model.coefficients + [model.intercept, model.residualSumOfSquares]
    }

    @Test func pooledFitMatchesLeastSquares() throws {
        let model = try RidgeRegression.fit(features: features, targets: targets, lambda: 0.7)
        #expect(distance(numbers(model), KnownAnswers.ridge) < 1e-9)
        #expect(model.rows == 60)
        #expect((model.trainingError - (KnownAnswers.ridge[5] / 60).squareRoot()).magnitude < 1e-9)
    }

    @Test func theSumGivesThePooledFit() throws {
        let sum = clearSum(try uploads())
        let model = try RidgeRegression.solve(from: sum, statistics: statistics, lambda: 0.7)
        #expect(distance(numbers(model), KnownAnswers.ridge) < 1e-9)
        #expect(model.rows == 60)
        let row = Array(features.prefix(4))
        let expected = zip(row, KnownAnswers.ridge).reduce(KnownAnswers.ridge[4]) { $0 + $1.0 * $1.1 }
        #expect((model.predict(row) - expected).magnitude < 1e-9)
    }

    @Test func fixedPointOfFortyBitsKeepsNineDigits() throws {
        let sum = clearSum(try uploads(), step: 0x1p-40)
        let model = try RidgeRegression.solve(from: sum, statistics: statistics, lambda: 0.7)
        #expect(distance(numbers(model), KnownAnswers.ridge) < 1e-9)
    }

    /// Two features that differ by some 1e-4 of their size: their Gram matrix has a condition of some 1e8, so that
    /// rounding at 2^-40 alone would move the fit in the third digit.
    @Test func nearlyDependentFeaturesKeepSixDigitsThroughFixedPoint() throws {
        let jitter = sample(240, 9)
        let close = features.indices.map { place in
            place % 4 == 2 ? (features[place - 2] + 1e-4 * jitter[place]) / 16 : features[place]
        }
        let upload = try statistics.upload(features: Array(close.prefix(200)), targets: Array(targets.prefix(50)))
        let sum = clearSum([upload], step: 0x1p-40)
        let found = try RidgeRegression.solve(from: sum, statistics: statistics, lambda: 0)
        let pooled = try RidgeRegression.fit(
            features: Array(close.prefix(200)), targets: Array(targets.prefix(50)), lambda: 0)
        for (coefficient, wanted) in zip(found.coefficients, pooled.coefficients) {
            #expect((coefficient - wanted).magnitude < 1e-6 * wanted.magnitude)
        }
    }

    @Test func theOrderOfCompaniesDoesNotMatter() throws {
        let forward = try RidgeRegression.solve(from: clearSum(uploads()), statistics: statistics, lambda: 0.1)
        let backward = try RidgeRegression.solve(
            from: clearSum(uploads().reversed()), statistics: statistics, lambda: 0.1)
        #expect(distance(numbers(forward), numbers(backward)) < 1e-10)
    }

    @Test func everyUploadedNumberIsWithinItsBound() throws {
        #expect(statistics.schema.dimension == 2 * (15 + 5 + 1))
        let wide = RidgeStatistics(features: 56, featureBound: 8, targetBound: 1, maximumRows: 10)
        #expect(wide.schema.dimension == 2 * 1711)
        #expect(try uploads().allSatisfy { $0.values.allSatisfy { $0.magnitude <= 1 } })
        let edge = RidgeStatistics(features: 1, featureBound: 8, targetBound: 2, maximumRows: 2)
        #expect(
            try edge.upload(features: [8, 8], targets: [-2, -2]).values == [1, 1, 1, 0, 0, 0, -1, -1, 0, 0, 1, 0])
    }

    @Test func dependentFeaturesAreAFailureUnlessPenalised() throws {
        let twice = features.indices.map { $0 % 4 == 2 ? features[$0 - 2] : features[$0] }
        #expect(throws: LearningFailure.notPositiveDefinite(pivot: 2)) {
            try RidgeRegression.fit(features: twice, targets: targets, lambda: 0)
        }
        let model = try RidgeRegression.fit(features: twice, targets: targets, lambda: 0.5)
        #expect((model.coefficients[0] - model.coefficients[2]).magnitude < 1e-9)
        #expect(throws: LearningFailure.notPositiveDefinite(pivot: 0)) {
            try RidgeRegression.fit(features: [0, 0, 0], targets: [1, 2, 3], lambda: 0)
        }
    }
}
