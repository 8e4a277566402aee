public import CryptoPrimitives
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
        precondition(rounds >= 1 && rounds <= 1 << 16 && colluders >= 0 && colluders <= Roster.maximumCount)
        precondition(regularGraphSecurity >= 1 && regularGraphSecurity <= 1 << 16)
        if case .explicit(let threshold) = thresholdRule {
            precondition(threshold >= 0 && threshold <= Roster.maximumCount)
        }
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

    var receiptDeadline: Instant {
        let gap = dealDeadline.milliseconds - min(dealDeadline.milliseconds, advertiseDeadline.milliseconds)
        return dealDeadline.advanced(byMilliseconds: gap)
    }
}

/// What the coordinator announces for a round; cohort and thresholds follow from the session.
///
/// Source: WIRE section 5
public struct RoundParameters: Hashable, Sendable {
    /// What the shared model hashes to.
    public var modelDigest: Digest
    /// What the upload schema hashes to.
    public var schemaDigest: Digest
    /// What the rest of the settings hash to.
    public var parametersDigest: Digest
    /// Ring elements in a vector.
    public var dimension: Int
    /// Bits of a ring element.
    public var ringBits: Int
    /// The largest magnitude of one unweighted value.
    public var valueBound: UInt64
    /// The largest weight of one participant.
    public var weightCap: UInt64
    /// Head-room for the sum of all noise.
    public var noiseTail: UInt64
    /// Variance of the noise each participant adds; 0 for none.
    public var noiseVariance: UInt64
    /// The fewest survivors whose sum may be opened.
    public var minimumSurvivors: Int
    /// Receipts a dealer needs to be in the cohort.
    public var receiptsRequired: Int
    /// When uploads close.
    public var inputDeadline: Instant
    /// When statements close.
    public var survivorDeadline: Instant
    /// When unmasking closes.
    public var unmaskDeadline: Instant

    /// Writes the parameters down.
    public init(
        modelDigest: Digest, schemaDigest: Digest, parametersDigest: Digest, dimension: Int, ringBits: Int,
        valueBound: UInt64, weightCap: UInt64, noiseTail: UInt64, noiseVariance: UInt64, minimumSurvivors: Int,
        receiptsRequired: Int, inputDeadline: Instant, survivorDeadline: Instant, unmaskDeadline: Instant
    ) {
        precondition(dimension >= 0 && ringBits >= 0 && ringBits <= 64)
        precondition(minimumSurvivors >= 0 && receiptsRequired >= 0)
        self.modelDigest = modelDigest
        self.schemaDigest = schemaDigest
        self.parametersDigest = parametersDigest
        self.dimension = dimension
        self.ringBits = ringBits
        self.valueBound = valueBound
        self.weightCap = weightCap
        self.noiseTail = noiseTail
        self.noiseVariance = noiseVariance
        self.minimumSurvivors = minimumSurvivors
        self.receiptsRequired = receiptsRequired
        self.inputDeadline = inputDeadline
        self.survivorDeadline = survivorDeadline
        self.unmaskDeadline = unmaskDeadline
    }
}
