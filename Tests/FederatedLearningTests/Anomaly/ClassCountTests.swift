import FederatedLearning
import Testing

@Suite struct ClassCountTests {
    let counts = ClassCounts(classes: 4, maximumRows: 100)

    @Test func theSumIsTheCohortsCounts() throws {
        let uploads = try [[0, 0, 0, 2], [2, 2, 0], [], [0]].map { try counts.upload($0) }
        #expect(try counts.counts(from: clearSum(uploads)) == [5, 0, 3, 0])
        #expect(try counts.counts(from: clearSum(uploads, step: 0x1p-16)) == [5, 0, 3, 0])
    }

    @Test func weightsBalanceAndAverageToOne() {
        let found = ClassCounts.balancingWeights([60, 30, 10, 0], limit: 100)
        for (weight, count) in zip(found, [60, 30, 10]) {
            #expect((weight * Double(count) - 100.0 / 3).magnitude < 1e-9)
        }
        #expect(found[3] == 0)
        let limited = ClassCounts.balancingWeights([990, 10], limit: 5)
        #expect((limited[1] / limited[0] - 5 / (1000.0 / 1980)).magnitude < 1e-9)
        #expect(((limited[0] * 990 + limited[1] * 10) / 1000 - 1).magnitude < 1e-12)
        #expect(ClassCounts.positiveWeight(positives: 10, negatives: 90, limit: 100) == 9)
        #expect(ClassCounts.positiveWeight(positives: 1, negatives: 90, limit: 20) == 20)
        #expect(ClassCounts.positiveWeight(positives: 0, negatives: 90, limit: 20) == 1)
    }

    @Test func misfitsAreRefused() throws {
        #expect(throws: LearningFailure.labelOutOfRange(row: 1, classes: 4)) { try counts.upload([0, 4]) }
        #expect(throws: LearningFailure.labelOutOfRange(row: 0, classes: 4)) { try counts.upload([-1]) }
        #expect(throws: LearningFailure.exampleCountOutOfRange(found: 101, maximum: 100)) {
            try counts.upload([Int](repeating: 0, count: 101))
        }
        let other = ClassCounts(classes: 3, maximumRows: 100)
        let foreign = clearSum([try other.upload([0])])
        #expect(throws: LearningFailure.schemaMismatch) { try counts.counts(from: foreign) }
        let nothing = clearSum([try counts.upload([])])
        #expect(throws: LearningFailure.noExamples) { try counts.counts(from: nothing) }
    }

    /// A rare class that overlaps a frequent one: unweighted training never says it, weighted training does.
    @Test func weightsBringTheRareClassBack() throws {
        var generator = SeededGenerator(seed: 8)
        var inputs: [Float] = []
        var labels: [Int] = []
        for row in 0..<1000 {
            let label = row % 20 == 0 ? 1 : 0
            inputs.append(Float(generator.gaussian() + 1.5 * Double(label)))
            labels.append(label)
        }
        let table = try ExampleTable(
            inputs: inputs, inputWidth: 1, targets: labels.map { Float($0) }, targetWidth: 1)
        func recall(_ loss: HeadLoss) throws -> Double {
            let network = MLP(inputs: 1, hidden: [], heads: [.init(name: "kind", width: 2, loss: loss)])
            var trainer = try NetworkTrainer(network: network, training: table)
            let start = ParameterVector(zeros: network.layout)
            let update = try trainer.train(
                from: start, plan: RoundPlan(round: 0, localEpochs: 30, batchSize: 50, learningRate: 0.05, seed: 0))
            let model = try ParameterVector(values: update.delta, layout: network.layout)
            let shares = try network.predict(model, on: table, head: "kind")
            let guesses = labels.indices.map { shares[2 * $0 + 1] > shares[2 * $0] ? 1 : 0 }
            return try #require(ConfusionMatrix(predicted: guesses, actual: labels, classes: 2).recall(of: 1))
        }
        let weights = ClassCounts.balancingWeights([950, 50], limit: 50)
        #expect(try recall(.softmaxCrossEntropy) < 0.35)
        #expect(try recall(.weightedSoftmaxCrossEntropy(classWeights: weights)) > 0.6)
    }
}
