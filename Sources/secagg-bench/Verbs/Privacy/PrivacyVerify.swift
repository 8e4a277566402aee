internal import ArgumentParser
internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import WireFormat

/// `privacy verify`: whether a report is what its signer made, and says what its ledger says.
struct PrivacyVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a report: form, signature, ledger, and every figure again; exit code 1 on any change.")

    @OptionGroup var place: ReportOptions

    @Option(name: .long, help: "A company's ledger, such as privacy-ledger-1.jsonl: also that it is the report's.")
    var ledger: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try place.report()
        let kept = try ledger.map { path throws(CommandFailure) in try Self.ledger(path, of: report) }
        if output.json {
            try JSONOutput.write(json(report, kept))
            return
        }
        var facts = FactList()
        facts.add("verified", "report \(report.statement.reportID), \(report.bytes.count) bytes")
        facts.add("signed by", report.signer.value.hex)
        facts.add("ledger", "\(report.ledger.entries.count) entries, last \(report.ledger.lastDigest.value.hex)")
        if let kept { facts.add("company's ledger", "\(kept.terms.participant ?? "federation"): the report's charges") }
        if let claim = report.claim {
            facts.add("claim", "epsilon at most \(claim.upper) \(report.qualifier)")
        } else {
            facts.add("claim", "none: " + report.reasons.map(\.text).joined(separator: " "))
        }
        print(facts.text)
    }

    /// The chain verifies, and these are the report's terms and entries, but for whose copy it is.
    private static func ledger(
        _ path: String, of report: PrivacyReport
    ) throws(CommandFailure) -> LedgerRecord {
        let bytes = try InputFile.bytes(path, "ledger", limit: 1 << 27)
        let record: LedgerRecord
        do throws(LedgerRefusal) { record = try LedgerRecord(reading: bytes) } catch {
            throw CommandFailure(unverified: error)
        }
        guard record.charges(theSameAs: report.ledger) else {
            throw CommandFailure(
                status: .checkFailed, what: "the ledger is not the report's",
                why: "its terms or its entries differ from those in the report",
                next: "ask the company which report its ledger belongs to")
        }
        return record
    }

    private func json(_ report: PrivacyReport, _ kept: LedgerRecord?) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "privacy", "verified": true,
            "report_id": .string(report.statement.reportID), "signer": .string(report.signer.value.hex),
            "entries": .count(report.ledger.entries.count),
            "last_digest": .string(report.ledger.lastDigest.value.hex),
            "epsilon_lower": .real(report.claim?.lower), "epsilon_upper": .real(report.claim?.upper),
            "terms": .string(report.qualifier), "reasons": .array(report.reasons.map { .string($0.rawValue) }),
            "ledger": kept.map {
                [
                    "participant": $0.terms.participant.map { .string($0) } ?? .null,
                    "last_digest": .string($0.lastDigest.value.hex),
                ]
            } ?? .null,
        ]
    }
}

/// `privacy report`: a verified report for people.
struct PrivacyReportVerb: ParsableCommand {
    /// How it is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case md
        case html
    }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Verify a report, then render it as Markdown or one HTML file.")

    @OptionGroup var place: ReportOptions

    @Option(name: .long, help: "md or html.")
    var format: Format

    @Option(name: .long, help: "Where to write. Without it: standard output.")
    var out: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try place.report()
        let text = format == .md ? report.markdown() : report.html()
        if let out { try OutputFile.write(Array(text.utf8), to: out) }
        if output.json {
            try JSONOutput.write([
                "schema": .string(JSONOutput.schema), "case": "privacy", "verified": true,
                "format": .string(format.rawValue), "file": out.map { .string($0) } ?? .null,
                "text": out == nil ? .string(text) : .null,
            ])
        } else if out == nil {
            print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
        }
    }
}
