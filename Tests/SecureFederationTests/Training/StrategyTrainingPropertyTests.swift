import FederatedLearning
import PredictiveMaintenance
import SecAggSimulation
import SecureAggregation
import Testing

@testable import SecureFederation

@Suite("Every strategy over the secure sum")
struct StrategyTrainingPropertyTests {
    private static let scenario = Scenario.simulated(
        companies: 5, seed: 5, size: .init(trainingMachines: 4, validationMachines: 3, testMachines: 4, recordings: 8))

    private static func terms(_ method: StrategyMethod, _ layout: ParameterLayout) -> StrategyTerms {
        StrategyTerms(
            method, layout: layout, clip: scenario.terms.updateClip,
            metrics: MetricBlock(
                [WeightedMetric(name: Scenario.validationMetric, bound: scenario.terms.lossBound)],
                maximumExamples: scenario.terms.maximumExamples), participants: 5, maximumSteps: 64)
    }

    private static func train(
        _ method: StrategyMethod, personal: PersonalChoice = .none, rounds: Int = 6, schedule: DropoutSchedule = .none
    ) throws -> (outcome: SecureTraining.Outcome, cohort: CompanyCohort) {
        let companies = try ReferenceFederation(scenario).preparedCompanies()
        let share = SegmentShare.privateHeads(scenario.layout)
        let start = scenario.initialParameters()
        var shared = start
        if personal.keepsHead {
            shared = ParameterVector(zeros: share.shared)
            shared.values = share.sharedPart(of: start.values)
        }
        var cohort = try CompanyCohort(
            companies, strategy: terms(method, shared.layout), terms: scenario.terms, initial: start,
            personal: personal)
        let summation = try SecureSummation(.init(companies: 5)) { SeededRandomSource(seed: 2, label: $0.label) }
        let outcome = try SecureTraining(
            strategy: cohort.strategy.coordinator(), terms: .init(rounds: rounds, ringBits: 40, schedule: schedule)
        ).run(from: shared, through: summation, cohort: &cohort)
        return (outcome, cohort)
    }

