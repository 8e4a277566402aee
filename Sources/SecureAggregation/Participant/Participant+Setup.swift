internal import CryptoPrimitives
internal import RoundProtocol
internal import WireFormat

/// Set-up: proposal to receipt.
///
/// Source: WIRE sections 3 and 4
extension Participant {
    /// Checks a proposal against policy and ledger, draws the epoch's keys and advertises them.
    ///
    /// - Complexity: 2L base multiplications.
    mutating func handleProposal(_ frame: Frame, _ digest: Digest, at now: Instant) throws(Abort) -> [Effect] {
        let proposal = try Abort.decoding(.proposal, from: .coordinator) { () throws(DecodingFailure) in
            try EpochProposal(decoding: frame.body)
        }
        try check(proposal, frame.header, at: now)
        let exchange = SecretBytes(random: 32, from: &random)
        let nonceBytes = SecretBytes(random: 32, from: &random)
        let nonce = unsafe nonceBytes.withUnsafeBytes { unsafe Bytes32(copying: $0) }
        var drawn = EpochSecrets(rounds: proposal.rounds, dealers: 0)
        drawn.setExchangeSeed(exchange)
        var points: [RoundPoints] = []
        for round in 0..<proposal.rounds {
            let pairwise = SecretScalar(random: &random)
            let selfMask = SecretScalar(random: &random)
            drawn.setScalar(pairwise, .pairwise, round: round)
            drawn.setScalar(selfMask, .selfMask, round: round)
            points.append(RoundPoints(pairwise: pairwise.publicElement(), selfMask: selfMask.publicElement()))
        }
        let advertisement = Advertisement(
            proposalDigest: digest, nonce: nonce, exchangeKey: KeyExchangeKey(seed: exchange).publicKey,
            maskSuites: policy.maskSuites.intersection(.runnable), points: points)
        let advertise = sign(
            .advertise, session: Digest(Bytes32()), round: frame.header.round, body: advertisement.encoded())
        secrets = drawn
        epoch = ParticipantEpoch(proposal: proposal, proposalFrame: frame, advertise: advertise)
        ledger.enter(epoch: proposal.epoch)
        refusals = []
        upload = nil
        stage = .expectAdvertiseList
        return send(advertise) + [.deadline(proposal.dealDeadline)]
    }

    private func check(_ proposal: EpochProposal, _ header: FrameHeader, at now: Instant) throws(Abort) {
        let stage = Stage.proposal
        try Abort.require(header.session == Digest(Bytes32()), .wrongContext, stage, peer: .coordinator)
        if let last = ledger.epoch {
            try Abort.require(proposal.epoch > last, .roundReplayed, stage, peer: .coordinator)
        }
        if let last = ledger.round {
            try Abort.require(header.round > last, .roundReplayed, stage, peer: .coordinator)
        }
        try Abort.require(
            header.round <= UInt64.max - UInt64(proposal.rounds), .invalidConfiguration, stage, peer: .coordinator)
        try Abort.require(proposal.rosterDigest == roster.digest, .policyViolation, stage, peer: .coordinator)
        try Abort.require(now < proposal.advertiseDeadline, .expired, stage, peer: .coordinator)
        try Abort.require(
            proposal.colluders >= policy.minimumColluders && proposal.colluders < roster.participants.count,
            .policyViolation, stage, peer: .coordinator)
        try Abort.require(
            proposal.rounds <= policy.maximumRoundsPerEpoch, .policyViolation, stage, peer: .coordinator)
        try Abort.require(
            proposal.maskSuites.contains(MaskSuites.chaCha20)
                && proposal.maskSuites.isSubset(of: [.chaCha20, .aes256CTR])
                && policy.maskSuites.contains(MaskSuites.chaCha20), .suiteUnavailable, stage, peer: .coordinator)
        if case .regular = proposal.graph {
            try Abort.require(policy.regularGraphSecurity != nil, .policyViolation, stage, peer: .coordinator)
        }
        if case .explicit(let threshold) = proposal.thresholdRule, case .complete = proposal.graph {
            try Abort.require(
                threshold >= Thresholds.smallestThreshold(colluders: proposal.colluders), .thresholdTooLow, stage,
                peer: .coordinator)
        }
    }

