package import CryptoPrimitives
package import RoundProtocol
internal import WireFormat

/// What every member of a session computes alike from the proposal and the list of joins.
///
/// The session id hashes both, so members that were shown different lists share no later message, and a knowledge proof
/// made for one session holds in no other.
///
/// Source: WIRE section 9
package struct SumSession: Sendable {
    package let proposal: SumProposal
    package let firstRound: UInt64
    /// The participants by seat, ids ascending.
    package let ids: [PeerID]
    package let joins: [Join]
    package let id: Digest
    /// Signatures that fix a survivor set: more than half of roster and colluders, so that the quorums of any two sessions
    /// share an honest signer, who signs one set a model.
    package let quorum: Int
    private let seats: [PeerID: Int]

    /// The number of participants, n.
    package var count: Int { ids.count }

    /// Checks a list of joins against roster, proposal and key, and derives the session.
    ///
    /// - Throws: a typed refusal naming the participant at fault; `tooFewParticipants`; `thresholdTooLow` when the assumed
    ///   colluders could open a ciphertext or form a quorum; `thresholdTooHigh` when too few have joined for a quorum, or too few shareholders.
    /// - Complexity: n signature checks.
    package init(
        proposal: SumProposal, proposalDigest: Digest, firstRound: UInt64, frames: [Frame], roster: Roster,
        key: ThresholdPublicKey
    ) throws(Abort) {
        var ids: [PeerID] = []
        var joins: [Join] = []
        var fresh: Set<Bytes32> = []
        for frame in frames {
            let join = try Self.check(
                frame, proposal: proposal, proposalDigest: proposalDigest, firstRound: firstRound, roster: roster)
            let sender = frame.header.sender
            if let last = ids.last {
                try Abort.require(last < sender, .duplicateParticipant, .advertise, peer: sender)
            }
            if let point = join.point {
                try Abort.require(fresh.insert(point.value).inserted, .duplicateKey, .advertise, peer: sender)
            }
            ids.append(sender)
            joins.append(join)
        }
        let (count, colluders) = (ids.count, proposal.colluders)
        try Abort.require(count >= 3, .tooFewParticipants, .advertise)
        try Abort.require(
            colluders < key.threshold && colluders < count, .thresholdTooLow, .advertise, peer: .coordinator)
        let holders = ids.count { Int($0.rawValue) < key.shareholders }
        try Abort.require(holders >= key.threshold, .thresholdTooHigh, .advertise, peer: .coordinator)
        self.proposal = proposal
        self.firstRound = firstRound
        self.ids = ids
        self.joins = joins
        quorum = Agreement.quorum(participants: roster.participants.count, colluders: colluders)
        try Abort.require(quorum <= count, .thresholdTooHigh, .advertise, peer: .coordinator)
        seats = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        var hash = Blake2b(Personalisation("QSA1 sum session"))
        hash.update(proposalDigest)
        hash.update(littleEndian: UInt32(count))
        for frame in frames { hash.update(frame.digest) }
        id = hash.finalize()
    }

    /// The seat of a participant, nil for who is not in the session.
    package func seat(of id: PeerID) -> Int? { seats[id] }

    /// Whether a round belongs to this session.
    package func contains(round: UInt64) -> Bool {
        round >= firstRound && round - firstRound < UInt64(proposal.rounds)
    }

    private static func check(
        _ frame: Frame, proposal: SumProposal, proposalDigest: Digest, firstRound: UInt64, roster: Roster
    ) throws(Abort) -> Join {
        let sender = frame.header.sender
        try Abort.require(frame.header.type == .join, .unexpectedMessage, .advertise, peer: sender)
        guard sender != .coordinator, let key = roster.key(of: sender) else {
            throw Abort(.unknownParticipant, .advertise, peer: sender)
        }
        try Abort.require(
            frame.header.session == Digest(Bytes32()) && frame.header.round == firstRound, .wrongContext, .advertise,
            peer: sender)
        try Abort.require(frame.isSigned(by: key), .badSignature, .advertise, peer: sender)
        let join = try Join(frame, masksInside: proposal.masksInside)
        try Abort.require(join.proposalDigest == proposalDigest, .wrongContext, .advertise, peer: sender)
        return join
    }
}
