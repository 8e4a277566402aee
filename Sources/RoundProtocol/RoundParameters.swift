public import CryptoPrimitives

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
    /// Masking: receipts a dealer needs to be in the cohort. Paillier sums have no dealers: 0.
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
