internal import CryptoPrimitives
internal import RoundProtocol
internal import WireFormat

/// Set-up: collecting advertisements, deals and receipts.
///
/// Source: WIRE sections 3 and 4
extension Coordinator {
    /// Notes an advertisement; the list closes when everybody has come, or at the deadline.
    mutating func handleAdvertise(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let sender = frame.header.sender
        guard let epoch else { throw Abort(.unexpectedMessage, .advertise, peer: sender) }
        if let known = epoch.advertisements[sender] {
            try requireSame(known, frame, .advertise)
            return []
        }
        guard case .expectAdvertisements = stage, now < epoch.parameters.advertiseDeadline else {
            throw Abort(.late, .advertise, peer: sender)
        }
        let advertisement = try Advertisement(frame, rounds: epoch.proposal.rounds)
        try Abort.require(
            advertisement.proposalDigest == epoch.proposalFrame.digest, .wrongContext, .advertise, peer: sender)
        try Abort.require(
            advertisement.maskSuites.contains(.chaCha20), .suiteUnavailable, .advertise, peer: sender)
        // It would make every other participant refuse the whole list.
        try Abort.require(!advertisement.exchangeKey.hasSmallOrder, .weakKey, .advertise, peer: sender)
        let keys =
            [advertisement.exchangeKey.value]
            + advertisement.points.flatMap { [$0.pairwise.value, $0.selfMask.value] }
        try Abort.require(
            Set(keys).count == keys.count && epoch.advertisedKeys.isDisjoint(with: keys), .duplicateKey, .advertise,
            peer: sender)
        let isComplete = epoch.advertisements.count + 1 == roster.participants.count
        note(frame, keys)
        return isComplete ? closeAdvertising() : []
    }

    /// Changes the lists in place: nobody else holds them here.
    private mutating func note(_ advertisement: Frame, _ keys: [Bytes32]) {
        epoch?.advertisements[advertisement.header.sender] = advertisement
        epoch?.advertisedKeys.formUnion(keys)
    }

    /// The same frame again is nothing new; another one in its place is a contradiction with proof.
    func requireSame(_ known: Frame, _ frame: Frame, _ step: Stage) throws(Abort) {
        try Abort.require(
            known.digest == frame.digest, .equivocation, step, peer: frame.header.sender,
            evidence: Evidence(frames: [known.bytes, frame.bytes]))
    }

    /// Closes the list, derives the session and sends the list to its members.
    mutating func closeAdvertising() -> [Effect] {
        guard var epoch else { return [] }
        let frames = epoch.advertisements.sorted { $0.key < $1.key }.map(\.value)
        let session: Session
        do throws(Abort) {
            session = try Session(
                proposal: epoch.proposal, proposalDigest: epoch.proposalFrame.digest,
                firstRound: epoch.proposalFrame.header.round, frames: frames, roster: roster,
                regularGraphSecurity: epoch.parameters.regularGraphSecurity, areSignaturesChecked: true)
        } catch {
            return abandonEpoch(error)
        }
        let list = sign(
            .advertiseList, session: session.id, round: session.firstRound, body: AdvertiseList.encoded(frames))
        epoch.session = session
        epoch.list = list
        epoch.dealers = Bitmap(count: session.count)
        self.epoch = epoch
        stage = .expectDeals
        return [persistEpoch()] + broadcast(list, to: session.ids) + [.deadline(epoch.parameters.dealDeadline)]
    }

    /// Checks and notes a dealer's commitments.
    ///
    /// When shares are compared with commitments on failure only, so are the 2L·t points checked then: a dealer with bad points
    /// does what a dealer with bad shares can do, and is blamed alike.
    mutating func handleCommitments(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (session, seat) = try dealer(frame)
        if let known = epoch?.commitments[seat] {
            try requireSame(known, frame, .deal)
            return []
        }
        try requireOpen(now, frame)
        let advertised = session.advertisements[seat].points
        if session.proposal.shareCheck == .eager {
            _ = try DealCommitments(frame, threshold: session.threshold, advertised: advertised)
        } else {
            try DealCommitments.checkShape(of: frame, threshold: session.threshold, advertised: advertised)
        }
        epoch?.note(commitments: frame, of: seat)
        return []
    }

    /// Checks and notes a dealer's boxes; when everybody has dealt, delivers them.
    mutating func handleShares(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (session, seat) = try dealer(frame)
        let sender = frame.header.sender
        if let known = epoch?.shares[seat] {
            try requireSame(known, frame, .deal)
            return []
        }
        try requireOpen(now, frame)
        let boxes = try Abort.decoding(.deal, from: sender) { () throws(DecodingFailure) in
            try ShareBoxes.outline(
                of: frame.body, limit: session.count,
                boxBytes: ShareBoxes.boxBytes(rounds: session.proposal.rounds))
        }
        try Abort.require(
            boxes.commitmentsDigest == epoch?.commitmentDigests[seat], .inconsistentShare, .deal, peer: sender)
        let recipients = session.neighbours(of: seat).map { session.ids[$0] }
        try Abort.require(boxes.recipients == recipients, .missingShare, .deal, peer: sender)
        epoch?.shares.keep(frame, of: seat)
        epoch?.dealers[seat] = true
        return epoch?.dealers.population == session.count ? closeDealing() : []
    }

