public import CryptoPrimitives
public import DurableState
public import RingVectors
public import RoundProtocol

/// A participant together with its state store: what a company's process runs.
///
/// Not thread-safe: one caller at a time.  After a state store has failed the node is spent; restore a new one.
public final class ParticipantNode<Machine: SumParticipant & ~Copyable>: ParticipantDriver {
    private var participant: Machine
    private let store: any StateStore
    private var isSpent = false

    /// Joins a participant, fresh or restored, to its store.
    public init(_ participant: consuming Machine, store: any StateStore) {
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

    /// Expands the open round's masks while the input is still being made.
    public func prepareMask() throws(Abort) {
        try requireUsable()
        try participant.prepareMask()
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
