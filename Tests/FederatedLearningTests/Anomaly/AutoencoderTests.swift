import Foundation
import Testing

@testable import FederatedLearning

@Suite struct AutoencoderTests {
    /// Rows on a bent plane in eight dimensions, with a little noise; anomalies leave it by one coordinate.
    static func rows(_ count: Int, anomalous: Bool, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).flatMap { _ in
            let (a, b) = (generator.gaussian(), generator.gaussian())
            var row = [a, b, a + b, a - b, 0.5 * a, max(a, 0), 0.7 * b - 0.3 * a, max(b, 0)]
            for index in row.indices { row[index] += 0.05 * generator.gaussian() }
            if anomalous { row[generator.index(below: 8)] += generator.uniform() < 0.5 ? 1.2 : -1.2 }
            return row.map { Float($0) }
        }
    }

    @Test func anomaliesAreFoundWithinTheBudget() throws {
        var generator = SeededGenerator(seed: 17)
        let model = Autoencoder(inputs: 8, encoder: [12], code: 2)
        #expect(model.network.hidden == [12, 2, 12])
        let healthy = try model.examples(Self.rows(1200, anomalous: false, &generator))
        let quiet = try model.examples(Self.rows(400, anomalous: false, &generator))
        let fresh = try model.examples(Self.rows(1000, anomalous: false, &generator))
        let broken = try model.examples(Self.rows(1000, anomalous: true, &generator))
        var trainer = try NetworkTrainer(network: model.network, training: healthy, validation: quiet)
        let start = model.initialParameters(from: &generator)
        let update = try trainer.train(
            from: start, plan: RoundPlan(round: 0, localEpochs: 60, batchSize: 32, learningRate: 4e-3, seed: 2))
        let trained = try ParameterVector(values: zip(start.values, update.delta).map(+), layout: model.layout)
        let threshold = try RankingMetrics.conformalThreshold(
            quiet: model.scores(trained, on: quiet), falseAlarms: 0.05)
        let alarms = try model.scores(trained, on: fresh).count { $0 > threshold }
        let caught = try model.scores(trained, on: broken).count { $0 > threshold }
        #expect((20...90).contains(alarms))
        #expect(caught > 850)
        // an untrained model cannot tell them apart
        let blind = try RankingMetrics.conformalThreshold(quiet: model.scores(start, on: quiet), falseAlarms: 0.05)
        #expect(try model.scores(start, on: broken).count { $0 > blind } < 500)
    }

    @Test func theScoreIsTheMeanSquare() throws {
        let model = Autoencoder(inputs: 3, encoder: [], code: 1)
        // nothing in, the bias out
        var parameters = ParameterVector(zeros: model.layout)
        let bias = try #require(model.layout.range(of: "head.rebuilt.bias"))
        for (index, value) in zip(bias, [1, 2, 3] as [Float]) { parameters.values[index] = value }
        let table = try model.examples([1, 2, 3, 0, 2, 5])
        #expect(try model.scores(parameters, on: table) == [0, 5.0 / 3])
    }

    @Test func misfitsAreRefused() throws {
        let model = Autoencoder(inputs: 3, encoder: [], code: 1)
        #expect(throws: LearningFailure.dimensionMismatch(expected: 3, found: 4)) { try model.examples([1, 2, 3, 4]) }
        let parameters = ParameterVector(zeros: model.layout)
        let narrow = try ExampleTable(inputs: [1, 2], inputWidth: 2)
        #expect(throws: LearningFailure.dimensionMismatch(expected: 3, found: 2)) {
            try model.scores(parameters, on: narrow)
        }
        #expect(throws: LearningFailure.noExamples) {
            try RankingMetrics.conformalThreshold(quiet: [1, 2, 3], falseAlarms: 0.05)
        }
        #expect(throws: LearningFailure.noExamples) {
            try RankingMetrics.conformalThreshold(quiet: [], falseAlarms: 0.5)
        }
        #expect(throws: LearningFailure.nonFinite(index: 1)) {
            try RankingMetrics.conformalThreshold(quiet: [1, .nan, 3], falseAlarms: 0.4)
        }
    }

    /// By its definition: a new score drawn with the others passes the threshold with probability at most the budget.
    @Test(arguments: [(19, 0.05), (99, 0.1), (30, 0.2), (7, 0.5)])
    func theBudgetHoldsForEveryRank(_ count: Int, _ budget: Double) throws {
        // the new score takes each rank alike; an alarm is a rank above the threshold's
        let threshold = try RankingMetrics.conformalThreshold(
            quiet: (1...count).reversed().map { Double($0) }, falseAlarms: budget)
        let alarms = (0...count).count { Double($0) + 0.5 > threshold }
        #expect(Double(alarms) / Double(count + 1) <= budget + 1e-12)
        #expect(Double(alarms + 1) / Double(count + 1) > budget)
    }
}