    private func dealer(_ frame: Frame) throws(Abort) -> (Session, Int) {
        let session = try openSession()
        guard let seat = session.seat(of: frame.header.sender) else {
            throw Abort(.unknownParticipant, .deal, peer: frame.header.sender)
        }
        return (session, seat)
    }

    private func requireOpen(_ now: Instant, _ frame: Frame) throws(Abort) {
        guard case .expectDeals = stage, let deadline = epoch?.parameters.dealDeadline, now < deadline else {
            throw Abort(.late, .deal, peer: frame.header.sender)
        }
    }

    /// Delivers to each dealer the boxes of the other dealers.
    mutating func closeDealing() -> [Effect] {
        guard let epoch, let session = epoch.session else { return [] }
        if epoch.dealers.population < max(session.threshold, session.quorum, 3) {
            return abandonEpoch(Abort(.tooFewParticipants, .deal))
        }
        let withCommitments = epoch.proposal.shareCheck == .eager
        let commitments =
            withCommitments
            ? epoch.commitments.mapValues(\.bytes) : epoch.commitmentDigests.mapValues(\.value.bytes)
        let boxBytes = ShareBoxes.boxBytes(rounds: session.proposal.rounds)
        // How many boxes of each dealer have been handed out: recipients ascend here as they do in its frame.
        var delivered = [Int](repeating: 0, count: session.count)
        var sends: [Effect] = []
        for recipient in 0..<session.count {
            var items: [Delivery.Source] = []
            for dealer in session.neighbours(of: recipient) {
                let place = delivered[dealer]
                delivered[dealer] += 1
                guard epoch.dealers[recipient], let commitments = commitments[dealer],
                    let box = epoch.shares.body(of: dealer).flatMap({
                        ShareBoxes.box(at: place, in: $0, boxBytes: boxBytes)
                    })
                else { continue }
                items.append((session.ids[dealer], commitments, box))
            }
            if !epoch.dealers[recipient] { continue }
            let id = session.ids[recipient]
            let frame = sign(
                .delivery, session: session.id, round: session.firstRound,
                body: Delivery.encoded(recipient: id, items: items))
            sends.append(.send(to: id, frame: OutgoingFrame(frame)))
        }
        stage = .expectReceipts
        return [persistEpoch()] + sends + [.deadline(epoch.parameters.receiptDeadline)]
    }

    /// Checks and notes a receipt; when every dealer has sent one, the session stands.
    mutating func handleReceipt(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (session, seat) = try dealer(frame)
        let sender = frame.header.sender
        guard let epoch else { throw Abort(.unexpectedMessage, .deal, peer: sender) }
        if let known = epoch.receipts[seat] {
            try requireSame(known, frame, .deal)
            return []
        }
        guard case .expectReceipts = stage, now < epoch.parameters.receiptDeadline else {
            throw Abort(.late, .deal, peer: sender)
        }
        try Abort.require(epoch.dealers[seat], .impossibleTransition, .deal, peer: sender)
        let receipt = try Abort.decoding(.deal, from: sender) { () throws(DecodingFailure) in
            try Receipt(decoding: frame.body, participants: session.count)
        }
        try Abort.require(receipt.shareCheck == epoch.proposal.shareCheck, .configMismatch, .deal, peer: sender)
        let possible = session.holderSet(of: seat).intersection(epoch.dealers)
        try Abort.require(
            receipt.dealers.isSubset(of: possible) && receipt.dealers[seat], .unknownShare, .deal, peer: sender)
        let entries = receipt.dealers.indices.compactMap { dealer in
            epoch.commitmentDigests[dealer].map { (dealer: session.ids[dealer], digest: $0) }
        }
        try Abort.require(
            receipt.commitmentsDigest == Receipt.digest(of: entries), .inconsistentShare, .deal, peer: sender)
        let isComplete = epoch.receipts.count + 1 == epoch.dealers.population
        note(receipt, frame, of: seat)
        return isComplete ? closeReceipts() : []
    }

    /// Changes the lists in place: nobody else holds them here.
    private mutating func note(_ receipt: Receipt, _ frame: Frame, of seat: Int) {
        epoch?.receipts[seat] = frame
        epoch?.holdings[seat] = receipt.dealers
    }

    /// The session stands with the receipts that have come.
    mutating func closeReceipts() -> [Effect] {
        guard let epoch, let session = epoch.session else { return [] }
        if epoch.receipts.count < max(session.threshold, session.quorum, 3) {
            return abandonEpoch(Abort(.tooFewParticipants, .deal))
        }
        self.epoch?.shares = FrameStore()  // delivered and receipted: nobody asks for the boxes again
        stage = .ready
        return [
            persistEpoch(),
            .sessionReady(session: session.id, participants: session.ids, dealers: epoch.receipts.count),
        ]
    }
}
