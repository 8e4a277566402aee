/// The four conditions of a machine, told by its hidden wear level from 0 (new) to 1 (broken).
/// Source: sensor-simulator section 1
public enum MachineState: Int, CaseIterable, Hashable, Sendable {
    /// Wear below 0.35.
    case healthy
    /// Wear from 0.35 to 0.62.
    case degraded
    /// Wear from 0.62 to 0.85: intervention is due.
    case critical
    /// Wear above 0.85.
    case failure

    /// Whether an alarm is right: critical or failure.
    public var isAlarming: Bool { rawValue >= Self.critical.rawValue }

    /// The wear levels that make this state.
    public var wear: Range<Double> {
        switch self {
        case .healthy: 0..<0.35
        case .degraded: 0.35..<0.62
        case .critical: 0.62..<0.85
        case .failure: 0.85..<1
        }
    }
}

/// What is wearing out in a machine.
/// Source: sensor-simulator section 1
public enum WearMechanism: Int, CaseIterable, Hashable, Sendable {
    /// A pit in the outer race of the bearing: even impulses at 3.58 times shaft speed.
    case outerRace
    /// A pit in the inner race: impulses at 5.42 times shaft speed, stronger whenever the pit passes the load.
    case innerRace
    /// A loose foot: harmonics and half-harmonics of shaft speed, and knocks once a turn.
    case looseness
}
