import Testing

@testable import FederatedLearning

@Suite struct MetricsKnownAnswerTests {
    let scores = sample(40, 11).map { ($0 * 10).rounded(.toNearestOrEven) / 10 }
    let labels = sample(40, 12).map { $0 > 0.2 }

    @Test func averagePrecisionMatchesNumPy() throws {
        let area = try RankingMetrics.averagePrecision(scores: scores, labels: labels)
        #expect((area - KnownAnswers.averagePrecision[0]).magnitude < 1e-12)
        #expect(try RankingMetrics.averagePrecision(scores: [3, 2, 1], labels: [true, true, false]) == 1)
        let tied = try RankingMetrics.averagePrecision(scores: [1, 1, 1, 1], labels: [true, false, false, false])
        #expect(tied == 0.25)
        // By hand: 1/2 * 1 + 1/2 * 2/3.
        let three = try RankingMetrics.averagePrecision(scores: [9, 8, 7], labels: [true, false, true])
        #expect((three - 5.0 / 6).magnitude < 1e-12)
    }

    @Test func averagePrecisionForgetsTheOrder() throws {
        let area = try RankingMetrics.averagePrecision(scores: scores.reversed(), labels: labels.reversed())
        #expect((area - KnownAnswers.averagePrecision[0]).magnitude < 1e-12)
    }

    @Test func thresholdAndRecallMatchNumPy() throws {
        let cut = try RankingMetrics.threshold(scores: scores, labels: labels, falseAlarms: 0.1)
        let recall = try RankingMetrics.recall(scores: scores, labels: labels, falseAlarms: 0.1)
        #expect(distance([cut, recall], KnownAnswers.recallAtTenPercent) < 1e-12)
        let counts = try ConfusionCounts(scores: scores, labels: labels, threshold: cut)
        #expect((counts.falseAlarmRate ?? 1) <= 0.1)
        #expect(counts.recall == recall)
    }

    @Test func quantilesMatchNumPy() throws {
        let found = try [0, 0.05, 0.31, 0.5, 0.95, 1].map { try Quantile.linear(sample(17, 13), at: $0) }
        #expect(distance(found, KnownAnswers.quantiles) < 1e-12)
        #expect(try Quantile.linear([4], at: 0.3) == 4)
    }

    @Test func regressionMeasuresMatchNumPy() throws {
        let predicted = sample(12, 14).map { 100 * $0 }
        let actual = sample(12, 15).map { 100 * $0 }
        let error = try RegressionMetrics.rootMeanSquaredError(predicted: predicted, actual: actual)
        let score = try RegressionMetrics.turbofanScore(predicted: predicted, actual: actual)
        #expect((error - KnownAnswers.regression[0]).magnitude < 1e-10)
        #expect((score - KnownAnswers.regression[1]).magnitude < 1e-8)
        #expect(try RegressionMetrics.turbofanScore(predicted: [], actual: []) == 0)
    }

    @Test func countsAreThoseByHand() throws {
        let counts = try ConfusionCounts(
            scores: [0.9, 0.8, 0.5, 0.2, 0.1], labels: [true, false, true, true, false], threshold: 0.5)
        let expected = ConfusionCounts(truePositives: 1, falsePositives: 1, trueNegatives: 1, falseNegatives: 2)
        #expect(counts == expected)
        #expect(counts.recall == 1.0 / 3)
        #expect(counts.falseAlarmRate == 0.5)
        #expect(counts.precision == 0.5)
        #expect(counts.accuracy == 0.4)
        let none = try ConfusionCounts(scores: [], labels: [], threshold: 0)
        #expect(none.recall == nil && none.accuracy == nil && none.precision == nil && none.falseAlarmRate == nil)
    }

    @Test func matrixCountsTrueByPredicted() throws {
        let matrix = try ConfusionMatrix(predicted: [0, 1, 1, 2, 0], actual: [0, 1, 0, 2, 2], classes: 4)
        #expect(matrix[actual: 0, predicted: 1] == 1)
        #expect(matrix[actual: 2, predicted: 0] == 1)
        #expect(matrix[actual: 1, predicted: 0] == 0)
        #expect(matrix.accuracy == 0.6)
        #expect(matrix.recall(of: 2) == 0.5)
        #expect(matrix.recall(of: 3) == nil)
    }

