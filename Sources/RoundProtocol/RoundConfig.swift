public import CryptoPrimitives
public import WireFormat

/// Everything that a round fixes, as the coordinator signs it and each participant checks it against its own policy.
///
/// Its digest enters every mask seed: participants that were shown different configurations, or different models, make
/// masks that do not cancel, and nothing leaks.
///
/// Source: WIRE section 5
public struct RoundConfig: Hashable, Sendable {
    /// What the shared model hashes to.
    public var modelDigest: Digest
    /// What the upload schema (names, lengths and bounds of the blocks) hashes to.
    public var schemaDigest: Digest
    /// What the rest of the application's settings hash to.
    public var parametersDigest: Digest
    /// Ring elements in a vector, at least 1.
    public var dimension: UInt64
    /// Bits of a ring element: 8 to 62, or 64.
    public var ringBits: UInt8
    /// The generator that expands mask seeds.
    public var maskSuite: MaskSuite
    /// The largest magnitude of one unweighted quantised value.
    public var valueBound: UInt64
    /// The largest integer weight of one participant.
    public var weightCap: UInt64
    /// Head-room for the sum of all noise, in ring units.
    public var noiseTail: UInt64
    /// Variance of the integer noise that each participant adds, in ring units squared; 0 for none.
    public var noiseVariance: UInt64
    /// Signatures that make an agreement, of the session's participants.
    public var quorum: UInt32
    /// Shamir shares that recover a secret.
    public var threshold: UInt32
    /// The fewest survivors whose sum may be opened.
    public var minimumSurvivors: UInt32
    /// Receipts that a dealer needs to be in the cohort.
    public var receiptsRequired: UInt32
    /// What all receipts hash to.
    public var receiptsDigest: Digest
    /// When uploads close.
    public var inputDeadline: Instant
    /// When statements about the survivors close.
    public var survivorDeadline: Instant
    /// When unmasking closes.
    public var unmaskDeadline: Instant
    /// Who masks with whom, by seat.
    public var cohort: Bitmap

    /// The most ring elements a vector may have.
    public static let maximumDimension: UInt64 = 1 << 28

    package init(
        modelDigest: Digest, schemaDigest: Digest, parametersDigest: Digest, dimension: UInt64, ringBits: UInt8,
        maskSuite: MaskSuite, valueBound: UInt64, weightCap: UInt64, noiseTail: UInt64, noiseVariance: UInt64,
        quorum: UInt32, threshold: UInt32, minimumSurvivors: UInt32, receiptsRequired: UInt32,
        receiptsDigest: Digest, inputDeadline: Instant, survivorDeadline: Instant, unmaskDeadline: Instant,
        cohort: Bitmap
    ) {
        self.modelDigest = modelDigest
        self.schemaDigest = schemaDigest
        self.parametersDigest = parametersDigest
        self.dimension = dimension
        self.ringBits = ringBits
        self.maskSuite = maskSuite
        self.valueBound = valueBound
        self.weightCap = weightCap
        self.noiseTail = noiseTail
        self.noiseVariance = noiseVariance
        self.quorum = quorum
        self.threshold = threshold
        self.minimumSurvivors = minimumSurvivors
        self.receiptsRequired = receiptsRequired
        self.receiptsDigest = receiptsDigest
        self.inputDeadline = inputDeadline
        self.survivorDeadline = survivorDeadline
        self.unmaskDeadline = unmaskDeadline
        self.cohort = cohort
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 240 + cohort.count / 8)
        writer.bytes32(modelDigest.value)
        writer.bytes32(schemaDigest.value)
        writer.bytes32(parametersDigest.value)
        writer.u64(dimension)
        writer.u8(ringBits)
        writer.u8(0)
        writer.u16(maskSuite.rawValue)
        writer.u64(valueBound)
        writer.u64(weightCap)
        writer.u64(noiseTail)
        writer.u64(noiseVariance)
        writer.u32(quorum)
        writer.u32(threshold)
        writer.u32(minimumSurvivors)
        writer.u32(receiptsRequired)
        writer.bytes32(receiptsDigest.value)
        writer.u64(inputDeadline.milliseconds)
        writer.u64(survivorDeadline.milliseconds)
        writer.u64(unmaskDeadline.milliseconds)
        writer.bitmap(cohort)
        return writer.bytes
    }

    /// Decodes the body of a RoundConfig frame for a session of so many participants; judges nothing.
    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        modelDigest = Digest(try reader.bytes32())
        schemaDigest = Digest(try reader.bytes32())
        parametersDigest = Digest(try reader.bytes32())
        dimension = try reader.u64()
        ringBits = try reader.u8()
        if try reader.u8() != 0 { throw .nonCanonical }
        guard let suite = MaskSuite(rawValue: try reader.u16()) else { throw .invalidValue }
        maskSuite = suite
        valueBound = try reader.u64()
        weightCap = try reader.u64()
        noiseTail = try reader.u64()
        noiseVariance = try reader.u64()
        quorum = try reader.u32()
        threshold = try reader.u32()
        minimumSurvivors = try reader.u32()
        receiptsRequired = try reader.u32()
        receiptsDigest = Digest(try reader.bytes32())
        inputDeadline = Instant(milliseconds: try reader.u64())
        survivorDeadline = Instant(milliseconds: try reader.u64())
        unmaskDeadline = Instant(milliseconds: try reader.u64())
        cohort = try reader.bitmap(count: participants)
        try reader.finish()
    }
}
