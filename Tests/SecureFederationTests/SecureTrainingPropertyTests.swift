import FederatedLearning
import PredictiveMaintenance
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

/// Companies by the loop of `MaintenanceCompany`, which the strategies' own participants must agree with.
struct ClearCohort: TrainingCohort {
    var companies: [MaintenanceCompany]
    let scenario: Scenario

    mutating func contributions(from start: RoundStart) throws(LearningFailure) -> [Upload] {
        try companies.contributions(
            to: scenario.strategy, from: start.model, plan: scenario.terms.plan(round: start.round))
    }

    func scores(of model: ParameterVector) throws(LearningFailure) -> [Upload] {
        let strategy = scenario.strategy
        return try companies.parallelMap { company throws(LearningFailure) in
            try company.validationOnly(to: strategy, of: model)
        }
    }
}

/// Uploads that a test makes; the last are the scores.
struct ScriptedCohort: TrainingCohort {
    var uploads: (Int) throws(LearningFailure) -> [Upload]
    var last: Int

    mutating func contributions(from start: RoundStart) throws(LearningFailure) -> [Upload] {
        try uploads(start.round)
    }

    func scores(of model: ParameterVector) throws(LearningFailure) -> [Upload] { try uploads(last) }
}

/// A small simulated federation with its secure sum.
struct SmallFederation {
    let scenario: Scenario
    let summation: SecureSummation

    init(companies: Int = 5, seed: UInt64 = 3, roundsPerEpoch: Int = 4) throws {
        scenario = .simulated(
            companies: companies, seed: seed,
            size: .init(trainingMachines: 4, validationMachines: 2, testMachines: 4, recordings: 8))
        summation = try SecureSummation(
            SecureSummation.Settings(companies: companies, roundsPerEpoch: roundsPerEpoch)
        ) { SeededRandomSource(seed: seed, label: $0.label) }
    }

    func train(rounds: Int, schedule: DropoutSchedule = .none, bits: Int = 32) throws -> SecureTraining.Outcome {
        let terms = SecureTraining.Terms(rounds: rounds, ringBits: bits, schedule: schedule)
        var cohort = ClearCohort(
            companies: try ReferenceFederation(scenario).preparedCompanies(), scenario: scenario)
        return try SecureTraining(strategy: scenario.strategy, terms: terms).run(
            from: scenario.initialParameters(), through: summation, cohort: &cohort)
    }

    /// The same rounds in the clear, without the uploads of those who fall silent before they are complete.
    func trainInTheClear(rounds: Int, schedule: DropoutSchedule) throws -> ParameterVector {
        var companies = try ReferenceFederation(scenario).preparedCompanies()
        var model = scenario.initialParameters()
        for round in 0..<rounds {
            let uploads = try companies.contributions(
                to: scenario.strategy, from: model, plan: scenario.terms.plan(round: round))
            let silent = schedule.dropouts(in: round).filter { !$0.value.keepsInput }
            let present = uploads.enumerated().filter { silent[$0.offset] == nil }.map(\.element)
            try scenario.strategy.absorb(ReferenceFederation.sum(present), into: &model)
        }
        return model
    }
}

