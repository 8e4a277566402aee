internal import DifferentialPrivacy
internal import WireFormat

/// Canaries sent through the path of a private sum: clip, company sums, noise shares, total. Coordinate j is the trial of
/// one machine whose vector is the whole bound along j.
struct MechanismTrial {
    private static let bound: Int64 = 1000
    private static let dimension = 1000
    private static let companies = 4
    private static let sums: UInt64 = 16

    /// What the plan claims.
    let claim: PrivacyInterval
    let audit: CanaryAudit
    let delta: Delta
    /// Whether the observations contradict the plan.
    let isFlagged: Bool

    /// Draws fresh noise; some hundred thousand samples.
    init(delta: Delta, confidence: Double) throws {
        let one = try NoiseMultiplier(1)
        let plan = try NoisePlan(
            NoiseRequest(
                participants: Self.companies, colluders: 0, dropouts: 0, multiplier: try NoiseRatio(1, over: 1),
                squaredSensitivity: UInt128(Self.bound * Self.bound), machinesPerParticipant: Self.dimension,
                dimension: Self.dimension, rounds: 1))
        let schedule = try PrivacySchedule(
            unit: .asset, adjacency: .addRemove, events: [PrivacyEvent(.gaussian(one), sampling: .none, count: 1)])
        self.delta = delta
        claim = schedule.epsilon(at: delta)
        audit = try CanaryAudit(
            present: try Self.observations(plan, present: true), absent: try Self.observations(plan, present: false),
            thresholds: [Self.bound / 2], confidence: confidence)
        isFlagged = audit.contradicts(schedule)
    }

    private static func observations(_ plan: NoisePlan, present: Bool) throws -> [Int64] {
        let clip = try L2Clip(bound: bound, dimension: dimension)
        var all: [Int64] = []
        for round in 0..<sums {
            var total = [Int64](repeating: 0, count: dimension)
            for company in 0..<companies {
                var sum = try CompanySum(
                    dimension: dimension, squaredBound: clip.squaredBound, machineLimit: dimension)
                for canary in stride(from: company, to: dimension, by: companies) where present {
                    var vector = [Int64](repeating: 0, count: dimension)
                    // Far above the bound: the clip has to do its work.
                    vector[canary] = 1 << 40
                    try sum.add(clip.clip(vector))
                }
                let noised = try sum.noised(try plan.draw(NoiseKey(round: round, purpose: .update)))
                for index in total.indices { total[index] += noised[index] }
            }
            all += total
        }
        return all
    }

    func facts(_ delta: Delta, _ confidence: Double) -> FactList {
        var facts = FactList()
        facts.add("planned", "epsilon at most \(claim.upper) at delta \(delta.value)")
        facts.add(
            "holds for",
            "discrete Gaussian noise of multiplier 1 in \(Self.companies) shares, no sampling, asset, add_remove")
        facts.add("seen", "epsilon not below \(audit.epsilonLowerBound(at: delta)), confidence \(confidence)")
        facts.add("seen, if Gaussian", "epsilon not below \(audit.epsilonLowerBoundIfGaussian(at: delta))")
        facts.add("trials", "\(Self.dimension * Int(Self.sums)) with a canary, as many without")
        facts.add("read it as", PrivacyAudit.label)
        return facts
    }

    func json(_ delta: Delta, _ confidence: Double) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": "privacy", "audit": "mechanism",
            "epsilon_planned": .real(claim.upper), "epsilon_lower": .number(audit.epsilonLowerBound(at: delta)),
            "epsilon_lower_if_gaussian": .number(audit.epsilonLowerBoundIfGaussian(at: delta)),
            "trials": .count(Self.dimension * Int(Self.sums)), "flagged": .bool(isFlagged),
            "delta": .number(delta.value), "confidence": .number(confidence),
            "terms": "discrete Gaussian noise of multiplier 1 in 4 shares, no sampling, asset, add_remove",
            "label": .string(PrivacyAudit.label),
        ]
    }
}
