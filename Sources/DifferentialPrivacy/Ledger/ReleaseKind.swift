/// What leaves the federation in clear. Every kind is charged; nothing is released that is not one of these.
///
/// The names enter the ledger and never change.
/// Source: privacy-ledger section 1
public enum ReleaseKind: String, Hashable, Sendable, CaseIterable {
    /// The sum of clipped updates, with its count, weight and metric slots.
    case trainingSum = "training_sum"
    /// Several local steps in each company, every one noised there in full; the count is the number of steps.
    case localSGD = "local_sgd"
    /// One-shot statistics of a regression.
    case statistics
    /// Means and scales of the inputs.
    case normaliser
    /// One sum a group of companies, the groups disjoint.
    case groupSums = "group_sums"
    /// A total beside the group sums with noise of its own.
    case groupTotal = "group_total"
    /// Votes over groups.
    case votes
    /// Sizes of clusters.
    case clusterCounts = "cluster_counts"
    /// The number of clipped vectors, where it is not a slot of the sum.
    case clippedCount = "clipped_count"
    /// Scores of contribution on data that are not public.
    case contributionScores = "contribution_scores"
    /// A comparison with earlier data.
    case drift
    /// A comparison between groups of assets.
    case fairness
    /// An alarm threshold fitted on data.
    case threshold
    /// A comparison of two models on live data.
    case shadow
    /// A single count.
    case count

    /// Whether the shares of all honest members add up in the release, so that more survivors mean more noise. In
    /// local steps each company's own noise stands alone.
    var addsShares: Bool { self != .localSGD }
}
