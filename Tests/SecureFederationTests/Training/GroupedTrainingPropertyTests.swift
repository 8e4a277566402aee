import FederatedLearning
import PredictiveMaintenance
import SecAggSimulation
import SecureAggregation
import Testing

@testable import SecureFederation

/// A small simulated federation in groups.
struct GroupedFederation {
    let scenario: Scenario
    let companies: [MaintenanceCompany]

    init(companies: Int, seed: UInt64 = 5) throws {
        scenario = .simulated(
            companies: companies, seed: seed,
            size: .init(trainingMachines: 4, validationMachines: 3, testMachines: 4, recordings: 8))
        self.companies = try ReferenceFederation(scenario).preparedCompanies()
    }

    func cohort(_ sabotage: Sabotage? = nil) throws -> CompanyCohort {
        let metrics = MetricBlock(
            [WeightedMetric(name: Scenario.validationMetric, bound: scenario.terms.lossBound)],
            maximumExamples: scenario.terms.maximumExamples)
        let strategy = StrategyTerms(
            .fedAvg, layout: scenario.layout, clip: scenario.terms.updateClip, metrics: metrics,
            participants: companies.count, maximumSteps: 64)
        return try CompanyCohort(
            companies, strategy: strategy, terms: scenario.terms, initial: scenario.initialParameters(),
            sabotage: sabotage)
    }

    func run(
        groups: Int, defence: GroupedTraining.Defence, rounds: Int = 4, sabotage: Sabotage? = nil,
        norms: GroupedTraining.NormTerms? = nil, valuation: GroupedTraining.Valuation? = nil, regroup: Int? = nil
    ) throws -> GroupedTraining.Outcome {
        var cohort = try self.cohort(sabotage)
        let everybody = try SecureSummation(.init(companies: companies.count)) {
            SeededRandomSource(seed: 2, label: $0.label)
        }
        let cohorts = CohortSummation(.init(companies: 3, colluders: 1)) {
            SeededRandomSource(seed: 3, label: $0.label)
        }
        let terms = GroupedTraining.Terms(
            rounds: rounds, groups: groups, seed: try JointSeed(bytes: [UInt8](repeating: 7, count: 32)),
            roundsPerGrouping: regroup, defence: defence, norms: norms, valuation: valuation,
            lossBound: scenario.terms.lossBound)
        return try GroupedTraining(terms).run(
            from: scenario.initialParameters(), cohort: &cohort, everybody: everybody, cohorts: cohorts)
    }
}

/// The loss of the last model.
private func last(_ outcome: GroupedTraining.Outcome) throws -> Double {
    try #require(outcome.losses[outcome.losses.count - 1])
}

private func distance(_ left: ParameterVector, _ right: ParameterVector) -> Float {
    zip(left.values, right.values).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}

@Suite("Training in groups")
struct GroupedTrainingPropertyTests {
    @Test("the mean of the groups is the mean of everybody")
    func meanOfGroups() throws {
        let federation = try GroupedFederation(companies: 9)
        let grouped = try federation.run(groups: 3, defence: .mean)
        let plain = try ReferenceFederation(federation.scenario).run(rounds: 4)
        #expect(grouped.bestRound == plain.bestRound)
        let gap = distance(grouped.model, plain.model)
        #expect(gap < 1e-4)
        #expect(grouped.losses.count == 5)
        for (found, wanted) in zip(grouped.losses, plain.validationLosses) {
            #expect(abs(try #require(found) - wanted) < 1e-4)
        }
        #expect(grouped.tally.isExact && grouped.failedGroups == 0)
        let all = [[Int]](repeating: [0, 1, 2], count: 4)
        #expect(grouped.keptGroups == all)
        // three sums a round and three that score the last model; only the former show anything new
        #expect(grouped.tally.sums == 15 && grouped.tally.participations == 45)
        #expect(grouped.releases.count == 12)
        #expect(grouped.releases.allSatisfy { $0.kind == .groupSum && $0.companies == 3 })
    }

