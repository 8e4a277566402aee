import FederatedLearning
import Testing

@Suite struct TrainingPropertyTests {
    let plan = RoundPlan(round: 3, localEpochs: 2, batchSize: 5, learningRate: 0.01, seed: 9)

    @Test func roundsAreRepeatableUnlessTheOptimiserRemembers() throws {
        let (network, parameters, table) = try knownNetwork()
        var fresh = try NetworkTrainer(network: network, training: table)
        let first = try fresh.train(from: parameters, plan: plan)
        #expect(try fresh.train(from: parameters, plan: plan) == first)
        #expect(first.steps == 10)
        var keeping = try NetworkTrainer(network: network, training: table, keepsOptimiserState: true)
        #expect(try keeping.train(from: parameters, plan: plan) == first)
        #expect(try keeping.train(from: parameters, plan: plan) != first)
    }

    @Test func theOrderOfExamplesDependsOnSeedRoundAndParticipant() throws {
        let (network, parameters, table) = try knownNetwork()
        var trainer = try NetworkTrainer(network: network, training: table)
        var other = try NetworkTrainer(network: network, training: table, participant: 1)
        var plans = [plan, plan, plan]
        plans[1].seed = 10
        plans[2].round = 4
        var deltas = try plans.map { try trainer.train(from: parameters, plan: $0).delta }
        deltas.append(try other.train(from: parameters, plan: plan).delta)
        #expect(Set(deltas).count == 4)
    }

    @Test func aFailedRoundLeavesTheOptimiserAlone() throws {
        let (network, parameters, table) = try knownNetwork()
        var trainer = try NetworkTrainer(network: network, training: table, keepsOptimiserState: true)
        var wild = plan
        wild.learningRate = 1e38
        #expect(throws: LearningFailure.self) { try trainer.train(from: parameters, plan: wild) }
        var fresh = try NetworkTrainer(network: network, training: table, keepsOptimiserState: true)
        #expect(try trainer.train(from: parameters, plan: plan) == fresh.train(from: parameters, plan: plan))
    }

    @Test func theProximalTermHoldsTheUpdateBack() throws {
        let (network, parameters, table) = try knownNetwork()
        func norm(_ proximal: Float) throws -> Float {
            var trainer = try NetworkTrainer(
                network: network, training: table, optimiser: .sgd(SGD()), proximal: proximal)
            var long = plan
            long.localEpochs = 20
            return try trainer.train(from: parameters, plan: long).delta.reduce(0) { $0 + $1 * $1 }
        }
        let free = try norm(0)
        #expect(free > 0)
        #expect(try norm(5) < 0.5 * free)
    }

    @Test func softmaxLearnsSeparableClasses() throws {
        var generator = SeededGenerator(seed: 11)
        let centres: [(Double, Double)] = [(2, 0), (-2, 1), (0, -3)]
        var inputs: [Float] = []
        var labels: [Int] = []
        for row in 0..<300 {
            let label = row % 3
            labels.append(label)
            inputs.append(Float(centres[label].0 + 0.4 * generator.gaussian()))
            inputs.append(Float(centres[label].1 + 0.4 * generator.gaussian()))
        }
        let model = SoftmaxRegression(inputs: 2, classes: 3)
        let table = try ExampleTable(
            inputs: inputs, inputWidth: 2, targets: labels.map { Float($0) }, targetWidth: 1)
        var trainer = try NetworkTrainer(network: model.network, training: table)
        var weights = model.initialParameters()
        #expect((try model.lossAndGradient(weights, on: table).loss - 1.0986123).magnitude < 1e-6)
        let plan = RoundPlan(round: 0, localEpochs: 30, batchSize: 20, learningRate: 0.02, seed: 1)
        let delta = try trainer.train(from: weights, plan: plan).delta
        weights.values = delta
        let guesses = try model.classify(weights, on: table)
        let matrix = try ConfusionMatrix(predicted: guesses, actual: labels, classes: 3)
        #expect((matrix.accuracy ?? 0) > 0.98)
    }

    @Test func initialWeightsHaveHesVariance() {
        let network = MLP(
            inputs: 100, hidden: [200], heads: [.init(name: "y", width: 50, loss: .meanSquaredError)])
        var generator = SeededGenerator(seed: 21)
        let parameters = network.initialParameters(from: &generator)
        func variance(_ name: String) -> Double {
            let values = doubles(parameters.segment(name) ?? [])
            return values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        }
        #expect((variance("dense0.weight") / 0.02 - 1).magnitude < 0.05)
        #expect((variance("head.y.weight") / 0.005 - 1).magnitude < 0.05)
        #expect(variance("dense0.bias") == 0)
        #expect(network.layout.parameterCount == 100 * 200 + 200 + 200 * 50 + 50)
        let names = network.layout.segments.map(\.name)
        #expect(names == ["dense0.weight", "dense0.bias", "head.y.weight", "head.y.bias"])
    }

    @Test func generatorIsUniformNormalAndShuffles() {
        var generator = SeededGenerator(seed: 5)
        let normal = (0..<20_000).map { _ in generator.gaussian() }
        let mean = normal.reduce(0, +) / 20_000
        let square = normal.reduce(0) { $0 + $1 * $1 } / 20_000
        let fourth = normal.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 20_000
        #expect(mean.magnitude < 0.03)
        #expect((square - 1).magnitude < 0.05)
        #expect((fourth - 3).magnitude < 0.3)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
        #expect(counts.allSatisfy { ($0 - 10_000).magnitude < 500 })
        var order = Array(0..<50)
        generator.shuffle(&order)
        #expect(order != Array(0..<50))
        #expect(order.sorted() == Array(0..<50))
    }
}