    /// Accepts the one list of the epoch and deals shares of every secret to the neighbours.
    ///
    /// - Complexity: n signature checks; 2L(t - 1) base multiplications; one X25519 and one box a neighbour.
    mutating func handleAdvertiseList(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let stage = Stage.advertise
        guard let epoch, case .expectAdvertiseList = self.stage, let advertise = epoch.advertise else {
            if let list = epoch?.list, frame.header.round == list.header.round, list.digest != frame.digest {
                throw Abort(
                    .equivocation, stage, peer: .coordinator, evidence: Evidence(frames: [list.bytes, frame.bytes]))
            }
            throw Abort(.unexpectedMessage, stage, peer: .coordinator)
        }
        try Abort.require(
            frame.header.round == epoch.proposalFrame.header.round, .wrongContext, stage, peer: .coordinator)
        try Abort.require(now < epoch.proposal.dealDeadline, .expired, stage, peer: .coordinator)
        let session = try checkedSession(of: frame, epoch, own: advertise)
        try Abort.require(frame.header.session == session.id, .wrongContext, stage, peer: .coordinator)
        try Abort.require(
            session.proposal.shareCheck == .eager || session.count > policy.eagerShareCheckUpTo, .policyViolation,
            stage, peer: .coordinator)
        return try deal(session, list: frame)
    }

    /// Derives the session from a list in which the participant's own advertisement stands unchanged.
    private func checkedSession(
        of list: Frame, _ epoch: ParticipantEpoch, own: Frame
    ) throws(Abort) -> Session {
        let (roster, security) = (roster, policy.regularGraphSecurity)
        let make = { () throws(Abort) -> ([Frame], Session) in
            let frames = try AdvertiseList.frames(in: list.body, limit: roster.participants.count)
            let stated = frames.filter { $0.header.sender == own.header.sender }
            try Abort.require(stated == [own], .ownKeyAltered, .advertise, peer: .coordinator)
            let session = try Session(
                proposal: epoch.proposal, proposalDigest: epoch.proposalFrame.digest, firstRound: list.header.round,
                frames: frames, roster: roster, regularGraphSecurity: security)
            return (frames, session)
        }
        guard let verdicts else { return try make().1 }
        let (frames, session) = try verdicts.session(list, make)
        let isStated = session.seat(of: id).map { frames[$0] == own }
        try Abort.require(isStated == true, .ownKeyAltered, .advertise, peer: .coordinator)
        return session
    }

