public import FederatedLearning
internal import RingVectors
internal import SecureAggregation

/// Why a sum over a model's life was not opened or says nothing: which layer refused, with that layer's reason.
/// Source: model-life section 1
public enum ModelLifeFailure: Error, Equatable, Sendable {
    /// The rules of the sum.
    case life(LifeRefusal)
    /// The sum itself.
    case federation(FederationFailure)

    static func life<Value>(_ body: () throws(LifeRefusal) -> Value) throws(ModelLifeFailure) -> Value {
        do throws(LifeRefusal) { return try body() } catch { throw .life(error) }
    }
}

/// What an opened sum says, with what the one process that plays everybody can tell about it.
/// Source: model-life section 1
public struct LifeOutcome<Value: Sendable>: Sendable {
    /// What follows from the sum: all that anybody but a company learns.
    public let value: Value
    /// Whose uploads are in the sum.
    public let survivors: [Int]
    /// What the sums have cost.
    public let tally: SumTally
}

/// Drift, alert rates, shadow comparison and group audit through the secure sum.
///
/// Each company's upload is asked for by its number. A company that has too few rows does not take part and is silent in the
/// round; any other refusal ends it. Before anybody is asked, the session's plan must promise that no sum over fewer honest
/// companies than the terms' minimum is ever opened: participants hold the coordinator to the plan's fewest survivors, of
/// which the plan's colluders may be liars.
///
/// Totals are exact. They carry no noise and no guarantee of differential privacy: under one they are refused by its terms.
/// Source: model-life section 1
public struct SecureModelLife {
    /// The session.
    public let summation: SecureSummation
    /// The ring of the uploads; 62 bits by default, in which counts are exact whatever the cap.
    public let ringBits: Int

    /// Runs sums in a session; a ring of more bits than the session takes is cut to that.
    public init(through summation: SecureSummation, ringBits: Int = 62) {
        self.summation = summation
        self.ringBits = min(ringBits, summation.widestBits)
    }

    /// The fewest honest companies in any sum of the session.
    public var fewestHonest: Int { summation.plan.minimumSurvivors - summation.plan.colluders }

    /// The cohort's histograms, one sum. `upload` gives a company's `HistogramSum.upload`.
    public func reference(
        _ terms: HistogramSum, dropouts: [Int: DropoutStep] = [:], upload: (Int) throws(LifeRefusal) -> Upload
    ) throws(ModelLifeFailure) -> LifeOutcome<DriftReference> {
        try open(terms.schema, terms.minimumCohort, dropouts, upload) { (sum) throws(LifeRefusal) in
            try terms.reference(from: sum)
        }
    }

    /// How many companies drift, one sum. `ballot` gives a company's `DriftVote.ballot`.
    public func drift(
        _ terms: DriftVote, dropouts: [Int: DropoutStep] = [:], ballot: (Int) throws(LifeRefusal) -> Upload
    ) throws(ModelLifeFailure) -> LifeOutcome<DriftVote.Outcome> {
        try open(terms.schema, terms.minimumCohort, dropouts, ballot) { (sum) throws(LifeRefusal) in
            try terms.outcome(from: sum)
        }
    }

    /// The cohort's alert rate against its budget, one sum. `upload` gives a company's `AlertRateMonitor.upload`.
    public func alertRate(
        _ terms: AlertRateMonitor, dropouts: [Int: DropoutStep] = [:], upload: (Int) throws(LifeRefusal) -> Upload
    ) throws(ModelLifeFailure) -> LifeOutcome<AlertRateMonitor.Reading> {
        try open(terms.schema, terms.minimumCohort, dropouts, upload) { (sum) throws(LifeRefusal) in
            try terms.reading(from: sum)
        }
    }

    /// Whether the candidate replaces the incumbent, one sum. `ballot` gives a company's `ShadowComparison.ballot`.
    public func shadow(
        _ terms: ShadowComparison, dropouts: [Int: DropoutStep] = [:], ballot: (Int) throws(LifeRefusal) -> Upload
    ) throws(ModelLifeFailure) -> LifeOutcome<ShadowComparison.Outcome> {
        try open(terms.schema, terms.minimumCohort, dropouts, ballot) { (sum) throws(LifeRefusal) in
            try terms.outcome(from: sum)
        }
    }

