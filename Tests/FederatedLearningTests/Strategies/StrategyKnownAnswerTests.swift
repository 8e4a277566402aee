import Testing

@testable import FederatedLearning

/// Company k of the known answers: three features, one target, a linear model.
func regressionProblem(_ k: Int) throws -> NetworkProblem {
    let network = MLP(inputs: 3, hidden: [], heads: [.init(name: "y", width: 1, loss: .meanSquaredError)])
    let rows = 8 + 3 * k
    let inputs = sample(rows * 3, 40 + k).map { 2 * $0 + 0.2 * Double(k) }
    let noise = sample(rows, 60 + k)
    let targets = (0..<rows).map { row in
        inputs[3 * row] - 0.5 * inputs[3 * row + 1] + 0.25 * Double(k) * inputs[3 * row + 2] + 0.3 * Double(k)
            + 0.1 * noise[row]
    }
    let table = try ExampleTable(
        inputs: floats(inputs), inputWidth: 3, targets: floats(targets), targetWidth: 1)
    return try NetworkProblem(network: network, training: table, validation: table)
}

@Suite struct StrategyKnownAnswerTests {
    static let steps: [(any ServerStep, [Double])] = [
        (ServerMomentum(rate: 0.3, decay: 0.8), StrategyKnownAnswers.momentum),
        (
            AdaptiveServerStep.adagrad(rate: 0.3, beta1: 0.8, adaptivity: 0.05), StrategyKnownAnswers.adagrad
        ),
        (
            AdaptiveServerStep.adam(rate: 0.3, beta1: 0.8, beta2: 0.9, adaptivity: 0.05), StrategyKnownAnswers.adam
        ),
        (
            AdaptiveServerStep.yogi(rate: 0.3, beta1: 0.8, beta2: 0.9, adaptivity: 0.05), StrategyKnownAnswers.yogi
        ),
    ]

    @Test(arguments: 0..<4) func serverOptimisersStepAsTheScriptDoes(_ index: Int) throws {
        let layout = ParameterLayout([(name: "w", shape: [6])])
        let averaging = FedAvg(layout: layout, clip: 1, maxExamples: 10)
        var strategy = FedOpt(averaging, step: Self.steps[index].0)
        var model = try ParameterVector(values: floats(sample(6, 1)), layout: layout)
        for round in 0..<5 {
            // Two participants whose weighted mean is the script's change.
            let change = sample(6, 20 + round)
            let uploads = try [(10, 0.5), (5, -1.0)].map { examples, shift in
                try averaging.upload(
                    LocalUpdate(
                        delta: floats(change.map { $0 + 0.3 * shift }), exampleCount: examples, steps: 1,
                        trainingLoss: 0))
            }
            try strategy.absorb(clearSum(uploads), into: &model)
        }
        #expect(distance(doubles(model.values), Self.steps[index].1) < 2e-6)
    }

    @Test func scaffoldEqualsTheTextbookFormThatSendsTwoVectors() throws {
        let problems = try (0..<5).map(regressionProblem)
        let layout = problems[0].layout
        let terms = Scaffold(
            layout: layout, clip: 10, participants: 5, localSteps: 3, localRate: Double(Float(0.05)), serverRate: 0.9)
        var parties = try problems.enumerated().map { index, problem in
            try ScaffoldParticipant(terms, problem, participant: UInt64(index))
        }
        var coordinator = Scaffold.Coordinator(terms)
        var model = ParameterVector(zeros: layout)
        for (round, cohort) in [[0, 1, 2, 3], [0, 2], [1, 3, 4], [0, 4], [1, 2, 3, 4], [2, 3]].enumerated() {
            let plan = RoundPlan(round: round, localEpochs: 1, batchSize: 100, learningRate: 0.05, seed: 1)
            var uploads: [Upload] = []
            for index in cohort {
                uploads.append(
                    try parties[index].contribution(from: model, control: coordinator.control, plan: plan))
            }
            try coordinator.absorb(clearSum(uploads), into: &model)
            for index in cohort { parties[index].settle(counted: true) }
        }
        #expect(distance(doubles(model.values), StrategyKnownAnswers.scaffoldModel) < 1e-5)
        #expect(distance(doubles(coordinator.control.values), StrategyKnownAnswers.scaffoldControl) < 1e-4)
    }

    @Test func novaNormalisesAsTheScriptDoes() throws {
        let layout = ParameterLayout([(name: "w", shape: [5])])
        let terms = FedNova(layout: layout, clip: 1, maximumExamples: 1000, maximumProgress: 40)
        let participant = FedNova.Participant(terms)
        let uploads = try zip([10, 250, 1000], [2.0, 31, 7]).enumerated().map { index, pair in
            try participant.upload(
                LocalUpdate(delta: floats(sample(5, 80 + index)), exampleCount: pair.0, steps: 1, trainingLoss: 0),
                progress: pair.1)
        }
        var model = try ParameterVector(values: floats(sample(5, 2)), layout: layout)
        try FedNova.Coordinator(terms).absorb(clearSum(uploads), into: &model)
        #expect(distance(doubles(model.values), StrategyKnownAnswers.nova) < 1e-6)
        let progress = [
            FedNova.progress(steps: 9), FedNova.progress(steps: 9, momentum: 0.7),
            FedNova.progress(steps: 9, shrinkage: 0.02),
        ]
        #expect(distance(progress, StrategyKnownAnswers.progress) < 1e-12)
    }

    @Test func bufferedUpdatesCountByTheirAge() throws {
        let layout = ParameterLayout([(name: "w", shape: [5])])
        let terms = BufferedAveraging(
            layout: layout, clip: 1, staleness: .polynomial(exponent: 0.5), maximumStaleness: 8, serverRate: 0.7)
        let uploads = try [0, 3, 1, 8].enumerated().map { index, staleness in
            try BufferedAveraging.Participant(terms).upload(
                LocalUpdate(delta: floats(sample(5, 90 + index)), exampleCount: 1, steps: 1, trainingLoss: 0),
                staleness: staleness)
        }
        var model = try ParameterVector(values: floats(sample(5, 3)), layout: layout)
        try BufferedAveraging.Coordinator(terms).absorb(clearSum(uploads), into: &model)
        #expect(distance(doubles(model.values), StrategyKnownAnswers.buffered) < 1e-6)
    }
}
