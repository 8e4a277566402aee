package import CryptoPrimitives
package import RingVectors
package import RoundProtocol
internal import WireFormat

/// A round whose configuration has been accepted.
package struct RoundContext: Sendable {
    package let round: UInt64
    package let frame: Frame
    package let config: RoundConfig
    package let configDigest: Digest
    package let layout: LaneLayout

    /// Ring elements in a vector.
    package var dimension: Int { Int(config.dimension) }
    /// Words in a vector.
    package var wordCount: Int { layout.wordCount(for: dimension) }

    /// Decodes a RoundConfig frame of the session and checks what follows from the session alone: thresholds, cohort, overflow.
    ///
    /// - Throws: a typed refusal; the policy of the participant is not asked here.
    package init(_ frame: Frame, session: Session) throws(Abort) {
        let config = try Abort.decoding(.announce, from: .coordinator) { () throws(DecodingFailure) in
            try RoundConfig(decoding: frame.body, participants: session.count)
        }
        try Abort.require(
            frame.header.session == session.id && session.contains(round: frame.header.round), .wrongContext, .announce,
            peer: .coordinator)
        try Self.check(config, session)
        let layout = try Self.layout(config)
        self.round = frame.header.round
        self.frame = frame
        self.config = config
        self.configDigest = frame.digest
        self.layout = layout
    }

    private static func check(_ config: RoundConfig, _ session: Session) throws(Abort) {
        let colluders = session.proposal.colluders
        try Abort.require(
            Int(config.quorum) >= session.quorum && Int(config.threshold) >= session.threshold, .thresholdTooLow,
            .announce, peer: .coordinator)
        try Abort.require(
            Int(config.quorum) == session.quorum && Int(config.threshold) == session.threshold, .thresholdTooHigh,
            .announce, peer: .coordinator)
        try Abort.require(config.dimension > 0, .emptyVector, .announce, peer: .coordinator)
        try Abort.require(
            config.dimension <= RoundConfig.maximumDimension, .vectorTooLarge, .announce, peer: .coordinator)
        // A bound or weight of zero would prove anything.
        try Abort.require(
            config.valueBound > 0 && config.weightCap > 0, .invalidConfiguration, .announce, peer: .coordinator)
        let required = Int(config.receiptsRequired)
        try Abort.require(
            required >= session.threshold && required <= session.threshold + colluders
                && required <= session.count, .policyViolation, .announce, peer: .coordinator)
        try Abort.require(
            config.cohort.population >= max(Int(config.minimumSurvivors), session.quorum), .tooFewParticipants,
            .announce, peer: .coordinator)
        try Abort.require(
            Int(config.minimumSurvivors) >= max(2, colluders + 2), .policyViolation, .announce, peer: .coordinator)
        try Abort.require(config.maskSuite == session.maskSuite, .suiteUnavailable, .announce, peer: .coordinator)
        // State may have been moved to another machine.
        try Abort.require(config.maskSuite.isRunnable, .suiteUnavailable, .announce, peer: .coordinator)
    }

    private static func layout(_ config: RoundConfig) throws(Abort) -> LaneLayout {
        do throws(RingFailure) {
            let layout = try LaneLayout(bits: Int(config.ringBits))
            _ = try OverflowProof(
                bits: Int(config.ringBits), participants: config.cohort.population, weightCap: config.weightCap,
                valueBound: config.valueBound, noiseTail: config.noiseTail)
            return layout
        } catch {
            switch error {
            case .overflowPossible: throw Abort(.overflowPossible, .announce, peer: .coordinator)
            default: throw Abort(.invalidConfiguration, .announce, peer: .coordinator)
            }
        }
    }
}
