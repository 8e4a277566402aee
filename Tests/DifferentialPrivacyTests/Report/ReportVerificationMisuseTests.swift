import CryptoPrimitives
import Testing
import WireFormat

@testable import DifferentialPrivacy

@Suite struct ReportVerificationMisuseTests {
    typealias Report = ReportFixture

    func small() throws -> PrivacyReport {
        let ledger = try Report.ledger(rounds: 1, planned: 2)
        var statement = try Report.statement(ledger)
        statement.participants.removeLast(9)
        statement.audit = nil
        return try PrivacyReport(statement, ledger: ledger, signedBy: Report.key())
    }

    /// Every byte of a report: two bits flipped, deleted, doubled, a space put in.
    @Test func everyByteCounts() throws {
        let bytes = try small().bytes
        #expect(Report.refusal(bytes) == nil)
        var undetected: [Int] = []
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            if Report.refusal(changed) == nil { undetected.append(index) }
            // The rest at every third byte, for time.
            guard index % 3 == 0 else { continue }
            changed[index] = bytes[index] ^ 0x20
            if Report.refusal(changed) == nil { undetected.append(index) }
            changed = bytes
            changed.remove(at: index)
            if Report.refusal(changed) == nil { undetected.append(index) }
            changed = bytes
            changed.insert(bytes[index], at: index)
            if Report.refusal(changed) == nil { undetected.append(index) }
            changed[index] = 0x20
            if Report.refusal(changed) == nil { undetected.append(index) }
        }
        #expect(undetected.isEmpty)
        #expect(Report.refusal(bytes + [0x0A]) == .notCanonical)
        #expect(Report.refusal([]) == .malformed)
    }

    @Test func signaturesAndForms() throws {
        let report = try small()
        let text = String(decoding: report.bytes, as: UTF8.self)
        #expect(Report.refusal(report.bytes, Report.key(8).verifyingKey) == .wrongKey)
        let other = try PrivacyReport(report.statement, ledger: report.ledger, signedBy: Report.key(8))
        #expect(Report.refusal(other.bytes) == .wrongKey)
        // The right key named over another's signature.
        let name = PrivacyReport.keyID(of: Report.key(8).verifyingKey).value.hex
        let claimed = String(decoding: other.bytes, as: UTF8.self)
            .replacing(Report.key(8).verifyingKey.value.hex, with: Report.key().verifyingKey.value.hex)
            .replacing(name, with: PrivacyReport.keyID(of: Report.key().verifyingKey).value.hex)
        #expect(Report.refusal(Array(claimed.utf8)) == .badSignature)
        #expect(Report.refusal(Array(text.replacing("\"W2\"", with: "\"W3\"").utf8)) == .badSignature)
        #expect(Report.refusal(Array(text.replacing(":{", with: ": {").utf8)) == .notCanonical)
        #expect(Report.refusal(Array(text.replacing("\"runs\":3", with: "\"runs\":3.5").utf8)) == .notCanonical)
        #expect(Report.refusal(Array(text.replacing("report-1", with: "report-9").utf8)) == .unsupportedSchema)
        #expect(Report.refusal(Array("{}".utf8)) == .missingField("schema"))
        #expect(Report.refusal(Array("[]".utf8)) == .malformed)
        #expect(Report.refusal([UInt8](repeating: 0x5B, count: 100_000)) == .malformed)
    }

    /// Every member of the schema is asked for, and no other is allowed, whoever signs.
    @Test func missingAndUnknownMembers() throws {
        let ledger = try Report.ledger(rounds: 2)
        let report = try PrivacyReport(Report.statement(ledger), ledger: ledger, signedBy: Report.key())
        let parsed = try JSONValue(parsing: report.bytes, limit: 1 << 26)
        var paths: [[String]] = []
        for member in try #require(parsed.members) where !["signature", "schema"].contains(member.key) {
            paths.append([member.key])
            for inner in member.value.members ?? [] {
                paths.append([member.key, inner.key])
                for third in inner.value.members ?? [] { paths.append([member.key, inner.key, third.key]) }
            }
        }
        #expect(paths.count > 80)
        for path in paths {
            let found = Report.refusal(try Report.forged(report, path, nil))
            #expect(found == .missingField(path.joined(separator: ".")), "\(path) \(String(describing: found))")
        }
        let extra: [([String], String)] = [
            (["remark"], ""), (["scope", "remark"], "scope"), (["mechanism", "clip", "remark"], "mechanism.clip"),
            (["result", "remark"], "result"), (["budget", "remark"], "budget"),
            (["participants", "0", "remark"], "participants"), (["audit", "remark"], "audit"),
        ]
        for (path, inside) in extra {
            #expect(Report.refusal(try Report.forged(report, path, "x")) == .unknownField(inside: inside), "\(path)")
        }
    }

    /// A signer who lies: the signature is good, the contents do not follow from the ledger.
    @Test func signedLiesAreFound() throws {
        let report = try Report.report()
        func refusal(_ path: [String], _ value: JSONValue?) throws -> ReportRefusal? {
            Report.refusal(try Report.forged(report, path, value))
        }
        #expect(try refusal(["report_id"], "another") == nil)
        let cases: [([String], JSONValue, ReportRefusal)] = [
            (["result", "epsilon_upper"], "2.5", .resultNotReproduced("result.epsilon_upper")),
            (["result", "epsilon_upper"], "2.99899", .resultNotReproduced("result.epsilon_upper")),
            (["result", "epsilon_upper"], "3.1", .resultNotReproduced("result.epsilon_upper")),
            (["result", "epsilon_upper"], "nan", .resultNotReproduced("result.epsilon_upper")),
            (["result", "epsilon_lower"], "2.9999", .resultNotReproduced("result.epsilon_lower")),
            (["result", "mu_gdp"], "0.5", .resultNotReproduced("result.mu_gdp")),
            (["result", "mu_gdp"], nil, .resultNotReproduced("result.mu_gdp")),
            (["result", "method"], "intuition", .resultNotReproduced("result.method")),
            (["result", "profile", "2", "epsilon"], "0.1", .resultNotReproduced("result.profile.epsilon")),
            (["result", "profile", "2", "delta"], "0.1", .resultNotReproduced("result.profile.delta")),
            (["result", "by_round", "9", "epsilon"], "0.1", .resultNotReproduced("result.by_round.epsilon")),
            (["result"], nil, .resultNotReproduced("result")),
            (
                ["interpretation", "membership_advantage"], "0.01",
                .resultNotReproduced("interpretation.membership_advantage")
            ),
            (
                ["interpretation", "max_tpr_at_fpr", "1", "tpr"], "0.02",
                .resultNotReproduced("interpretation.max_tpr_at_fpr.tpr")
            ),
            (["registry_export", "epsilon"], "1.0", .resultNotReproduced("registry_export.epsilon")),
            (["budget", "spent"], "0.1", .budgetNotReproduced("budget.spent")),
            (["budget", "limit"], "9.0", .budgetNotReproduced("budget.limit")),
            (["budget", "remaining_rounds"], 7, .budgetNotReproduced("budget.remaining_rounds")),
            (["hazards"], [], .hazardsNotReproduced),
            (["hazards", "0", "text"], "nothing to see", .hazardsNotReproduced),
            (["verdict", "guarantee_stated"], false, .verdictNotReproduced),
            (["noise_provenance"], "fixedKey", .verdictNotReproduced),
            (["definition", "trust_verified"], false, .verdictNotReproduced),
            (["mechanism", "procedure", "admitted"], false, .verdictNotReproduced),
            (["mechanism", "clip", "enforced"], false, .verdictNotReproduced),
            (["audit", "eps_lower"], "3.1", .verdictNotReproduced),
            (["tuning", "accounted"], true, .hazardsNotReproduced),
            (["definition", "population"], 5_000_000, .hazardsNotReproduced),
            (["definition", "unit"], "silo", .inconsistent("definition.unit")),
            (["definition", "delta"], "1e-09", .inconsistent("definition.delta")),
            (["definition", "colluders_t"], 9, .inconsistent("definition.colluders_t")),
            (["mechanism", "noise_multiplier"], "20.0", .inconsistent("mechanism.noise_multiplier")),
            (["sampling", "scheme"], "poisson", .inconsistent("sampling.scheme")),
            (["scope", "rounds", "charged"], 5, .inconsistent("scope.rounds.charged")),
            (["scope", "federation"], "another", .inconsistent("scope.federation")),
            (["participants", "4", "eps_upper", "t_design"], "3.5", .collusionContradictsClaim),
            (["participants", "4", "eps_upper", "t_max"], "1.0", .collusionContradictsClaim),
            (["created"], "today", .invalidField("created")), (["generator"], 3, .invalidField("generator")),
            (["participants", "0", "weight"], "NaN", .invalidField("participants.weight")),
            (["participants", "0", "weight"], "inf", .notFinite("participants.weight")),
            (["participants", "0", "weight"], "-1.0", .notPositive("participants.weight")),
            (["noise_provenance"], "dice", .invalidField("noise_provenance")),
            (["ledger", "3", "survivors"], 9, .ledgerChanged(.chainBroken(entry: 3))),
            (["ledger", "0", "delta"], "1e-05", .ledgerChanged(.chainBroken(entry: 0))),
            (["ledger", "0", "epsilon"], "1.0", .ledgerChanged(.filterExceedsBudget)),
            (["ledger"], [], .ledgerChanged(.truncated)),
        ]
        for (path, value, expected) in cases {
            let found = try refusal(path, value == .null && path.last == "mu_gdp" ? .null : value)
            #expect(found == expected, "\(path) \(value) \(String(describing: found))")
        }
        // A shorter ledger under the same figures.
        let shorter = Array(try JSONValue(parsing: report.bytes, limit: 1 << 26)["ledger"]?.elements?.dropLast() ?? [])
        #expect(try refusal(["ledger"], .array(shorter)) != nil)
    }
}
