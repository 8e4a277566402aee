import FederatedLearning
import PredictiveMaintenance
import SecureFederation
import Testing

@testable import DifferentialPrivacy

@Suite struct PrivateTrainingPropertyTests {
    @Test(
        "Each procedure trains over its rounds and charges all of them",
        arguments: [PrivateProcedure.unitFedAvg, .unitFedSGD, .companySGD])
    func trains(_ procedure: PrivateProcedure) throws {
        let federation = try PrivateFederation()
        let units = federation.units
        let steps = procedure == .companySGD ? 2 : 1
        let plan = try PrivateFederation.plan(
            procedure, rounds: 3 * steps, dimension: federation.scenario.layout.parameterCount, clipNorm: 0.5,
            indicator: procedure == .unitFedAvg ? 1 << 18 : nil)
        let sums = try federation.sums(plan, release: procedure == .companySGD ? .localSGD : .trainingSum)
        let adaptive = try AdaptiveClipNorm(norm: 0.5, range: 0.01...8, quantile: 0.5, rate: 0.2)
        let terms = PrivateTraining.Terms(
            rounds: 3, localSteps: steps, learningRate: 0.01, adaptive: procedure == .unitFedAvg ? adaptive : nil)
        let start = federation.scenario.initialParameters()
        let outcome = try PrivateTraining(terms).run(
            from: start, through: sums,
            vectors: { company, round, shared in
                procedure == .unitFedAvg
                    ? units[company].changes(from: shared, plan: federation.scenario.terms.plan(round: round))
                    : units[company].gradients(at: shared)
            })
        #expect(outcome.model != start && outcome.model.values.allSatisfy(\.isFinite))
        #expect(outcome.tally.sums == 3 && outcome.tally.isExact)
        #expect(sums.record(of: 2).entries.count == 3)
        #expect(outcome.clippedUnits.count == (procedure == .unitFedAvg ? 3 : 0))
        #expect(Set(outcome.clipNorms).count == (procedure == .unitFedAvg ? 3 : 1))
        // The plan is spent.
        #expect(throws: FederationFailure.ledger(.budgetExceeded)) {
            _ = try PrivateTraining(terms).run(from: start, through: sums, vectors: { _, _, _ in [] })
        }
    }

    @Test func momentsGiveAModelThatBeatsChance() throws {
        let federation = try PrivateFederation()
        let moments = federation.workloads[0].moments
        let admitted = try AdmittedProcedure.admit(.oneShotStatistics, unit: .asset, ingredients: [], memberships: 1)
        var terms = try PrivateFederation.terms(epsilon: 200)
        terms.dropouts = 0
        let plan = try PrivateSumPlan(
            admitted, terms: terms, rounds: 1, dimension: moments.dimension, clipNorm: 2.8)
        let sums = try federation.sums(plan, release: .statistics)
        let units = federation.units
        let fitted = try PrivateMoments.fit(moments, through: sums) { units[$0].moments(moments) }
        let accuracy = try federation.workloads.map { try $0.evaluate(fitted.model).accuracy ?? 0 }.reduce(0, +) / 5
        #expect(accuracy > 0.45 && fitted.sum.isExact)
    }

    @Test func fullNoiseInEachCompanyIsBilledAlone() throws {
        let federation = try PrivateFederation()
        let plan = try PrivateFederation.plan(.companySGD, rounds: 6, dimension: 10, clipNorm: 1)
        #expect(plan.noise.request.participants == 1 && plan.noise.minimumSurvivors == 1)
        let shared = try PrivateFederation.plan(.unitFedSGD, rounds: 6, dimension: 10, clipNorm: 1)
        let alone = Double(plan.noise.share.numerator) / Double(plan.noise.share.denominator)
        let share = Double(shared.noise.share.numerator) / Double(shared.noise.share.denominator)
        #expect(abs(alone / share - 3) < 1e-3)
        #expect(federation.workloads.count == 5)
    }

    @Test func networksAndMomentsSeeNoDataOfOthersThroughTheNormaliser() {
        let first = Scenario.simulated(
            companies: 2, seed: 1,
            size: .init(trainingMachines: 2, validationMachines: 1, testMachines: 1, recordings: 2))
        let second = Scenario.simulated(
            companies: 2, seed: 2,
            size: .init(trainingMachines: 2, validationMachines: 1, testMachines: 1, recordings: 2))
        let normalisers = [first, second].flatMap { scenario in
            scenario.companies.compactMap { ($0.workload as? MachineStateWorkload)?.publicNormaliser }
        }
        #expect(normalisers.count == 4 && normalisers.allSatisfy { $0 == normalisers[0] })
    }
}
