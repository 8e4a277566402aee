internal import CryptoPrimitives
internal import RoundProtocol

/// Frames that nobody honest would sign.
extension SimulatedCast {
    /// The same frame with another body, signed by its sender; nil when the bytes are no frame.
    func resigned(
        _ bytes: [UInt8], session: Digest? = nil, _ change: (inout [UInt8]) -> Void
    ) -> [UInt8]? {
        guard let frame = try? Frame(bytes) else { return nil }
        var body = [UInt8](frame.body)
        change(&body)
        let header = FrameHeader(
            frame.header.type, sender: frame.header.sender, session: session ?? frame.header.session,
            round: frame.header.round)
        return forged(header, body)
    }

    /// A frame with the signature of whoever it names as its sender.
    func forged(_ header: FrameHeader, _ body: [UInt8]) -> [UInt8] {
        header.type.isSigned
            ? Frame(header, body: body, key: identity(header.sender)).bytes : Frame(unsigned: header, body: body).bytes
    }
}
