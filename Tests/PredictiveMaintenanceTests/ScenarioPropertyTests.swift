import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// How engines and machines are dealt, and that the sums are those of the pooled data.
struct ScenarioPropertyTests {
    @Test(
        "every engine belongs to one company and either trains or validates",
        .enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)),
        arguments: [(TurbofanPartition.a, 5, 100), (.c, 12, 709)])
    func disjoint(_ partition: TurbofanPartition, _ companies: Int, _ engines: Int) throws {
        let scenario = try Scenario.cmapss(partition, directory: TurbofanData.directory, seed: 3)
        #expect(scenario.companies.count == companies)
        var seen: Set<[Int]> = []
        var total = 0
        for company in scenario.companies {
            let workload = try #require(company.workload as? RemainingLifeWorkload)
            #expect(!workload.validation.engines.isEmpty)
            for engine in workload.training.engines + workload.validation.engines {
                seen.insert([engine.subset.rawValue, engine.unit])
                total += 1
                #expect(engine.lifeAfterLastRow == 0)
            }
            #expect(Set(workload.test.engines.map(\.subset)) == Set(workload.training.engines.map(\.subset)))
        }
        #expect(total == engines)
        #expect(seen.count == engines)
        let pooled = try #require(scenario.pooledCompany.workload as? RemainingLifeWorkload)
        #expect(pooled.training.engines.count + pooled.validation.engines.count == engines)
    }

    @Test(
        "scenario A: 17 training and 3 validation engines a company; another seed deals differently",
        .enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)))
    func sizes() throws {
        func units(_ seed: UInt64) throws -> [[Int]] {
            let scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory, seed: seed)
            return try scenario.companies.map { company in
                let workload = try #require(company.workload as? RemainingLifeWorkload)
                #expect(workload.training.engines.count == 17)
                #expect(workload.validation.engines.count == 3)
                #expect(workload.test.engines.count == 100)
                return workload.training.engines.map(\.unit)
            }
        }
        #expect(try units(0) == units(0))
        #expect(try units(0) != units(1))
    }

    @Test("a deal cuts at the cumulative shares and gives every index once")
    func deal() {
        let hands = Scenario.deal(249, shares: [0.5, 0.3, 0.2], seed: SimulationSeed(9))
        #expect(hands.map(\.count) == [125, 74, 50])
        #expect(hands.flatMap(\.self).sorted() == Array(0..<249))
    }

    @Test("simulated machines belong to one company and one of training, validation and test")
    func machines() throws {
        let scenario = Scenario.simulated(companies: 4, seed: 2)
        var seen: Set<UInt64> = []
        var total = 0
        for company in scenario.companies {
            let workload = try #require(company.workload as? MachineStateWorkload)
            for fleet in [workload.training, workload.validation, workload.test] {
                let machines = Set(fleet.machines)
                total += machines.count
                seen.formUnion(machines)
            }
        }
        #expect(total == 4 * (12 + 5 + 30))
        #expect(seen.count == total)
    }

    @Test("the sum of all companies' statistics gives the normaliser of the pooled data")
    func statistics() throws {
        let scenario = Scenario.simulated(companies: 3, seed: 4)
        let federated = try ReferenceFederation(scenario).normaliser()
        let workload = try #require(scenario.pooledCompany.workload as? MachineStateWorkload)
        let width = SimulatedFleet.featureCount
        for feature in 0..<width {
            let column = stride(from: feature, to: workload.training.features.count, by: width).map {
                Double(workload.training.features[$0])
            }
            let mean = column.reduce(0, +) / Double(column.count)
            let variance = column.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(column.count)
            #expect(abs(federated.means[feature] - mean) < 1e-9 * (1 + abs(mean)))
            #expect(abs(federated.factors[feature] * variance.squareRoot() - 1) < 1e-6)
        }
    }

    @Test("ridge from summed uploads equals ridge on the pooled rows")
    func ridge() throws {
        let scenario = Scenario.simulated(companies: 3, seed: 4)
        let companies = try ReferenceFederation(scenario).preparedCompanies()
        let sum = ReferenceFederation.sum(try companies.map { try $0.ridgeUpload() })
        let federated = try RidgeRegression.solve(from: sum, statistics: scenario.ridge, lambda: 1)
        let tables = try companies.map { try $0.ridgeTable() }
        let pooled = try RidgeRegression.fit(
            features: tables.flatMap(\.features), targets: tables.flatMap(\.targets), lambda: 1)
        for (one, other) in zip(federated.coefficients, pooled.coefficients) { #expect(abs(one - other) < 1e-8) }
        #expect(abs(federated.intercept - pooled.intercept) < 1e-8)
        #expect(federated.rows == 3 * 12 * 16)
    }

    @Test(
        "ridge over the turbofan companies equals the pooled fit and predicts lives",
        .enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)))
    func turbofanRidge() throws {
        let scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory)
        let federation = ReferenceFederation(scenario)
        let companies = try federation.preparedCompanies()
        let sum = ReferenceFederation.sum(try companies.map { try $0.ridgeUpload() })
        let federated = try RidgeRegression.solve(from: sum, statistics: scenario.ridge, lambda: 10)
        let tables = try companies.map { try $0.ridgeTable() }
        let pooled = try RidgeRegression.fit(
            features: tables.flatMap(\.features), targets: tables.flatMap(\.targets), lambda: 10)
        for (one, other) in zip(federated.coefficients, pooled.coefficients) {
            #expect(abs(one - other) < 1e-6 * (1 + abs(other)))
        }
        let workload = try #require(companies[0].workload as? RemainingLifeWorkload)
        let rmse = try workload.rmse(of: federated, normaliser: federation.normaliser())
        #expect(rmse < 17)
        #expect(rmse > 10)
    }

    @Test("metrics of a known prediction: life errors clip and cap")
    func lifeErrors() throws {
        let errors = try RemainingLifeWorkload.lifeErrors(predicted: [200, -5, 40], lives: [300, 10, 30])
        // errors 0, -10, 10
        #expect(abs(errors.rmse - (200.0 / 3).squareRoot()) < 1e-12)
        #expect(abs(errors.score - (1.158_105_5 + 1.718_281_8) / 3) < 1e-6)
    }
}
