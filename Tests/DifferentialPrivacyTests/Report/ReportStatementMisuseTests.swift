import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

@Suite struct ReportStatementMisuseTests {
    typealias Report = ReportFixture

    /// One row a fault, each with its own error.
    @Test func faultsOfAStatement() throws {
        let ledger = try Report.ledger(rounds: 1, planned: 50)
        let good = try Report.statement(ledger)
        func refusal(_ change: (inout ReportStatement) -> Void) -> ReportRefusal? {
            var statement = good
            change(&statement)
            do throws(ReportRefusal) {
                _ = try PrivacyReport(statement, ledger: ledger, signedBy: Report.key())
                return nil
            } catch { return error }
        }
        #expect(refusal { _ in } == nil)
        let rows: [(ReportRefusal, (inout ReportStatement) -> Void)] = [
            (.invalidField("report_id"), { $0.reportID = "" }),
            (.invalidField("created"), { $0.created = "2026-13-01T00:00:00Z" }),
            (.invalidField("created"), { $0.created = "2026-01-01 00:00:00Z" }),
            (.invalidField("generator.version"), { $0.generator.version = "1\n2" }),
            (.invalidField("scope.not_covered"), { $0.notCovered = [""] }),
            (.invalidField("scope.not_covered"), { $0.notCovered = Array(repeating: "x", count: 65) }),
            (.invalidField("definition.unit_definition"), { $0.unitDefinition = String(repeating: "x", count: 1025) }),
            (.notPositive("definition.population"), { $0.population = 0 }),
            (.notPositive("definition.population"), { $0.population = -5 }),
            (.tooLarge("definition.population"), { $0.population = .max }),
            (.notPositive("mechanism.clip.bound_real"), { $0.clip.boundReal = 0 }),
            (.notPositive("mechanism.clip.bound_real"), { $0.clip.boundReal = -1 }),
            (.notFinite("mechanism.clip.bound_real"), { $0.clip.boundReal = .nan }),
            (.notFinite("mechanism.grid"), { $0.encoding.grid = .infinity }),
            (.notPositive("mechanism.grid"), { $0.encoding.grid = 0 }),
            (.notPositive("mechanism.modulus_bits"), { $0.encoding.modulusBits = 7 }),
            (.tooLarge("mechanism.modulus_bits"), { $0.encoding.modulusBits = 65 }),
            (.notPositive("tuning.runs"), { $0.tuning.runs = -1 }),
            (.notPositive("audit.canaries"), { $0.audit?.canaries = 0 }),
            (.notFinite("audit.eps_lower"), { $0.audit?.epsilonLower = .nan }),
            (.tooLarge("audit.confidence"), { $0.audit?.confidence = 1 }),
            (.notFinite("participants.weight"), { $0.participants[2].weight = .nan }),
            (.notFinite("participants.eps_upper"), { $0.participants[2].collusion?.none = .nan }),
            (.notPositive("participants.eps_upper"), { $0.participants[2].collusion?.none = -0.1 }),
            (.collusionContradictsClaim, { $0.participants[2].collusion?.none = 9 }),
            (.collusionContradictsClaim, { $0.participants[2].collusion = .init(none: 1, design: 4, all: .infinity) }),
        ]
        for (expected, change) in rows { #expect(refusal(change) == expected, "\(expected)") }
        #expect(refusal { $0.participants[2].collusion = .init(none: 1, design: 2, all: .infinity) } == nil)
    }

    /// Nothing that a statement says can become markup.
    @Test func textsAreShownAndNothingElse() throws {
        let evil = "<script>alert('x')</script> & \"q\" | [a](javascript:b) `c` **d**"
        let report = try Report.report {
            $0.reportID = evil
            $0.unitDefinition = evil
            $0.notCovered = [evil]
            $0.procedure.name = evil
            $0.participants[0].pseudonym = evil
            $0.samplingEnforcedBy = evil
        }
        let html = report.html()
        #expect(!html.contains("<script") && !html.contains("alert('x')") && !html.contains("\"q\""))
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;"))
        let markdown = report.markdown()
        #expect(!markdown.contains("<script") && !markdown.contains("[a](") && !markdown.contains("**d**"))
        #expect(markdown.contains("&lt;script&gt;") && markdown.contains("\\| \\[a\\](javascript:b)"))
        #expect(Report.refusal(report.bytes) == nil)
        // Nothing is loaded from anywhere.
        for word in ["http://", "https://", "src=", "url(", "@import", "<link", "<script"] {
            #expect(!html.contains(word), "\(word)")
        }
    }
}
