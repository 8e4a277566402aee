import FederatedLearning
import Testing

@Suite struct FedAvgPropertyTests {
    let layout = ParameterLayout([(name: "w", shape: [3, 2]), (name: "b", shape: [3])])

    func strategy(_ metrics: [WeightedMetric] = []) -> FedAvg {
        FedAvg(layout: layout, clip: 0.5, maxExamples: 1000, metrics: metrics)
    }

    func updates() -> [LocalUpdate] {
        [10, 400, 1000, 77, 0].enumerated().map { index, examples in
            LocalUpdate(delta: floats(sample(9, index)), exampleCount: examples, steps: 1, trainingLoss: 0)
        }
    }

    @Test func theSumGivesTheWeightedMean() throws {
        let fedAvg = strategy()
        let start = try ParameterVector(values: floats(sample(9, 50)), layout: layout)
        var model = start
        let sum = clearSum(try updates().map { try fedAvg.upload($0) })
        try fedAvg.absorb(sum, into: &model)
        for index in 0..<9 {
            let top = updates().reduce(0) { $0 + Double($1.exampleCount) * Double($1.delta[index]) }
            let expected = Double(start.values[index]) + top / 1487
            #expect((Double(model.values[index]) - expected).magnitude < 1e-6)
        }
        #expect((try fedAvg.examples(in: sum) - 1487).magnitude < 1e-9)
    }

    @Test func equalUpdatesMoveTheModelByThatUpdate() throws {
        let fedAvg = strategy()
        let delta = floats(sample(9, 1))
        let uploads = try [3, 500, 1000].map {
            try fedAvg.upload(LocalUpdate(delta: delta, exampleCount: $0, steps: 1, trainingLoss: 0))
        }
        var model = ParameterVector(zeros: layout)
        try fedAvg.absorb(clearSum(uploads), into: &model)
        #expect(distance(doubles(model.values), doubles(delta)) < 1e-7)
    }

    @Test func theOrderOfParticipantsDoesNotMatter() throws {
        let fedAvg = strategy()
        let uploads = try updates().map { try fedAvg.upload($0) }
        var forward = ParameterVector(zeros: layout)
        var backward = forward
        try fedAvg.absorb(clearSum(uploads), into: &forward)
        try fedAvg.absorb(clearSum(uploads.reversed()), into: &backward)
        #expect(distance(doubles(forward.values), doubles(backward.values)) < 1e-7)
    }

    @Test func coordinatesAreClippedBeforeTheyAreWeighted() throws {
        let fedAvg = strategy()
        let update = LocalUpdate(
            delta: [9, -9, 0.5, -0.5, 0.25, 0, 0, 0, 0], exampleCount: 500, steps: 1, trainingLoss: 0)
        let upload = try fedAvg.upload(update)
        #expect(Array(upload.values.prefix(5)) == [0.25, -0.25, 0.25, -0.25, 0.125])
        #expect(upload.values[9] == 0.5)
        #expect(fedAvg.clippedCount(of: update) == 2)
        let bounds = fedAvg.schema.blocks.flatMap { Array(repeating: $0.bound, count: $0.count) }
        #expect(zip(upload.values, bounds).allSatisfy { $0.magnitude <= $1 })
    }

    @Test func metricsComeOutAsMeansOverExamples() throws {
        let fedAvg = strategy([.init(name: "loss", bound: 4), .init(name: "alarms", bound: 1)])
        #expect(fedAvg.schema.dimension == 9 + 1 + 4)
        #expect(fedAvg.schema.range(of: "metrics") == 10..<14)
        let readings: [[WeightedMetric.Reading]] = [
            [.init(value: 1, examples: 100), .init(value: 0.5, examples: 0)],
            [.init(value: 3, examples: 300), .init(value: 0.25, examples: 0)],
            [.init(value: 100, examples: 100), .init(value: 1, examples: 0)],
        ]
        let uploads = try readings.enumerated().map { try fedAvg.upload(updates()[$0], readings: $1) }
        let means = try fedAvg.means(from: clearSum(uploads))
        #expect(means.map(\.name) == ["loss", "alarms"])
        // The third value is clipped to the bound 4: (100 + 900 + 400) / 500.
        #expect(((means[0].value ?? 0) - 2.8).magnitude < 1e-9)
        #expect((means[0].examples - 500).magnitude < 1e-9)
        #expect(means[1].value == nil)
        let plain = try clearSum([fedAvg.upload(updates()[1], metrics: [2, -1])])
        let own = try fedAvg.means(from: plain)
        #expect(((own[0].value ?? 0) - 2).magnitude < 1e-9)
        #expect(((own[1].value ?? 0) + 1).magnitude < 1e-9)
    }

    @Test func oneFullBatchStepOfEveryCompanyIsThePooledStep() throws {
        let (network, parameters, table) = try knownNetwork()
        let plan = RoundPlan(round: 0, localEpochs: 1, batchSize: 100, learningRate: 0.1, seed: 2)
        let fedAvg = FedAvg(layout: network.layout, clip: 10, maxExamples: 64)
        let parts = [Array(0..<4), Array(4..<17), Array(17..<23)]
        let uploads = try parts.map { rows in
            var trainer = try NetworkTrainer(
                network: network, training: table.selecting(rows), optimiser: .sgd(SGD()))
            return try fedAvg.upload(trainer.train(from: parameters, plan: plan))
        }
        var federated = parameters
        try fedAvg.absorb(clearSum(uploads, step: 0x1p-24), into: &federated)
        var pooled = try NetworkTrainer(network: network, training: table, optimiser: .sgd(SGD()))
        let delta = try pooled.train(from: parameters, plan: plan).delta
        let expected = zip(parameters.values, delta).map { Double($0) + Double($1) }
        #expect(distance(doubles(federated.values), expected) < 1e-5)
        #expect(delta.contains { $0.magnitude > 1e-3 })
    }
}
