public import CryptoPrimitives
public import DurableState
public import RingVectors
public import RoundProtocol

/// A participant together with its state store: what a company's process runs.
///
/// Not thread-safe: one caller at a time, who sends a call's frames before the next call.  After a state store has failed
/// the node is spent; restore a new one.
public final class ParticipantNode<Machine: SumParticipant & ~Copyable>: ParticipantDriver {
    private var participant: Machine
    private let store: any StateStore
    private var isSpent = false
    /// Records that wait until the frames of the last call have left.
    private var closing: [StateRecord] = []

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
        try begin()
        return try carryOut(try participant.handle(frame, at: now))
    }

    /// Expands the open round's masks while the input is still being made.
    public func prepareMask() throws(Abort) {
        try begin()
        try participant.prepareMask()
    }

    /// Masks the round's input.
    public func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(try participant.submit(input, token: token, at: now))
    }

    /// The frames of the present step once more.
    public func resume() throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(participant.resume())
    }

    /// Announces the only model that the next round may train.
    public func expectModel(_ digest: Digest) {
        participant.expectModel(digest)
    }

    /// The frames of the last call have left: what waited for that is made durable.
    private func begin() throws(Abort) {
        try Abort.require(!isSpent, .stateCorrupt, .state)
        let waiting = closing
        closing = []
        do throws(Abort) {
            for record in waiting { try NodeOutcome.commit(record, to: store) }
        } catch {
            isSpent = true
            throw error
        }
    }

    /// Carries out what the machine wants; after a store has failed, nothing is asked of the machine any more.
    private func carryOut(_ effects: [Effect]) throws(Abort) -> NodeOutcome {
        do throws(Abort) {
            let outcome = try NodeOutcome(effects, store: store)
            closing = outcome.closing
            return outcome
        } catch {
            isSpent = true
            throw error
        }
    }
}
