import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Engines as sequences and as anomalies.
@Suite(.enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)))
struct TurbofanModelTests {
    static func fleet() throws -> TurbofanFleet {
        let table = try TurbofanTable(TurbofanFile(.fd002, .training), directory: TurbofanData.directory)
        return TurbofanFleet(.fd002, table: table, indices: [4, 6])
    }

    @Test("a sequence is the window's normalised rows, the first one repeated")
    func sequences() throws {
        let fleet = try Self.fleet()
        let normaliser = try TurbofanCompanyKnownAnswerTests.normaliser(of: fleet)
        let windows = try fleet.sequences(.every(stride: 4), normaliser: normaliser)
        let features = try fleet.windows(.every(stride: 4), normaliser: normaliser)
        #expect(windows.lives == features.lives)
        #expect(windows.features.count == 420 * windows.lives.count)
        #expect(try windows.examples().targets == features.examples().targets)
        let history = fleet.normalised(fleet.engines[0].rows, by: normaliser)
        for (window, end) in [(0, 15), (3, 27), (4, 31), (20, 95)] {
            for step in 0..<30 {
                let row = max(end - 30 + step, 0)
                for sensor in 0..<14 {
                    #expect(windows.features[window * 420 + step * 14 + sensor] == history[row * 14 + sensor])
                }
            }
        }
        #expect(throws: LearningFailure.self) {
            try fleet.sequences(.last, normaliser: Scenario.simulated(companies: 1).companies[0].ownNormaliser())
        }
    }

    @Test(
        "a few rounds teach the recurrent network what life is left",
        .enabled(if: TurbofanData.isOptimised, "only in an optimised build"))
    func recurrent() throws {
        var scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory).choosing(.lstm)
        #expect(scenario.measure == .remainingLife)
        #expect(scenario.terms.learningRate == 4e-3)
        #expect(try scenario.choosing(.lstm).choosing(.mlp).terms.learningRate == 1e-3)
        #expect(scenario.layout.parameterCount == 6626)
        scenario.companies = Array(scenario.companies.prefix(2))
        let outcome = try ReferenceFederation(scenario).run(rounds: 3)
        #expect(outcome.bestRound > 0)
        let metrics = WorkloadMetrics.mean(outcome.reports.map(\.metrics))
        let guess = try ReferenceFederation(scenario).run(rounds: 0)
        let rmse = try #require(metrics.rmse)
        #expect(rmse < 0.7 * (try #require(WorkloadMetrics.mean(guess.reports.map(\.metrics)).rmse)))
    }

    @Test("linear heads on windows, and private units of a recurrent network")
    func units() throws {
        let fleet = try Self.fleet()
        let workload = RemainingLifeWorkload(training: fleet, validation: fleet, test: fleet, stride: 20)
        let linear = try workload.choosing(.softmax)
        #expect(linear.network.layout.parameterCount == 2 * 57)
        let recurrent = try #require(try workload.choosing(.lstm) as? RemainingLifeWorkload)
        let units = UnitTraining(network: recurrent.network, units: recurrent.machines())
        var generator = SeededGenerator(seed: 1)
        let gradients = units.gradients(at: recurrent.network.initialParameters(from: &generator))
        #expect(gradients.count == 4)
        #expect(gradients.allSatisfy { $0.count == 6626 })
        #expect(recurrent.machines().map(\.features) == workload.machines().map(\.features))
    }

    @Test(
        "anomalies: windows with 125 cycles left train; windows within 30 are told from the others",
        .enabled(if: TurbofanData.isOptimised, "only in an optimised build"))
    func anomalies() throws {
        var scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory).choosing(.autoencoder)
        scenario.companies = Array(scenario.companies.prefix(2))
        for company in try ReferenceFederation(scenario).preparedCompanies() {
            let base = try #require((company.workload as? AnomalyWorkload)?.base as? RemainingLifeWorkload)
            #expect(company.trainingExamples == base.training.lives(.every(stride: 3)).count { $0 >= 125 })
        }
        let outcome = try ReferenceFederation(scenario).run(rounds: 20)
        let metrics = WorkloadMetrics.mean(outcome.reports.map(\.metrics))
        #expect(metrics.prAUC > 0.5)
        #expect(metrics.recall > 0.8)
    }
}
