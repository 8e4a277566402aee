public import CryptoPrimitives
public import DifferentialPrivacy
internal import RingVectors
internal import SecureAggregation

/// What a report of a private training says beside what its plan fixes.
/// Source: private-training section 6
public struct ReportContext: Sendable {
    /// The report's own name.
    public var reportID: String
    /// When it is made, UTC: 2026-01-31T09:00:00Z.
    public var created: String
    /// What makes it.
    public var generator: ReportStatement.Generator
    /// Where the noise came from.
    public var provenance: NoiseProvenance
    /// What one unit is, in words.
    public var unitDefinition: String
    /// Who is trusted with what, in words.
    public var trustModel: String
    /// What is outside the guarantee.
    public var notCovered: [String]
    /// Why this delta.
    public var deltaReason: String
    /// Runs that looked at the same data.
    public var tuning: ReportStatement.Tuning
    /// A self-audit, nil for none.
    public var audit: ReportStatement.Audit?

    /// The members in order of declaration.
    public init(
        reportID: String, created: String, generator: ReportStatement.Generator, provenance: NoiseProvenance,
        unitDefinition: String, trustModel: String, notCovered: [String], deltaReason: String,
        tuning: ReportStatement.Tuning, audit: ReportStatement.Audit?
    ) {
        self.reportID = reportID
        self.created = created
        self.generator = generator
        self.provenance = provenance
        self.unitDefinition = unitDefinition
        self.trustModel = trustModel
        self.notCovered = notCovered
        self.deltaReason = deltaReason
        self.tuning = tuning
        self.audit = audit
    }
}

extension PrivateSumPlan {
    /// The same session, with participants that hold the coordinator to this plan: they refuse a round with less noise than
    /// a share, and open nothing below the floor. Where each company carries the full noise there is nothing to demand.
    /// Source: private-training section 3
    public func policing(_ settings: SecureSummation.Settings) -> SecureSummation.Settings {
        guard !procedure.procedure.needsFullNoise else { return settings }
        var settings = settings
        settings.minimumSurvivors = max(settings.minimumSurvivors, noise.minimumSurvivors)
        settings.minimumNoiseVariance = max(settings.minimumNoiseVariance, announcedVariance)
        return settings
    }

    /// Whether a session's participants hold the coordinator to this plan.
    func isPoliced(by session: SecureSummation) -> Bool {
        procedure.procedure.needsFullNoise
            || (session.plan.minimumSurvivors >= noise.minimumSurvivors
                && session.plan.colluders >= noise.request.colluders
                && session.minimumNoiseVariance >= announcedVariance)
    }

    /// What the maker of a report says about this plan. The session stands behind the words: a floor that its participants do
    /// not enforce is reported as unverified, which takes the guarantee away; `UnitSum` clips every unit.
    ///
    /// - Parameters:
    ///   - session: the session that the sums ran in.
    ///   - members: a name that tells nothing to outsiders, and the signing key, of each participant.
    /// - Throws: `accounting`, `noise` when the table of colluders cannot be made.
    /// Source: private-training section 6
    public func statement(
        _ context: ReportContext, session: SecureSummation, members: [(pseudonym: String, key: VerifyingKey)]
    ) throws(FederationFailure) -> ReportStatement {
        let risk = try collusionRisk()
        return ReportStatement(
            reportID: context.reportID, created: context.created, generator: context.generator,
            provenance: context.provenance,
            participants: members.map { member in
                ReportStatement.Participant(
                    pseudonym: member.pseudonym, key: member.key, weight: 1 / Double(members.count), collusion: risk)
            },
            notCovered: context.notCovered, unitDefinition: context.unitDefinition, population: terms.nominalUnits,
            trustModel: context.trustModel, isTrustVerified: isPoliced(by: session), deltaReason: context.deltaReason,
            procedure: ReportStatement.Procedure(
                name: "procedure \(procedure.procedure.rawValue)", isAdmitted: true,
                reason: procedure.procedure.summary),
            clip: ReportStatement.Clip(
                kind: unitSum.indicator == nil ? "flat" : "flat, norm following a noised count", boundReal: clipNorm,
                enforcement: "in each company, unit by unit, on integers before they are added", isEnforced: true),
            encoding: ReportStatement.Encoding(grid: 1 / levelsPerUnit, modulusBits: layout.bits, rotation: nil),
            samplingEnforcedBy: "nothing is sampled: every unit takes part in every round", isSamplingVerified: false,
            tuning: context.tuning, audit: context.audit)
    }

    /// What a unit risks when nobody, as many as planned, or everybody else colludes; the same for all members.
    private func collusionRisk() throws(FederationFailure) -> CollusionRisk? {
        do throws(CollusionRefusal) {
            let table = try CollusionTable(
                noise, sampling: .none, adjacency: terms.adjacency, delta: terms.budget.delta)
            return table.rows.first.map { row in
                CollusionRisk(
                    none: row.nobody.epsilon.upper, design: row.design.epsilon.upper,
                    all: row.everybodyElse.epsilon.upper)
            }
        } catch {
            switch error {
            case .noise(let reason): throw .noise(reason)
            case .accounting(let reason): throw .accounting(reason)
            case .tooManyMembers: return nil
            }
        }
    }
}
