package import CryptoPrimitives

/// The place that a signed statement fills: an honest party signs one statement for a place, ever.
///
/// Two different frames of one place convict whoever signed them. Who has lost its state may fill a place twice without
/// meaning harm; nobody else can tell, so nobody makes a difference.
///
/// Source: evidence section 2
package struct StatementSlot: Hashable, Sendable {
    package let type: FrameType
    package let sender: PeerID
    package let session: Digest
    package let round: UInt64
    /// What else names the place: epoch, proposal or recipient.
    package let detail: [UInt8]

    /// Nil for a frame whose type may be said in several ways: unsigned parts and aborts.
    package init?(_ frame: Frame) {
        let body = frame.body
        var session = frame.header.session
        switch frame.header.type {
        case .chunkRoots, .chunk, .abort: return nil
        case .epochProposal, .sumProposal:
            guard body.count >= 8 else { return nil }
            detail = [UInt8](body.prefix(8))
        case .advertise, .join:
            guard body.count >= 32 else { return nil }
            detail = [UInt8](body.prefix(32))
        case .advertiseList, .joinList:
            // The session follows from the list, so that the place is the proposal: it begins the first advertisement.
            let start = body.startIndex + 8 + FrameHeader.byteCount
            guard body.endIndex >= start + 32 else { return nil }
            detail = [UInt8](body[start..<start + 32])
            session = Digest(Bytes32())
        case .delivery, .acknowledgement:
            guard body.count >= 4 else { return nil }
            detail = [UInt8](body.prefix(4))
        case .commitments, .shares, .receipt, .roundConfig, .maskedInput, .survivors, .survivorStatement,
            .unmaskRequest, .unmaskShares, .result, .openingShare:
            detail = []
        }
        type = frame.header.type
        sender = frame.header.sender
        self.session = session
        round = frame.header.round
    }
}
