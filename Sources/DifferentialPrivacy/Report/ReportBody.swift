internal import CryptoPrimitives
internal import WireFormat

/// The members of a report, all but the signature.
struct ReportBody {
    static let schema = "secagg-privacy-report-1"

    let statement: ReportStatement
    let ledger: LedgerRecord
    let figures: ReportFigures
    let reasons: [NoGuaranteeReason]

    var isStated: Bool { reasons.isEmpty }
    var hazards: [PrivacyHazard] { PrivacyHazard.all(statement, ledger, stated: isStated) }
    private var terms: LedgerTerms { ledger.terms }

    init(_ statement: ReportStatement, _ ledger: LedgerRecord) throws(ReportRefusal) {
        try statement.validate()
        self.statement = statement
        self.ledger = ledger
        figures = ReportFigures(ledger)
        reasons = NoGuaranteeReason.all(statement, ledger)
        for participant in statement.participants {
            guard let collusion = participant.collusion else { continue }
            guard collusion.design <= ledger.terms.figure.upper * (1 + 1e-9) else { throw .collusionContradictsClaim }
        }
    }

    var object: [JSONMember] {
        [
            JSONMember("schema", .string(Self.schema)), JSONMember("report_id", .string(statement.reportID)),
            JSONMember("created", .string(statement.created)),
            JSONMember(
                "generator",
                [
                    "version": .string(statement.generator.version), "commit": .string(statement.generator.commit),
                    "compiler": .string(statement.generator.compiler),
                ]), JSONMember("noise_provenance", .string(statement.provenance.rawValue)),
            JSONMember("scope", scope), JSONMember("definition", definition), JSONMember("mechanism", mechanism),
            JSONMember("sampling", sampling), JSONMember("ledger", .array(ledger.objects)),
            JSONMember("verdict", verdict), JSONMember("result", isStated ? result : .null),
            JSONMember("participants", .array(statement.participants.map(participant))),
            JSONMember("interpretation", isStated ? interpretation : .null), JSONMember("budget", budget),
            JSONMember(
                "tuning",
                ["runs": .integer(Int64(statement.tuning.runs)), "accounted": .bool(statement.tuning.isAccounted)]),
            JSONMember("audit", audit), JSONMember("hazards", .array(hazards.map { finding($0.rawValue, $0.text) })),
            JSONMember("registry_export", isStated ? registry : .null),
        ]
    }

    private func finding(_ code: String, _ text: String) -> JSONValue {
        ["code": .string(code), "text": .string(text)]
    }

    private func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    private var scope: JSONValue {
        let rounds = ledger.charges.map(\.round)
        let released = Set(ledger.charges.map(\.release))
        return [
            "federation": .string(terms.federation), "ledger_of": optional(terms.participant),
            "rounds": [
                "first": optional(rounds.first.map { String($0) }), "last": optional(rounds.last.map { String($0) }),
                "charged": .integer(Int64(Set(rounds).count)),
            ], "released": .array(ReleaseKind.allCases.filter(released.contains).map { .string($0.rawValue) }),
            "not_covered": .array(statement.notCovered.map { .string($0) }),
        ]
    }

    private var definition: JSONValue {
        [
            "unit": .string(terms.unit.rawValue), "unit_definition": .string(statement.unitDefinition),
            "population": statement.population.map { .integer(Int64($0)) } ?? .null,
            "adjacency": .string(LedgerEncoding.name(terms.adjacency)), "trust_model": .string(statement.trustModel),
            "trust_verified": .bool(statement.isTrustVerified),
            "participants_n": .integer(Int64(terms.trust.participants)),
            "colluders_t": .integer(Int64(terms.trust.colluders)),
            "dropout_floor": .integer(Int64(terms.trust.minimumSurvivors)),
            "delta": LedgerEncoding.decimal(terms.budget.delta.value), "delta_reason": .string(statement.deltaReason),
        ]
    }

    private var mechanism: JSONValue {
        var kind = "none"
        var share: String?
        var squared: String?
        var multiplier: Double?
        switch ledger.mainEvent?.noise {
        case .discreteGaussian(let shares):
            kind = "distributed_discrete_gaussian"
            share = DecimalText.text(of: (UInt128(shares.share.numerator), shares.share.denominator))
            squared = String(shares.squaredSensitivity)
            multiplier = shares.multiplier
        case .gaussian(let noise): (kind, multiplier) = ("gaussian", noise.value)
        case .laplace(let noise): (kind, multiplier) = ("laplace", noise.value)
        case .unnoised, nil: break
        }
        return [
            "kind": .string(kind), "noise_multiplier": multiplier.map { .string(ReportNumber.down($0)) } ?? .null,
            "local_sigma2_rational": optional(share),
            "clip": [
                "kind": .string(statement.clip.kind), "bound_real": LedgerEncoding.decimal(statement.clip.boundReal),
                "bound_grid2": optional(squared), "enforcement": .string(statement.clip.enforcement),
                "enforced": .bool(statement.clip.isEnforced),
            ], "grid": LedgerEncoding.decimal(statement.encoding.grid),
            "modulus_bits": .integer(Int64(statement.encoding.modulusBits)),
            "rotation": optional(statement.encoding.rotation),
            "procedure": [
                "name": .string(statement.procedure.name), "admitted": .bool(statement.procedure.isAdmitted),
                "reason": .string(statement.procedure.reason),
            ],
        ]
    }

