internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureFederation

/// A participant's process, of either kind of sum: the node that an orchestrator runs.
protocol ParticipantHost: AnyObject {
    var expectedStage: Stage { get }
    func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome
    func submit(
        _ input: consuming PackedVector, token: consuming InputToken, at now: Instant
    ) throws(Abort) -> NodeOutcome
    func resume() throws(Abort) -> NodeOutcome
}

extension ParticipantNode: ParticipantHost where Machine: ~Copyable {}

/// A coordinator's process.
protocol CoordinatorHost: AnyObject {
    var expectedStage: Stage { get }
    var suggestedReceipts: Int { get }
    func open(epoch: UInt64, firstRound: UInt64, at now: Instant) throws(Abort) -> NodeOutcome
    func announce(round: UInt64, _ parameters: RoundParameters) throws(Abort) -> NodeOutcome
    func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome
    func tick(at now: Instant) throws(Abort) -> NodeOutcome
    func resume() throws(Abort) -> NodeOutcome
}

/// How processes of one kind of sum start, from whatever their disks show them.
protocol SimulatedBackend {
    func participant(
        _ id: Int, store: any StateStore, incarnation: Int
    ) throws(Abort) -> any ParticipantHost
    func coordinator(
        store: any StateStore, spool: any InputSpool, incarnation: Int
    ) throws(Abort) -> any CoordinatorHost
}

/// A node and the parameters of its sessions.
final class CoordinatorProcess<Machine: SumCoordinator & ~Copyable>: CoordinatorHost {
    private let node: CoordinatorNode<Machine>
    private let parameters: (Instant) -> Machine.SessionParameters

    init(_ node: CoordinatorNode<Machine>, parameters: @escaping (Instant) -> Machine.SessionParameters) {
        self.node = node
        self.parameters = parameters
    }

    var expectedStage: Stage { node.expectedStage }
    var suggestedReceipts: Int { node.suggestedReceipts }

    func open(epoch: UInt64, firstRound: UInt64, at now: Instant) throws(Abort) -> NodeOutcome {
        try node.openEpoch(epoch, firstRound: firstRound, parameters: parameters(now))
    }

    func announce(round: UInt64, _ parameters: RoundParameters) throws(Abort) -> NodeOutcome {
        try node.announce(round: round, parameters)
    }

    func receive(_ frame: [UInt8], at now: Instant) throws(Abort) -> NodeOutcome { try node.receive(frame, at: now) }

    func tick(at now: Instant) throws(Abort) -> NodeOutcome { try node.tick(at: now) }

    func resume() throws(Abort) -> NodeOutcome { try node.resume() }
}