    private mutating func deal(_ session: Session, list: Frame) throws(Abort) -> [Effect] {
        guard let seat = session.seat(of: id), var epoch else {
            throw Abort(.ownKeyAltered, .advertise, peer: .coordinator)
        }
        let holders = session.holders(of: seat)
        let rounds = session.proposal.rounds
        let keys = try exchangeKeys(session, holders: holders, seat: seat)
        var outgoing = SecretSlab(slotCount: holders.count * 2 * rounds, slotBytes: Shamir.shareBytes)
        let commitments = try dealPolynomials(session, holders: holders, into: &outgoing)
        let commitmentsFrame = sign(
            .commitments, session: session.id, round: session.firstRound,
            body: commitments.encoded(threshold: session.threshold))
        let boxes = sealBoxes(
            session, holders: holders, seat: seat, outgoing: outgoing, keys: keys, commitments: commitmentsFrame.digest)
        let sharesFrame = sign(
            .shares, session: session.id, round: session.firstRound,
            body: ShareBoxes(commitmentsDigest: commitmentsFrame.digest, boxes: boxes).encoded())
        var grown = EpochSecrets(rounds: rounds, dealers: holders.count)
        swap(&grown, &secrets)
        secrets = grown.makingRoom(dealers: holders.count)
        secrets.keepTransportKeys(keys)
        if let position = holders.firstIndex(of: seat) {
            unsafe outgoing.withAllBytes { bytes in
                let start = position * 64 * rounds
                unsafe secrets.setShares(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + 64 * rounds]), dealer: position)
            }
        }
        epoch.list = list
        epoch.session = session
        epoch.commitments = commitmentsFrame
        epoch.shares = sharesFrame
        epoch.holders = holders
        self.epoch = epoch
        self.stage = .expectDelivery
        return send(commitmentsFrame) + send(sharesFrame)
    }

    /// Session keys towards every neighbour, 64 bytes a holder (receive, then transmit); zero for oneself.
    private func exchangeKeys(_ session: Session, holders: [Int], seat: Int) throws(Abort) -> SecretSlab {
        let exchange = KeyExchangeKey(seed: secrets.exchangeSeed)
        var keys = SecretSlab(slotCount: holders.count, slotBytes: 64)
        for (position, holder) in holders.enumerated() where holder != seat {
            let peer = session.ids[holder]
            do throws(CryptoFailure) {
                let pair = try exchange.sessionKeys(
                    with: session.advertisements[holder].exchangeKey, role: id < peer ? .client : .server)
                unsafe pair.withUnsafeBytes { source in
                    unsafe keys.withMutableSlot(position) { unsafe $0.copyMemory(from: source) }
                }
            } catch {
                throw Abort(.weakKey, .advertise, peer: peer)
            }
        }
        return keys
    }

    /// Deals the polynomials of every round; the shares of one holder lie side by side in `outgoing`.
    private mutating func dealPolynomials(
        _ session: Session, holders: [Int], into outgoing: inout SecretSlab
    ) throws(Abort) -> DealCommitments {
        let rounds = session.proposal.rounds
        let holderIDs = holders.map { session.ids[$0].rawValue }
        var commitments: [(pairwise: [GroupElement], selfMask: [GroupElement])] = []
        for round in 0..<rounds {
            var points: [[GroupElement]] = []
            for kind in SecretKind.allCases {
                do throws(CryptoFailure) {
                    let scalar = try secrets.scalar(kind, round: round)
                    points.append(
                        Shamir.deal(
                            scalar, threshold: session.threshold, holders: holderIDs, into: &outgoing,
                            firstSlot: 2 * round + kind.rawValue, slotStride: 2 * rounds, from: &random))
                } catch {
                    throw Abort(.stateCorrupt, .deal)
                }
            }
            commitments.append((points[0], points[1]))
        }
        return DealCommitments(rounds: commitments)
    }

    private mutating func sealBoxes(
        _ session: Session, holders: [Int], seat: Int, outgoing: borrowing SecretSlab, keys: borrowing SecretSlab,
        commitments: Digest
    ) -> [AddressedBox] {
        let rounds = session.proposal.rounds
        var plaintext = SecretBytes(zeroed: 32 + 64 * rounds)
        var boxes: [AddressedBox] = []
        for (position, holder) in holders.enumerated() where holder != seat {
            unsafe plaintext.withUnsafeMutableBytes { target in
                unsafe commitments.value.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
                unsafe outgoing.withAllBytes { bytes in
                    let start = position * 64 * rounds
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[32...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 64 * rounds]))
                }
            }
            let associated = ShareBoxes.associatedData(
                session: session.id, firstRound: session.firstRound, rounds: rounds, from: id, to: session.ids[holder])
            let box = unsafe plaintext.withUnsafeBytes { content in
                unsafe keys.withSlot(position) { key in
                    unsafe XChaCha20Poly1305.seal(
                        content, associatedData: associated, key: UnsafeRawBufferPointer(rebasing: key[32...]),
                        nonceFrom: &random)
                }
            }
            boxes.append(AddressedBox(recipient: session.ids[holder], box: box))
        }
        return boxes
    }

    /// Opens the boxes, checks the shares and signs the one receipt of the epoch.
    ///
    /// A dealer whose box or shares are bad is left out of the receipt and noted in `refusals`; it stops nobody.
    /// - Complexity: one X25519 and one box a dealer; eager checks cost 2L·t small multiplications a dealer.
    mutating func handleDelivery(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let session = try requireSession(frame)
        guard case .expectDelivery = stage, var epoch, let seat = session.seat(of: id),
            let commitmentsFrame = epoch.commitments
        else { throw Abort(.unexpectedMessage, .deal, peer: .coordinator) }
        try Abort.require(frame.header.round == session.firstRound, .wrongContext, .deal, peer: .coordinator)
        let delivery = try Abort.decoding(.deal, from: .coordinator) { () throws(DecodingFailure) in
            try Delivery(decoding: frame.body, limit: session.count)
        }
        try Abort.require(delivery.recipient == id, .wrongRecipient, .deal, peer: .coordinator)
        let keys: SecretSlab
        switch secrets.takeTransportKeys() {
        case .some(let kept): keys = kept
        case .none: keys = try exchangeKeys(session, holders: epoch.holders, seat: seat)
        }
        var held = Bitmap(count: session.count)
        held[seat] = true
        var digests: [Int: Digest] = [seat: commitmentsFrame.digest]
        var refused: [Abort] = []
        for item in delivery.items {
            do throws(Abort) {
                let (dealer, digest) = try accept(item, session, epoch.holders, keys: keys)
                held[dealer] = true
                digests[dealer] = digest
            } catch {
                refused.append(error)
            }
        }
        let entries = held.indices.map { (dealer: session.ids[$0], digest: digests[$0] ?? Digest(Bytes32())) }
        let receipt = sign(
            .receipt, session: session.id, round: session.firstRound,
            body: Receipt(
                shareCheck: session.proposal.shareCheck, dealers: held,
                commitmentsDigest: Receipt.digest(of: entries)
            ).encoded())
        try deriveLinks(session, seat: seat)
        secrets.eraseExchangeSeed()
        epoch.receipt = receipt
        epoch.held = held
        self.epoch = epoch
        refusals += refused
        stage = .expectRoundConfig
        return send(receipt)
    }

    /// Derives what is shared with every neighbour in every round while there is time: the seeds of a round are then one hash each.
    ///
    /// The secrets are as old and live as long as the scalars that they follow from. A long epoch of many neighbours derives
    /// them in the round.
    private mutating func deriveLinks(_ session: Session, seat: Int) throws(Abort) {
        let neighbours = session.neighbours(of: seat)
        let rounds = session.proposal.rounds
        guard !neighbours.isEmpty, rounds * neighbours.count <= Self.mostLinks else { return }
        secrets.makeLinks(perRound: neighbours.count)
        do throws(CryptoFailure) {
            for round in 0..<rounds {
                let scalar = try secrets.scalar(.pairwise, round: round)
                for (place, neighbour) in neighbours.enumerated() {
                    let point = session.advertisements[neighbour].points[round].pairwise
                    try unsafe secrets.setLink(round: round, place: place) { (slot) throws(CryptoFailure) in
                        try unsafe scalar.writeSharedSecret(with: point, into: slot)
                    }
                }
            }
        } catch {
            throw Abort(.stateCorrupt, .deal)
        }
    }

    /// Opens one dealer's box and keeps its shares, if everything fits.
    private mutating func accept(
        _ item: Delivery.Item, _ session: Session, _ holders: [Int], keys: borrowing SecretSlab
    ) throws(Abort) -> (seat: Int, commitments: Digest) {
        let dealer = item.dealer
        guard let seat = session.seat(of: dealer), dealer != id, let position = holders.firstIndex(of: seat) else {
            throw Abort(.unknownParticipant, .deal, peer: dealer)
        }
        let rounds = session.proposal.rounds
        try Abort.require(
            item.box.count == ShareBoxes.boxBytes(rounds: rounds), .invalidShareLength, .deal, peer: dealer)
        let associated = ShareBoxes.associatedData(
            session: session.id, firstRound: session.firstRound, rounds: rounds, from: dealer, to: id)
        let plaintext: SecretBytes
        do throws(CryptoFailure) {
            plaintext = try unsafe keys.withSlot(position) { (key) throws(CryptoFailure) -> SecretBytes in
                try unsafe item.box.span.bytes.withUnsafeBytes { (box) throws(CryptoFailure) -> SecretBytes in
                    try unsafe XChaCha20Poly1305.open(
                        box, associatedData: associated, key: UnsafeRawBufferPointer(rebasing: key[..<32]))
                }
            }
        } catch {
            throw Abort(.authenticationFailed, .deal, peer: dealer)
        }
        let digest = unsafe plaintext.withUnsafeBytes { bytes in
            unsafe Digest(Bytes32(copying: UnsafeRawBufferPointer(rebasing: bytes[..<32])))
        }
        let commitments = try checkedCommitments(item, session, seat, expected: digest)
        try check(plaintext, commitments, rounds: rounds, dealer: dealer)
        unsafe plaintext.withUnsafeBytes { bytes in
            unsafe secrets.setShares(UnsafeRawBufferPointer(rebasing: bytes[32...]), dealer: position)
        }
        return (seat, digest)
    }

    /// The dealer's commitments, when shares are checked on arrival; nil when they are checked on failure only.
    private func checkedCommitments(
        _ item: Delivery.Item, _ session: Session, _ seat: Int, expected: Digest
    ) throws(Abort) -> DealCommitments? {
        let mayDefer =
            session.proposal.shareCheck == .onFailure && session.count > policy.eagerShareCheckUpTo
        if item.commitments.count == Bytes32.byteCount {
            try Abort.require(mayDefer, .policyViolation, .deal, peer: .coordinator)
            try Abort.require(
                item.commitments == expected.value.bytes, .inconsistentShare, .deal, peer: item.dealer)
            return nil
        }
        let frame = try Frame(item.commitments)
        try Abort.require(
            frame.header.type == .commitments && frame.header.sender == item.dealer, .wrongSender, .deal,
            peer: item.dealer)
        try Abort.require(
            frame.header.session == session.id && frame.header.round == session.firstRound, .wrongContext, .deal,
            peer: item.dealer)
        try Abort.require(frame.digest == expected, .inconsistentShare, .deal, peer: item.dealer)
        guard let key = roster.key(of: item.dealer), frame.isSigned(by: key) else {
            throw Abort(.badSignature, .deal, peer: item.dealer)
        }
        return try DealCommitments(
            frame, threshold: session.threshold, advertised: session.advertisements[seat].points)
    }

    private func check(
        _ plaintext: borrowing SecretBytes, _ commitments: DealCommitments?, rounds: Int, dealer: PeerID
    ) throws(Abort) {
        for round in 0..<rounds {
            for kind in SecretKind.allCases {
                let start = 32 + 64 * round + 32 * kind.rawValue
                try unsafe plaintext.withUnsafeBytes { (bytes) throws(Abort) in
                    let share = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + 32])
                    try unsafe Abort.require(Shamir.isCanonical(share), .nonCanonicalShare, .deal, peer: dealer)
                    guard let points = commitments?.rounds[round] else { return }
                    let isConsistent = unsafe Shamir.isConsistent(
                        share: share, holder: id.rawValue,
                        commitments: kind == .pairwise ? points.pairwise : points.selfMask)
                    try Abort.require(isConsistent, .inconsistentShare, .deal, peer: dealer)
                }
            }
        }
    }
}