    /// How the model does by group, two sums: who is in which group, then the open groups' counts.
    ///
    /// The gate allows for the plan's colluders and for `spare` companies that leave between the sums. Companies that were not
    /// counted are silent in the second sum; so is whoever `dropouts` names, which holds for the second sum alone.
    public func audit(
        _ terms: GroupAudit, confidence: Double, spare: Int = 0, dropouts: [Int: DropoutStep] = [:],
        member: (Int) -> (group: Int, counts: ConfusionCounts)
    ) throws(ModelLifeFailure) -> LifeOutcome<GroupReport> {
        let gate = terms.makeGate(colluders: summation.plan.colluders, dropouts: spare)
        let permission = try open(gate.schema, terms.minimumMembers, [:]) { (company) throws(LifeRefusal) in
            let member = member(company)
            return try terms.vote(member.counts, group: member.group, gate: gate)
        } decode: { (sum) throws(LifeRefusal) in
            try terms.open(sum, gate: gate)
        }
        var silent = dropouts
        for company in 0..<summation.plan.participants where !permission.survivors.contains(company) {
            silent[company] = .input
        }
        // The gate's promise needs this before the sum is opened; afterwards would be too late.
        let left = silent.values.count { !$0.keepsInput }
        try ModelLifeFailure.life { () throws(LifeRefusal) in
            do throws(GateRefusal) {
                try permission.value.slots.admit(cohortSize: summation.plan.participants - left)
            } catch {
                throw .gate(error)
            }
        }
        let report = try open(terms.schema, terms.minimumMembers, silent) { (company) throws(LifeRefusal) in
            let member = member(company)
            return try terms.upload(member.counts, group: member.group, permission: permission.value)
        } decode: { (sum) throws(LifeRefusal) in
            try terms.report(from: sum, permission: permission.value, confidence: confidence)
        }
        var tally = permission.tally
        tally.add(report.tally)
        return LifeOutcome(value: report.value, survivors: report.survivors, tally: tally)
    }

    /// Asks the companies, sums, and decodes.
    private func open<Value: Sendable>(
        _ schema: UploadSchema, _ minimumCohort: Int, _ dropouts: [Int: DropoutStep],
        _ upload: (Int) throws(LifeRefusal) -> Upload, decode: (AggregateSum) throws(LifeRefusal) -> Value
    ) throws(ModelLifeFailure) -> LifeOutcome<Value> {
        guard fewestHonest >= minimumCohort else {
            throw .life(.cohortTooSmall(found: fewestHonest, needed: minimumCohort))
        }
        var silent = dropouts
        var uploads: [Upload] = []
        for company in 0..<summation.plan.participants {
            let given = try ModelLifeFailure.life { () throws(LifeRefusal) in
                silent[company] == .input ? nil : try Self.upload(of: company, upload)
            }
            if let given {
                guard given.schema == schema else { throw .life(.schemaMismatch) }
                uploads.append(given)
            } else {
                silent[company] = .input
                uploads.append(try Self.nothing(schema))
            }
        }
        let summed: SummedUploads
        do throws(FederationFailure) {
            summed = try summation.sum(uploads, bits: ringBits, rounding: .nearest, dropouts: silent)
        } catch {
            throw .federation(error)
        }
        let value = try ModelLifeFailure.life { () throws(LifeRefusal) in try decode(summed.sum) }
        return LifeOutcome(value: value, survivors: summed.survivors, tally: summed.tally)
    }

    /// A company's upload, nil when it has too few rows to take part.
    private static func upload(
        of company: Int, _ upload: (Int) throws(LifeRefusal) -> Upload
    ) throws(LifeRefusal) -> Upload? {
        do throws(LifeRefusal) {
            return try upload(company)
        } catch {
            if case .tooFewRows = error { return nil }
            throw error
        }
    }

    /// What stands in the place of an input that is never given.
    private static func nothing(_ schema: UploadSchema) throws(ModelLifeFailure) -> Upload {
        do throws(LearningFailure) {
            return try Upload(schema: schema, values: [Double](repeating: 0, count: schema.dimension))
        } catch {
            throw .federation(.learning(error))
        }
    }
}
