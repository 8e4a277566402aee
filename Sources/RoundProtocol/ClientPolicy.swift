public import CryptoPrimitives
internal import WireFormat

/// A participant's own floor: what it refuses whatever a coordinator signs.
///
/// No value has a default: each is a decision of the company that runs the participant.
///
/// Source: thresholds section 2
public struct ClientPolicy: Hashable, Sendable {
    /// The fewest colluders a proposal must assume (c); the coordinator counts when a member runs it.
    public var minimumColluders: Int
    /// The fewest honest inputs a sum must hide in (survivors less colluders); at least 2.
    public var minimumHonest: Int
    /// The most rounds one epoch may pre-provision; a stolen disk exposes the rest of an epoch.
    public var maximumRoundsPerEpoch: Int
    /// The most sums that may be opened over one and the same survivor set.
    public var maximumRoundsOnOneCohort: Int
    /// Mask generators that this participant can run and accepts.
    public var maskSuites: MaskSuites
    /// Sparse graphs: the exponent s that a proposal's window rule must meet; nil refuses any but the complete graph.
    public var regularGraphSecurity: Int?
    /// The least variance of the noise each participant must be told to add, ring units squared; 0 for none.
    public var minimumNoiseVariance: UInt64
    /// The largest vector this participant is willing to mask.
    public var maximumDimension: Int
    /// The session size above which shares may be checked on failure only.
    public var eagerShareCheckUpTo: Int
    /// The upload schema the participant knows; nil accepts what the application is asked to fill.
    public var schemaDigest: Digest?
    /// The application settings the participant knows; nil accepts any.
    public var parametersDigest: Digest?
    /// Whether every round's model must be the one that the application announced by `expectModel`.
    public var requiresExpectedModel: Bool

    /// Writes down a policy.
    public init(
        minimumColluders: Int, minimumHonest: Int, maximumRoundsPerEpoch: Int, maximumRoundsOnOneCohort: Int,
        maskSuites: MaskSuites, regularGraphSecurity: Int?, minimumNoiseVariance: UInt64, maximumDimension: Int,
        eagerShareCheckUpTo: Int, schemaDigest: Digest?, parametersDigest: Digest?, requiresExpectedModel: Bool
    ) {
        precondition(minimumColluders >= 0 && minimumHonest >= 2, "a sum of one honest input hides nothing")
        precondition(regularGraphSecurity.map { $0 >= 1 } ?? true, "an exponent of the window rule is positive")
        precondition(maximumRoundsPerEpoch >= 1 && maximumRoundsOnOneCohort >= 1 && maximumDimension >= 1)
        self.minimumColluders = minimumColluders
        self.minimumHonest = minimumHonest
        self.maximumRoundsPerEpoch = maximumRoundsPerEpoch
        self.maximumRoundsOnOneCohort = maximumRoundsOnOneCohort
        self.maskSuites = maskSuites
        self.regularGraphSecurity = regularGraphSecurity
        self.minimumNoiseVariance = minimumNoiseVariance
        self.maximumDimension = maximumDimension
        self.eagerShareCheckUpTo = eagerShareCheckUpTo
        self.schemaDigest = schemaDigest
        self.parametersDigest = parametersDigest
        self.requiresExpectedModel = requiresExpectedModel
    }
}

extension ClientPolicy {
    /// Checks what a coordinator has signed for a round against these rules, the same for both sums.
    ///
    /// - Parameters:
    ///   - seat: the participant's own.
    ///   - colluders: what the session assumes.
    ///   - expectedModel: what the application announced, for policies that require it.
    package func check(
        _ config: RoundConfig, seat: Int, colluders: Int, expectedModel: Digest?, at now: Instant
    ) throws(Abort) {
        func require(_ condition: Bool, _ code: AbortCode) throws(Abort) {
            try Abort.require(condition, code, .announce, peer: .coordinator)
        }
        try require(config.cohort[seat], .falselyDropped)
        try require(Int(config.minimumSurvivors) >= max(colluders + minimumHonest, 2), .policyViolation)
        try require(now < config.inputDeadline, .expired)
        try require(
            config.inputDeadline <= config.survivorDeadline && config.survivorDeadline <= config.unmaskDeadline,
            .invalidConfiguration)
        try require(config.dimension <= UInt64(maximumDimension), .vectorTooLarge)
        try require(maskSuites.contains(config.maskSuite), .suiteUnavailable)
        try require(config.noiseVariance >= minimumNoiseVariance, .policyViolation)
        if let schemaDigest { try require(config.schemaDigest == schemaDigest, .policyViolation) }
        if let parametersDigest { try require(config.parametersDigest == parametersDigest, .policyViolation) }
        if requiresExpectedModel { try require(config.modelDigest == expectedModel, .unexpectedModel) }
    }
}
