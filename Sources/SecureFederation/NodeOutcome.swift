internal import DurableState
internal import RingVectors
public import RoundProtocol

/// What came of driving a state machine: everything that must be durable before these frames leave is already on disk.
public struct NodeOutcome: Sendable {
    /// Frames to send now, in order.
    public var frames: [(to: PeerID, frame: OutgoingFrame)] = []
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
    /// Records that may be written only when the frames have left: the next call commits them.
    var closing: [StateRecord] = []

    init() {}

    /// Carries effects out in order; a record that cannot be made durable stops everything behind it.
    ///
    /// The frames leave after this has returned, so records that stand behind the last of them wait in `closing`: a
    /// process that ends in between says the same again instead of having forgotten what it never sent.
    init(_ effects: [Effect], store: any StateStore) throws(Abort) {
        frames.reserveCapacity(effects.count)
        let lastWord = effects.lastIndex { if case .persist = $0 { false } else { true } } ?? effects.endIndex
        for (index, effect) in effects.enumerated() {
            switch effect {
            case .persist(let record):
                if index > lastWord { closing.append(record) } else { try Self.commit(record, to: store) }
            case .send(let peer, let frame): frames.append((peer, frame))
            case .needInput(let request): inputRequest = request
            case .sessionReady: isSessionReady = true
            case .deadline(let instant): deadline = instant
            case .result(let opened): outcome = opened
            case .abort(let reason): abort = reason
            }
        }
    }

    /// Makes one record durable.
    static func commit(_ record: StateRecord, to store: any StateStore) throws(Abort) {
        do throws(StateStoreFailure) {
            try store.commit(record)
        } catch {
            throw Abort(error)
        }
    }
}

/// A participant of either kind of sum, as a loopback session drives it.
protocol ParticipantDriver: AnyObject {
    var expectedStage: Stage { get }
    func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome
    func prepareMask() throws(Abort)
    func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> NodeOutcome
}

/// A coordinator of either kind of sum.
protocol CoordinatorDriver: AnyObject {
    var expectedStage: Stage { get }
    var refusals: [Abort] { get }
    var suggestedReceipts: Int { get }
    func announce(round: UInt64, _ parameters: RoundParameters) throws(Abort) -> NodeOutcome
    func examine(_ frames: [[UInt8]]) -> [ArrivedFrame]
    func receive(_ frame: ArrivedFrame, at now: Instant) throws(Abort) -> NodeOutcome
    func tick(at now: Instant) throws(Abort) -> NodeOutcome
}
