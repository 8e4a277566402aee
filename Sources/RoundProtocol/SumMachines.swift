public import CryptoPrimitives
public import RingVectors

/// One company's side of a secure sum, whatever hides its input: a state machine without input, output or clock.
///
/// Source: WIRE section 1
public protocol SumParticipant: ~Copyable, Sendable {
    /// The participant's index in the roster.
    var id: PeerID { get }
    /// The step whose message is awaited.
    var expectedStage: Stage { get }
    /// Peers whose contribution was refused without stopping the round, with the reason.
    var refusals: [Abort] { get }
    /// Takes one frame; a call that throws has changed nothing.
    mutating func handle(_ bytes: [UInt8], at now: Instant) throws(Abort) -> [Effect]
    /// Hands over the input that was asked for.
    mutating func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> [Effect]
    /// Does ahead of time what masking the open round's input needs, where there is such a thing.
    mutating func prepareMask() throws(Abort)
    /// The frames of the present step once more.
    borrowing func resume() -> [Effect]
    /// Announces the only model that the next round may train.
    mutating func expectModel(_ digest: Digest)
}

extension SumParticipant where Self: ~Copyable {
    /// Nothing can be done ahead.
    public mutating func prepareMask() throws(Abort) {}
}

/// The coordinator's side of a secure sum, likewise.
///
/// Source: WIRE section 1
public protocol SumCoordinator: ~Copyable, Sendable {
    /// What a session is proposed with.
    associatedtype SessionParameters
    /// The step whose messages are awaited.
    var expectedStage: Stage { get }
    /// Peers whose contribution was refused without stopping the round, with the reason.
    var refusals: [Abort] { get }
    /// What to announce as `receiptsRequired`; 0 where nothing is dealt.
    var suggestedReceipts: Int { get }
    /// Opens a session with a signed proposal to the whole roster.
    mutating func openEpoch(
        _ epoch: UInt64, firstRound: UInt64, parameters: SessionParameters
    ) throws(Abort) -> [Effect]
    /// Opens a round.
    mutating func announce(round number: UInt64, _ parameters: RoundParameters) throws(Abort) -> [Effect]
    /// Takes one frame; a call that throws has changed nothing.
    mutating func handle(_ bytes: [UInt8], at now: Instant) throws(Abort) -> [Effect]
    /// Looks at the signatures of frames that are at hand together, which then are taken one by one; changes nothing.
    borrowing func examine(_ frames: [[UInt8]]) -> [ArrivedFrame]
    /// Takes one frame that was examined; a call that throws has changed nothing.
    mutating func handle(_ frame: ArrivedFrame, at now: Instant) throws(Abort) -> [Effect]
    /// Tells the machine what time it is.
    mutating func tick(at now: Instant) -> [Effect]
    /// The frames of the present step once more.
    mutating func resume() -> [Effect]
}

extension SumCoordinator where Self: ~Copyable {
    /// Nothing is looked at ahead.
    public borrowing func examine(_ frames: [[UInt8]]) -> [ArrivedFrame] { frames.map { ArrivedFrame($0) } }

    /// Takes the frame by its bytes.
    public mutating func handle(_ frame: ArrivedFrame, at now: Instant) throws(Abort) -> [Effect] {
        try handle(frame.bytes, at: now)
    }
}
