import CryptoPrimitives
import Foundation
import Testing
import WireFormat

@testable import DifferentialPrivacy

@Suite struct ReportKnownAnswerTests {
    typealias Report = ReportFixture

    struct Row: Decodable {
        var multiplier: Double
        var rounds: Int
        var mu: Double
        var advantage: Double
        var epsilon: [String: Double]
        var detection: [String: Double]
        var posterior: [String: Double]
    }

    static let rows: [Row] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "known-answers.json")
        guard let data = try? Data(contentsOf: path),
            let rows = try? JSONDecoder().decode([String: Row].self, from: data)
        else { return [] }
        return rows.values.sorted { $0.mu < $1.mu }
    }()

    /// A value not below the truth, and not above it by more than a part.
    func bounds(_ value: Double, _ truth: Double, within part: Double) -> Bool {
        value >= truth * (1 - 1e-12) && value <= truth * (1 + part) + 1e-60
    }

    @Test func figuresBoundTheNormalLaw() throws {
        #expect(Self.rows.count == 3)
        for row in Self.rows {
            let scaled = UInt64((row.multiplier * 100).rounded())
            let budget = PrivacyBudget(epsilon: try Epsilon(20), delta: try Delta(1e-6))
            let ledger = try Report.ledger(rounds: 1, planned: row.rounds, multiplier: scaled, budget: budget)
            let figures = ReportFigures(ledger)
            #expect(bounds(try #require(figures.mu), row.mu, within: 1e-9))
            #expect(bounds(figures.claim.upper, try #require(row.epsilon["1e-06"]), within: 1e-7))
            for (delta, truth) in row.epsilon {
                guard let point = figures.profile.first(where: { $0.delta == Double(delta) }) else { continue }
                #expect(bounds(point.epsilon, truth, within: 1e-7), "\(row.multiplier) \(delta)")
            }
            #expect(bounds(figures.tradeOff.advantage, row.advantage, within: 1e-3))
            for (rate, truth) in row.detection {
                let found = figures.tradeOff.detection(atFalseAlarms: try #require(Double(rate)))
                #expect(bounds(found, truth, within: 5e-3), "\(row.multiplier) \(rate) \(found) \(truth)")
            }
            for (prior, truth) in row.posterior {
                let found = figures.tradeOff.posterior(prior: try #require(Double(prior)), falseAlarms: 0.01)
                #expect(bounds(found, truth, within: 5e-3), "\(row.multiplier) \(prior)")
            }
        }
    }

    /// What `train --out` writes, for the example of ten companies.
    @Test func theExampleStatesItsFigure() throws {
        let report = try Report.report()
        let claim = try #require(report.claim)
        #expect(ReportNumber.fixed(claim.upper, 4) == "2.9992" || ReportNumber.fixed(claim.upper, 4) == "2.9991")
        #expect(claim.lower > 2.999 && claim.width < 1e-6)
        #expect(report.hazards.map(\.rawValue) == ["W2", "W4", "W7"])
        let again = try PrivacyReport(verifying: report.bytes, key: Report.key().verifyingKey)
        #expect(again.bytes == report.bytes && again.statement == report.statement)
        #expect(again.ledger.text == report.ledger.text)
        #expect(again.markdown() == report.markdown() && again.html() == report.html())
        let named = try PrivacyReport(
            verifying: report.bytes, keyID: PrivacyReport.keyID(of: Report.key().verifyingKey))
        #expect(named.claim == report.claim)
        guard let directory = ProcessInfo.processInfo.environment["SECAGG_REPORT_DIR"] else { return }
        let folder = URL(fileURLWithPath: directory)
        try Data(report.bytes).write(to: folder.appending(path: "privacy-report.json"))
        try Data(report.ledger.text).write(to: folder.appending(path: "privacy-ledger.jsonl"))
        try Data(report.markdown().utf8).write(to: folder.appending(path: "privacy-report.md"))
        try Data(report.html().utf8).write(to: folder.appending(path: "privacy-report.html"))
        let refused = try Report.report { $0.provenance = .fixedKey }
        try Data(refused.html().utf8).write(to: folder.appending(path: "refused.html"))
        try Data(refused.bytes).write(to: folder.appending(path: "refused.json"))
    }

    /// The key's name by another program: hashlib.blake2b(bytes(range(32)), digest_size=32, person=b"SecAgg DP key").
    @Test func keysHaveTheNamesOfTheDescription() throws {
        let key = VerifyingKey(try #require(Bytes32(0..<32)))
        #expect(
            PrivacyReport.keyID(of: key).value.hex
                == "ad9ed1ed81b762ddf9e34fd47b8e3e263bd7b6d260d6956ae83993e159948415")
    }
}
