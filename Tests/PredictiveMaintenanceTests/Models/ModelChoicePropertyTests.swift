import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// The model of a scenario is a choice; the data say which fit.
struct ModelChoicePropertyTests {
    @Test("the dense choice is the scenario as it was")
    func dense() throws {
        let scenario = Scenario.simulated(companies: 2, seed: 3)
        let chosen = try scenario.choosing(.softmax).choosing(.autoencoder).choosing(.mlp)
        #expect(chosen.layout == scenario.layout)
        #expect(chosen.measure == .machineState)
        #expect(chosen.initialParameters() == scenario.initialParameters())
        let outcomes = (
            try ReferenceFederation(scenario).run(rounds: 2), try ReferenceFederation(chosen).run(rounds: 2)
        )
        #expect(outcomes.0.model == outcomes.1.model)
        #expect(outcomes.0.reports == outcomes.1.reports)
    }

    @Test("linear heads learn the state worse than a dense network, but learn it")
    func softmax() throws {
        let scenario = try Scenario.simulated(companies: 3, seed: 0).choosing(.softmax)
        #expect(scenario.layout.segments.map(\.name) == ["head.state.weight", "head.state.bias"])
        #expect(scenario.layout.parameterCount == 22 * 4 + 4)
        let outcome = try ReferenceFederation(scenario).run(rounds: 10)
        #expect(outcome.validationLosses[outcome.bestRound] < 0.8 * outcome.validationLosses[0])
        let accuracy = try #require(WorkloadMetrics.mean(outcome.reports.map(\.metrics)).accuracy)
        #expect(accuracy > 0.5)
    }

    @Test("ridge features stay the training rows whatever the model")
    func ridge() throws {
        let scenario = Scenario.simulated(companies: 1, seed: 2)
        let normaliser = try scenario.companies[0].ownNormaliser()
        var tables: [[Double]] = []
        for model in [ModelChoice.mlp, .softmax, .autoencoder] {
            var company = try scenario.choosing(model).companies[0]
            try company.adopt(normaliser)
            let table = try company.ridgeTable()
            #expect(table.features.count == 22 * table.targets.count)
            tables.append(table.features)
        }
        #expect(tables[0] == tables[1] && tables[0] == tables[2])
    }

    @Test("anomalies: only healthy recordings train; the alarm is told from the rest; 5 % false alarms are nearly kept")
    func anomalies() throws {
        let scenario = try Scenario.simulated(companies: 3, seed: 1).choosing(.autoencoder)
        #expect(scenario.measure == .anomaly)
        let companies = try ReferenceFederation(scenario).preparedCompanies()
        for company in companies {
            let workload = try #require(company.workload as? AnomalyWorkload)
            let base = try #require(workload.base as? MachineStateWorkload)
            #expect(company.trainingExamples == base.training.states.count { $0 == 0 })
            #expect(company.validationExamples == base.validation.states.count { $0 == 0 })
            let table = try workload.examples(try #require(company.normaliser)).training
            #expect(table.inputs == table.targets)
        }
        let outcome = try ReferenceFederation(scenario).run(rounds: 15)
        let metrics = WorkloadMetrics.mean(outcome.reports.map(\.metrics))
        #expect(metrics.accuracy == nil && metrics.rmse == nil)
        #expect(metrics.recall > 0.8)
        #expect(metrics.falseAlarmRate < 0.15)
        #expect(metrics.prAUC > 0.8)
        #expect(scenario.measure.quality(of: metrics) == metrics.prAUC)
        // the start rebuilds nothing
        let start = try companies[0].evaluate(scenario.initialParameters()).metrics
        #expect(start.prAUC < metrics.prAUC)
    }

    @Test("no promise without enough healthy recordings")
    func tooFewHealthy() throws {
        let scenario = try Scenario.simulated(
            companies: 1, seed: 1,
            size: .init(trainingMachines: 4, validationMachines: 2, testMachines: 4, recordings: 9)
        ).choosing(.autoencoder)
        #expect(throws: LearningFailure.noExamples) { try ReferenceFederation(scenario).run(rounds: 1) }
    }

    @Test("features have no sequences")
    func noSequences() throws {
        #expect(throws: ModelRefusal.noSequences) { try Scenario.simulated(companies: 1).choosing(.lstm) }
        let bearings = BearingWorkload(training: .init(), validation: .init(), test: .init())
        #expect(throws: ModelRefusal.noSequences) { try bearings.choosing(.lstm) }
        #expect(throws: ModelRefusal.noHealthyRecordings) { try bearings.choosing(.autoencoder) }
        let milling = MillingWorkload(training: .init(), validation: .init(), test: .init())
        #expect(throws: ModelRefusal.noSequences) { try milling.choosing(.lstm) }
        #expect(try bearings.choosing(.softmax).network.layout.parameterCount == 26 * 3 + 3)
        #expect(try milling.choosing(.softmax).network.layout.parameterCount == 9)
        #expect(try milling.choosing(.autoencoder).network.heads[0].width == 8)
    }
}
