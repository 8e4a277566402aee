/// What the simulator does to links, disks, processes, clocks and parties.
///
/// Source: simulation section 2
public enum FaultKind: String, CaseIterable, Sendable {
    case drop, duplicate, delay, bitFlip, truncation, replay, wrongPeer, partition
    /// A write that was not synced and is gone, or was torn, when the process is.
    case lostWrite, tornWrite
    /// A disk that shows an older record, or a changed one, or refuses to write.
    case staleVersion, bitRot, failedWrite
    case crashBeforeWrite, crashAfterWrite, crashAfterSync, crashWhileSending
    case restartWithOldState, restartWithoutState
    case clockJump, clockSkew
    /// An application that hands in an update which it has handed in before.
    case repeatedInput
    case byzantineCoordinator, byzantineParticipant
}

/// How often each fault was injected.
public struct FaultCounts: Sendable, Equatable {
    private var counts: [FaultKind: Int] = [:]

    /// Nothing yet.
    public init() {}

    /// The number of injections of a kind.
    public subscript(_ kind: FaultKind) -> Int { counts[kind] ?? 0 }

    /// All injections.
    public var total: Int { counts.values.reduce(0, +) }

    mutating func note(_ kind: FaultKind) { counts[kind, default: 0] += 1 }

    /// Adds another run's counts.
    public mutating func add(_ other: FaultCounts) { counts.merge(other.counts, uniquingKeysWith: +) }
}
