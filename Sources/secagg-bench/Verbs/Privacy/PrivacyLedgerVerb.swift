internal import ArgumentParser
internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import WireFormat

/// `privacy ledger`: what a ledger has spent.
struct PrivacyLedgerVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Verify a ledger against the digest kept apart from it, then print what is spent.")

    @Argument(help: "The ledger, such as privacy-ledger-1.jsonl.")
    var file: String

    @Option(
        name: .customLong("last-digest"),
        help: "The digest of the last entry, from a place other than the file: an older copy has another.")
    var lastDigest: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let digest = Bytes32(hex: lastDigest).map(Digest.init) else {
            throw CommandFailure(
                status: .badInput, what: "no last digest", why: "--last-digest is not 64 hexadecimal digits",
                next: "take it from the report (`privacy verify` prints it), or from where the keeper stores it")
        }
        let record = try verified(try InputFile.bytes(file, "ledger", limit: 1 << 27), digest)
        if output.json { try JSONOutput.write(json(record)) } else { print(facts(record).text) }
    }

    private func verified(_ bytes: [UInt8], _ digest: Digest) throws(CommandFailure) -> LedgerRecord {
        do throws(LedgerRefusal) {
            let record = try LedgerRecord(reading: bytes)
            return try PrivacyLedger(resuming: bytes, lastDigest: digest, terms: record.terms, unrecorded: 0).record
        } catch {
            throw CommandFailure(unverified: error)
        }
    }

    private func facts(_ record: LedgerRecord) -> FactList {
        let terms = record.terms
        var facts = FactList()
        facts.add("ledger", "\(terms.federation), kept by \(terms.participant ?? "the federation")")
        facts.add("verified", "\(record.entries.count) entries up to \(record.lastDigest.value.hex)")
        facts.add("holds for", record.qualifier)
        facts.add("budget", "epsilon \(terms.budget.epsilon.value) at delta \(terms.budget.delta.value)")
        facts.add("claim", "epsilon at most \(terms.figure.upper) for all that the filter allows")
        if let realised = record.realised()?.epsilon(at: terms.budget.delta) {
            facts.add("spent", "epsilon at most \(realised.upper), if the choices did not depend on data")
        } else {
            facts.add("spent", "nothing")
        }
        if let (spent, bound) = record.spentOfBound { facts.add("filter", "\(spent) of \(bound)") }
        for release in record.remaining ?? [] {
            facts.add("left", "\(release.release.rawValue), \(release.event.count) times")
        }
        if record.remaining?.isEmpty == true { facts.add("left", "nothing: the plan is used up") }
        return facts
    }

    private func json(_ record: LedgerRecord) -> JSONValue {
        let terms = record.terms
        let realised = record.realised()?.epsilon(at: terms.budget.delta)
        return [
            "schema": .string(JSONOutput.schema), "case": "privacy", "verified": true,
            "federation": .string(terms.federation), "participant": terms.participant.map { .string($0) } ?? .null,
            "entries": .count(record.entries.count), "last_digest": .string(record.lastDigest.value.hex),
            "terms": .string(record.qualifier), "budget_epsilon": .number(terms.budget.epsilon.value),
            "delta": .number(terms.budget.delta.value), "claim_upper": .real(terms.figure.upper),
            "spent_lower": .real(realised?.lower ?? 0), "spent_upper": .real(realised?.upper ?? 0),
            "left": record.remaining.map { releases in
                .array(releases.map { ["release": .string($0.release.rawValue), "times": .count($0.event.count)] })
            } ?? .null,
        ]
    }
}
