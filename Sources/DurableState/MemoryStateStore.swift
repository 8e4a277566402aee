internal import Synchronization

/// A store that lives as long as the object: for tests and for hosts that keep the sealed state elsewhere.
///
/// Nothing is durable here; generations are checked as in a file.
/// Source: durability section 2
public final class MemoryStateStore: StateStore {
    private struct Entry {
        var generation: UInt64
        var record: StateRecord?
    }

    private let entries = Mutex<[RecordName: Entry]>([:])

    /// An empty store.
    public init() {}

    /// Stores `record` until the object goes away.  Throws `staleGeneration`.
    public func commit(_ record: StateRecord) throws(StateStoreFailure) {
        try entries.withLock { (entries) throws(StateStoreFailure) in
            #if PlantedBugs
                if PlantedBug.staleRecordAccepted.isActive {
                    entries[record.name] = Entry(generation: record.generation, record: record)
                    return
                }
            #endif
            if let stored = entries[record.name]?.generation, record.generation <= stored {
                throw .staleGeneration(stored: stored, offered: record.generation)
            }
            entries[record.name] = Entry(generation: record.generation, record: record)
        }
    }

    /// The latest record of `name`, nil when none was committed or it was removed.
    public func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
        entries.withLock { $0[name]?.record }
    }

    /// Removes the record and keeps its generation.
    public func remove(_ name: RecordName) throws(StateStoreFailure) {
        entries.withLock { $0[name]?.record = nil }
    }
}
