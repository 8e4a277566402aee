internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import Foundation
internal import RoundProtocol
internal import SecureFederation

/// The privacy report of a run, signed, and its renderings.
struct PrivacyFiles {
    let report: PrivacyReport

    /// Runs that the built-in constants of the two workloads (feature scale, clip norms, penalty) were chosen on, about;
    /// both data sets are public.
    private static let tuningRuns = 100

    /// Makes and signs the report.
    init(
        _ result: PrivateResult, federation: String,
        signedBy key: borrowing SigningKey
    ) throws(CommandFailure) {
        let now = Date()
        let format = ISO8601DateFormatter()
        let members = result.session.roster.participants.enumerated().map { index, key in
            (pseudonym: "company \(index + 1)", key: key)
        }
        let terms = result.plan.terms
        let context = ReportContext(
            reportID: "\(federation)/\(format.string(from: now))", created: format.string(from: now),
            generator: ReportStatement.Generator(
                version: "secagg-bench/1", commit: "not recorded", compiler: Self.compiler),
            provenance: result.provenance,
            unitDefinition: terms.unit == .asset
                ? "all recordings of one machine, from first to last" : "one recording of one machine",
            trustModel:
                "Each company adds its share of the noise before its numbers leave it; the coordinator and"
                + " \(terms.colluders) of \(terms.participants) companies may work together.",
            notCovered: [
                "the process that made this run: it played all companies and held their data and their noise",
                "what the same command prints for comparison (solo, federated, centralised, without noise)",
                "how many machines each company has, and when it answers",
                "constants of the workload, chosen by its makers on public data in about \(Self.tuningRuns) runs",
                "alarm thresholds, which each company sets on its own recordings and keeps",
            ],
            deltaReason: terms.budget.delta.value * Double(terms.nominalUnits) < 0.01
                ? "below a hundredth of one over the number of units" : "chosen by the caller",
            tuning: ReportStatement.Tuning(runs: Self.tuningRuns, isAccounted: false), audit: nil)
        let statement: ReportStatement
        do throws(FederationFailure) {
            statement = try result.plan.statement(context, session: result.session, members: members)
        } catch {
            throw CommandFailure(error)
        }
        do throws(ReportRefusal) {
            report = try PrivacyReport(statement, ledger: result.ledger, signedBy: key)
        } catch {
            throw CommandFailure(
                status: .badInput, what: "no privacy report can be made", why: "\(error)",
                next: "change the number named, or leave --out away")
        }
    }

    private static var compiler: String {
        #if compiler(>=6.3)
            "Swift 6.3 or later"
        #else
            "Swift 6.2"
        #endif
    }

    /// The files by name.
    var contents: [(name: String, bytes: [UInt8])] {
        [
            ("privacy-report.json", report.bytes), ("privacy-report.md", Array(report.markdown().utf8)),
            ("privacy-report.html", Array(report.html().utf8)),
            ("privacy-report.key", Array((report.signer.value.hex + "\n").utf8)),
        ]
    }
}
