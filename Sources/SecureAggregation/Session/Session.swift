package import CryptoPrimitives
package import RoundProtocol
package import WireFormat

/// What every member of an epoch computes alike from the proposal and the list of advertisements.
///
/// The session id hashes both, so members that were shown different lists share no later message.
///
/// Source: WIRE section 3
package struct Session: Sendable {
    package let proposal: EpochProposal
    package let firstRound: UInt64
    /// The participants by seat, ids ascending.
    package let ids: [PeerID]
    package let advertisements: [Advertisement]
    package let id: Digest
    package let quorum: Int
    /// Shamir shares that recover a secret.
    package let threshold: Int
    package let regular: RegularGraph?
    /// Regular graphs only: seats in ring order, and each seat's place in it.
    private let ring: [Int]
    private let place: [Int]
    private let seats: [PeerID: Int]

    /// The number of participants, n.
    package var count: Int { ids.count }

    /// Checks a list of advertisements against roster and proposal and derives the session.
    ///
    /// - Parameters:
    ///   - regularGraphSecurity: the exponent that a sparse graph must meet; nil refuses sparse graphs.
    ///   - areSignaturesChecked: whether the caller has verified every frame's signature itself, one by one as they came.
    /// - Throws: a typed refusal naming the participant at fault.
    /// - Complexity: n signature checks and 2L point checks each.
    package init(
        proposal: EpochProposal, proposalDigest: Digest, firstRound: UInt64, frames: [Frame], roster: Roster,
        regularGraphSecurity: Int?, areSignaturesChecked: Bool = false
    ) throws(Abort) {
        var ids: [PeerID] = []
        var advertisements: [Advertisement] = []
        var exchangeKeys: Set<KeyExchangePublicKey> = []
        var points: Set<GroupElement> = []
        try Frame.requireSignatures(of: frames.count, .advertise) { (index) throws(Abort) in
            let key = try Self.key(of: frames[index], firstRound: firstRound, roster: roster)
            let sender = frames[index].header.sender
            if index > 0 {
                try Abort.require(
                    frames[index - 1].header.sender < sender, .duplicateParticipant, .advertise, peer: sender)
            }
            return areSignaturesChecked ? nil : (frames[index], key)
        }
        for frame in frames {
            let advertisement = try Self.advertisement(frame, proposal: proposal, proposalDigest: proposalDigest)
            let isFresh =
                exchangeKeys.insert(advertisement.exchangeKey).inserted
                && advertisement.points.allSatisfy {
                    points.insert($0.pairwise).inserted && points.insert($0.selfMask).inserted
                }
            try Abort.require(isFresh, .duplicateKey, .advertise, peer: frame.header.sender)
            ids.append(frame.header.sender)
            advertisements.append(advertisement)
        }
        try Abort.require(ids.count >= 3, .tooFewParticipants, .advertise)
        let thresholds = try Self.thresholds(ids.count, roster: roster.participants.count, proposal)
        self.proposal = proposal
        self.firstRound = firstRound
        self.ids = ids
        self.advertisements = advertisements
        quorum = thresholds.quorum
        threshold = thresholds.shamir
        seats = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        try Self.checkSizes(proposal, count: ids.count, threshold: thresholds.shamir)
        var hash = Blake2b(Personalisation("QSA1 session"))
        hash.update(proposalDigest)
        hash.update(littleEndian: UInt32(ids.count))
        for frame in frames { hash.update(frame.digest) }
        id = hash.finalize()
        (regular, ring, place) = try Self.graph(
            proposal, ids, advertisements, threshold: thresholds.shamir, security: regularGraphSecurity)
    }

    /// The one suite that this session masks with: AES-256-CTR if it was offered and everybody advertised it, else ChaCha20.
    ///
    /// It follows from signed frames that the session id hashes, so a coordinator has no choice that it could make quietly.
    package var maskSuite: MaskSuite {
        let common = advertisements.reduce(proposal.maskSuites) { $0.intersection($1.maskSuites) }
        return common.contains(MaskSuites.aes256CTR) ? .aes256CTR : .chaCha20
    }

    /// The seat of a participant, nil for who is not in the session.
    package func seat(of id: PeerID) -> Int? { seats[id] }

    /// The seats that share masks and secrets with a seat, ascending, without itself.
    package func neighbours(of seat: Int) -> [Int] {
        guard let regular else { return (0..<count).filter { $0 != seat } }
        // A set has the order for nothing.
        return Bitmap(count: count, indices: regular.neighbourPositions(of: place[seat]).map { ring[$0] }).indices
    }

    /// The seats that hold a dealer's shares: its neighbours and itself, ascending.
    package func holders(of seat: Int) -> [Int] { holderSet(of: seat).indices }

    /// The seats that hold a dealer's shares: its neighbours and itself.
    package func holderSet(of seat: Int) -> Bitmap { Bitmap(count: count, indices: holdersAlongRing(of: seat)) }

    /// The seats one after another on the ring; in a complete graph ascending.
    package var ringOrder: [Int] { regular == nil ? Array(0..<count) : ring }

    /// The holders of a dealer's shares in the order of the ring, the farthest behind first; in a complete graph ascending.
    package func holdersAlongRing(of seat: Int) -> [Int] {
        guard let regular else { return Array(0..<count) }
        let near = regular.neighbourPositions(of: place[seat])
        return (near.prefix(near.count / 2) + [place[seat]] + near.suffix(near.count / 2)).map { ring[$0] }
    }

    /// Whether a survivor set keeps every window of the ring safe; always true for the complete graph.
    package func admits(_ survivors: Bitmap) -> Bool {
        guard let regular else { return true }
        return regular.admits(survivorsInRingOrder: ring.map { survivors[$0] })
    }

    /// Whether a round belongs to this epoch.
    package func contains(round: UInt64) -> Bool {
        round >= firstRound && round - firstRound < UInt64(proposal.rounds)
    }

    /// Whose signature an advertisement must have.
    private static func key(of frame: Frame, firstRound: UInt64, roster: Roster) throws(Abort) -> VerifyingKey {
        let sender = frame.header.sender
        try Abort.require(frame.header.type == .advertise, .unexpectedMessage, .advertise, peer: sender)
        guard sender != .coordinator, let key = roster.key(of: sender) else {
            throw Abort(.unknownParticipant, .advertise, peer: sender)
        }
        try Abort.require(
            frame.header.session == Digest(Bytes32()) && frame.header.round == firstRound, .wrongContext, .advertise,
            peer: sender)
        return key
    }

    /// What a signed frame advertises.
    private static func advertisement(
        _ frame: Frame, proposal: EpochProposal, proposalDigest: Digest
    ) throws(Abort) -> Advertisement {
        let sender = frame.header.sender
        let advertisement = try Advertisement(frame, rounds: proposal.rounds)
        try Abort.require(
            advertisement.proposalDigest == proposalDigest, .wrongContext, .advertise, peer: sender)
        try Abort.require(
            advertisement.maskSuites.contains(.chaCha20), .suiteUnavailable, .advertise, peer: sender)
        return advertisement
    }

    /// Refuses an epoch whose messages would not fit, before anybody draws polynomials for it.
    private static func checkSizes(_ proposal: EpochProposal, count: Int, threshold: Int) throws(Abort) {
        var peers = count - 1
        if case .regular(let neighbours, _) = proposal.graph { peers = min(peers, neighbours) }
        let commitments = 8 + 64 * proposal.rounds * threshold
        let box = ShareBoxes.boxBytes(rounds: proposal.rounds)
        let delivered = proposal.shareCheck == .eager ? commitments + FrameHeader.byteCount + Signature.byteCount : 32
        let fits =
            commitments <= FrameType.commitments.maximumBodyBytes
            && 36 + peers * (8 + box) <= FrameType.shares.maximumBodyBytes
            && 8 + peers * (12 + delivered + box) <= FrameType.delivery.maximumBodyBytes
        try Abort.require(fits, .invalidConfiguration, .advertise, peer: .coordinator)
    }

    /// In a regular graph the threshold counts neighbours, and the graph's own rule bounds it from below.
    private static func thresholds(
        _ count: Int, roster: Int, _ proposal: EpochProposal
    ) throws(Abort) -> (quorum: Int, shamir: Int) {
        do throws(ThresholdFailure) {
            if case .regular = proposal.graph {
                let quorum = try Thresholds(
                    participants: count, colluders: proposal.colluders, roster: roster
                ).quorum
                guard case .explicit(let threshold) = proposal.thresholdRule else {
                    throw ThresholdFailure.thresholdTooLow(minimum: 2)
                }
                return (quorum, threshold)
            }
            let thresholds = try Thresholds(
                participants: count, colluders: proposal.colluders, rule: proposal.thresholdRule, roster: roster)
            return (thresholds.quorum, thresholds.shamir)
        } catch {
            throw Abort(error, .advertise)
        }
    }

    private static func graph(
        _ proposal: EpochProposal, _ ids: [PeerID], _ advertisements: [Advertisement], threshold: Int, security: Int?
    ) throws(Abort) -> (RegularGraph?, ring: [Int], place: [Int]) {
        guard case .regular(let neighbours, let windowFloor) = proposal.graph else {
            try Abort.require(ids.count <= 1_024, .tooManyParticipants, .advertise)
            return (nil, [], [])
        }
        guard let security else { throw Abort(.policyViolation, .advertise, peer: .coordinator) }
        let graph: RegularGraph
        do throws(GraphFailure) {
            graph = try RegularGraph(
                checking: neighbours, windowFloor: windowFloor, threshold: threshold, participants: ids.count,
                colluders: proposal.colluders, securityBits: security)
        } catch {
            throw Abort(.thresholdTooLow, .advertise, peer: .coordinator)
        }
        let ring = RingOrder.seats(ids: ids, nonces: advertisements.map(\.nonce))
        var place = [Int](repeating: 0, count: ring.count)
        for (position, seat) in ring.enumerated() { place[seat] = position }
        return (graph, ring, place)
    }
}

/// The order of the ring, from the hash of everybody's nonces: nobody alone chooses who sits beside whom.
///
/// Source: WIRE section 3
package enum RingOrder {
    /// Seats by ascending rank.
    package static func seats(ids: [PeerID], nonces: [Bytes32]) -> [Int] {
        var seedHash = Blake2b(Personalisation("QSA1 ring seed"))
        for nonce in nonces { seedHash.update(nonce) }
        let seed = seedHash.finalize()
        let ranks = ids.map { id in
            var hash = Blake2b(Personalisation("QSA1 ring rank"))
            hash.update(seed)
            hash.update(littleEndian: id.rawValue)
            return hash.finalize()
        }
        return ids.indices.sorted { ranks[$0] < ranks[$1] }
    }
}

extension Abort {
    /// The refusal that unsafe thresholds become.
    package init(_ failure: ThresholdFailure, _ stage: Stage) {
        let code: AbortCode =
            switch failure {
            case .tooFewParticipants: .tooFewParticipants
            case .colludersOutOfRange, .quorumTooLow, .thresholdTooLow: .thresholdTooLow
            case .quorumTooHigh, .thresholdTooHigh: .thresholdTooHigh
            }
        self.init(code, stage, peer: .coordinator)
    }
}
