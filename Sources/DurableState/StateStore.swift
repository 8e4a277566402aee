/// Keeps the latest record of every name, and knows when it is shown an older one.
///
/// The store sees sealed bytes only.  It cannot see that a whole disk, counters included, was put back to an earlier
/// time: against that a caller needs a monotonic counter outside the host.
/// Source: durability section 2
public protocol StateStore: AnyObject, Sendable {
    /// Stores `record`; durable when it returns.
    ///
    /// Throws `staleGeneration` when the generation is not above the stored one, a removed one included.  After any other
    /// error the store holds the old record or the new one, never neither.
    func commit(_ record: StateRecord) throws(StateStoreFailure)

    /// The latest record of `name`, nil when none was committed or it was removed.
    ///
    /// Throws `stateRolledBack` when what is there is older than what was committed, `stateCorrupt` when it is damaged.
    func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord?

    /// Removes the record and keeps its generation, so that a removed record cannot be put back.
    func remove(_ name: RecordName) throws(StateStoreFailure)
}
