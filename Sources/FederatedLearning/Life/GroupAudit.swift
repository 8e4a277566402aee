/// Whether a model serves some kinds of company worse than others, from two secure sums: companies of each public group, then
/// confusion counts in one block a group.
///
/// A `CountGate` closes groups with too few companies first. Members of a closed group still send, zeros; nothing of their
/// counts is in the sum, not even in a total, from which the open groups could be taken off. Companies with fewer than
/// `minimumRows` rows take no part in either sum. The coordinator learns how many companies are in each group and the
/// counts of the open ones.
/// Block: `confusion` (four numbers a group, bound 1).
/// Source: model-life section 5
public struct GroupAudit: Hashable, Sendable {
    /// Groups that may be opened; only `open` makes one.
    public struct OpenGroups: Hashable, Sendable {
        /// What the gate allows.
        public let slots: CountGate.OpenSlots

        /// The open groups in ascending order.
        public var groups: [Int] { slots.open }
    }

    /// How many groups, at least 2.
    public let groups: Int
    /// The most rows one company may count.
    public let maximumRows: Int
    /// The fewest rows one company must have.
    public let minimumRows: Int
    /// The fewest companies of an open group, at least 3; the gate's minimum must not be below.
    public let minimumMembers: Int
    /// What participants must upload in the second sum.
    public let schema: UploadSchema
    private let block: CountBlock

    /// Fixes the terms: at least 2 groups, 1 <= minimumRows <= maximumRows <= 2^24, `minimumMembers` at least 3.
    public init(groups: Int, maximumRows: Int, minimumRows: Int, minimumMembers: Int) {
        precondition(groups >= 2, "nothing to compare")
        precondition((1...maximumRows).contains(minimumRows), "rows out of range")
        precondition(minimumMembers >= 3, "a group that would show a member's counts")
        self.groups = groups
        self.maximumRows = maximumRows
        self.minimumRows = minimumRows
        self.minimumMembers = minimumMembers
        block = CountBlock(cap: maximumRows)
        schema = UploadSchema([.init(name: "confusion", count: 4 * groups, bound: 1)])
    }

    /// The gate of the first sum, under this audit's minimum.
    public func makeGate(colluders: Int, dropouts: Int) -> CountGate {
        CountGate(slots: groups, minimum: minimumMembers, colluders: colluders, dropouts: dropouts)
    }

    /// A company's place in the first sum; throws `tooFewRows`, `tooManyRows`, or the gate's `slotNotOpen`.
    public func vote(_ counts: ConfusionCounts, group: Int, gate: CountGate) throws(LifeRefusal) -> Upload {
        try check(counts)
        return try gated { () throws(GateRefusal) in try gate.vote(for: group) }
    }

    /// The groups that the opened first sum lets be compared.
    ///
    /// Throws the gate's refusal, and `cohortTooSmall` when no group reaches the gate's threshold (a gate then leaves its
    /// largest slot to everybody, which is no answer here). `lengthMismatch` for a gate of other slots or a lower minimum.
    public func open(_ sum: AggregateSum, gate: CountGate) throws(LifeRefusal) -> OpenGroups {
        guard gate.slots == groups, gate.minimum >= minimumMembers else {
            throw .lengthMismatch(expected: groups, found: gate.slots)
        }
        var gate = gate
        let slots = try gated { () throws(GateRefusal) in try gate.absorb(sum) }
        let fewest = slots.open.map { Int(sum.values[$0].rounded()) }.min() ?? 0
        guard fewest >= gate.threshold else { throw .cohortTooSmall(found: fewest, needed: gate.threshold) }
        return OpenGroups(slots: slots)
    }

    /// A company's upload of the second sum: its counts in its group's block, or nothing but zeros when that is closed.
    ///
    /// Throws `tooFewRows`, `tooManyRows`, or `outOfRange` for a group that does not exist.
    public func upload(
        _ counts: ConfusionCounts, group: Int, permission: OpenGroups
    ) throws(LifeRefusal) -> Upload {
        guard (0..<groups).contains(group) else { throw .outOfRange(index: group) }
        guard permission.slots.slots == groups else {
            throw .lengthMismatch(expected: groups, found: permission.slots.slots)
        }
        try check(counts)
        var values = [Double](repeating: 0, count: schema.dimension)
        if permission.groups.contains(group) {
            for (index, value) in block.encode(counts.list).enumerated() { values[4 * group + index] = value }
        }
        return Upload(fitting: schema, values)
    }

    /// What the opened second sum says; each group's three intervals and the gaps hold together at the confidence.
    ///
    /// Throws `schemaMismatch`, the gate's refusal of the cohort, or `countsInconsistent`: numbers that are no counts, or any
    /// in a closed group.
    public func report(
        from sum: AggregateSum, permission: OpenGroups, confidence: Double
    ) throws(LifeRefusal) -> GroupReport {
        guard sum.schema == schema, permission.slots.slots == groups else { throw .schemaMismatch }
        try gated { () throws(GateRefusal) in try permission.slots.admit(cohortSize: sum.cohortSize) }
        let counts = try block.decode(sum.values, cohortSize: sum.cohortSize)
        var open: [(group: Int, counts: ConfusionCounts)] = []
        for group in 0..<groups {
            let list = counts[(4 * group)..<(4 * group + 4)]
            if permission.groups.contains(group) {
                let table = ConfusionCounts(list)
                guard table.positives + table.negatives >= minimumRows,
                    table.positives + table.negatives <= BinomialLaw.mostTrials
                else { throw .countsInconsistent }
                open.append((group, table))
            } else if list.contains(where: { $0 != 0 }) {
                throw .countsInconsistent
            }
        }
        return GroupReport(open, cohortSize: sum.cohortSize, confidence: confidence)
    }

    private func check(_ counts: ConfusionCounts) throws(LifeRefusal) {
        if let index = counts.list.firstIndex(where: { $0 < 0 }) { throw .outOfRange(index: index) }
        let rows = counts.list.reduce((sum: 0, over: false)) { part, next in
            let (sum, over) = part.sum.addingReportingOverflow(next)
            return (sum, part.over || over)
        }
        guard !rows.over, rows.sum <= maximumRows else {
            throw .tooManyRows(found: rows.over ? .max : rows.sum, maximum: maximumRows)
        }
        guard rows.sum >= minimumRows else { throw .tooFewRows(found: rows.sum, needed: minimumRows) }
    }

    private func gated<Value>(_ body: () throws(GateRefusal) -> Value) throws(LifeRefusal) -> Value {
        do throws(GateRefusal) { return try body() } catch { throw .gate(error) }
    }
}
