import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Federated training helps: against the start, against solo, and about as much as pooling.
struct FederationPropertyTests {
    @Test("a few rounds lower the validation loss and beat the companies on their own")
    func short() throws {
        let scenario = Scenario.simulated(seed: 0)
        let rounds = 12
        let outcome = try ReferenceFederation(scenario).run(rounds: rounds)
        #expect(outcome.validationLosses.count == rounds + 1)
        #expect(outcome.validationLosses[outcome.bestRound] < 0.6 * outcome.validationLosses[0])
        let baselines = try scenario.baselines(rounds: rounds)
        let federated = WorkloadMetrics.mean(outcome.reports.map(\.metrics))
        let solo = WorkloadMetrics.mean(baselines.solo.map(\.metrics))
        #expect(try #require(federated.accuracy) > #require(solo.accuracy))
        #expect(federated.prAUC > solo.prAUC)
        #expect(federated.rmse == nil)
        #expect(Double(outcome.largestChange) < scenario.terms.updateClip)
    }

    @Test("the uploads of a driver lead to the model of the reference run")
    func uploads() throws {
        var scenario = Scenario.simulated(companies: 3, seed: 6)
        let reference = ReferenceFederation(scenario)
        let normaliser = try reference.normaliser()
        scenario.companies = try scenario.companies.parallelMap { company throws(LearningFailure) in
            var company = company
            try company.adopt(normaliser)
            return company
        }
        let strategy = scenario.strategy
        var model = scenario.initialParameters()
        var losses: [Double] = []
        for round in 0..<3 {
            let uploads = try scenario.companies.contributions(
                to: strategy, from: model, plan: scenario.terms.plan(round: round))
            let sum = ReferenceFederation.sum(uploads)
            losses.append(try #require(try strategy.means(from: sum)[0].value))
            try strategy.absorb(sum, into: &model)
        }
        let still = model
        let last = ReferenceFederation.sum(
            try scenario.companies.map { try $0.validationOnly(to: strategy, of: model) })
        losses.append(try #require(try strategy.means(from: last)[0].value))
        try strategy.absorb(last, into: &model)
        #expect(model == still)
        let outcome = try reference.run(rounds: 3)
        for (one, other) in zip(losses, outcome.validationLosses) { #expect(abs(one - other) < 1e-9) }
        if outcome.bestRound == 3 { #expect(outcome.model == model) }
        #expect(outcome.bestRound == 3)
    }

    @Test("companies trained in parallel end as companies trained one after the other")
    func parallel() throws {
        let scenario = Scenario.simulated(companies: 4, seed: 7)
        let companies = try ReferenceFederation(scenario).preparedCompanies()
        let shared = scenario.initialParameters()
        let plan = scenario.terms.plan(round: 0)
        let parallel = try companies.parallelMap { company throws(LearningFailure) in
            var company = company
            return try company.train(from: shared, plan: plan)
        }
        let serial = try companies.map { company in
            var company = company
            return try company.train(from: shared, plan: plan)
        }
        #expect(parallel == serial)
        #expect(Set(serial.map { $0.delta.first }).count == 4)
    }

    @Test("parallel results keep their order whatever their number", arguments: [0, 1, 2, 37])
    func order(_ count: Int) {
        #expect(Parallel.map(count: count) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }

    @Test("a foreign normaliser is refused")
    func foreign() throws {
        let scenario = Scenario.simulated(companies: 1, seed: 0)
        let moments = GroupMoments(sensors: 2, counts: [3], means: [0, 0], variances: [1, 1])
        var company = scenario.companies[0]
        #expect(throws: LearningFailure.dimensionMismatch(expected: 22, found: 2)) {
            try company.adopt(GroupNormaliser(moments))
        }
        #expect(company.normaliser == nil)
        #expect(company.trainingExamples == 0)
    }

    @Test(
        "turbofan A: federated error below solo, near pooled, below 13.2 cycles",
        .enabled(if: TurbofanData.isPresent && TurbofanData.isOptimised, "needs the turbofan files and release"))
    func turbofan() throws {
        var federated = 0.0
        var pooled = 0.0
        var solo = 0.0
        for seed in 0..<3 as Range<UInt64> {
            let scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory, seed: seed)
            let outcome = try ReferenceFederation(scenario).run()
            let baselines = try scenario.baselines()
            federated += try #require(WorkloadMetrics.mean(outcome.reports.map(\.metrics)).rmse) / 3
            pooled += try #require(WorkloadMetrics.mean(baselines.pooled.map(\.metrics)).rmse) / 3
            solo += try #require(WorkloadMetrics.mean(baselines.solo.map(\.metrics)).rmse) / 3
        }
        #expect(federated <= 13.2)
        #expect(federated <= 1.03 * pooled)
        #expect(federated < 0.95 * solo)
    }

    @Test(
        "turbofan C: federated within 2 % of pooled, below solo, failures caught at few false alarms",
        .enabled(if: TurbofanData.isPresent && TurbofanData.isOptimised, "needs the turbofan files and release"))
    func turbofanAll() throws {
        let scenario = try Scenario.cmapss(.c, directory: TurbofanData.directory, seed: 0)
        let outcome = try ReferenceFederation(scenario).run()
        let baselines = try scenario.baselines()
        let federated = WorkloadMetrics.mean(outcome.reports.map(\.metrics))
        let rmse = try #require(federated.rmse)
        #expect(rmse <= 14.0)
        #expect(rmse <= 1.02 * (try #require(WorkloadMetrics.mean(baselines.pooled.map(\.metrics)).rmse)))
        #expect(rmse < 0.95 * (try #require(WorkloadMetrics.mean(baselines.solo.map(\.metrics)).rmse)))
        #expect(federated.recall >= 0.96)
        #expect(federated.falseAlarmRate <= 0.025)
        #expect(federated.prAUC >= 0.9)
        #expect(Double(outcome.largestChange) < scenario.terms.updateClip)
    }
}
