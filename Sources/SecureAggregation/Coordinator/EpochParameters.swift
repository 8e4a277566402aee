internal import CryptoPrimitives
public import RoundProtocol

/// What the coordinator proposes for an epoch; the planner computes it.
///
/// Source: WIRE section 3
public struct EpochParameters: Hashable, Sendable {
    /// Rounds whose keys are dealt at once, at least 1; a stolen disk exposes the rest of an epoch.
    public var rounds: Int
    /// Colluders assumed, the coordinator included when a member runs it.
    public var colluders: Int
    /// How the Shamir threshold follows from the session's size; explicit for a regular graph.
    public var thresholdRule: ThresholdRule
    /// Mask generators on offer.
    public var maskSuites: MaskSuites
    /// Who masks with whom.
    public var graph: AggregationGraph
    /// When shares are checked against commitments.
    public var shareCheck: ShareCheck
    /// The exponent s of the window rule that a regular graph must meet.
    public var regularGraphSecurity: Int
    /// When the list of advertisements closes.
    public var advertiseDeadline: Instant
    /// When dealing closes; receipts close as much later again as this is after the first deadline.
    public var dealDeadline: Instant

    /// Writes the parameters down.
    public init(
        rounds: Int, colluders: Int, thresholdRule: ThresholdRule, maskSuites: MaskSuites, graph: AggregationGraph,
        shareCheck: ShareCheck, regularGraphSecurity: Int, advertiseDeadline: Instant, dealDeadline: Instant
    ) {
        precondition(
            Self.isAllowed(
                rounds: rounds, colluders: colluders, rule: thresholdRule, regularGraphSecurity: regularGraphSecurity),
            "an epoch's parameters are within the format's ranges")
        self.rounds = rounds
        self.colluders = colluders
        self.thresholdRule = thresholdRule
        self.maskSuites = maskSuites
        self.graph = graph
        self.shareCheck = shareCheck
        self.regularGraphSecurity = regularGraphSecurity
        self.advertiseDeadline = advertiseDeadline
        self.dealDeadline = dealDeadline
    }

    /// Whether parameters are within the ranges of the format.
    static func isAllowed(rounds: Int, colluders: Int, rule: ThresholdRule, regularGraphSecurity: Int) -> Bool {
        if case .explicit(let threshold) = rule, !(0...Roster.maximumCount).contains(threshold) { return false }
        return (1...1 << 16).contains(rounds) && (0...Roster.maximumCount).contains(colluders)
            && (1...1 << 16).contains(regularGraphSecurity)
    }

    var receiptDeadline: Instant {
        let gap = dealDeadline.milliseconds - min(dealDeadline.milliseconds, advertiseDeadline.milliseconds)
        return dealDeadline.advanced(byMilliseconds: gap)
    }
}
