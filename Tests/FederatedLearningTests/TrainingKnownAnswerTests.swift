import FederatedLearning
import Testing

@Suite struct TrainingKnownAnswerTests {
    @Test func splitMixMatchesPythonIntegers() {
        var generator = SeededGenerator(seed: 1_234_567)
        #expect((0..<5).map { _ in generator.next() } == KnownAnswers.splitMix)
    }

    @Test func adamMatchesNumPy() {
        var adam = Adam()
        var w = floats(sample(8, 1))
        for step in 0..<5 {
            adam.step(&w, gradient: floats(sample(8, 10 + step)), learningRate: 0.01)
            #expect(distance(doubles(w), Array(KnownAnswers.adam[(8 * step)..<(8 * step + 8)])) < 1e-6)
        }
        #expect(adam.steps == 5)
    }

    @Test func momentumIsTheRunningSum() {
        var sgd = SGD(momentum: 0.5)
        var w: [Float] = [1, 2]
        sgd.step(&w, gradient: [1, -2], learningRate: 0.5)
        #expect(w == [0.5, 3])
        sgd.step(&w, gradient: [1, 0], learningRate: 0.5)
        #expect(w == [-0.25, 3.5])
        sgd.reset()
        sgd.step(&w, gradient: [1, 0], learningRate: 0.25)
        #expect(w == [-0.5, 3.5])
    }

    @Test func networkMatchesNumPy() throws {
        let (network, parameters, table) = try knownNetwork()
        let (loss, gradient) = try network.lossAndGradient(parameters, on: table)
        #expect((loss - KnownAnswers.networkLoss[0]).magnitude < 1e-6)
        #expect(distance(doubles(gradient), KnownAnswers.networkGradient) < 1e-6)
    }

    @Test func localTrainingMatchesNumPy() throws {
        let (network, parameters, table) = try knownNetwork()
        var trainer = try NetworkTrainer(network: network, training: table, validation: table)
        // A batch of all rows: the order of examples cannot matter.
        let plan = RoundPlan(round: 0, localEpochs: 10, batchSize: 23, learningRate: 0.01, seed: 5)
        let update = try trainer.train(from: parameters, plan: plan)
        #expect(distance(doubles(update.delta), KnownAnswers.networkDelta) < 2e-5)
        #expect((update.trainingLoss - KnownAnswers.networkLastLoss[0]).magnitude < 1e-5)
        #expect(update.steps == 10)
        #expect(update.exampleCount == 23)
        let validation = try trainer.validationLoss(of: parameters)
        #expect(validation.examples == 23)
        #expect((validation.loss / 23 - KnownAnswers.networkLoss[0]).magnitude < 1e-6)
    }
}
