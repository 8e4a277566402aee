import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecureAggregation
import WireFormat

/// A participant that is shown a proposal or a configuration whose fields are the input's. What it accepts must be inside its policy.
enum Configurations {
    private static let honest = FuzzSession.recording.messages(to: PeerID(rawValue: 0))

    static func run(_ input: [UInt8]) {
        var choices = Choices(input)
        guard var machine = try? FuzzSession.cast.participant(0) else { return }
        let isProposal = choices.index(2) == 0
        var position = 0
        if !isProposal {
            while position < honest.count, honest[position].frame.header.type != .roundConfig {
                _ = try? machine.handle(honest[position].frame.bytes, at: FuzzSession.start)
                position += 1
            }
        }
        let frame = honest[position].frame
        var body = [UInt8](frame.body)
        for _ in 0...choices.index(8) {
            // A field is eight bytes at most, on a boundary of one.
            let place = choices.index(body.count)
            let width = [1, 2, 4, 8][choices.index(4)]
            for (offset, byte) in choices.bytes(width).enumerated() where place + offset < body.count {
                body[place + offset] = byte
            }
        }
        let forged = FuzzSession.cast.frame(frame.header, body)
        guard let effects = try? machine.handle(forged.bytes, at: FuzzSession.start) else { return }
        if isProposal {
            guard let proposal = try? EpochProposal(decoding: forged.body) else { preconditionFailure("accepted") }
            precondition(proposal.rounds >= 1 && proposal.rounds <= 8 && proposal.colluders >= 1)
            precondition(proposal.maskSuites.contains(MaskSuites.chaCha20))
            return
        }
        guard let config = try? RoundConfig(decoding: forged.body, participants: FuzzSession.participants) else {
            preconditionFailure("accepted")
        }
        precondition(config.minimumSurvivors >= 3 && config.cohort[0] && config.dimension <= 1 << 12)
        precondition(config.quorum == 3 && config.threshold == 2, "a session has one quorum")
        guard
            (try? OverflowProof(
                bits: Int(config.ringBits), participants: config.cohort.population, weightCap: config.weightCap,
                valueBound: config.valueBound, noiseTail: config.noiseTail)) != nil, config.valueBound > 0,
            config.weightCap > 0
        else { preconditionFailure("a sum that may wrap was accepted") }
        precondition(effects.contains { if case .needInput = $0 { true } else { false } })
    }
}