    @Test(
        "training lowers the loss, and every sum is exact",
        arguments: [
            StrategyMethod.fedAvg, .fedProx(proximal: 0.1), .fedNova, .momentum(rate: 0.5, decay: 0.5),
            .adaptive(.adagrad, rate: 0.03, beta1: 0, adaptivity: 1e-2),
            .adaptive(.adam(beta2: 0.99), rate: 0.01, beta1: 0.9, adaptivity: 1e-2),
            .adaptive(.yogi(beta2: 0.99), rate: 0.01, beta1: 0.9, adaptivity: 1e-2),
            .scaffold(localSteps: 8, localRate: 0.05),
        ])
    func everyStrategy(_ method: StrategyMethod) throws {
        let (outcome, _) = try Self.train(method)
        #expect(outcome.tally.isExact && outcome.tally.sums == 7)
        let losses = try outcome.losses.map { try #require($0) }
        #expect(losses[6] < losses[0])
        #expect(outcome.bestRound > 0)
    }

    @Test("plain averaging through the participants is plain averaging through the companies")
    func plain() throws {
        let (outcome, _) = try Self.train(.fedAvg, rounds: 3)
        let clear = try ReferenceFederation(Self.scenario).run(rounds: 3)
        for (found, wanted) in zip(outcome.losses, clear.validationLosses) {
            #expect((try #require(found) - wanted).magnitude < 1e-5)
        }
        let gap = zip(outcome.model.values, clear.model.values).reduce(Float(0)) { max($0, ($1.0 - $1.1).magnitude) }
        #expect(outcome.bestRound == clear.bestRound && gap < 1e-5)
    }

    @Test("a control variate moves only with an upload that was in the sum")
    func settling() throws {
        let method = StrategyMethod.scaffold(localSteps: 4, localRate: 0.05)
        let silent = DropoutSchedule(rounds: [0: [2: .input], 1: [2: .input]])
        let (outcome, cohort) = try Self.train(method, rounds: 2, schedule: silent)
        #expect(outcome.tally.isExact)
        // nobody kept the second round's model, so the kept cohort may be an earlier one: look at a fresh run of all rounds
        var companies = cohort.members.map(\.participant)
        let control = ParameterVector(zeros: Self.scenario.layout)
        let start = RoundStart(round: 0, model: Self.scenario.initialParameters(), broadcast: control)
        let before = companies[0].states
        _ = try companies[0].contribution(from: start, plan: Self.scenario.terms.plan(round: 0))
        companies[0].settle(counted: false)
        #expect(companies[0].states == before)
        _ = try companies[0].contribution(from: start, plan: Self.scenario.terms.plan(round: 0))
        companies[0].settle(counted: true)
        #expect(companies[0].states != before)
    }

    @Test("private parts never travel and come back from their bytes", arguments: PersonalChoice.allCases)
    func personal(_ choice: PersonalChoice) throws {
        let (outcome, cohort) = try Self.train(.fedAvg, personal: choice, rounds: 4)
        #expect(outcome.tally.isExact)
        let whole = Self.scenario.layout.parameterCount
        #expect((outcome.model.values.count < whole) == choice.keepsHead)
        for member in cohort.members {
            let states = member.participant.states
            #expect(states.isEmpty == (choice == .none))
            var other = try #require(
                try Self.train(.fedAvg, personal: choice, rounds: 1).cohort.members.first {
                    $0.company.name == member.company.name
                }
            ).participant
            try other.restore(states)
            #expect(other.states == states)
            #expect(throws: PersonalStateFailure.self) {
                try other.restore(states + states + [PersonalState(bytes: [1])])
            }
        }
        if choice.keepsHead || choice == .none { return }
        let reports = try cohort.personalReports(from: outcome.model)
        #expect(reports.methods.count == 5)
        #expect(reports.tried.count == (choice == .automatic ? 3 : 1))
        // what is picked is never worse on the company's own validation examples
        for member in cohort.members {
            let beside = try #require(member.participant.beside)
            let picked = try beside.choose(from: outcome.model)
            let least = try #require(picked.scores.map(\.loss).min())
            let own = try #require(picked.scores.first { $0.method == picked.method })
            let allowed = least / (1 - beside.margin) + 1e-9
            #expect(own.loss <= allowed)
        }
    }

    @Test("a round without the variate's broadcast is refused and changes nothing")
    func noBroadcast() throws {
        let (_, cohort) = try Self.train(.scaffold(localSteps: 4, localRate: 0.05), rounds: 1)
        var participant = cohort.members[0].participant
        let before = participant.states
        #expect(throws: LearningFailure.layoutMismatch) {
            try participant.contribution(
                from: RoundStart(round: 0, model: Self.scenario.initialParameters()),
                plan: Self.scenario.terms.plan(round: 0))
        }
        #expect(participant.states == before)
    }

    @Test("asynchronous cohorts: slow companies are stale, never dropped from the books, and every sum is exact")
    func buffered() throws {
        let companies = try ReferenceFederation(Self.scenario).preparedCompanies()
        let terms = Self.terms(.fedAvg, Self.scenario.layout)
        let cohort = try CompanyCohort(
            companies, strategy: terms, terms: Self.scenario.terms, initial: Self.scenario.initialParameters())
        let averaging = BufferedAveraging(
            layout: Self.scenario.layout, clip: Self.scenario.terms.updateClip, staleness: .polynomial(exponent: 0.5),
            maximumStaleness: 8)
        let outcome = try BufferedTraining(
            averaging, metrics: terms.metrics,
            terms: .init(cohorts: 12, paces: [1, 1, 2, 3, 7], cohortSize: 3, ringBits: 40)
        ).run(
            from: Self.scenario.initialParameters(), cohort: cohort,
            cohorts: CohortSummation(.init(companies: 3, colluders: 1)) { SeededRandomSource(seed: 4, label: $0.label) }
        )
        #expect(outcome.tally.isExact && outcome.tally.sums == 12 && outcome.tally.participations == 36)
        #expect(outcome.staleness.values.reduce(0, +) == 36)
        #expect(outcome.staleness.keys.contains { $0 > 0 })
        let start = try ReferenceFederation.validationLoss(of: Self.scenario.initialParameters(), in: companies)
        #expect(try ReferenceFederation.validationLoss(of: outcome.model, in: companies) < start)
    }
}