    /// `numpy.quantile(v, q, method="weibull")`, NumPy 2.
    @Test func predictiveQuantilesAreThoseOfNumPy() throws {
        let values = [0.3, 1.7, -2.0, 5.5, 0.1, 0.9, 4.2, 3.3, 2.6, -0.4, 7.1]
        let answers = [(0.0, -2.0), (0.05, -2.0), (0.5, 1.7), (0.8, 4.98), (0.9, 6.78), (0.95, 7.1), (1.0, 7.1)]
        for (share, answer) in answers {
            #expect((try Quantile.predictive(values, at: share) - answer).magnitude < 1e-12)
        }
        #expect(throws: LearningFailure.noExamples) { try Quantile.predictive([], at: 0.5) }
        // positives count for nothing: the same negatives, the same threshold
        let labels = values.map { _ in false } + [true, true]
        let threshold = try RankingMetrics.predictiveThreshold(
            scores: values + [50, -50], labels: labels, falseAlarms: 0.2)
        #expect((threshold - 4.98).magnitude < 1e-12)
    }

    @Test func refusalsSpeakInWords() {
        let texts: [String] = [
            "\(LearningFailure.cohortOutOfRange(found: 2, allowed: 3...9))",
            "\(GateRefusal.tooManyLeft(counted: 9, summed: 4))",
            "\(RobustnessRefusal.tooFewGroups(found: 5, needed: 7))",
            "\(ContributionRefusal.tooFewRounds(found: 1, needed: 4))",
            "\(CohortFailure.notReady(waiting: 1, needed: 3))",
        ]
        #expect(
            texts == [
                "2 participants; 3 to 9 are allowed",
                "9 were counted and 4 are in the sum: more have left than the gate allows for",
                "5 groups; against so many attackers the rule needs 7", "1 group values were seen and 4 are needed",
                "1 have finished and a cohort needs 3",
            ])
    }

    @Test func metricsRideBehindAStrategysBlocks() throws {
        let base = UploadSchema([.init(name: "update", count: 2, bound: 1)])
        let block = MetricBlock(
            [WeightedMetric(name: "loss", bound: 4), WeightedMetric(name: "error", bound: 10)], maximumExamples: 100)
        let uploads = try [
            (values: [0.5, -0.5], loss: 1.0, error: 8.0, examples: 30),
            (values: [0.25, 1], loss: 9, error: 2, examples: 10),
            (values: [0, 0], loss: 2, error: -12, examples: 0),
        ].map { one in
            try block.upload(
                Upload(schema: base, values: one.values),
                [.init(value: one.loss, examples: one.examples), .init(value: one.error, examples: one.examples)])
        }
        let sum = clearSum(uploads)
        let means = try block.means(from: sum, schema: base)
        // 9 counts as its bound, 4
        #expect(distance(means.compactMap(\.value), [70.0 / 40, 260.0 / 40]) < 1e-12)
        #expect(distance(means.map(\.examples), [40, 40]) < 1e-9)
        #expect(try block.base(of: sum, schema: base).values == [0.75, 0.5])
        let other = UploadSchema([.init(name: "update", count: 3, bound: 1)])
        #expect(throws: LearningFailure.schemaMismatch) { try block.means(from: sum, schema: other) }
        #expect(throws: LearningFailure.schemaMismatch) { try block.base(of: sum, schema: other) }
        let own = try Upload(schema: base, values: [0, 0])
        #expect(throws: LearningFailure.dimensionMismatch(expected: 2, found: 1)) {
            try block.upload(own, [.init(value: 1, examples: 1)])
        }
        #expect(throws: LearningFailure.nonFinite(index: 4)) {
            try block.upload(own, [.init(value: 1, examples: 1), .init(value: .nan, examples: 1)])
        }
        #expect(throws: LearningFailure.exampleCountOutOfRange(found: 101, maximum: 100)) {
            try block.upload(own, [.init(value: 1, examples: 101), .init(value: 1, examples: 1)])
        }
        #expect(MetricBlock([], maximumExamples: 1).block == nil)
    }
}
