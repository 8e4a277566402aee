import Testing

@testable import FederatedLearning

@Suite struct StrategyPropertyTests {
    static func plan(_ round: Int, epochs: Int = 2, batch: Int = 4) -> RoundPlan {
        RoundPlan(round: round, localEpochs: epochs, batchSize: batch, learningRate: 0.05, seed: 7)
    }

    @Test func theSharedControlVariateIsTheMeanOfAllWithClippingAndDropouts() throws {
        let problems = try (0..<5).map(regressionProblem)
        let terms = Scaffold(
            layout: problems[0].layout, clip: 0.02, participants: 5, localSteps: 4, localRate: Double(Float(0.05)))
        var parties = try problems.enumerated().map { index, problem in
            try ScaffoldParticipant(terms, problem, participant: UInt64(index))
        }
        var coordinator = Scaffold.Coordinator(terms)
        var model = ParameterVector(zeros: terms.layout)
        var generator = SeededGenerator(seed: 3)
        for round in 0..<20 {
            var uploads: [Upload] = []
            var counted: [Bool] = []
            for index in parties.indices {
                let upload = try parties[index].contribution(
                    from: model, control: coordinator.control, plan: Self.plan(round))
                let survives = index == 0 || generator.uniform() < 0.6
                if survives { uploads.append(upload) }
                counted.append(survives)
            }
            try coordinator.absorb(clearSum(uploads), into: &model)
            for index in parties.indices { parties[index].settle(counted: counted[index]) }
        }
        let mean = (0..<4).map { place in
            parties.reduce(0) { $0 + Double($1.controlVariate[place]) } / 5
        }
        #expect(distance(mean, doubles(coordinator.control.values)) < 1e-5)
        #expect(mean.contains { $0.magnitude > 0.01 })
    }

    @Test func scaffoldReachesThePooledOptimumWhereAveragingDoesNot() throws {
        // Many local steps on companies that differ: averaging stops beside the optimum of the mean loss.
        let problems = try (0..<5).map(regressionProblem)
        let layout = problems[0].layout
        func meanGradient(_ model: ParameterVector) -> Double {
            var total = [Double](repeating: 0, count: 4)
            for problem in problems {
                var gradient = [Float](repeating: 0, count: 4)
                var scratch = problem.makeScratch(rows: problem.trainingRows)
                _ = problem.gradient(
                    of: model.values, rows: Array(0..<problem.trainingRows)[...], into: &gradient, scratch: &scratch)
                for index in 0..<4 { total[index] += Double(gradient[index]) }
            }
            return total.reduce(0) { max($0, $1.magnitude) }
        }
        let terms = Scaffold(
            layout: layout, clip: 10, participants: 5, localSteps: 10, localRate: Double(Float(0.05)))
        var parties = try problems.enumerated().map { index, problem in
            try ScaffoldParticipant(terms, problem, participant: UInt64(index))
        }
        var coordinator = Scaffold.Coordinator(terms)
        var controlled = ParameterVector(zeros: layout)
        var averaged = controlled
        for round in 0..<300 {
            let plan = Self.plan(round, epochs: 10, batch: 100)
            var uploads: [Upload] = []
            var plain: [Double] = [0, 0, 0, 0]
            for index in parties.indices {
                uploads.append(
                    try parties[index].contribution(from: controlled, control: coordinator.control, plan: plan))
                parties[index].settle(counted: true)
                let update = try FedProx(problems[index], participant: 0, proximal: 0, optimiser: .sgd(SGD()))
                    .train(from: averaged, plan: plan)
                for place in 0..<4 { plain[place] += Double(update.delta[place]) / 5 }
            }
            try coordinator.absorb(clearSum(uploads), into: &controlled)
            for place in 0..<4 { averaged.values[place] += Float(plain[place]) }
        }
        #expect(meanGradient(controlled) < 1e-3)
        #expect(meanGradient(averaged) > 0.02)
    }

    @Test func theGenericLoopIsTheNetworkTrainer() throws {
        let (network, parameters, table) = try knownNetwork()
        var trainer = try NetworkTrainer(
            network: network, training: table, validation: table, participant: 5, proximal: 0.3)
        let generic = FedProx(
            try NetworkProblem(network: network, training: table, validation: table), participant: 5, proximal: 0.3,
            optimiser: .adam(Adam()))
        let plan = Self.plan(2, epochs: 3)
        #expect(try trainer.train(from: parameters, plan: plan) == generic.train(from: parameters, plan: plan))
        #expect(try trainer.validationLoss(of: parameters).loss == generic.validationLoss(of: parameters).loss)
    }

