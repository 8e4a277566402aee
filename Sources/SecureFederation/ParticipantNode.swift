public import CryptoPrimitives
public import DurableState
public import RingVectors
public import RoundProtocol
public import SecureAggregation

/// What came of driving a state machine: everything durable is already on disk.
public struct NodeOutcome: Sendable {
    /// Frames to send now, in order.
    public var frames: [(to: PeerID, bytes: [UInt8])] = []
    /// Participant: an input is asked for.
    public var inputRequest: InputRequest?
    /// Coordinator: the session stands.
    public var isSessionReady = false
    /// The next moment at which time should be told.
    public var deadline: Instant?
    /// The opened sum.
    public var outcome: RoundOutcome?
    /// The round or the epoch was given up.
    public var abort: Abort?

    init() {}

    /// Carries effects out in order; a record that cannot be made durable stops everything behind it.
    init(_ effects: [Effect], store: any StateStore) throws(Abort) {
        frames.reserveCapacity(effects.count)
        for effect in effects {
            switch effect {
            case .persist(let record):
                do throws(StateStoreFailure) {
                    try store.commit(record)
                } catch {
                    throw Abort(error)
                }
            case .send(let peer, let bytes): frames.append((peer, bytes))
            case .needInput(let request): inputRequest = request
            case .sessionReady: isSessionReady = true
            case .deadline(let instant): deadline = instant
            case .result(let opened): outcome = opened
            case .abort(let reason): abort = reason
            }
        }
    }
}

/// A participant together with its state store: what a company's process runs.
///
/// Not thread-safe: one caller at a time.  After a state store has failed the node is spent; restore a new one.
public final class ParticipantNode {
    private var participant: Participant
    private let store: any StateStore
    private var isSpent = false

    /// Joins a participant, fresh or restored, to its store.
    public init(_ participant: consuming Participant, store: any StateStore) {
        self.participant = participant
        self.store = store
    }

    /// The participant's id.
    public var id: PeerID { participant.id }
    /// The step whose message is awaited.
    public var expectedStage: Stage { participant.expectedStage }
    /// Contributions of peers that were refused without stopping the round.
    public var refusals: [Abort] { participant.refusals }

    /// Takes one frame and makes durable what must be.
    ///
    /// - Throws: why the frame is refused; the participant is as it was.
    public func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(try participant.handle(frame, at: now))
    }

    /// Masks the round's input.
    public func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(try participant.submit(input, token: token, at: now))
    }

    /// The frames of the present step once more.
    public func resume() throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(participant.resume())
    }

    /// Announces the only model that the next round may train.
    public func expectModel(_ digest: Digest) {
        participant.expectModel(digest)
    }

    private func requireUsable() throws(Abort) {
        try Abort.require(!isSpent, .stateCorrupt, .state)
    }

    /// Carries out what the machine wants; after a store has failed, nothing is asked of the machine any more.
    private func carryOut(_ effects: [Effect]) throws(Abort) -> NodeOutcome {
        do throws(Abort) {
            return try NodeOutcome(effects, store: store)
        } catch {
            isSpent = true
            throw error
        }
    }
}

/// A coordinator together with its state store.
///
/// Not thread-safe: one caller at a time.
public final class CoordinatorNode {
    private var coordinator: Coordinator
    private let store: any StateStore
    private var isSpent = false

    /// Joins a coordinator, fresh or restored, to its store.
    public init(_ coordinator: consuming Coordinator, store: any StateStore) {
        self.coordinator = coordinator
        self.store = store
    }

    /// The step whose messages are awaited.
    public var expectedStage: Stage { coordinator.expectedStage }
    /// Contributions of peers that were refused without stopping the round.
    public var refusals: [Abort] { coordinator.refusals }

    /// The strictest rule for receipts that those which came in can meet.
    public var suggestedReceipts: Int { coordinator.suggestedReceipts }

    /// Opens an epoch.
    public func openEpoch(
        _ epoch: UInt64, firstRound: UInt64, parameters: EpochParameters
    ) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(try coordinator.openEpoch(epoch, firstRound: firstRound, parameters: parameters))
    }

    /// Opens a round.
    public func announce(round: UInt64, _ parameters: RoundParameters) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(try coordinator.announce(round: round, parameters))
    }

    /// Takes one frame.
    public func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(try coordinator.handle(frame, at: now))
    }

    /// Tells the time.
    public func tick(at now: Instant) throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(coordinator.tick(at: now))
    }

    /// The frames of the present step once more.
    public func resume() throws(Abort) -> NodeOutcome {
        try requireUsable()
        return try carryOut(coordinator.resume())
    }

    private func requireUsable() throws(Abort) {
        try Abort.require(!isSpent, .stateCorrupt, .state)
    }

    /// Carries out what the machine wants; after a store has failed, nothing is asked of the machine any more.
    private func carryOut(_ effects: [Effect]) throws(Abort) -> NodeOutcome {
        do throws(Abort) {
            return try NodeOutcome(effects, store: store)
        } catch {
            isSpent = true
            throw error
        }
    }
}
