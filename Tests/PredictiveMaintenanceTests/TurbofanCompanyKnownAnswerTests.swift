import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// Real engines through statistics, normaliser, windows and targets, against NumPy.
@Suite(.enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)))
struct TurbofanCompanyKnownAnswerTests {
    static func wholeFD002() throws -> TurbofanFleet {
        let table = try TurbofanTable(TurbofanFile(.fd002, .training), directory: TurbofanData.directory)
        return TurbofanFleet(.fd002, table: table, indices: Array(table.engines.indices))
    }

    static func normaliser(of fleet: TurbofanFleet) throws -> GroupNormaliser {
        let workload = RemainingLifeWorkload(training: fleet, validation: fleet, test: fleet, stride: 4)
        return try MaintenanceCompany(name: "all", participant: 0, workload: workload).ownNormaliser()
    }

    @Test("means of regime 3 equal NumPy's")
    func means() throws {
        let normaliser = try Self.normaliser(of: Self.wholeFD002())
        let expected = [
            536.865069, 1262.68479, 1050.32092, 175.425952, 1915.41577, 8015.49854, 36.8013772, 164.572178, 2028.3142,
            7878.46166, 10.9139636, 307.348163, 14.2628393, 8.55845385,
        ]
        for (sensor, mean) in expected.enumerated() {
            #expect(abs(normaliser.means[3 * 14 + sensor] - mean) < 1e-6 * mean)
        }
    }

    @Test("engine 7's window at cycle 100 across six regimes equals NumPy's")
    func window() throws {
        let fleet = try Self.wholeFD002()
        let normaliser = try Self.normaliser(of: fleet)
        let history = fleet.normalised(fleet.engines[6].rows, by: normaliser)
        #expect(history.count == 174 * 14)
        var features: [Float] = []
        WindowFeatures.append(endingBefore: 100, of: history, to: &features)
        let expected: [Float] = [
            -0.2362953, -0.4356232, -0.2536365, 0.5189596, -0.3949336, -0.2374848, -0.6768785, 0.5344372, -0.3548586,
            -0.2617376, -0.725603, 0.1027218, 0.6926206, 0.4718997, -0.444007, -0.1881715, -0.5049432, 0.3764077,
            -0.4392235, -0.361066, -0.5976014, 0.5757852, -0.4170655, -0.2970533, -0.6147622, -0.4795459, 0.3730545,
            0.5077112, 3.363884, 0.4886288, -0.2029479, -1.193589, 0.3848864, 1.071964, -0.1373017, -1.156556,
            0.4415842, 0.4630964, 0.6254813, 1.045309, -0.4367458, 2.160228, 0.7841276, 0.7138119, 0.4882284, 0.6201918,
            0.283442, 0.2729133, 0.3721691, 0.6037547, 0.3266566, 0.2007392, 0.5133402, 0.7686659, 0.8210435, 0.7871303,
        ]
        // readings are kept in single precision: 2e-4 of 2388 rpm is 1e-3 of a deviation
        for (found, wanted) in zip(features, expected) { #expect(abs(found - wanted) < 3e-3) }
    }

    @Test("normalising a row is what the shared normaliser does")
    func sameNormaliser() throws {
        let fleet = try Self.wholeFD002().selecting([3])
        let normaliser = try Self.normaliser(of: fleet)
        let history = fleet.normalised(fleet.engines[0].rows, by: normaliser)
        for (place, value) in history.enumerated() {
            let wanted = normaliser.normalise(
                Double(fleet.readings[place]), sensor: place % 14, group: Int(fleet.regimes[place / 14]))
            #expect(value == Float(wanted))
        }
    }

    @Test("no reading of any engine lies beyond the public envelope")
    func envelope() throws {
        for subset in TurbofanSubset.allCases {
            let table = try TurbofanTable(TurbofanFile(subset, .training), directory: TurbofanData.directory)
            let fleet = TurbofanFleet(subset, table: table, indices: Array(table.engines.indices))
            let workload = RemainingLifeWorkload(training: fleet, validation: fleet, test: fleet, stride: 4)
            var tally = workload.statistics.makeTally()
            for row in 0..<fleet.rowCount {
                let values = fleet.readings[row * 14..<(row + 1) * 14].map { Double($0) }
                try tally.add(values, group: Int(fleet.regimes[row]))
            }
            #expect(tally.clipped == 0)
            #expect(tally.rows == table.rowCount)
        }
    }

    @Test("targets: capped life over 125, and an alarm within 30 cycles")
    func targets() throws {
        let table = try TurbofanTable(TurbofanFile(.fd001, .test), directory: TurbofanData.directory)
        let lives = try RemainingLifeList(.fd001, directory: TurbofanData.directory)
        let fleet = TurbofanFleet(.fd001, table: table, indices: [0, 33], lives: lives)
        // engine 1 stops at cycle 31 with 112 left; windows end at 15, 18, ..., 30
        #expect(fleet.lives(.every(stride: 3)).prefix(6) == [128, 125, 122, 119, 116, 113])
        #expect(fleet.lives(.last) == [112, lives.cycles[33]])
        let windows = TurbofanWindows(features: [Float](repeating: 0, count: 4 * 56), lives: [200, 125, 31, 30])
        #expect(try windows.examples().targets == [1, 0, 1, 0, 31.0 / 125, 0, 30.0 / 125, 1])
    }
}
