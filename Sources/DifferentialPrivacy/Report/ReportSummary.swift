internal import CryptoPrimitives

/// The sentences of a report that every rendering shares, unescaped.
struct ReportSummary {
    struct Line {
        var label: String
        var text: String
    }

    struct Table {
        var title: String
        var note: String
        var head: [String]
        var rows: [[String]]
    }

    let report: PrivacyReport
    private var statement: ReportStatement { report.statement }
    private var ledger: LedgerRecord { report.ledger }
    private var terms: LedgerTerms { report.ledger.terms }
    private var figures: ReportFigures { report.body.figures }
    var isStated: Bool { report.reasons.isEmpty }

    var title: String { "Privacy budget report: \(terms.federation)" }

    var status: String {
        isStated ? "Guarantee stated" : "NO GUARANTEE"
    }

    static func text(_ delta: Double) -> String { DecimalText.text(of: delta) }

    private var unitName: String { ledger.unitName }
    private var adjacencyName: String { ledger.adjacencyName }
    private var mechanismName: String { ledger.mechanismName }
    private var samplingName: String { ledger.samplingName }
    private var trustName: String { ledger.trustName }

    /// What no figure may be printed without.
    var qualifier: String { ledger.qualifier }

    private var releases: String {
        let charges = ledger.charges
        guard let first = charges.first, let last = charges.last else { return "nothing has been released" }
        let rounds = Set(charges.map(\.round)).count
        let left = ledger.remaining?.map(\.event.count).reduce(0, +) ?? 0
        return "\(ReportNumber.grouped(rounds)) rounds (\(first.round) to \(last.round)), "
            + "\(ReportNumber.grouped(charges.count)) charged releases"
            + (left > 0 ? ", \(ReportNumber.grouped(left)) planned ones to come" : "")
    }

    /// At most nine lines, for a reader who is no engineer.
    var lines: [Line] {
        var lines = [
            Line(
                label: isStated ? "Protects" : "Meant to protect",
                text:
                    "\(unitName): \(statement.unitDefinition)."),
            Line(
                label: isStated ? "Against" : "Meant against",
                text: "everybody who sees what was released, provided that \(trustName)."),
        ]
        if isStated {
            let tradeOff = figures.tradeOff
            let claim = figures.claim
            let certified =
                claim.lower > 0
                ? " (certified: the exact value is between \(ReportNumber.fixed(claim.lower, 4, up: false)) and "
                    + "\(ReportNumber.fixed(claim.upper, 4)))" : ""
            lines += [
                Line(
                    label: "Figure",
                    text: "\u{3B5} \u{2264} \(ReportNumber.fixed(claim.upper, 4)) at \u{3B4} = "
                        + "\(Self.text(terms.budget.delta.value))\(certified), by \(adjacencyName); \(mechanismName); "
                        + "\(samplingName)."),
                Line(
                    label: "In plain words",
                    text: "the best possible attack that wrongly accuses 1 % of outsiders recognises at most "
                        + "\(ReportNumber.percent(tradeOff.detection(atFalseAlarms: 1e-2))) of those whose data were "
                        + "used; by it a suspicion of 10 % becomes at most "
                        + "\(ReportNumber.percent(tradeOff.posterior(prior: 0.1, falseAlarms: 1e-2)))."),
                Line(
                    label: "Budget",
                    text: "\u{3B5} = \(Self.text(terms.budget.epsilon.value)), of which "
                        + "\(ReportNumber.percent(claim.upper / terms.budget.epsilon.value)) is claimed."),
            ]
        } else {
            lines.append(
                Line(
                    label: "Figure",
                    text: "none. No guarantee is stated. "
                        + report.reasons.map { "\($0.rawValue): \($0.text)" }
                        .joined(separator: " ")))
        }
        let others = statement.notCovered.map { "; " + $0 }.joined() + "."
        let hazards = report.hazards.map(\.rawValue).joined(separator: ", ")
        lines += [
            Line(label: "Covers", text: releases + ". " + claimBasis),
            Line(label: "Does not protect", text: unprotected + others),
            Line(label: "Hazards", text: hazards.isEmpty ? "none known" : "\(hazards), explained below."),
            Line(
                label: "Made",
                text: "\(statement.created), report \(statement.reportID), signed by key "
                    + "\(PrivacyReport.keyID(of: report.signer).value.hex.prefix(16))."),
        ]
        return lines
    }

    private var claimBasis: String {
        guard isStated else { return "" }
        switch terms.filter {
        case .planned:
            return "The figure is that of the whole plan, fixed beforehand; stopping early or more survivors cannot "
                + "exceed it."
        case .gaussian, .renyi:
            return "The figure is that of a limit fixed beforehand; what was chosen within it does not matter."
        }
    }

    private var unprotected: String {
        terms.unit == .silo
            ? "who took part and when" : "a company as a whole; who took part and when"
    }

    /// Tables after the first lines; those with figures only where a guarantee is stated.
    var tables: [Table] {
        var tables: [Table] = []
        if isStated {
            tables += [attacks, profile]
            if !statement.participants.isEmpty { tables.append(participants) }
        }
        tables += [details, entries]
        return tables
    }

    var hazardTable: Table {
        Table(
            title: "Hazards", note: "", head: ["Code", "What to know"],
            rows: report.hazards.map { [$0.rawValue, $0.text] })
    }

