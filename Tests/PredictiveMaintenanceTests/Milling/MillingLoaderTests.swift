import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// The milling table: totals as published, and an error of its own for every defect.
struct MillingLoaderTests {
    static let header = "UDI,Product ID,Type,Air,Process,Speed,Torque,Wear,Failure,TWF,HDF,PWF,OSF,RNF\n"
    static let good = "1,M14860,M,298.1,308.6,1551,42.8,7,0,0,0,0,0,0"

    @Test(
        "counts are the published ones",
        .enabled(if: MeasuredData.hasMilling, "the milling table is absent: set SECAGG_DATA"))
    func published() throws {
        let table = try MillingTable(directory: MeasuredData.directory("ai4i2020"))
        #expect(table.count == 10_000)
        #expect(table.failed.count { $0 } == 339)
        #expect(MillingType.allCases.map { type in table.types.count { $0 == type } } == [6000, 2997, 1003])
        // the first row by hand: 42.8 Nm at 1551 turns a minute is 6951.6 W
        let first = table.features.prefix(8).map { Double($0) }
        let expected = [298.1, 308.6, 1551, 42.8, 0, 10.5, 6951.59, 0]
        #expect(zip(first, expected).allSatisfy { ($0 - $1).magnitude < 1e-4 * max($1, 1) })
        let scenario = try Scenario.ai4i(table, seed: 1)
        #expect(scenario.companies.map(\.name) == ["type L", "type M", "type H"])
        var rows = 0
        for company in scenario.companies {
            let workload = try #require(company.workload as? MillingWorkload)
            for part in [workload.training, workload.validation, workload.test] {
                rows += part.failed.count
                #expect(part.failed.contains(true))
            }
        }
        #expect(rows == 10_000)
        let other = try Scenario.ai4i(table, seed: 2)
        let (one, two) = (
            try #require(scenario.companies[0].workload as? MillingWorkload),
            try #require(other.companies[0].workload as? MillingWorkload)
        )
        #expect(one.training.features != two.training.features)
    }

    static let defects: [(String, MillingDataFailure)] = [
        ("", .empty),
        (header, .empty),
        ("a,b\n1,2", .fieldCount(line: 1, found: 2)),
        (header + good + ",0", .fieldCount(line: 2, found: 15)),
        (header + good + "\n\n1,2,3", .fieldCount(line: 4, found: 3)),
        (header + good.replacing(",M,", with: ",X,"), .unknownType(line: 2)),
        (header + good + "\n" + good.replacing("308.6", with: "nan"), .badNumber(line: 3, field: 5)),
        (header + good.replacing("308.6", with: "inf"), .badNumber(line: 2, field: 5)),
        (header + good.replacing("308.6", with: "0x1p8"), .badNumber(line: 2, field: 5)),
        (header + good.replacing("308.6", with: ""), .badNumber(line: 2, field: 5)),
        (header + good.replacing("308.6", with: "30860"), .badNumber(line: 2, field: 5)),
        (header + good.replacing("1551", with: "-1"), .badNumber(line: 2, field: 6)),
        (
            header + good.replacing("42.8", with: "42.8" + String(repeating: "0", count: 29)),
            .badNumber(line: 2, field: 7)
        ),
        (header + good.replacing("7,0,0", with: "7,2,0"), .badNumber(line: 2, field: 9)),
        (header + String(good.dropLast()), .badNumber(line: 2, field: 14)),
        (header + good.replacing("M14860", with: "\"M\""), .notText(line: 2)),
        (header + good.replacing("M14860", with: "\u{1}"), .notText(line: 2)),
    ]

    @Test("a defective table is refused at its line and field", arguments: 0..<defects.count)
    func refused(_ index: Int) {
        let (text, failure) = Self.defects[index]
        #expect(throws: failure) { try MillingTable(parsing: Array(text.utf8)) }
    }

    @Test("bytes that are no text, too many rows, a missing folder, too few failures")
    func bounds() throws {
        #expect(throws: MillingDataFailure.notText(line: 2)) {
            try MillingTable(parsing: Array(Self.header.utf8) + [0xFF, 0xFE])
        }
        let many = Self.header + String(repeating: Self.good + "\n", count: MillingTable.rowLimit + 1)
        #expect(throws: MillingDataFailure.tooManyRows(limit: MillingTable.rowLimit)) {
            try MillingTable(parsing: Array(many.utf8))
        }
        #expect(throws: MillingDataFailure.unreadable(errno: 2)) { try Scenario.ai4i(directory: "/nonexistent") }
        let one = try MillingTable(parsing: Array((Self.header + Self.good + "\r\n").utf8))
        #expect(one.count == 1)
        #expect(throws: MillingDataFailure.tooFew(type: 0)) { try Scenario.ai4i(one, seed: 0) }
    }
}
