import CryptoPrimitives
import Testing
import WireFormat

@testable import DifferentialPrivacy

/// The example: ten companies, 5,000 machines, multiplier 10.92, 50 rounds, delta 1e-6.
enum ReportFixture {
    typealias Fixture = LedgerFixture

    static func key(_ byte: UInt8 = 7) -> SigningKey {
        var seed = SecretBytes(zeroed: 32)
        _ = seed.withUnsafeMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: byte) }
        return SigningKey(seed: seed)
    }

    static func ledger(
        rounds: Int = 50, planned: Int = 50, multiplier: UInt64 = 1092, over: UInt64 = 100,
        sampling: SamplingScheme = .none, budget: PrivacyBudget = Fixture.budget
    ) throws -> LedgerRecord {
        let event = try Fixture.event(multiplier, over: over, sampling: sampling)
        let line = PlannedRelease(.trainingSum, event.repeated(planned))
        var ledger = try PrivacyLedger(Fixture.terms(.planned([line]), budget: budget), persist: { _ in })
        for round in 0..<rounds {
            let charge = PrivacyCharge(
                round: UInt64(round + 1), release: .trainingSum, event: event, survivors: 8 + round % 3)
            _ = try ledger.charge(charge, persist: { _ in })
        }
        return ledger.record
    }

    /// What the shares of n - k - t' honest members give, for t' = 0, 3 and all others.
    static func collusion(_ ledger: LedgerRecord) throws -> CollusionRisk {
        func figure(_ honest: Int) throws -> Double {
            guard let event = ledger.mainEvent?.with(honest: honest) else { return .infinity }
            let schedule = try PrivacySchedule.charged(unit: .asset, adjacency: .addRemove, [event])
            return schedule.epsilon(at: ledger.terms.budget.delta).upper
        }
        return CollusionRisk(none: try figure(8), design: try figure(5), all: try figure(1))
    }

    static func statement(_ ledger: LedgerRecord) throws -> ReportStatement {
        let figures = try collusion(ledger)
        return ReportStatement(
            reportID: "pump-fleet-7/2026-03", created: "2026-03-31T18:00:00Z",
            generator: .init(version: "1.0.0", commit: "0123abc", compiler: "swift 6.3"), provenance: .operatingSystem,
            participants: (1...10).map { index in
                .init(
                    pseudonym: "company-\(index)", key: key(UInt8(100 + index)).verifyingKey, weight: 0.1,
                    collusion: figures)
            },
            notCovered: ["how many machines a company announced", "the time a company takes to answer"],
            unitDefinition: "all sensor records of one pump since it was installed", population: 5000,
            trustModel: "Noise is added by the companies; the server and three of them may work together.",
            isTrustVerified: true, deltaReason: "below one part in a hundred of one over the number of machines",
            procedure: .init(
                name: "asset-FedAvg", isAdmitted: true, reason: "local steps on one machine, clipped, then summed"),
            clip: .init(
                kind: "flat", boundReal: 1.5, enforcement: "in each company, on the integer grid, before summing",
                isEnforced: true), encoding: .init(grid: 1.4305114746e-6, modulusBits: 40, rotation: nil),
            samplingEnforcedBy: "nobody, nothing is sampled", isSamplingVerified: false,
            tuning: .init(runs: 3, isAccounted: false),
            audit: .init(method: "canary draws, Gaussian form", canaries: 20_000, epsilonLower: 2.74, confidence: 0.95))
    }

    static func report(_ change: (inout ReportStatement) -> Void = { _ in }) throws -> PrivacyReport {
        let ledger = try ledger()
        var statement = try statement(ledger)
        change(&statement)
        return try PrivacyReport(statement, ledger: ledger, signedBy: key())
    }

    /// The report with one member replaced (nil: removed) and signed again: what a lying signer could send.
    static func forged(_ report: PrivacyReport, _ path: [String], _ value: JSONValue?) throws -> [UInt8] {
        let parsed = try JSONValue(parsing: report.bytes, limit: 1 << 26)
        let members = try #require(edited(parsed, path[...], value).members)
        return try signed(members.filter { $0.key != "signature" })
    }

    static func signed(_ members: [JSONMember]) throws -> [UInt8] {
        let key = key()
        let signature = key.sign(try JSONValue.object(members).encoded(keys: .sorted))
        let member = JSONMember(
            "signature",
            [
                "ed25519": .string(DecimalText.hex(signature.bytes)),
                "public_key": .string(key.verifyingKey.value.hex),
                "key_id": .string(PrivacyReport.keyID(of: key.verifyingKey).value.hex),
            ])
        return try JSONValue.object(members + [member]).encoded(keys: .sorted)
    }

    /// Keys name members, numbers elements.
    static func edited(_ value: JSONValue, _ path: ArraySlice<String>, _ new: JSONValue?) -> JSONValue {
        guard let key = path.first else { return new ?? .null }
        switch value {
        case .object(var members):
            if let index = members.firstIndex(where: { $0.key == key }) {
                if path.count == 1, new == nil {
                    members.remove(at: index)
                } else {
                    members[index].value = edited(members[index].value, path.dropFirst(), new)
                }
            } else if let new {
                members.append(JSONMember(key, new))
            }
            return .object(members)
        case .array(var elements):
            guard let index = Int(key), elements.indices.contains(index) else { return value }
            elements[index] = edited(elements[index], path.dropFirst(), new)
            return .array(elements)
        default: return value
        }
    }

    static func refusal(_ bytes: [UInt8], _ key: VerifyingKey? = nil) -> ReportRefusal? {
        do throws(ReportRefusal) {
            _ = try PrivacyReport(verifying: bytes, key: key ?? self.key().verifyingKey)
            return nil
        } catch { return error }
    }
}
