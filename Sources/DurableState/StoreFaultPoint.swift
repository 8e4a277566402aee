/// The moments of a commit or removal after which a machine may stop; a test throws at one and opens the store again.
/// Source: durability section 4
package enum StoreFaultPoint: Int, CaseIterable, Sendable {
    case recordCreated, recordHalfWritten, recordWritten, recordSynced, recordRenamed, recordDirectorySynced
    case counterCreated, counterHalfWritten, counterWritten, counterSynced, counterRenamed, counterDirectorySynced
    case recordUnlinked, removalSynced
}

/// Called at every fault point; what it throws is thrown by the store at once, with nothing tidied up.
package typealias StoreFaultHook = @Sendable (StoreFaultPoint) throws(StateStoreFailure) -> Void
