package import CryptoPrimitives
package import RingVectors
package import RoundProtocol
internal import WireFormat

/// A round of encrypted summation whose configuration has been accepted, with the packing that follows from it.
///
/// Source: WIRE section 9
package struct SumRound: Sendable {
    package let round: UInt64
    package let frame: Frame
    package let config: RoundConfig
    package let configDigest: Digest
    /// The ring of the vectors that go in and come out.
    package let layout: LaneLayout
    /// How they share plaintexts.
    package let packing: PlaintextPacking
    package let masksInside: Bool
    package let mode: OpeningMode
    package let parameters: PaillierParameters

    /// Ring elements in a vector.
    package var dimension: Int { Int(config.dimension) }
    /// Ciphertexts of a contribution.
    package var ciphertextCount: Int { packing.ciphertextCount(dimension: dimension) }
    /// 64-bit words of a contribution: its ciphertexts, then its proof.
    package var wordCount: Int { Contribution.byteCount(ciphertextCount, parameters) / 8 }
    /// 64-bit words of an opening: plaintexts and, in root mode, roots.
    package var openingWordCount: Int {
        ciphertextCount * parameters.modulusLimbs * (mode == .jointRoot ? 2 : 1)
    }

    /// Decodes a RoundConfig frame of the session and checks what follows from session and key alone.
    ///
    /// - Throws: a typed refusal; the policy of the participant is not asked here.
    package init(_ frame: Frame, session: SumSession, key: ThresholdPublicKey) throws(Abort) {
        let config = try Abort.decoding(.announce, from: .coordinator) { () throws(DecodingFailure) in
            try RoundConfig(decoding: frame.body, participants: session.count)
        }
        try Abort.require(
            frame.header.session == session.id && session.contains(round: frame.header.round), .wrongContext, .announce,
            peer: .coordinator)
        try Self.check(config, session, key)
        masksInside = session.proposal.masksInside
        mode = session.proposal.mode
        parameters = key.publicKey.parameters
        (layout, packing) = try Self.layouts(config, masksInside: masksInside, parameters)
        try Abort.require(config.receiptsDigest == packing.digest, .configMismatch, .announce, peer: .coordinator)
        round = frame.header.round
        self.frame = frame
        self.config = config
        configDigest = frame.digest
    }

    private static func check(
        _ config: RoundConfig, _ session: SumSession, _ key: ThresholdPublicKey
    ) throws(Abort) {
        func require(_ condition: Bool, _ code: AbortCode) throws(Abort) {
            try Abort.require(condition, code, .announce, peer: .coordinator)
        }
        let colluders = session.proposal.colluders
        try require(
            Int(config.quorum) >= session.quorum && Int(config.threshold) >= key.threshold, .thresholdTooLow)
        try require(
            Int(config.quorum) == session.quorum && Int(config.threshold) == key.threshold, .thresholdTooHigh)
        try require(config.dimension > 0, .emptyVector)
        try require(config.dimension <= RoundConfig.maximumDimension, .vectorTooLarge)
        try require(
            config.receiptsRequired == 0 && config.maskSuite == .chaCha20 && config.weightCap >= 1,
            .invalidConfiguration)
        try require(
            config.cohort.population >= max(Int(config.minimumSurvivors), session.quorum), .tooFewParticipants)
        try require(Int(config.minimumSurvivors) >= max(2, colluders + 2), .policyViolation)
    }

    /// The ring, and slots that no sum of honest inputs leaves.
    package static func layouts(
        _ config: RoundConfig, masksInside: Bool, _ parameters: PaillierParameters
    ) throws(Abort) -> (LaneLayout, PlaintextPacking) {
        do throws(RingFailure) {
            let layout = try LaneLayout(bits: Int(config.ringBits))
            _ = try OverflowProof(
                bits: Int(config.ringBits), participants: config.cohort.population, weightCap: config.weightCap,
                valueBound: config.valueBound, noiseTail: config.noiseTail)
            do throws(PaillierFailure) {
                if masksInside {
                    return (layout, try MaskedSlots.packing(layout, config.cohort.population, parameters))
                }
                let packing = try PlaintextPacking(
                    for: parameters, valueBound: config.valueBound, participants: config.cohort.population,
                    weightCap: config.weightCap, noiseTail: config.noiseTail)
                return (layout, packing)
            } catch {
                throw RingFailure.overflowPossible(requiredBits: 65)
            }
        } catch {
            switch error {
            case .overflowPossible: throw Abort(.overflowPossible, .announce, peer: .coordinator)
            default: throw Abort(.invalidConfiguration, .announce, peer: .coordinator)
            }
        }
    }

    /// Checks one input against the announced bounds; time depends on the dimension alone.
    ///
    /// Throws `elementOutOfRange` when a magnitude is above weightCap * valueBound + noiseTail, without saying where.
    func checkBounds(_ values: [Int64]) throws(Abort) {
        // No overflow: the sum of all inputs was proved to fit the ring.
        let bound = config.weightCap &* config.valueBound &+ config.noiseTail
        var outOfRange: UInt64 = 0
        for value in values { outOfRange |= UInt64(bitPattern: value) &+ bound > 2 &* bound ? 1 : 0 }
        try Abort.require(disclosed(outOfRange.isZeroBit, .refusal), .elementOutOfRange, .input)
    }

    /// The ring vector behind opened plaintexts: the sum of exactly `contributors` inputs.
    ///
    /// Throws what `PlaintextPacking.decode` throws, `malformed` for plaintexts of another length or not below n, and
    /// `wrongContributorCount` when the weight slot does not count the contributors.
    package func sum(
        of plaintexts: [UInt64], contributors: Int, key: PublicKey
    ) throws(PaillierFailure) -> PackedVector {
        let opened = try PlaintextVector(limbs: plaintexts, key: key, codecID: packing.digest)
        var (values, weight) = try packing.decode(
            opened, dimension: dimension, expectedCount: contributors, for: key)
        guard weight == UInt64(contributors) else {
            throw .wrongContributorCount(expected: contributors, found: Int64(clamping: weight))
        }
        if masksInside { MaskedSlots.reduce(&values, layout) }
        do throws(RingFailure) {
            return try PackedVector(packing: values, layout: layout)
        } catch {
            throw .valueOutOfRange
        }
    }
}
