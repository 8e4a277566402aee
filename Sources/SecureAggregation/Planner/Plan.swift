/// Who masks with whom.
/// Source: window-rule section 1
public enum AggregationGraph: Hashable, Sendable {
    /// Every member with every other.
    case complete
    /// k neighbours on a ring, and more than `windowFloor` survivors in every k/2 consecutive positions.
    case regular(neighbours: Int, windowFloor: Int)
}

/// Parameters of a session that are safe, and what they cost.
/// Source: thresholds section 2
public struct Plan: Hashable, Sendable {
    /// Members of the session, n.
    public let participants: Int
    /// Colluders withstood, c.
    public let colluders: Int
    /// Signatures that fix a survivor set, q.
    public let quorum: Int
    /// Shares that open a secret, t: of n in the complete graph, of k in a regular one.
    public let shamirThreshold: Int
    /// Who masks with whom.
    public let graph: AggregationGraph
    /// Receipts a dealer needs to enter the cohort, A.
    public let receiptsRequired: Int
    /// Honest inputs in every opened sum.
    public let minimumHonest: Int
    /// Survivors below which every client refuses.
    public let minimumSurvivors: Int
    /// Bits of a ring element, 8...62 or 64.
    public let ringBits: Int
    /// Elements of the vector.
    public let dimension: Int
    /// Bytes of the packed vector one client uploads.
    public let vectorBytes: Int
    /// Estimated bytes of everything else one client uploads in a one-round epoch.
    public let controlBytes: Int
    /// (vectorBytes + controlBytes) over the bytes of the same vector in 32-bit floats.
    public let uploadRatio: Double
    /// What the server is assumed to do.
    public let server: ServerModel
    /// What the user should know; none of it makes the plan unsafe.
    public let warnings: [PlanWarning]

    /// Members each client masks with and deals to: n - 1, or k.
    public var peers: Int {
        switch graph {
        case .complete: participants - 1
        case .regular(let neighbours, _): neighbours
        }
    }
}
