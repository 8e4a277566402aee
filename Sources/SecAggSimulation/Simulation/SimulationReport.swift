public import CryptoPrimitives
public import RoundProtocol

/// How a run goes.
///
/// Source: simulation section 3
public enum SimulationMode: String, CaseIterable, Sendable {
    /// Every kind of fault at a rate of its own, from the beginning to the end.
    case safety
    /// Faults stop; then a new session gives the sum of everybody within a bound.
    case liveness
    /// Four participants; the run with number N ends one process, or two, at counted points.
    case exhaustive
    /// A random subset of the faults, each at its most.
    case swarm
}

/// Which kind of sum is driven.
public enum SimulatedSum: String, CaseIterable, Sendable {
    case masking
    /// Under Paillier keys of toy size.
    case paillier
}

/// What one run came to.
public struct SimulationReport: Sendable {
    /// The seed, or the number of an exhaustive run.
    public let seed: UInt64
    /// How it went.
    public let mode: SimulationMode
    /// What hid the inputs.
    public let sum: SimulatedSum
    /// What must not have happened; empty when all is well.
    public internal(set) var violations: [SimulationViolation]
    /// What was done to it.
    public let faults: FaultCounts
    /// Rounds whose sum was opened, and rounds or epochs that were given up.
    public let opened: Int
    /// Rounds or epochs that were given up.
    public let givenUp: Int
    /// Events of the scheduler.
    public let events: Int
    /// A digest of every frame, delivery and restart in order: equal seeds give equal traces.
    public let trace: Digest
    /// Proofs against the coordinator or a participant that honest participants came to hold.
    public let evidence: [EvidenceFile]
    /// The participants' and coordinator's keys of this run, for whoever checks the evidence.
    public let roster: RosterFile
}
