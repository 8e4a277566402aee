public import CryptoPrimitives
public import DurableState
public import RingVectors

/// What a participant is asked for when a round opens.
public struct InputRequest: Sendable {
    /// The session and round that the input is for.
    public let session: Digest
    /// The round's number.
    public let round: UInt64
    /// The configuration, already checked against the participant's policy.
    public let config: RoundConfig

    package init(session: Digest, round: UInt64, config: RoundConfig) {
        self.session = session
        self.round = round
        self.config = config
    }
}

/// The opened sum of a round and who is in it.
public struct RoundOutcome: Sendable {
    /// The session.
    public let session: Digest
    /// The round's number.
    public let round: UInt64
    /// The round's configuration digest.
    public let configDigest: Digest
    /// What the quorum signed.
    public let agreementDigest: Digest
    /// The sum of the survivors' ring vectors, modulo 2^b.
    public let sum: PackedVector
    /// Whose inputs are in the sum.
    public let survivors: [PeerID]
    /// Members of the cohort whose masks had to be recovered.
    public let dropped: [PeerID]

    package init(
        session: Digest, round: UInt64, configDigest: Digest, agreementDigest: Digest, sum: PackedVector,
        survivors: [PeerID], dropped: [PeerID]
    ) {
        self.session = session
        self.round = round
        self.configDigest = configDigest
        self.agreementDigest = agreementDigest
        self.sum = sum
        self.survivors = survivors
        self.dropped = dropped
    }
}

/// What a state machine wants done, in this order.
///
/// The machines do no input or output of their own.  A driver carries the effects out one after the other and stops at
/// the first that fails: what is to be sent after a `persist` must not leave before the record is durable.
public enum Effect: Sendable {
    /// Commit the record to the state store, durably, before anything that follows.
    case persist(StateRecord)
    /// Send the frame to a peer.
    case send(to: PeerID, frame: OutgoingFrame)
    /// Participant: train, then call `submit`.
    case needInput(InputRequest)
    /// Coordinator: the session stands; `announce` may open a round.
    case sessionReady(session: Digest, participants: [PeerID], dealers: Int)
    /// Call `tick` at this moment, or later.
    case deadline(Instant)
    /// The round is done.
    case result(RoundOutcome)
    /// The round, or the epoch, is given up.
    case abort(Abort)
}
