public import DurableState
public import RoundProtocol

/// A coordinator together with its state store.
///
/// Not thread-safe: one caller at a time.
public final class CoordinatorNode<Machine: SumCoordinator & ~Copyable>: CoordinatorDriver {
    private var coordinator: Machine
    private let store: any StateStore
    private var isSpent = false

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
