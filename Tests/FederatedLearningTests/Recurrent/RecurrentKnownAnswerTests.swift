import FederatedLearning
import Testing

@Suite struct RecurrentKnownAnswerTests {
    let network = AttentionLSTM(
        features: 3, steps: 6, hidden: 8, attention: 4,
        heads: [
            .init(name: "life", width: 1, loss: .meanSquaredError),
            .init(name: "fails", width: 1, loss: .binaryCrossEntropy(positiveWeight: 3), weight: 0.5),
        ])

    @Test func modelMatchesAutograd() throws {
        let count = network.layout.parameterCount
        let parameters = try ParameterVector(
            values: floats(sample(count, 31).map { 1.5 * $0 }), layout: network.layout)
        var targets: [Double] = []
        for (life, failing) in zip(sample(11, 33), sample(11, 34)) { targets += [life, failing > 0 ? 1 : 0] }
        let table = try ExampleTable(
            inputs: floats(sample(11 * 18, 32).map { 2 * $0 }), inputWidth: 18, targets: floats(targets), targetWidth: 2
        )
        let (loss, gradient) = try network.lossAndGradient(parameters, on: table)
        #expect((loss - RecurrentKnownAnswers.loss[0]).magnitude < 2e-6)
        #expect(distance(doubles(gradient), RecurrentKnownAnswers.gradient) < 2e-6)
        #expect(try (network.loss(parameters, on: table) - RecurrentKnownAnswers.loss[0]).magnitude < 2e-6)
        let weights = try network.attentionWeights(parameters, on: table)
        #expect(distance(doubles(Array(weights[12..<18])), RecurrentKnownAnswers.weights) < 2e-6)
        #expect(distance(doubles(try network.predict(parameters, on: table)[0]), RecurrentKnownAnswers.life) < 2e-6)
    }

    @Test func misfitsAreRefused() throws {
        let parameters = ParameterVector(zeros: network.layout)
        let narrow = try ExampleTable(inputs: [1, 2], inputWidth: 2, targets: [0, 0], targetWidth: 2)
        let binary = try ExampleTable(
            inputs: [Float](repeating: 0, count: 18), inputWidth: 18, targets: [0, 2], targetWidth: 2)
        let none = try ExampleTable(inputs: [], inputWidth: 18, targets: [], targetWidth: 2)
        let other = ParameterVector(zeros: ParameterLayout([("w", [3])]))
        #expect(throws: LearningFailure.dimensionMismatch(expected: 18, found: 2)) {
            try network.predict(parameters, on: narrow)
        }
        #expect(throws: LearningFailure.valueOutOfBound(index: 1)) { try network.loss(parameters, on: binary) }
        #expect(throws: LearningFailure.noExamples) { try network.lossAndGradient(parameters, on: none) }
        #expect(throws: LearningFailure.noExamples) { try NetworkTrainer(network: .lstm(network), training: none) }
        #expect(throws: LearningFailure.layoutMismatch) { try network.predict(other, on: none) }
        var trainer = try NetworkTrainer(
            network: .lstm(network),
            training: ExampleTable(
                inputs: [Float](repeating: 0, count: 18), inputWidth: 18, targets: [0, 1], targetWidth: 2))
        let plan = RoundPlan(round: 0, localEpochs: 1, batchSize: 1, learningRate: 0.1, seed: 0)
        #expect(throws: LearningFailure.layoutMismatch) { try trainer.train(from: other, plan: plan) }
        var empty = plan
        empty.batchSize = 0
        #expect(throws: LearningFailure.invalidPlan) { try trainer.train(from: parameters, plan: empty) }
        var wild = parameters
        for index in wild.values.indices { wild.values[index] = .infinity }
        #expect(throws: LearningFailure.diverged(step: 0)) { try trainer.train(from: wild, plan: plan) }
    }
}
