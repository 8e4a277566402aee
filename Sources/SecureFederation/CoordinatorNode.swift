public import DurableState
public import RoundProtocol

/// A coordinator together with its state store.
///
/// Not thread-safe: one caller at a time, who sends a call's frames before the next call.
public final class CoordinatorNode<Machine: SumCoordinator & ~Copyable>: CoordinatorDriver {
    private var coordinator: Machine
    private let store: any StateStore
    private var isSpent = false
    /// Records that wait until the frames of the last call have left.
    private var closing: [StateRecord] = []

    /// Joins a coordinator, fresh or restored, to its store.
    public init(_ coordinator: consuming Machine, store: any StateStore) {
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
        _ epoch: UInt64, firstRound: UInt64, parameters: Machine.SessionParameters
    ) throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(try coordinator.openEpoch(epoch, firstRound: firstRound, parameters: parameters))
    }

    /// Opens a round.
    public func announce(round: UInt64, _ parameters: RoundParameters) throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(try coordinator.announce(round: round, parameters))
    }

    /// Takes one frame.
    public func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome {
        try receive(ArrivedFrame(frame), at: now)
    }

    /// Looks at the signatures of frames that are at hand together, which then are taken one by one.
    public func examine(_ frames: [[UInt8]]) -> [ArrivedFrame] { coordinator.examine(frames) }

    /// Takes one frame that was examined.
    public func receive(_ frame: ArrivedFrame, at now: Instant) throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(try coordinator.handle(frame, at: now))
    }

    /// Tells the time.
    public func tick(at now: Instant) throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(coordinator.tick(at: now))
    }

    /// The frames of the present step once more.
    public func resume() throws(Abort) -> NodeOutcome {
        try begin()
        return try carryOut(coordinator.resume())
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
