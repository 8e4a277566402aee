/// What leaves the companies under the asset unit.
/// Source: release-charges section 1
public enum Release: Hashable, Sendable {
    /// Sums over groups of companies, a machine in one group; their total is the sum of the noised sums.
    ///
    /// `independentTotal`: a total of all with noise of its own is released beside them.
    case groupSums(smallestGroup: Int, colluders: Int, dropouts: Int, independentTotal: Bool)
    /// A vector of votes for `groups` groups from each machine, entries within one slot.
    case machineVotes(groups: Int)
    /// A vector of votes +-1 slot for `groups` groups from each company.
    case companyVotes(groups: Int)
    /// One slot for the cluster that a machine chose.
    case machineClusterCounts
    /// One slot for the cluster that a company chose.
    case companyClusterCounts
    /// A company's update, added into the cluster that the company chose.
    case companyClusterSums
    /// Contribution scores computed from noised group sums and public validation data.
    case contributionOfNoisedGroups
    /// Contribution scores from machines' own data: one clipped vector a machine.
    case contributionScores
    /// Whether the data have moved: one clipped vector a machine.
    case drift
    /// How well each stratum is served.
    case fairness
    /// Statistics for alarm thresholds.
    case thresholds
    /// A new model beside the old one.
    case shadowComparison
    /// A number of machines, one slot each.
    case count
    /// A total without noise.
    case unnoisedTotal
}

/// Why a release is not made under the asset unit.
/// Source: release-charges section 1
public enum ReleaseRefusal: Error, Hashable, Sendable {
    /// A total without noise has no finite epsilon.
    case unnoised
    /// A machine can move its company's whole block from one sum to another: no clip of the machine bounds that.
    case movesWholeBlock
    /// A group with nobody honest left: the smallest size that will do.
    case groupTooSmall(minimum: Int)
    /// No groups, a negative number of colluders or dropouts, or numbers beyond 65,536.
    case countOutOfRange
    /// A sensitivity above 2^51 grid units.
    case sensitivityTooLarge
    /// A gate whose margin or a split whose share is out of range.
    case invalidGate
}