    private var sampling: JSONValue {
        let event = ledger.chargedEvents.first { $0.isSampled } ?? ledger.mainEvent
        let scheme: String
        switch event?.sampling {
        case .poisson: scheme = "poisson"
        case .fixedSize: scheme = "fixed_size"
        case .some(.none), nil: scheme = "none"
        }
        return [
            "scheme": .string(scheme), "rate": .string(event.map { LedgerEncoding.rate($0.sampling) } ?? "1"),
            "enforced_by": .string(statement.samplingEnforcedBy),
            "assumption_verified": .bool(statement.isSamplingVerified),
        ]
    }

    private var verdict: JSONValue {
        [
            "guarantee_stated": .bool(isStated), "reasons": .array(reasons.map { finding($0.rawValue, $0.text) }),
        ]
    }

    private var result: JSONValue {
        let detail = AccountingDetail(terms.guarantee, figures.claim)
        return [
            "epsilon_lower": .string(ReportNumber.down(figures.claim.lower)),
            "epsilon_upper": .string(ReportNumber.up(figures.claim.upper)), "method": .string(detail.method),
            "mesh": optional(detail.mesh.map(ReportNumber.up)),
            "numeric_error": .string(ReportNumber.up(detail.numericError)),
            "profile": .array(
                figures.profile.map {
                    ["delta": LedgerEncoding.decimal($0.delta), "epsilon": .string(ReportNumber.up($0.epsilon))]
                }), "mu_gdp": optional(figures.mu.map(ReportNumber.up)),
            "rho_zcdp": optional(figures.rho.map(ReportNumber.up)),
            "by_round": .array(
                figures.byRound.map {
                    ["round": .string(String($0.round)), "epsilon": .string(ReportNumber.up($0.epsilon))]
                }),
        ]
    }

    private func participant(_ participant: ReportStatement.Participant) -> JSONValue {
        var upper: JSONValue = .null
        if isStated, let collusion = participant.collusion {
            upper = [
                "t0": LedgerEncoding.decimal(collusion.none), "t_design": LedgerEncoding.decimal(collusion.design),
                "t_max": LedgerEncoding.decimal(collusion.all),
            ]
        }
        return [
            "id": .string(participant.pseudonym), "key": .string(participant.key.value.hex),
            "weight": LedgerEncoding.decimal(participant.weight), "eps_upper": upper,
        ]
    }

    private var interpretation: JSONValue {
        let tradeOff = figures.tradeOff
        let alarms = ReportFigures.posteriorFalseAlarms
        return [
            "max_tpr_at_fpr": .array(
                ReportFigures.falseAlarms.map { rate in
                    [
                        "fpr": LedgerEncoding.decimal(rate),
                        "tpr": .string(ReportNumber.up(tradeOff.detection(atFalseAlarms: rate))),
                    ]
                }), "membership_advantage": .string(ReportNumber.up(tradeOff.advantage)),
            "posterior_from_prior": .array(
                ReportFigures.priors.map { prior in
                    [
                        "prior": LedgerEncoding.decimal(prior), "fpr": LedgerEncoding.decimal(alarms),
                        "posterior": .string(ReportNumber.up(tradeOff.posterior(prior: prior, falseAlarms: alarms))),
                    ]
                }),
        ]
    }

    private var budget: JSONValue {
        var spent: JSONValue = .null
        if isStated, let realised = figures.realised {
            spent = [
                "lower": .string(ReportNumber.down(realised.lower)), "upper": .string(ReportNumber.up(realised.upper)),
            ]
        }
        return [
            "limit": LedgerEncoding.decimal(terms.budget.epsilon.value),
            "spent": isStated ? .string(ReportNumber.up(figures.claim.upper)) : .null,
            "spent_if_choices_ignored_data": spent,
            "remaining_rounds": ledger.remainingRounds.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private var audit: JSONValue {
        guard let audit = statement.audit else { return .null }
        return [
            "method": .string(audit.method), "canaries": .integer(Int64(audit.canaries)),
            "eps_lower": LedgerEncoding.decimal(audit.epsilonLower),
            "confidence": LedgerEncoding.decimal(audit.confidence),
        ]
    }

    private var registry: JSONValue {
        [
            "deployment": .string(terms.federation), "model": "distributed, secure aggregation",
            "privacy_unit": .string(terms.unit.rawValue), "adjacency": .string(LedgerEncoding.name(terms.adjacency)),
            "epsilon": .string(ReportNumber.up(figures.claim.upper)),
            "delta": LedgerEncoding.decimal(terms.budget.delta.value),
            "mechanism": mechanism["kind"] ?? .null, "sampling": sampling["scheme"] ?? .null,
            "accounting": .string(AccountingDetail(terms.guarantee, figures.claim).method),
            "colluders": .integer(Int64(terms.trust.colluders)),
            "tuning_included": .bool(statement.tuning.runs == 0 || statement.tuning.isAccounted),
        ]
    }
}
