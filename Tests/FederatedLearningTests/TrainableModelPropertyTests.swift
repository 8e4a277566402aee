import Testing

@testable import FederatedLearning

/// A model behind the choice is the model itself, to the last bit.
@Suite struct TrainableModelPropertyTests {
    static let recurrent = RecurrentPropertyTests.cases[2]

    @Test func aDenseNetworkStaysWhatItIs() throws {
        let (network, parameters, table) = try knownNetwork()
        let model = TrainableModel.mlp(network)
        #expect(model.layout == network.layout)
        #expect(model.inputWidth == network.inputWidth)
        #expect(model.heads == network.heads)
        let (one, other) = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
        var generators = (one, other)
        #expect(
            model.initialParameters(from: &generators.0) == network.initialParameters(from: &generators.1))
        #expect(try model.lossSum(parameters, on: table) == network.lossSum(parameters, on: table))
        #expect(
            try model.lossAndGradient(parameters, on: table).gradient
                == network.lossAndGradient(parameters, on: table).gradient)
        #expect(try model.predict(parameters, on: table) == network.predict(parameters, on: table))
        try steps(model, parameters, table) { rows, gradient in
            var workspace = MLPWorkspace(for: network, rows: table.rows)
            return network.batchGradient(parameters.values, table, rows, &gradient, &workspace)
        }
    }

    @Test func aRecurrentNetworkStaysWhatItIs() throws {
        let (network, parameters, table) = try RecurrentPropertyTests.make(Self.recurrent, seed: 5)
        let model = TrainableModel.lstm(network)
        #expect(model.layout == network.layout)
        #expect(model.inputWidth == network.inputWidth)
        #expect(model.heads == network.heads)
        var generators = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
        #expect(
            model.initialParameters(from: &generators.0) == network.initialParameters(from: &generators.1))
        #expect(try model.lossSum(parameters, on: table) == network.lossSum(parameters, on: table))
        #expect(
            try model.lossAndGradient(parameters, on: table).gradient
                == network.lossAndGradient(parameters, on: table).gradient)
        for (index, head) in network.heads.enumerated() {
            #expect(
                try model.predict(parameters, on: table, head: head.name)
                    == network.predict(parameters, on: table)[index])
        }
        try steps(model, parameters, table) { rows, gradient in
            var workspace = AttentionLSTMWorkspace(for: network, rows: table.rows)
            return network.batchGradient(parameters.values, table, rows, &gradient, &workspace)
        }
    }

    /// One workspace through several batches, against a fresh one each.
    private func steps(
        _ model: TrainableModel, _ parameters: ParameterVector, _ table: ExampleTable,
        fresh: (ArraySlice<Int>, inout [Float]) -> Double
    ) throws {
        var workspace = TrainableWorkspace(for: model, rows: table.rows)
        var gradient = [Float](repeating: 0, count: model.layout.parameterCount)
        var expected = gradient
        let rows = Array(0..<table.rows)
        for batch in [rows[...], rows[..<1], rows[1...]] {
            let loss = model.batchGradient(parameters.values, table, batch, &gradient, &workspace)
            #expect(loss == fresh(batch, &expected))
            #expect(gradient == expected)
        }
    }

    /// The loop of the strategies and the trainer's own end alike for a recurrent network too.
    @Test func strategiesDescendOnARecurrentNetwork() throws {
        let (network, parameters, table) = try RecurrentPropertyTests.make(Self.recurrent, seed: 6)
        let plan = RoundPlan(round: 2, localEpochs: 3, batchSize: 4, learningRate: 1e-2, seed: 8)
        var trainer = try NetworkTrainer(
            network: .lstm(network), training: table, validation: table, participant: 5, proximal: 0.3)
        let general = FedProx(
            try NetworkProblem(network: .lstm(network), training: table, validation: table), participant: 5,
            proximal: 0.3, optimiser: .adam(Adam()))
        let (one, other) = (
            try trainer.train(from: parameters, plan: plan), try general.train(from: parameters, plan: plan)
        )
        #expect(one == other)
        #expect(try trainer.validationLoss(of: parameters) == general.validationLoss(of: parameters))
    }
}
