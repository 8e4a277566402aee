import CryptoPrimitives
import Testing
import WireFormat

@testable import DifferentialPrivacy

@Suite struct ReportVerdictPropertyTests {
    typealias Report = ReportFixture

    /// Each doubt alone takes the figure away from the JSON and from both renderings, and the report still verifies.
    @Test func doubtsTakeTheFigureAway() throws {
        let sampling = SamplingScheme.poisson(try SamplingRate(0.1))
        let plain = try Report.ledger(rounds: 2, planned: 50)
        let sampled = try Report.ledger(rounds: 2, planned: 4, multiplier: 200, sampling: sampling)
        let doubts: [(NoGuaranteeReason, LedgerRecord, (inout ReportStatement) -> Void)] = [
            (.testNoise, plain, { $0.provenance = .injectedSource }),
            (.testNoise, plain, { $0.provenance = .fixedKey }),
            (.samplingUnverified, sampled, { $0.isSamplingVerified = false }),
            (.trustUnverified, plain, { $0.isTrustVerified = false }),
            (.procedureNotAdmitted, plain, { $0.procedure.isAdmitted = false }),
            (.clipUnverified, plain, { $0.clip.isEnforced = false }),
            (.auditContradicts, plain, { $0.audit?.epsilonLower = 3.2 }),
        ]
        for (reason, ledger, doubt) in doubts {
            var statement = try Report.statement(ledger)
            statement.isSamplingVerified = true
            statement.audit?.epsilonLower = 0.1
            let good = try PrivacyReport(statement, ledger: ledger, signedBy: Report.key())
            #expect(good.claim != nil && good.reasons.isEmpty)
            #expect(good.markdown().contains("\u{3B5} \u{2264}") && good.html().contains("<svg"))
            doubt(&statement)
            let report = try PrivacyReport(statement, ledger: ledger, signedBy: Report.key())
            #expect(report.reasons == [reason] && report.claim == nil && report.tradeOff == nil)
            let value = try JSONValue(parsing: report.bytes, limit: 1 << 26)
            #expect(value["result"] == .null && value["interpretation"] == .null && value["registry_export"] == .null)
            #expect(value["participants"]?.elements?.allSatisfy { $0["eps_upper"] == .null } == true)
            #expect(value["budget"]?["spent"] == .null)
            for text in [report.markdown(), report.html()] {
                #expect(text.contains("NO GUARANTEE") && text.contains(reason.rawValue))
                #expect(!text.contains("\u{3B5}") && !text.lowercased().contains("epsilon") && !text.contains("<svg"))
            }
            #expect(Report.refusal(report.bytes) == nil)
        }
    }

