import PredictiveMaintenance
import Testing

/// Counts as published with the files; sums and longest lives computed by NumPy from the same text.
@Suite(.enabled(if: TurbofanData.isPresent, Comment(rawValue: TurbofanData.absence)))
struct TurbofanLoaderKnownAnswerTests {
    struct Expected: Sendable {
        let file: TurbofanFile
        let engines: Int
        let rows: Int
        let sensorSum: Double
        let longest: Int
    }

    static let expected = [
        Expected(file: .init(.fd001, .training), engines: 100, rows: 20631, sensorSum: 624245313.6668, longest: 362),
        Expected(file: .init(.fd001, .test), engines: 100, rows: 13096, sensorSum: 396012349.5789, longest: 303),
        Expected(file: .init(.fd002, .training), engines: 260, rows: 53759, sensorSum: 1514020506.6388, longest: 378),
        Expected(file: .init(.fd002, .test), engines: 259, rows: 33991, sensorSum: 956972849.6019, longest: 367),
        Expected(file: .init(.fd003, .training), engines: 100, rows: 24720, sensorSum: 747845184.7996, longest: 525),
        Expected(file: .init(.fd003, .test), engines: 100, rows: 16596, sensorSum: 501702152.9717, longest: 475),
        Expected(file: .init(.fd004, .training), engines: 249, rows: 61249, sensorSum: 1724660761.029601, longest: 543),
        Expected(file: .init(.fd004, .test), engines: 248, rows: 41214, sensorSum: 1159532315.042699, longest: 486),
    ]

    @Test("every table has the published engines and rows, and NumPy's sum", arguments: expected)
    func table(_ expected: Expected) throws {
        let table = try TurbofanTable(expected.file, directory: TurbofanData.directory)
        #expect(table.engines.count == expected.engines)
        #expect(table.rowCount == expected.rows)
        #expect(table.values.count == expected.rows * 24)
        #expect(table.engines.map(\.count).max() == expected.longest)
        var sum = 0.0
        for row in 0..<table.rowCount {
            for sensor in 1...21 { sum += Double(table.reading(sensor: sensor, row: row)) }
        }
        // single precision keeps 24 bits of each reading
        #expect(abs(sum - expected.sensorSum) < 1e-7 * expected.sensorSum)
        #expect(table.engines.first?.lowerBound == 0)
        #expect(table.engines.last?.upperBound == expected.rows)
        for (one, next) in zip(table.engines, table.engines.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
    }

    @Test("remaining lives have one entry a test engine and NumPy's sum")
    func lives() throws {
        let sums: [TurbofanSubset: Int] = [.fd001: 7552, .fd002: 21027, .fd003: 7532, .fd004: 21465]
        for subset in TurbofanSubset.allCases {
            let lives = try RemainingLifeList(subset, directory: TurbofanData.directory)
            let table = try TurbofanTable(TurbofanFile(subset, .test), directory: TurbofanData.directory)
            #expect(lives.cycles.count == table.engines.count)
            #expect(lives.cycles.reduce(0, +) == sums[subset])
        }
    }

    @Test("rows of FD002's training engines fall into the six regimes as NumPy counts them")
    func regimes() throws {
        let table = try TurbofanTable(TurbofanFile(.fd002, .training), directory: TurbofanData.directory)
        var counts = [Int](repeating: 0, count: OperatingRegime.count)
        for regime in table.regimes { counts[Int(regime)] += 1 }
        #expect(counts == [8044, 8096, 8122, 8002, 8037, 13458])
    }

    @Test("a ten-megabyte file parses in well under a second", .enabled(if: TurbofanData.isOptimised))
    func speed() throws {
        let took = try ContinuousClock().measure {
            _ = try TurbofanTable(TurbofanFile(.fd004, .training), directory: TurbofanData.directory)
        }
        #expect(took < .milliseconds(500))
    }
}
