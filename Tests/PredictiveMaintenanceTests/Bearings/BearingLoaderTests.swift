import FederatedLearning
import Foundation
import Testing

@testable import PredictiveMaintenance

/// Bearing recordings: every defect has its error, and the federation does what it is for.
struct BearingLoaderTests {
    static let header = "name,fault,size_mil,load_hp,rpm,rate_hz,samples,g_per_count\n"
    static let good = "B007_load0,B,007,0,1796,12000,3,0.5\n"

    static let defects: [(String, BearingDataFailure)] = [
        ("", .empty),
        (header, .empty),
        (header + "n,normal,0,0,1796,48000,3,0.5", .empty),
        ("name,fault\nB,B", .fieldCount(line: 1, found: 2)),
        (header + good + "B,B,7", .fieldCount(line: 3, found: 3)),
        (header + good.replacing("B007_load0", with: "../B007"), .badField(line: 2, field: 1)),
        (header + good.replacing("B007_load0", with: ""), .badField(line: 2, field: 1)),
        (header + good.replacing(",B,", with: ",Q,"), .badField(line: 2, field: 2)),
        (header + good.replacing(",007,", with: ",7.5,"), .badField(line: 2, field: 3)),
        (header + good.replacing(",0,1796", with: ",-1,1796"), .badField(line: 2, field: 4)),
        (header + good.replacing("1796", with: "0"), .badField(line: 2, field: 5)),
        (header + good.replacing("12000", with: "nan"), .badField(line: 2, field: 6)),
        (header + good.replacing(",3,", with: ",0,"), .badField(line: 2, field: 7)),
        (header + good.replacing(",3,", with: ",99999999999,"), .badField(line: 2, field: 7)),
        (header + good.replacing(",0.5", with: ",inf"), .badField(line: 2, field: 8)),
        (header + "\u{7F}", .notText(line: 2)),
        (header + String(repeating: good, count: 201), .tooManyRows(limit: 200)),
    ]

    @Test("a defective manifest is refused at its line and field", arguments: 0..<defects.count)
    func refused(_ index: Int) {
        let (text, failure) = Self.defects[index]
        #expect(throws: failure) { try BearingRecording.entries(parsing: Array(text.utf8)) }
    }

    @Test("samples are little-endian counts times their unit; a short or missing file is refused")
    func samples() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bearings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: BearingDataFailure.unreadable(line: 0, errno: 2)) {
            try BearingRecording.all(directory: folder.path)
        }
        try Data((Self.header + Self.good).utf8).write(to: folder.appendingPathComponent("MANIFEST.csv"))
        #expect(throws: BearingDataFailure.unreadable(line: 2, errno: 2)) {
            try BearingRecording.all(directory: folder.path)
        }
        let file = folder.appendingPathComponent("B007_load0.i16")
        try Data([1, 0, 0xFF, 0xFF, 0, 1]).write(to: file)
        let found = try BearingRecording.all(directory: folder.path)
        #expect(found.count == 1)
        #expect(found[0].samples == [0.5, -0.5, 128])
        #expect(found[0].fault == .ball)
        #expect((found[0].size, found[0].load) == (7, 0))
        #expect((found[0].shaft - 1796.0 / 60).magnitude < 1e-12)
        try Data([1, 0, 0xFF, 0xFF, 0]).write(to: file)
        #expect(throws: BearingDataFailure.sampleCount(line: 2, found: 2)) {
            try BearingRecording.all(directory: folder.path)
        }
        #expect(throws: BearingDataFailure.incomplete(7)) { try Scenario.cwru(.size, found, seed: 0) }
    }

    @Test(
        "companies that know one fault size each: federation tells the faults of all",
        .enabled(
            if: MeasuredData.hasBearings && TurbofanData.isOptimised,
            "needs the bearing recordings (set SECAGG_DATA) and release"))
    func sizes() throws {
        let scenario = try Scenario.cwru(.size, directory: MeasuredData.directory("cwru"))
        #expect(scenario.companies.map(\.name) == ["7 mil", "14 mil", "21 mil"])
        let outcome = try ReferenceFederation(scenario).run()
        let solo = try scenario.companies.parallelMap { company throws(LearningFailure) in
            try scenario.soloReport(company)
        }
        let federated = try #require(WorkloadMetrics.mean(outcome.reports.map(\.metrics)).accuracy)
        let alone = try #require(WorkloadMetrics.mean(solo.map(\.metrics)).accuracy)
        #expect(federated >= 0.92)
        #expect(alone < 0.85)
        #expect(Double(outcome.largestChange) < scenario.terms.updateClip)
        // what trains and what tests never overlap, and features stay in their public ranges
        let workload = try #require(scenario.pooledCompany.workload as? BearingWorkload)
        var tally = workload.statistics.makeTally()
        let width = BearingWindows.recipe.count
        for row in workload.training.faults.indices {
            try tally.add(workload.training.features[row * width..<(row + 1) * width].map { Double($0) }, group: 0)
        }
        #expect(tally.clipped == 0)
    }
}
