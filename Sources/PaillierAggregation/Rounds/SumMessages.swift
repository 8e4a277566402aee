package import CryptoPrimitives
package import RoundProtocol
package import WireFormat

/// The coordinator's signed proposal of a session whose sums are encrypted and opened together.
///
/// Source: WIRE section 9
package struct SumProposal: Hashable, Sendable {
    package let epoch: UInt64
    package let rosterDigest: Digest
    /// `ThresholdPublicKey.id`.
    package let keyID: Digest
    /// Rounds of the session.
    package let rounds: Int
    /// Colluders assumed.
    package let colluders: Int
    package let mode: OpeningMode
    /// Whether pairwise masks ride inside the slots.
    package let masksInside: Bool
    package let joinDeadline: Instant

    package init(
        epoch: UInt64, rosterDigest: Digest, keyID: Digest, rounds: Int, colluders: Int, mode: OpeningMode,
        masksInside: Bool, joinDeadline: Instant
    ) {
        self.epoch = epoch
        self.rosterDigest = rosterDigest
        self.keyID = keyID
        self.rounds = rounds
        self.colluders = colluders
        self.mode = mode
        self.masksInside = masksInside
        self.joinDeadline = joinDeadline
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 92)
        writer.u64(epoch)
        writer.bytes32(rosterDigest.value)
        writer.bytes32(keyID.value)
        writer.u32(UInt32(rounds))
        writer.u32(UInt32(colluders))
        writer.u8(mode.rawValue)
        writer.u8(masksInside ? 1 : 0)
        writer.u16(0)
        writer.u64(joinDeadline.milliseconds)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        epoch = try reader.u64()
        rosterDigest = Digest(try reader.bytes32())
        keyID = Digest(try reader.bytes32())
        rounds = Int(try reader.u32())
        colluders = Int(try reader.u32())
        guard let mode = OpeningMode(rawValue: try reader.u8()) else { throw .invalidValue }
        self.mode = mode
        let inside = try reader.u8()
        let reserved = try reader.u16()
        guard inside <= 1, reserved == 0 else { throw .nonCanonical }
        masksInside = inside == 1
        guard rounds >= 1, rounds <= 1 << 16, colluders <= Roster.maximumCount else { throw .invalidValue }
        joinDeadline = Instant(milliseconds: try reader.u64())
        try reader.finish()
    }
}

/// A participant's signed word that it takes part: a fresh nonce and, for masks inside, a fresh point.
///
/// Source: WIRE section 9
package struct Join: Hashable, Sendable {
    package let proposalDigest: Digest
    package let nonce: Bytes32
    /// The public half of the key for pairwise masks; nil without masks inside.
    package let point: GroupElement?

    package init(proposalDigest: Digest, nonce: Bytes32, point: GroupElement?) {
        self.proposalDigest = proposalDigest
        self.nonce = nonce
        self.point = point
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 96)
        writer.bytes32(proposalDigest.value)
        writer.bytes32(nonce)
        if let point { writer.bytes32(point.value) }
        return writer.bytes
    }

    package init(_ frame: Frame, masksInside: Bool) throws(Abort) {
        let sender = frame.header.sender
        let fields = try Abort.decoding(.advertise, from: sender) { () throws(DecodingFailure) in
            var reader = ByteReader(frame.body)
            let head = (Digest(try reader.bytes32()), try reader.bytes32())
            let point = masksInside ? try reader.bytes32() : nil
            try reader.finish()
            return (proposal: head.0, nonce: head.1, point: point)
        }
        proposalDigest = fields.proposal
        nonce = fields.nonce
        if let point = fields.point {
            self.point = try GroupElement(checking: point, .advertise, from: sender)
        } else {
            point = nil
        }
    }
}

/// A shareholder's signed promise of its part of an opening, whose bytes follow as chunks.
///
/// Source: WIRE section 9
package struct OpeningShareHeader: Hashable, Sendable {
    package let agreementDigest: Digest
    package let byteCount: UInt64
    package let digest: Digest

    package init(agreementDigest: Digest, byteCount: UInt64, digest: Digest) {
        self.agreementDigest = agreementDigest
        self.byteCount = byteCount
        self.digest = digest
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 72)
        writer.bytes32(agreementDigest.value)
        writer.u64(byteCount)
        writer.bytes32(digest.value)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        agreementDigest = Digest(try reader.bytes32())
        byteCount = try reader.u64()
        digest = Digest(try reader.bytes32())
        try reader.finish()
    }
}