    private var attacks: Table {
        let tradeOff = figures.tradeOff
        let alarms = ReportFigures.posteriorFalseAlarms
        var rows = ReportFigures.falseAlarms.map { rate in
            [
                "false alarms \(ReportNumber.percent(rate))",
                "at most \(ReportNumber.percent(tradeOff.detection(atFalseAlarms: rate))) detected",
            ]
        }
        rows += ReportFigures.priors.map { prior in
            [
                "suspicion \(ReportNumber.percent(prior)) before, alarm at false-alarm rate "
                    + ReportNumber.percent(alarms),
                "at most \(ReportNumber.percent(tradeOff.posterior(prior: prior, falseAlarms: alarms))) after",
            ]
        }
        rows.append(["detections less false alarms, any test", "at most \(ReportNumber.percent(tradeOff.advantage))"])
        return Table(
            title: "What an attacker can achieve", note: "Bounds " + qualifier + ".", head: ["Situation", "Bound"],
            rows: rows)
    }

    private var profile: Table {
        var rows = figures.profile.map { [Self.text($0.delta), ReportNumber.fixed($0.epsilon, 4)] }
        if let mu = figures.mu { rows.append(["\u{3BC} of Gaussian privacy", ReportNumber.fixed(mu, 4)]) }
        return Table(
            title: "The bound at other \u{3B4}", note: "Bounds " + qualifier + "; the other \u{3B4} as named.",
            head: ["\u{3B4}", "\u{3B5} at most"], rows: rows)
    }

    private var participants: Table {
        Table(
            title: "Participants",
            note: "Upper bounds on \u{3B5} for the units of each participant. The middle column: " + qualifier + ".",
            head: ["Participant", "Weight", "Nobody colludes", "As planned", "All others collude"],
            rows: statement.participants.map { participant in
                let values = participant.collusion.map { [$0.none, $0.design, $0.all] } ?? []
                return [participant.pseudonym, Self.text(participant.weight)]
                    + (values.isEmpty
                        ? ["not given", "not given", "not given"] : values.map { ReportNumber.fixed($0, 4) })
            })
    }

    private var details: Table {
        var rows = [
            ["Unit", "\(terms.unit.rawValue): \(statement.unitDefinition)"],
            ["Adjacency", adjacencyName],
            ["Units", statement.population.map(ReportNumber.grouped) ?? "not stated"],
            ["Reason for \u{3B4}", statement.deltaReason],
            ["Procedure", "\(statement.procedure.name): \(statement.procedure.reason)"],
            ["Clip", "\(statement.clip.kind), \(Self.text(statement.clip.boundReal)); \(statement.clip.enforcement)"],
            ["Noise", mechanismName],
            ["Source of the noise", statement.provenance.rawValue],
            ["Grid, modulus", "\(Self.text(statement.encoding.grid)), \(statement.encoding.modulusBits) bits"],
            ["Sampling", "\(samplingName); \(statement.samplingEnforcedBy)"],
            ["Trust", statement.trustModel],
            [
                "Tuning",
                "\(statement.tuning.runs) runs, " + (statement.tuning.isAccounted ? "included" : "not included"),
            ],
        ]
        if isStated {
            let detail = AccountingDetail(terms.guarantee, figures.claim)
            rows.append(["Accounting", detail.method])
            if let realised = figures.realised {
                rows.append([
                    "Spent, if the choices did not depend on data",
                    "\u{3B5} \u{2264} \(ReportNumber.fixed(realised.upper, 4)), \(qualifier)",
                ])
            }
            if let audit = statement.audit {
                rows.append([
                    "Self-audit (a lower bound)",
                    "\u{3B5} \u{2265} \(Self.text(audit.epsilonLower)) with confidence \(Self.text(audit.confidence)), "
                        + "\(audit.method), \(ReportNumber.grouped(audit.canaries)) canaries",
                ])
            }
        }
        rows.append([
            "Made by",
            "\(statement.generator.version), \(statement.generator.commit), \(statement.generator.compiler)",
        ])
        rows.append(["Key", PrivacyReport.keyID(of: report.signer).value.hex])
        return Table(title: "Details", note: "", head: ["Item", "Value"], rows: rows)
    }

    private static let entriesShown = 12

    private var entries: Table {
        let all = ledger.entries
        let shown = all.count <= Self.entriesShown ? all : Array(all.suffix(Self.entriesShown))
        let note =
            shown.count < all.count
            ? "The last \(shown.count) of \(ReportNumber.grouped(all.count)) entries; all are in the JSON." : ""
        return Table(
            title: "Ledger", note: note, head: ["Entry", "Round", "Release", "Times", "Survivors", "Digest"],
            rows: shown.map { entry in
                let digest = String(entry.digest.value.hex.prefix(16))
                switch entry.body {
                case .charge(let charge):
                    return [
                        String(entry.index), String(charge.round), charge.release.rawValue,
                        String(charge.event.count), charge.survivors.map { String($0) } ?? "unknown", digest,
                    ]
                case .refund(let refund):
                    return [
                        String(entry.index), "", "refund of \(refund.charge.value.hex.prefix(16))", "", "", digest,
                    ]
                }
            })
    }
}
