import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Engines taken out of service before they fail, and the deals of the further scenarios.
struct RetirementPropertyTests {
    /// A table of engines with the given numbers of cycles; sensor 2 of a row tells its cycle.
    static func fleet(_ cycles: [Int], lives: [Int]? = nil) throws -> TurbofanFleet {
        var text = ""
        for (unit, count) in cycles.enumerated() {
            for cycle in 1...count {
                text += "\(unit + 1) \(cycle) 0 0 0 1 \(cycle)" + String(repeating: " 1", count: 19) + "\n"
            }
        }
        let table = try TurbofanTable(parsing: Array(text.utf8), of: TurbofanFile(.fd001, .test))
        let list = try lives.map {
            try RemainingLifeList(
                parsing: Array($0.map(String.init).joined(separator: "\n").utf8),
                of: TurbofanFile(.fd001, .remainingLife))
        }
        return TurbofanFleet(.fd001, table: table, indices: Array(cycles.indices), lives: list)
    }

    @Test("an engine run to failure loses its tail, and lives count to retirement")
    func training() throws {
        let fleet = try Self.fleet([100, 40, 30]).retired(cyclesEarly: 30)
        #expect(fleet.engines.map(\.unit) == [1, 2])
        #expect(fleet.engines.map(\.rows.count) == [70, 10])
        #expect(fleet.engines.map(\.lifeAfterLastRow) == [0, 0])
        #expect(fleet.lives(.last) == [0, 0])
        #expect(fleet.readings[0] == 1)
        #expect(fleet.readings[69 * 14] == 70)
        #expect(fleet.readings[70 * 14] == 1)
    }

    @Test("a test engine keeps what came before its retirement")
    func test() throws {
        let fleet = try Self.fleet([50, 50, 50, 20], lives: [80, 30, 12, 5]).retired(cyclesEarly: 30)
        #expect(fleet.engines.map(\.rows.count) == [50, 50, 32])
        #expect(fleet.engines.map(\.lifeAfterLastRow) == [50, 0, 0])
        #expect(try Self.fleet([9], lives: [3]).retired(cyclesEarly: 0).engines[0].lifeAfterLastRow == 3)
    }

    @Test(
        "the further scenarios deal as described",
        .enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)),
        arguments: [(TurbofanPartition.b, 4, 25), (.d, 12, 0), (.e, 24, 4), (.r, 20, 10)])
    func deals(_ partition: TurbofanPartition, _ companies: Int, _ engines: Int) throws {
        let scenario = try Scenario.cmapss(partition, directory: TurbofanData.directory, seed: 5)
        #expect(scenario.companies.count == companies)
        var seen: Set<[Int]> = []
        var total = 0
        for (index, company) in scenario.companies.enumerated() {
            let workload = try #require(company.workload as? RemainingLifeWorkload)
            let own = workload.training.engines + workload.validation.engines
            if engines > 0 { #expect(own.count == engines) }
            total += own.count
            for engine in own { seen.insert([engine.subset.rawValue, engine.unit]) }
            if partition == .r { #expect(Set(workload.test.engines.map(\.subset)) == [.fd001, .fd003]) }
            if partition == .e || partition == .d {
                let early = 30 * (index % 3)
                let full = try #require(scenario.companies[index - index % 3].workload as? RemainingLifeWorkload).test
                for engine in workload.test.engines {
                    let whole = try #require(full.engines.first { $0.unit == engine.unit })
                    #expect(
                        engine.rows.count + engine.lifeAfterLastRow
                            == whole.rows.count + whole.lifeAfterLastRow - early)
                }
            }
        }
        #expect(seen.count == total)
        if partition == .d { #expect(total == 709) }
    }

    @Test("windows as failure times: lives at the cap or above are censored there")
    func survival() throws {
        let fleet = try Self.fleet([160])
        let workload = RemainingLifeWorkload(training: fleet, validation: fleet, test: fleet, stride: 10)
        let moments = GroupMoments(
            sensors: 14, counts: [Int](repeating: 1, count: 6), means: [Double](repeating: 0, count: 84),
            variances: [Double](repeating: 1, count: 84))
        let normaliser = GroupNormaliser(moments)
        let table = try workload.survivalTable(normaliser)
        // windows end at 15, 25, ... 155: lives 145, 135, 125, 115, ... 5
        #expect(table.rows == 15)
        #expect(table.failed == [false, false, false] + [Bool](repeating: true, count: 12))
        #expect((table.logTimes[2] - table.logTimes[0]).magnitude < 1e-12)
        #expect((table.logTimes[14] - 1.791_759_469_228_055).magnitude < 1e-12)
        // 19 cycles whatever the features: the last window has none left
        let model = AcceleratedFailureModel(
            distribution: .logNormal, intercept: 2.995_732_273_553_991, slopes: [Double](repeating: 0, count: 56),
            scale: 0.1)
        let judged = try workload.evaluate(model, normaliser: normaliser, coverage: 0.9)
        #expect((judged.rmse - 19).magnitude < 1e-9)
        #expect(judged.covered == 0)
        let wide = AcceleratedFailureModel(
            distribution: .logNormal, intercept: 0, slopes: [Double](repeating: 0, count: 56), scale: 0.1)
        #expect(try workload.evaluate(wide, normaliser: normaliser, coverage: 0.9).covered == 1)
    }
}