private func largestDifference(_ left: ParameterVector, _ right: ParameterVector) -> Float {
    zip(left.values, right.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

private func relativeDifference(_ found: [Double], _ wanted: [Double]) -> Double {
    zip(found, wanted).reduce(0) { max($0, abs($1.0 - $1.1) / max(abs($1.1), 1e-300)) }
}

@Suite("Training through the secure sum is training in the clear")
struct SecureTrainingPropertyTests {
    @Test
    func modelAndLossesAreTheClearOnes() throws {
        let federation = try SmallFederation()
        let secure = try federation.train(rounds: 4)
        let clear = try ReferenceFederation(federation.scenario).run(rounds: 4)
        #expect(secure.bestRound == clear.bestRound)
        #expect(largestDifference(secure.model, clear.model) < 1e-4)
        #expect(largestDifference(secure.model, federation.scenario.initialParameters()) > 1e-2)
        #expect(secure.losses.count == 5)
        for (found, wanted) in zip(secure.losses, clear.validationLosses) {
            #expect(abs(try #require(found) - wanted) < 1e-4)
        }
        #expect(secure.tally.sums == 5 && secure.tally.isExact)
        #expect(secure.tally.clippedValues == 0)
        #expect(secure.tally.sentBytes > 5 * 5 * federation.scenario.strategy.schema.dimension * 4)
    }

    @Test(arguments: DropoutStep.online)
    func aCompanyThatFallsSilentIsRecovered(step: DropoutStep) throws {
        let federation = try SmallFederation()
        let schedule = DropoutSchedule(rounds: [1: [2: step]])
        let secure = try federation.train(rounds: 3, schedule: schedule)
        #expect(secure.tally.isExact)
        #expect(secure.tally.dropouts == [step: 1])
        let wanted = try federation.trainInTheClear(rounds: 3, schedule: schedule)
        #expect(largestDifference(secure.lastModel, wanted) < 1e-4)
        let everybody = try federation.trainInTheClear(rounds: 3, schedule: .none)
        #expect((largestDifference(wanted, everybody) > 1e-3) != step.keepsInput)
    }

    /// Company 0 has the highest loss: the round without it looks best, and is not comparable.
    @Test(arguments: DropoutStep.online)
    func aRoundWithAnInputMissingIsNeverKept(step: DropoutStep) throws {
        let federation = try SmallFederation()
        let strategy = FedAvg(
            layout: ParameterLayout([(name: "w", shape: [2])]), clip: 1, maxExamples: 10,
            metrics: [WeightedMetric(name: "loss", bound: 8)])
        func uploads(_ round: Int) throws(LearningFailure) -> [Upload] {
            var uploads: [Upload] = []
            for company in 0..<5 {
                let update = LocalUpdate(delta: [0.5, -0.25], exampleCount: 10, steps: 1, trainingLoss: 0)
                let loss = company == 0 ? 5 : 1 + 0.01 * Double(round)
                uploads.append(try strategy.upload(update, metrics: [loss]))
            }
            return uploads
        }
        let terms = SecureTraining.Terms(rounds: 3, schedule: DropoutSchedule(rounds: [1: [0: step]]))
        var cohort = ScriptedCohort(uploads: { (round) throws(LearningFailure) in try uploads(round) }, last: 3)
        let outcome = try SecureTraining(strategy: strategy, terms: terms).run(
            from: ParameterVector(zeros: strategy.layout), through: federation.summation, cohort: &cohort)
        #expect(outcome.bestRound == 0)
        #expect(outcome.model.values == [0, 0])
        #expect(zip(outcome.lastModel.values, [1.5, -0.75]).allSatisfy { abs($0 - $1) < 1e-6 })
        let losses = try outcome.losses.map { try #require($0) }
        let second = step.keepsInput ? 1.808 : 1.01
        #expect(zip(losses, [1.8, second, 1.816, 1.824]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test
    func normaliserIsTheClearOne() throws {
        let federation = try SmallFederation()
        let uploads = try federation.scenario.companies.map { try $0.statisticsUpload() }
        let summed = try federation.summation.sum(uploads, bits: 62, rounding: .nearest)
        #expect(summed.isExact)
        let found = GroupNormaliser(
            try federation.scenario.statistics.moments(from: summed.sum, resolution: summed.resolution))
        let wanted = try ReferenceFederation(federation.scenario).normaliser()
        #expect(relativeDifference(found.means, wanted.means) < 1e-9)
        #expect(relativeDifference(found.factors, wanted.factors) < 1e-9)
    }

    @Test(arguments: [[:], [4: DropoutStep.unmask]])
    func ridgeIsThePooledFit(dropouts: [Int: DropoutStep]) throws {
        let federation = try SmallFederation()
        let companies = try ReferenceFederation(federation.scenario).preparedCompanies()
        let uploads = try companies.map { try $0.ridgeUpload() }
        let summed = try federation.summation.sum(uploads, bits: 62, rounding: .nearest, dropouts: dropouts)
        #expect(summed.isExact)
        let found = try RidgeRegression.solve(
            from: summed.sum, statistics: federation.scenario.ridge, lambda: 1)
        let tables = try companies.map { try $0.ridgeTable() }
        let wanted = try RidgeRegression.fit(
            features: tables.flatMap(\.features), targets: tables.flatMap(\.targets), lambda: 1)
        #expect(found.rows == wanted.rows)
        #expect(
            relativeDifference(
                found.coefficients + [found.intercept], wanted.coefficients + [wanted.intercept]) < 1e-6)
    }
}

@Suite("Dropout schedules")
struct DropoutSchedulePropertyTests {
    private func plan(_ companies: Int) throws -> Plan {
        try SecureSummation.Settings(companies: companies).plan()
    }

    @Test(arguments: [1, 2, 4, 5, 12, 60, 61])
    func oneAStretchAndAtLeastOne(rounds: Int) throws {
        for seed in UInt64(0)..<20 {
            let schedule = DropoutSchedule(rate: 0.2, rounds: rounds, plan: try plan(5), seed: seed)
            #expect(schedule.rounds.count >= max(1, rounds / 5))
            #expect(schedule.rounds.count <= (rounds + 4) / 5)
            #expect(schedule.rounds.keys.allSatisfy { (0..<rounds).contains($0) })
            #expect(schedule.rounds.values.allSatisfy { $0.count == 1 && (0..<5).contains($0.keys.first ?? -1) })
            #expect(schedule.rounds.values.contains { $0.values.first == .input })
        }
    }

    @Test
    func everyStepComesUp() throws {
        let schedule = DropoutSchedule(rate: 0.2, rounds: 20, plan: try plan(5), seed: 1)
        #expect(Set(schedule.rounds.values.flatMap(\.values)) == Set(DropoutStep.online))
    }

    @Test
    func nothingThatThePlanDoesNotSurvive() throws {
        #expect(DropoutSchedule(rate: 1, rounds: 9, plan: try plan(3), seed: 1).rounds.isEmpty)
        let four = DropoutSchedule(rate: 1, rounds: 9, plan: try plan(4), seed: 1)
        #expect(Set(four.rounds.values.flatMap(\.values)) == [.survivors, .unmask])
        #expect(DropoutSchedule(rate: 0, rounds: 9, plan: try plan(5), seed: 1).rounds.isEmpty)
    }

    @Test
    func whatIsSurvivedEndsAndWhatIsNotAborts() throws {
        for step in DropoutStep.online {
            let federation = try SmallFederation(companies: 4)
            let uploads = try federation.scenario.companies.map { try $0.statisticsUpload() }
            let survives = federation.summation.plan.survives(1, silentBefore: step)
            let summed = try? federation.summation.sum(uploads, bits: 62, rounding: .nearest, dropouts: [1: step])
            #expect((summed?.isExact == true) == survives)
        }
    }
}
