package import CryptoPrimitives
package import RoundProtocol
package import WireFormat

/// Feldman commitments to a dealer's polynomials, round by round.
///
/// Source: WIRE section 4
package struct DealCommitments: Hashable, Sendable {
    /// For each round the t points of the pairwise and of the self polynomial, constant term first.
    package let rounds: [(pairwise: [GroupElement], selfMask: [GroupElement])]

    package init(rounds: [(pairwise: [GroupElement], selfMask: [GroupElement])]) {
        self.rounds = rounds
    }

    package func encoded(threshold: Int) -> [UInt8] {
        var writer = ByteWriter(reserving: 8 + rounds.count * threshold * 64)
        writer.count(rounds.count)
        writer.count(threshold)
        for round in rounds {
            for point in round.pairwise { writer.bytes32(point.value) }
            for point in round.selfMask { writer.bytes32(point.value) }
        }
        return writer.bytes
    }

    /// Checks the shape of a dealer's Commitments frame and its constants, which are points of the advertisement; all other
    /// points are left alone.
    ///
    /// - Complexity: one pass over the bytes; no group operation.
    package static func checkShape(of frame: Frame, threshold: Int, advertised: [RoundPoints]) throws(Abort) {
        var reader = try pointReader(frame, threshold: threshold, advertised: advertised)
        let dealer = frame.header.sender
        for point in advertised {
            for expected in [point.pairwise, point.selfMask] {
                let constant = try Abort.decoding(.deal, from: dealer) { () throws(DecodingFailure) in
                    let constant = try reader.bytes32()
                    _ = try reader.raw(32 * (threshold - 1))
                    return constant
                }
                try Abort.require(constant == expected.value, .inconsistentShare, .deal, peer: dealer)
            }
        }
    }

    /// Decodes and checks a dealer's Commitments frame: t points a polynomial, none the identity, constants as
    /// advertised.
    package init(_ frame: Frame, threshold: Int, advertised: [RoundPoints]) throws(Abort) {
        let dealer = frame.header.sender
        var reader = try Self.pointReader(frame, threshold: threshold, advertised: advertised)
        var rounds: [(pairwise: [GroupElement], selfMask: [GroupElement])] = []
        for point in advertised {
            let pairwise = try Self.points(&reader, threshold, dealer)
            let selfMask = try Self.points(&reader, threshold, dealer)
            try Abort.require(
                pairwise[0] == point.pairwise && selfMask[0] == point.selfMask, .inconsistentShare, .deal, peer: dealer)
            rounds.append((pairwise, selfMask))
        }
        self.rounds = rounds
    }

    /// The points of a frame that holds as many as it must.
    private static func pointReader(
        _ frame: Frame, threshold: Int, advertised: [RoundPoints]
    ) throws(Abort) -> ByteReader {
        let dealer = frame.header.sender
        var reader = ByteReader(frame.body)
        let counts = try Abort.decoding(.deal, from: dealer) { () throws(DecodingFailure) in
            (rounds: try reader.u32(), threshold: try reader.u32())
        }
        try Abort.require(
            Int(counts.rounds) == advertised.count && Int(counts.threshold) == threshold, .configMismatch, .deal,
            peer: dealer)
        let expected = advertised.count * threshold * 64
        try Abort.require(reader.remaining >= expected, .truncated, .deal, peer: dealer)
        try Abort.require(reader.remaining == expected, .trailingData, .deal, peer: dealer)
        return reader
    }

    private static func points(
        _ reader: inout ByteReader, _ count: Int, _ dealer: PeerID
    ) throws(Abort) -> [GroupElement] {
        var points: [GroupElement] = []
        points.reserveCapacity(count)
        for _ in 0..<count {
            let bytes = try Abort.decoding(.deal, from: dealer) { () throws(DecodingFailure) in try reader.bytes32() }
            points.append(try GroupElement(checking: bytes, .deal, from: dealer))
        }
        return points
    }

    package static func == (left: DealCommitments, right: DealCommitments) -> Bool {
        left.rounds.elementsEqual(right.rounds) { $0.pairwise == $1.pairwise && $0.selfMask == $1.selfMask }
    }

    package func hash(into hasher: inout Hasher) {
        for round in rounds {
            hasher.combine(round.pairwise)
            hasher.combine(round.selfMask)
        }
    }
}

/// One sealed box and whom it is for.
package struct AddressedBox: Hashable, Sendable {
    package let recipient: PeerID
    package let box: [UInt8]

    package init(recipient: PeerID, box: [UInt8]) {
        self.recipient = recipient
        self.box = box
    }
}

