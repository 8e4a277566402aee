import FederatedLearning
import Testing

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
}