    @Test func aProximalTermKeepsTheUpdateShort() throws {
        let problem = try regressionProblem(3)
        let lengths = try [0, 1, 10].map { mu in
            let update = try FedProx(problem, participant: 0, proximal: Float(mu), optimiser: .sgd(SGD()))
                .train(from: ParameterVector(zeros: problem.layout), plan: Self.plan(0, epochs: 20))
            return update.delta.reduce(0) { $0 + $1 * $1 }
        }
        #expect(lengths[0] > 1.1 * lengths[1] && lengths[1] > 1.5 * lengths[2])
    }

    @Test func novaWithEqualProgressIsAveraging() throws {
        let layout = ParameterLayout([(name: "w", shape: [7])])
        let averaging = FedAvg(layout: layout, clip: 1, maxExamples: 50)
        let nova = FedNova(layout: layout, clip: 1, maximumExamples: 50, maximumProgress: 12)
        let updates = (0..<4).map {
            LocalUpdate(delta: floats(sample(7, $0)), exampleCount: 10 * $0 + 3, steps: 12, trainingLoss: 0)
        }
        var plain = ParameterVector(zeros: layout)
        var normalised = plain
        try averaging.absorb(clearSum(try updates.map { try averaging.upload($0) }), into: &plain)
        try FedNova.Coordinator(nova).absorb(
            clearSum(try updates.map { try FedNova.Participant(nova).upload($0, progress: 12) }), into: &normalised)
        #expect(distance(doubles(plain.values), doubles(normalised.values)) < 1e-6)
    }

    @Test func anAverageStepOfOneIsAveraging() throws {
        let layout = ParameterLayout([(name: "w", shape: [7])])
        let averaging = FedAvg(layout: layout, clip: 1, maxExamples: 50)
        let uploads = try (0..<3).map {
            try averaging.upload(
                LocalUpdate(delta: floats(sample(7, $0)), exampleCount: 9 + $0, steps: 1, trainingLoss: 0))
        }
        var plain = ParameterVector(zeros: layout)
        var stepped = plain
        try averaging.absorb(clearSum(uploads), into: &plain)
        var strategy = FedOpt(averaging, step: ServerAverage())
        try strategy.absorb(clearSum(uploads), into: &stepped)
        #expect(plain == stepped)
    }

    @Test(arguments: [
        StalenessWeight.constant, .polynomial(exponent: 0.5), .polynomial(exponent: 2), .hinge(grace: 2, slope: 3),
    ])
    func stalenessNeverRaisesAWeight(_ weight: StalenessWeight) {
        let values = (0...20).map { weight.value(staleness: $0) }
        #expect(values[0] == 1)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 && $1 > 0 })
    }

    /// Why a participant cannot take a model now; nil when it can.
    static func refusal(of participant: Int, in buffer: CohortBuffer) -> CohortFailure? {
        var probe = buffer
        do throws(CohortFailure) {
            _ = try probe.checkOut(participant)
            return nil
        } catch {
            return error
        }
    }

    @Test func aBufferClosesEveryCohortOnceAndInOrder() throws {
        var buffer = CohortBuffer(participants: 10, cohortSize: 3, maximumStaleness: 2)
        var generator = SeededGenerator(seed: 11)
        var bases: [Int: Int] = [:]
        var finished: Set<Int> = []
        var version = 0
        var cohorts = 0
        var expiredSeen = 0
        for _ in 0..<3000 {
            let who = generator.index(below: 10)
            if bases[who] == nil {
                bases[who] = try buffer.checkOut(who)
                #expect(bases[who] == version)
            } else if !finished.contains(who), generator.uniform() < (who == 9 ? 0.02 : 0.5) {
                try buffer.finish(who)
                finished.insert(who)
            }
            guard let cohort = try? buffer.closeCohort() else { continue }
            cohorts += 1
            #expect(cohort.members.count == 3 && Set(cohort.members.map(\.participant)).count == 3)
            for member in cohort.members {
                #expect(member.staleness == version - (bases[member.participant] ?? -1))
                #expect(member.staleness <= 2 && finished.contains(member.participant))
                #expect(Self.refusal(of: member.participant, in: buffer) == .inCohort(member.participant))
            }
            expiredSeen += cohort.expired.count
            #expect(cohort.expired.allSatisfy { version - (bases[$0] ?? version) > 2 })
            for participant in cohort.members.map(\.participant) + cohort.expired {
                bases[participant] = nil
                finished.remove(participant)
            }
            let absorbed = generator.uniform() < 0.8
            try buffer.settle(absorbed: absorbed)
            version += absorbed ? 1 : 0
            #expect(buffer.version == version)
        }
        #expect(cohorts > 100 && expiredSeen > 10)
    }
}
