#if PlantedBugs
    internal import Synchronization

    /// Faults that can be switched on in a build with the package trait `PlantedBugs`, one at a time and for the whole
    /// process: what checks the simulator's checkers.  A build without the trait holds neither this type nor its places.
    ///
    /// Source: simulation section 5
    package enum PlantedBug: UInt8, CaseIterable, Sendable {
        /// A participant enters a round again when another configuration is signed for it.
        case roundEnteredTwice = 1
        /// A participant signs every survivor set that it is shown.
        case secondStatement
        /// A participant opens shares whoever has signed.
        case quorumUnchecked
        /// Nothing is on record when the masked input leaves.
        case burnMarkSkipped
        /// A chunk that comes again is added again.
        case chunkFoldedTwice
        /// A coordinator that restarts takes its acknowledged uploads for folded in.
        case uploadsForgotten
        /// A store takes a record that is older than the one it holds.
        case staleRecordAccepted
        /// A recovered secret is not compared with its point.
        case pointUnchecked
        /// A participant signs a survivor set that leaves out its acknowledged input.
        case acknowledgementIgnored
        /// The coordinator waits for statements for ever.
        case deadlineForgotten

        private static let selected = Atomic<UInt8>(0)

        /// Switches one fault on, or all of them off.
        package static func select(_ bug: PlantedBug?) {
            selected.store(bug?.rawValue ?? 0, ordering: .relaxed)
        }

        /// Whether this is the fault that is on.
        package var isActive: Bool { Self.selected.load(ordering: .relaxed) == rawValue }
    }
#endif
