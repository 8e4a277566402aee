import CryptoPrimitives
import RoundProtocol

/// Makes the next frame of a programme from an honest one and the input's choices.
struct Forger {
    let honest: [Recording.Message]
    private(set) var next = 0

    init(_ honest: [Recording.Message]) { self.honest = honest }

    /// The honest frame whose turn it is.
    mutating func inTurn() -> [UInt8]? {
        guard next < honest.count else { return nil }
        defer { next += 1 }
        return honest[next].frame.bytes
    }

    /// Some frame of the honest session, early or late.
    func any(_ choices: inout Choices) -> Frame { honest[choices.index(honest.count)].frame }

    /// The frame whose turn it is, which stays where it is, or another one.
    func near(_ choices: inout Choices) -> Frame {
        let choice = choices.byte()
        return choice < 192 && next < honest.count ? honest[next].frame : honest[choice % honest.count].frame
    }

    /// The same frame with some bytes of its body changed, and signed again.
    func mutated(_ frame: Frame, _ choices: inout Choices) -> [UInt8] {
        var body = [UInt8](frame.body)
        for _ in 0...choices.index(3) where !body.isEmpty {
            let place = choices.index(body.count)
            body[place] ^= UInt8(choices.byte())
        }
        return FuzzSession.cast.frame(frame.header, body).bytes
    }

    /// The same frame with a piece of its body replaced by bytes of the input, and signed again.
    func spliced(_ frame: Frame, _ choices: inout Choices) -> [UInt8] {
        var body = [UInt8](frame.body)
        let start = choices.index(body.count + 1)
        let end = start + choices.index(body.count - start + 1)
        body.replaceSubrange(start..<end, with: choices.bytes(choices.byte()))
        return FuzzSession.cast.frame(frame.header, body).bytes
    }

    /// The body of one frame under the header of another, perhaps in another's name or round.
    func redressed(_ frame: Frame, _ choices: inout Choices) -> [UInt8] {
        let other = any(&choices)
        var (sender, round) = (frame.header.sender, frame.header.round)
        switch choices.index(4) {
        case 1: sender = PeerID(rawValue: UInt32(choices.index(6)))
        case 2: round = UInt64(choices.index(5))
        default: break
        }
        let type = choices.byte() < 128 ? frame.header.type : other.header.type
        let header = FrameHeader(type, sender: sender, session: other.header.session, round: round)
        return FuzzSession.cast.frame(header, [UInt8](frame.body)).bytes
    }

    /// Bytes of the input as the body of a signed frame of any type.
    func invented(_ sender: PeerID, _ choices: inout Choices) -> [UInt8] {
        let types = FrameType.allCases
        let header = FrameHeader(
            types[choices.index(types.count)], sender: sender, session: any(&choices).header.session,
            round: UInt64(choices.index(4)))
        return FuzzSession.cast.frame(header, choices.bytes(choices.number() % 600)).bytes
    }

    /// One bit of the whole frame turned, signature kept.
    func flipped(_ frame: Frame, _ choices: inout Choices) -> [UInt8] {
        var bytes = frame.bytes
        bytes[choices.index(bytes.count)] ^= 1 << UInt8(choices.index(8))
        return bytes
    }
}