    @Test("saboteurs of two of four groups ruin the mean; the vote throws their groups out")
    func vote() throws {
        let federation = try GroupedFederation(companies: 16)
        let sabotage = Sabotage(.update(.signFlip(factor: 10)), members: [1, 2], companies: 16, seed: 1)
        let clean = try federation.run(groups: 4, defence: .mean, rounds: 6)
        let ruined = try federation.run(groups: 4, defence: .mean, rounds: 6, sabotage: sabotage)
        let voted = try federation.run(groups: 4, defence: .vote(margin: 0), rounds: 6, sabotage: sabotage)
        let losses = (clean: try last(clean), ruined: try last(ruined), voted: try last(voted))
        #expect(losses.ruined > losses.clean * 1.5)
        #expect(losses.voted < losses.clean * 1.25)
        let spoiled = Set(
            voted.groupings[0].indices.filter { !sabotage.members.isDisjoint(with: voted.groupings[0][$0]) })
        #expect(voted.keptGroups.allSatisfy { spoiled.isDisjoint(with: $0) })
        let totals = voted.releases.filter { $0.kind == .voteTotals }
        #expect(totals.count == 6)
        #expect(totals.allSatisfy { $0.companies == 16 && $0.numbers == 4 })
    }

    @Test("a rule withstands what it promises", arguments: [RobustRule.Method.median, .trimmedMean, .geometricMedian])
    func rules(_ method: RobustRule.Method) throws {
        let federation = try GroupedFederation(companies: 9)
        let sabotage = Sabotage(.update(.gaussian(deviation: 2)), members: [4], companies: 9, seed: 1)
        let ruined = try federation.run(groups: 3, defence: .mean, rounds: 5, sabotage: sabotage)
        let held = try federation.run(
            groups: 3, defence: .rule(method, attackers: 1), rounds: 5, sabotage: sabotage)
        let (found, without) = (try last(held), try last(ruined))
        let start = try #require(held.losses[0])
        #expect(found < without)
        #expect(found < start)
    }

    @Test("a bound on norms follows the honest norm and tames a long update")
    func norms() throws {
        let federation = try GroupedFederation(companies: 9)
        let sabotage = Sabotage(.update(.signFlip(factor: 10)), members: [4], companies: 9, seed: 1)
        let loose = try federation.run(groups: 3, defence: .mean, rounds: 5, sabotage: sabotage)
        let bound = try federation.run(groups: 3, defence: .mean, rounds: 5, sabotage: sabotage, norms: .init())
        let (tamed, wild) = (try last(bound), try last(loose))
        #expect(tamed < wild)
        #expect(bound.releases.count { $0.kind == .normHistogram } == 5)
    }

    @Test("worths of companies from groups drawn anew; every view is listed")
    func worths() throws {
        let federation = try GroupedFederation(companies: 9)
        let sabotage = Sabotage(.update(.idle), members: [4], companies: 9, seed: 1)
        let outcome = try federation.run(
            groups: 3, defence: .mean, rounds: 10, sabotage: sabotage, valuation: .shapley, regroup: 1)
        #expect(outcome.groupings.count == 10 && Set(outcome.groupings).count > 5)
        #expect(outcome.trend?.rounds == 10)
        let scores = try #require(outcome.alignment).freeRiderScores()
        #expect(scores.indices.max { scores[$0] < scores[$1] } == 4)
        #expect(outcome.releases.count { $0.kind == .groupSum } == 30)
        // eight coalitions and the weight
        let numbers = outcome.releases.filter { $0.kind == .coalitionLosses }.map(\.numbers)
        let wanted = [Int](repeating: 9, count: 10)
        #expect(numbers == wanted)
    }

    @Test("leave-one-out values the same groups with fewer coalitions")
    func leaveOneOut() throws {
        let federation = try GroupedFederation(companies: 9)
        let outcome = try federation.run(groups: 3, defence: .mean, rounds: 4, valuation: .leaveOneOut)
        let numbers = outcome.releases.filter { $0.kind == .coalitionLosses }.map(\.numbers)
        let wanted = [Int](repeating: 6, count: 4)
        #expect(numbers == wanted)
        #expect(try #require(outcome.trend).rounds == 4)
    }
}
