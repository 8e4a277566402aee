import Testing

@testable import FederatedLearning

/// Twenty companies with one linear law, in groups of four, under attack: what each rule makes of it.
struct RobustFederation {
    enum Rule { case mean, vote, robust(RobustRule) }

    let problems: [NetworkProblem]
    let attackers: Set<Int>
    let groups: Int

    init(attackers: Int, groups: Int) throws {
        let network = MLP(inputs: 4, hidden: [], heads: [.init(name: "y", width: 1, loss: .meanSquaredError)])
        var generator = SeededGenerator(seed: 21)
        problems = try (0..<20).map { _ in
            var inputs: [Float] = []
            var targets: [Float] = []
            for _ in 0..<24 {
                let x = (0..<4).map { _ in Float(generator.gaussian()) }
                inputs += x
                targets.append(x[0] - 2 * x[1] + 0.5 * x[2] + 0.3 * Float(generator.gaussian()))
            }
            let table = try ExampleTable(inputs: inputs, inputWidth: 4, targets: targets, targetWidth: 1)
            return try NetworkProblem(
                network: network, training: table.selecting(Array(0..<16)),
                validation: table.selecting(Array(16..<24)))
        }
        self.attackers = Set((0..<attackers).map { 3 + 5 * $0 })
        self.groups = groups
    }

    /// The mean validation loss over honest companies after the rounds.
    func run(_ rule: Rule, attack: UpdateAttack, rounds: Int = 30) throws -> Double {
        let layout = problems[0].layout
        let terms = FedAvg(layout: layout, clip: 1e4, maxExamples: 16)
        let seed = try JointSeed(bytes: [UInt8](repeating: 5, count: 32))
        let vote = ValidationVote(groups: groups)
        var strategy = FedOpt(terms, step: ServerAverage())
        var model = ParameterVector(zeros: layout)
        var last = [Float](repeating: 0, count: layout.parameterCount)
        var generator = SeededGenerator(seed: 77)
        for round in 0..<rounds {
            let partition = try JointGroups(
                participants: 20, groups: groups, minimumSize: 3, seed: seed, period: UInt64(round / 10))
            let plan = RoundPlan(round: round, localEpochs: 2, batchSize: 4, learningRate: 0.03, seed: 3)
            var updates = try problems.enumerated().map { index, problem in
                try FedProx(problem, participant: UInt64(index), proximal: 0, optimiser: .sgd(SGD()))
                    .train(from: model, plan: plan)
            }
            let view = UpdateAttack.View(
                model: model.values, lastChange: last, known: attackers.sorted().map { updates[$0].delta },
                participants: 20, attackers: max(1, attackers.count))
            for index in attackers.sorted() {
                updates[index].delta = attack.change(honest: updates[index].delta, view: view, from: &generator)
            }
            let sums = try partition.members.map { members in
                clearSum(try members.map { try terms.upload(updates[$0]) })
            }
            let means = try GroupMeans(sums, terms: terms, partition: partition, minimumSize: 3)
            let before = model.values
            switch rule {
            case .mean: try strategy.advance(&model, along: means.mean(of: Array(0..<groups)))
            case .robust(let rule): try strategy.advance(&model, along: rule.combine(means))
            case .vote:
                let ballots = try problems.indices.map { index in
                    let honest = try vote.ballot(problems[index], current: model, candidates: means)
                    guard attackers.contains(index) else { return honest }
                    return try Upload(schema: vote.schema, values: honest.values.map { -$0 })
                }
                let kept = try vote.keptRows(vote.totals(from: clearSum(ballots)), of: means)
                if !kept.isEmpty { try strategy.advance(&model, along: means.mean(of: kept)) }
            }
            last = difference(model.values, before)
        }
        let honest = problems.indices.filter { !attackers.contains($0) }
        return honest.reduce(0) { $0 + problems[$1].validationLossSum(of: model.values) } / Double(8 * honest.count)
    }
}

@Suite struct RobustTrainingPropertyTests {
    @Test func aFlipDestroysTheMeanAndNotTheRules() throws {
        let federation = try RobustFederation(attackers: 2, groups: 5)
        let flip = UpdateAttack.signFlip(factor: 10)
        let clean = try RobustFederation(attackers: 0, groups: 5).run(.mean, attack: .idle)
        #expect(clean < 0.13)
        #expect(try federation.run(.mean, attack: flip) > 10 * clean)
        #expect(try federation.run(.vote, attack: flip) < 1.1 * clean)
        for method in [RobustRule.Method.median, .trimmedMean, .geometricMedian] {
            let rule = try RobustRule(method, attackers: 2, groups: 5)
            #expect(try federation.run(.robust(rule), attack: flip) < 1.5 * clean)
        }
    }

    @Test func theVoteGoesBeyondHalfOfTheGroupsAndTheRulesRefuse() throws {
        let federation = try RobustFederation(attackers: 4, groups: 5)
        let clean = try RobustFederation(attackers: 0, groups: 5).run(.mean, attack: .idle)
        #expect(throws: RobustnessRefusal.tooFewGroups(found: 5, needed: 9)) {
            try RobustRule(.median, attackers: 4, groups: 5)
        }
        let median = try RobustRule(.median, attackers: 2, groups: 5)
        #expect(try federation.run(.robust(median), attack: .signFlip(factor: 10)) > 3 * clean)
        #expect(try federation.run(.vote, attack: .signFlip(factor: 10)) < 1.3 * clean)
        #expect(try federation.run(.vote, attack: .gaussian(deviation: 5)) < 1.3 * clean)
        let target = [Float](repeating: 5, count: 5)
        #expect(try federation.run(.vote, attack: .modelReplacement(target: target)) < 1.3 * clean)
    }

    @Test func aVoteWithoutACleanGroupSkipsTheRound() throws {
        let vote = ValidationVote(groups: 2)
        let ballots = try (0..<3).map { _ in try vote.ballot(current: 1, candidates: [2, .nan]) }
        let means = try groupMeans([[1], [1]])
        #expect(try vote.keptRows(vote.totals(from: clearSum(ballots)), of: means).isEmpty)
    }

    @Test func aTieKeepsNothing() throws {
        let vote = ValidationVote(groups: 2)
        let ballots = [
            try vote.ballot(current: 1, candidates: [0.5, 0.5]), try vote.ballot(current: 1, candidates: [2, 0.5]),
            try vote.ballot(current: nil, candidates: [0.5, 0.5]),
        ]
        let totals = try vote.totals(from: clearSum(ballots))
        #expect(totals == [0, 2])
        #expect(try vote.keptRows(totals, of: groupMeans([[1], [1]])) == [1])
    }
}