    /// Wherever a figure stands, so do unit, adjacency, noise, sampling and trust.
    @Test func figuresComeWithTheirConditions() throws {
        let report = try Report.report()
        let conditions = [
            "one machine (asset)", "adding or removing", "discrete Gaussian noise, multiplier 10.92", "no sampling",
            "at most 3 of 10 participants collude", "at least 8 finish", "1e-06",
        ]
        let top = report.markdown().split(separator: "\n").prefix(10).joined(separator: "\n")
        for condition in conditions { #expect(top.contains(condition), "\(condition)") }
        for text in [top, report.html()] {
            #expect(text.contains("2.9991") && text.contains("4.7 %") && text.contains("75.0 %"))
            #expect(text.contains("a company as a whole") && text.contains("W2"))
        }
        // Each chart and each table of figures carries them too.
        let blocks = report.html().split(separator: "<desc").dropFirst()
        #expect(blocks.count == 3)
        for block in blocks {
            let description = try #require(block.split(separator: "</desc>").first)
            for condition in conditions { #expect(description.contains(condition), "\(condition)") }
        }
    }

    @Test func hazardsFollowFromTheContents() throws {
        func codes(_ ledger: LedgerRecord, _ change: (inout ReportStatement) -> Void) throws -> [String] {
            var statement = try Report.statement(ledger)
            statement.isSamplingVerified = true
            change(&statement)
            let report = try PrivacyReport(statement, ledger: ledger, signedBy: Report.key())
            #expect(Report.refusal(report.bytes) == nil)
            return report.hazards.map(\.rawValue)
        }
        let whole = try Report.ledger()
        let base = ["W2", "W4", "W7"]
        #expect(try codes(whole) { _ in } == base)
        #expect(try codes(whole) { $0.population = 1_000_000 } == ["W1"] + base)
        #expect(try codes(whole) { $0.population = 999_999 } == base)
        #expect(try codes(whole) { $0.population = nil } == base + ["W9"])
        #expect(try codes(whole) { $0.tuning.isAccounted = true } == ["W4", "W7"])
        #expect(try codes(whole) { $0.tuning.runs = 0 } == ["W4", "W7"])
        #expect(try codes(whole) { $0.audit = nil } == base + ["W8"])
        #expect(try codes(whole) { $0.participants[3].collusion = nil } == base + ["W12"])
        #expect(try codes(Report.ledger(rounds: 49)) { _ in } == base + ["W10"])
        let sampled = try Report.ledger(
            rounds: 4, planned: 4, multiplier: 200, sampling: .poisson(SamplingRate(0.1)))
        #expect(
            try codes(sampled) {
                $0.audit = nil; $0.participants = []
            } == ["W2", "W4", "W5", "W8", "W12"])
        let wide = PrivacyBudget(epsilon: try Epsilon(40), delta: try Delta(1e-6))
        let large = try Report.ledger(rounds: 1, planned: 1, multiplier: 40, over: 100, budget: wide)
        #expect(try codes(large) { _ in }.contains("W6"))
    }

    /// A filter in place of a plan: the claim is the filter's, whatever was spent.
    @Test func filtersAreReportedByTheirBound() throws {
        typealias Fixture = LedgerFixture
        for filter in [PrivacyFilter.gaussian(bound: 0.4), .renyi(order: 12, bound: 1)] {
            var ledger = try PrivacyLedger(Fixture.terms(filter, participant: "company-3"), persist: { _ in })
            for round in 1...3 { _ = try ledger.charge(Fixture.charge(UInt64(round)), persist: { _ in }) }
            try ledger.refund(
                PrivacyRefund(charge: ledger.record.lastDigest, agreement: Fixture.digest(1)), persist: { _ in })
            var statement = try Report.statement(ledger.record)
            statement.audit = nil
            let report = try PrivacyReport(statement, ledger: ledger.record, signedBy: Report.key())
            #expect(report.claim == ledger.record.terms.figure)
            #expect(report.hazards.contains(.refunds))
            let value = try JSONValue(parsing: report.bytes, limit: 1 << 26)
            let left = try #require(value["budget"]?["remaining_rounds"]?.int64)
            let cost = 1 / (10.92 * 10.92)
            #expect(left == Int64(filter == .gaussian(bound: 0.4) ? 0.4 / cost - 2 : 1 / (6 * cost) - 2))
            #expect(Report.refusal(report.bytes) == nil)
        }
    }

    /// Rounded figures stay on the safe side, and one text stands for one number.
    @Test func numbersRoundToTheSafeSide() throws {
        var state: UInt64 = 88172645463325252
        for _ in 0..<2000 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let value = Double(
                sign: .plus, exponent: Int(state % 60) - 50, significand: 1 + Double(state >> 12) * 0x1p-52)
            let up = try #require(DecimalText.value(of: ReportNumber.up(value)))
            let down = try #require(DecimalText.value(of: ReportNumber.down(value)))
            #expect(up >= value && down <= value && up <= value * 1.00003 && down >= value * 0.99997, "\(value)")
        }
        #expect(ReportNumber.fixed(2.99901, 4) == "2.9991" && ReportNumber.fixed(2.99909, 4, up: false) == "2.9990")
        #expect(ReportNumber.fixed(.infinity, 4) == "no bound" && ReportNumber.fixed(0.05, 0) == "1")
        #expect(ReportNumber.grouped(1_234_567) == "1,234,567" && ReportNumber.percent(0.0466) == "4.7 %")
        for text in ["0x1p3", "1", "01.0", "+1.0", "1.00", " 1.0", "nan", "1e6", ""] {
            #expect(DecimalText.value(of: text) == nil, "\(text)")
        }
    }

    /// The bound lies above the exact curve everywhere, never leaves [rate, 1], and grows.
    @Test func theTradeOffIsMonotone() throws {
        let tradeOff = ReportFigures(try Report.ledger(rounds: 1, planned: 5)).tradeOff
        var last = 0.0
        for step in 0...100 {
            let rate = Double(step) / 100
            let found = tradeOff.detection(atFalseAlarms: rate)
            #expect(found >= rate && found <= 1 && found >= last)
            #expect(found - rate <= tradeOff.advantage + 1e-9)
            last = found
        }
        #expect(last == 1)
        #expect(TradeOffBound([]).detection(atFalseAlarms: 0.2) == 1 && TradeOffBound([]).advantage == 1)
        #expect(TradeOffBound([.init(epsilon: .infinity, delta: 0)]).detection(atFalseAlarms: 0.2) == 1)
    }
}
