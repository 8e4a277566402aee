/// The secret vote: each company scores the model that each group's mean would make, on its own held-out examples, and casts
/// +1 or -1 a group; only the totals are opened, and groups with a positive total are averaged.
///
/// A candidate is judged against the **current** model, not against the other candidates, so that any number of spoiled groups
/// may be thrown out. It needs an honest majority of the voters and one clean group; when none is kept the round is skipped.
/// Every total is a release that depends on validation data; a vote costs g forward passes.
///
/// Block: `votes` (one a group, bound 1).
/// Source: robust-sums section 5
public struct ValidationVote: Hashable, Sendable {
    /// g, the groups of the partition.
    public let groups: Int
    /// A candidate must lower the loss by this share of its magnitude to be given +1; not negative.
    public let margin: Double
    /// What participants must upload.
    public let schema: UploadSchema

    /// A vote over so many groups.
    public init(groups: Int, margin: Double = 0) {
        precondition(groups >= 1 && margin >= 0 && margin.isFinite, "a vote out of range")
        self.groups = groups
        self.margin = margin
        schema = UploadSchema([.init(name: "votes", count: groups, bound: 1)])
    }

    /// A company's ballot from the loss of the current model and of each group's candidate, nil where a group is missing.
    ///
    /// +1 for a lower loss, else -1; a loss that is no finite number is -1, a missing group 0. A company without validation
    /// examples gives nil for `current` and abstains from all. Throws `lengthMismatch`.
    public func ballot(current: Double?, candidates: [Double?]) throws(RobustnessRefusal) -> Upload {
        guard candidates.count == groups else { throw .lengthMismatch(expected: groups, found: candidates.count) }
        let votes = candidates.map { candidate -> Double in
            guard let current, let candidate else { return 0 }
            guard candidate.isFinite else { return -1 }
            guard current.isFinite else { return 1 }
            return candidate < current - margin * current.magnitude ? 1 : -1
        }
        do throws(LearningFailure) {
            return try Upload(schema: schema, values: votes)
        } catch {
            preconditionFailure("votes fit their schema")
        }
    }

    /// A company's ballot on its own validation examples; throws as the form with losses does.
    public func ballot<Problem: LocalProblem>(
        _ problem: Problem, current: ParameterVector, candidates: GroupMeans
    ) throws(RobustnessRefusal) -> Upload {
        var losses = [Double?](repeating: nil, count: groups)
        for (row, group) in candidates.groups.enumerated() {
            guard (0..<groups).contains(group) else { throw .unknownGroup(group) }
            let candidate = try candidates.candidate(row: row, from: current)
            losses[group] = problem.validationLoss(of: candidate.values)
        }
        return try ballot(current: problem.validationLoss(of: current.values), candidates: losses)
    }

    /// The opened totals, one a group.
    ///
    /// Throws `schemaMismatch`, or `tallyOutOfRange` for a total beyond the number of voters or, without noise, off a whole
    /// number by more than 0.25.
    public func totals(from sum: AggregateSum, isNoised: Bool = false) throws(RobustnessRefusal) -> [Double] {
        guard sum.schema == schema else { throw .schemaMismatch }
        for (group, total) in sum.values.enumerated() {
            guard total.isFinite else { throw .tallyOutOfRange(group: group) }
            if isNoised { continue }
            guard total.magnitude < Double(sum.cohortSize) + 0.25, (total - total.rounded()).magnitude < 0.25 else {
                throw .tallyOutOfRange(group: group)
            }
        }
        return isNoised ? sum.values : sum.values.map { $0.rounded() }
    }

    /// The rows of `means` whose group has a positive total; empty means that the round is skipped.
    public func keptRows(_ totals: [Double], of means: GroupMeans) throws(RobustnessRefusal) -> [Int] {
        guard totals.count == groups else { throw .lengthMismatch(expected: groups, found: totals.count) }
        if let unknown = means.groups.first(where: { !(0..<groups).contains($0) }) { throw .unknownGroup(unknown) }
        return means.groups.indices.filter { totals[means.groups[$0]] > 0 }
    }
}
