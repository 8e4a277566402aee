/// Why no guarantee is stated.
/// Source: privacy-report section 3
public enum NoGuaranteeReason: String, Hashable, Sendable, CaseIterable {
    /// The noise came from a source that can be repeated.
    case testNoise = "N1"
    /// The schedule counts on secret coins that nobody attested.
    case samplingUnverified = "N2"
    /// The floor of survivors or the independence of members was not enforced.
    case trustUnverified = "N3"
    /// The procedure does not bound what one unit can move.
    case procedureNotAdmitted = "N4"
    /// The clip was not checked.
    case clipUnverified = "N5"
    /// A self-audit found more than the claim.
    case auditContradicts = "N6"

    /// One sentence.
    public var text: String {
        switch self {
        case .testNoise: "The noise came from a test source that can be repeated."
        case .samplingUnverified: "The schedule counts on secret sampling coins that nobody has attested."
        case .trustUnverified: "The trust assumption (survivors, colluders) was not enforced or checked."
        case .procedureNotAdmitted: "The training procedure does not bound what one protected unit can change."
        case .clipUnverified: "Nobody checked that the clip was applied."
        case .auditContradicts: "A self-audit measured more leakage than the accounting allows: something is broken."
        }
    }

    static func all(_ statement: ReportStatement, _ ledger: LedgerRecord) -> [Self] {
        var reasons: [Self] = []
        if !statement.provenance.supportsGuarantee { reasons.append(.testNoise) }
        if ledger.isSampled, !statement.isSamplingVerified { reasons.append(.samplingUnverified) }
        if !statement.isTrustVerified { reasons.append(.trustUnverified) }
        if !statement.procedure.isAdmitted { reasons.append(.procedureNotAdmitted) }
        if !statement.clip.isEnforced { reasons.append(.clipUnverified) }
        if let audit = statement.audit, audit.epsilonLower > ledger.terms.figure.upper {
            reasons.append(.auditContradicts)
        }
        return reasons
    }
}

/// What a reader must know besides the figure.
/// Source: privacy-report section 7
public enum PrivacyHazard: String, Hashable, Sendable, CaseIterable {
    /// delta is not below one over the number of units.
    case deltaAgainstPopulation = "W1"
    /// Runs for tuning are not in the ledger.
    case tuningNotIncluded = "W2"
    /// Noise of real numbers is a model.
    case realNoise = "W3"
    /// A company as a whole has no useful guarantee.
    case companyNotProtected = "W4"
    /// The figure counts on sampling.
    case amplified = "W5"
    /// The figure is large.
    case largeEpsilon = "W6"
    /// With all others colluding the budget does not hold.
    case collusionBeyondDesign = "W7"
    /// Nobody measured.
    case noAudit = "W8"
    /// The number of units is not stated.
    case populationUnknown = "W9"
    /// Releases are still to come.
    case unfinished = "W10"
    /// Charges were given back.
    case refunds = "W11"
    /// Figures under collusion were not worked out for everybody.
    case collusionUnknown = "W12"

    /// One sentence.
    public var text: String {
        switch self {
        case .deltaAgainstPopulation:
            "delta is not below one over the number of units: the guarantee may fail for some of them."
        case .tuningNotIncluded: "Tuning runs looked at the same data and are not included in the figure."
        case .realNoise: "The ledger charges noise of real numbers, a model; a computer's noise differs from it."
        case .companyNotProtected: "A company as a whole is not protected, only each of its units."
        case .amplified: "The figure counts on secret sampling coins; it rests on who enforces them."
        case .largeEpsilon: "The bound is above 10: by itself it says little about a determined attacker."
        case .collusionBeyondDesign: "If all other participants collude, the budget does not hold for somebody."
        case .noAudit: "No self-audit is attached."
        case .populationUnknown: "The number of units is not stated, so delta cannot be judged against it."
        case .unfinished: "Planned releases are still to come; the figure pays for them already."
        case .refunds: "Charges were given back on the strength of signed survivor sets."
        case .collusionUnknown: "What other numbers of colluders would mean was not worked out for every participant."
        }
    }

    /// `stated` tells whether the report states a figure; hazards about the figure appear only then.
    static func all(_ statement: ReportStatement, _ ledger: LedgerRecord, stated: Bool) -> [Self] {
        let terms = ledger.terms
        var hazards: [Self] = []
        if let population = statement.population {
            if terms.budget.delta.value * Double(population) >= 1 { hazards.append(.deltaAgainstPopulation) }
        } else {
            hazards.append(.populationUnknown)
        }
        if statement.tuning.runs > 0, !statement.tuning.isAccounted { hazards.append(.tuningNotIncluded) }
        if ledger.chargedEvents.contains(where: \.isReal) { hazards.append(.realNoise) }
        if terms.unit != .silo { hazards.append(.companyNotProtected) }
        if ledger.isSampled { hazards.append(.amplified) }
        if stated {
            if terms.figure.upper > 10 { hazards.append(.largeEpsilon) }
            let worst = statement.participants.compactMap { $0.collusion?.all }.max() ?? 0
            if worst > terms.budget.epsilon.value { hazards.append(.collusionBeyondDesign) }
            if statement.participants.isEmpty || statement.participants.contains(where: { $0.collusion == nil }) {
                hazards.append(.collusionUnknown)
            }
        }
        if statement.audit == nil { hazards.append(.noAudit) }
        if ledger.remaining?.isEmpty == false { hazards.append(.unfinished) }
        if ledger.refunds > 0 { hazards.append(.refunds) }
        return hazards.sorted { (Int($0.rawValue.dropFirst()) ?? 0) < (Int($1.rawValue.dropFirst()) ?? 0) }
    }
}

extension LedgerRecord {
    /// Planned events and charged ones.
    var chargedEvents: [ChargedEvent] {
        var events = charges.map(\.event)
        if case .planned(let releases) = terms.filter { events += releases.map(\.event) }
        return events
    }

    /// Whether any event counts on sampling.
    var isSampled: Bool { chargedEvents.contains(where: \.isSampled) }

    /// Charges given back.
    var refunds: Int {
        entries.count { entry in
            if case .refund = entry.body { true } else { false }
        }
    }

    /// The event that the report names: that of the plan's most frequent release, else the last one charged.
    var mainEvent: ChargedEvent? {
        if case .planned(let releases) = terms.filter {
            return releases.map(\.event).max { $0.count < $1.count }
        }
        return charges.last?.event
    }

    /// Rounds that a plan's most frequent release may still go, or that a filter still pays for at the last event's
    /// price.
    var remainingRounds: Int? {
        if case .planned(let releases) = terms.filter {
            let main = releases.max { $0.event.count < $1.event.count }
            return remaining?.first { $0.release == main?.release && $0.event.once == main?.event.once }?.event.count
                ?? 0
        }
        guard let (spent, bound) = spentOfBound, let event = mainEvent else { return nil }
        let cost: Double?
        switch terms.filter {
        case .planned: cost = nil
        case .gaussian: cost = try? ChargeCost.gaussian(event, terms.adjacency)
        case .renyi(let order, _):
            cost = try? ChargeCost.renyi(event, order: order, unit: terms.unit, terms.adjacency)
        }
        guard let cost, cost > 0 else { return nil }
        return Int(min(((bound - spent) / cost).rounded(.down), 0x1p40))
    }
}

extension ChargedEvent {
    /// Whether the noise is one of real numbers, which no computer draws.
    var isReal: Bool {
        switch noise {
        case .gaussian, .laplace: true
        case .discreteGaussian, .unnoised: false
        }
    }
}