/// A dealer's sealed shares, one box a neighbour, bound to its commitments.
///
/// Source: WIRE section 4
package struct ShareBoxes: Hashable, Sendable {
    package let commitmentsDigest: Digest
    package let boxes: [AddressedBox]

    package init(commitmentsDigest: Digest, boxes: [AddressedBox]) {
        self.commitmentsDigest = commitmentsDigest
        self.boxes = boxes
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 36 + boxes.reduce(0) { $0 + 8 + $1.box.count })
        writer.bytes32(commitmentsDigest.value)
        writer.count(boxes.count)
        for box in boxes {
            writer.u32(box.recipient.rawValue)
            writer.counted(box.box)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, limit: Int, boxBytes: Int) throws(DecodingFailure) {
        let outline = try Self.outline(of: body, limit: limit, boxBytes: boxBytes)
        commitmentsDigest = outline.commitmentsDigest
        boxes = outline.recipients.enumerated().map { index, recipient in
            AddressedBox(recipient: recipient, box: Array(Self.box(at: index, in: body, boxBytes: boxBytes) ?? []))
        }
    }

    /// Checks an encoded list and says whom its boxes are for; the boxes are left where they are.
    package static func outline(
        of body: ArraySlice<UInt8>, limit: Int, boxBytes: Int
    ) throws(DecodingFailure) -> (commitmentsDigest: Digest, recipients: [PeerID]) {
        var reader = ByteReader(body)
        let commitmentsDigest = Digest(try reader.bytes32())
        let count = try reader.count(limit: limit, elementBytes: 8 + boxBytes)
        var recipients: [PeerID] = []
        recipients.reserveCapacity(count)
        for _ in 0..<count {
            let recipient = PeerID(rawValue: try reader.u32())
            if let last = recipients.last, last >= recipient { throw .nonCanonical }
            if try reader.counted(limit: boxBytes).count != boxBytes { throw .invalidValue }
            recipients.append(recipient)
        }
        try reader.finish()
        return (commitmentsDigest, recipients)
    }

    /// One box of an encoded and checked list, nil behind its end.
    package static func box(at index: Int, in body: ArraySlice<UInt8>, boxBytes: Int) -> ArraySlice<UInt8>? {
        let start = body.startIndex + 36 + index * (8 + boxBytes) + 8
        return start + boxBytes <= body.endIndex ? body[start..<start + boxBytes] : nil
    }

    /// Bytes of a box that carries the shares of so many rounds.
    package static func boxBytes(rounds: Int) -> Int {
        XChaCha20Poly1305.nonceBytes + 32 + 64 * rounds + XChaCha20Poly1305.tagBytes
    }

    /// What the seal of a box covers besides its content: suite, session, rounds, from, to.
    package static func associatedData(
        session: Digest, firstRound: UInt64, rounds: Int, from: PeerID, to: PeerID
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 68)
        writer.raw(Array("QSA1 share box".utf8))
        writer.u16(FrameHeader.suite)
        writer.bytes32(session.value)
        writer.u64(firstRound)
        writer.u32(UInt32(rounds))
        writer.u32(from.rawValue)
        writer.u32(to.rawValue)
        return writer.bytes
    }
}

/// What one recipient gets of everybody's deal.
///
/// Source: WIRE section 4
package struct Delivery: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let dealer: PeerID
        /// The dealer's whole Commitments frame; only its digest (32 bytes) when shares are checked on failure.
        package let commitments: [UInt8]
        package let box: [UInt8]

        package init(dealer: PeerID, commitments: [UInt8], box: [UInt8]) {
            self.dealer = dealer
            self.commitments = commitments
            self.box = box
        }
    }

    package let recipient: PeerID
    package let items: [Item]

    package init(recipient: PeerID, items: [Item]) {
        self.recipient = recipient
        self.items = items
    }

    /// An item whose box is still in its dealer's frame.
    package typealias Source = (dealer: PeerID, commitments: [UInt8], box: ArraySlice<UInt8>)

    package func encoded() -> [UInt8] {
        Self.encoded(recipient: recipient, items: items.map { ($0.dealer, $0.commitments, $0.box[...]) })
    }

    package static func encoded(recipient: PeerID, items: [Source]) -> [UInt8] {
        var writer = ByteWriter(reserving: 8 + items.reduce(0) { $0 + 12 + $1.commitments.count + $1.box.count })
        writer.u32(recipient.rawValue)
        writer.count(items.count)
        for item in items {
            writer.u32(item.dealer.rawValue)
            writer.counted(item.commitments)
            writer.count(item.box.count)
            writer.raw(item.box)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, limit: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        recipient = PeerID(rawValue: try reader.u32())
        let count = try reader.count(limit: limit, elementBytes: 12)
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count {
            let dealer = PeerID(rawValue: try reader.u32())
            if let last = items.last, last.dealer >= dealer { throw .nonCanonical }
            let commitments = try reader.counted(limit: reader.remaining)
            let box = try reader.counted(limit: reader.remaining)
            items.append(Item(dealer: dealer, commitments: [UInt8](commitments), box: [UInt8](box)))
        }
        self.items = items
        try reader.finish()
    }
}

/// A participant's word on whose shares it holds.
///
/// Source: WIRE section 4
package struct Receipt: Hashable, Sendable {
    package let shareCheck: ShareCheck
    /// The dealers whose shares the participant holds and has checked, by seat; its own seat is set.
    package let dealers: Bitmap
    /// What those dealers' commitments hash to.
    package let commitmentsDigest: Digest

    package init(shareCheck: ShareCheck, dealers: Bitmap, commitmentsDigest: Digest) {
        self.shareCheck = shareCheck
        self.dealers = dealers
        self.commitmentsDigest = commitmentsDigest
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 40 + dealers.count / 8)
        writer.u8(shareCheck.rawValue)
        writer.bitmap(dealers)
        writer.bytes32(commitmentsDigest.value)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        guard let check = ShareCheck(rawValue: try reader.u8()) else { throw .invalidValue }
        shareCheck = check
        dealers = try reader.bitmap(count: participants)
        commitmentsDigest = Digest(try reader.bytes32())
        try reader.finish()
    }

    /// The digest over the dealers' commitments in seat order.
    package static func digest(of commitments: [(dealer: PeerID, digest: Digest)]) -> Digest {
        var writer = ByteWriter(reserving: 36 * commitments.count)
        for entry in commitments {
            writer.u32(entry.dealer.rawValue)
            writer.bytes32(entry.digest.value)
        }
        return Blake2b.hash(writer.bytes, Personalisation("QSA1 receipt"))
    }
}
