internal import DurableState
internal import Synchronization

/// A company's disk: a store of the library, in memory or over files, and what can go wrong between a write and its sync.
///
/// Source: simulation section 2
final class SimulatedDisk: StateStore {
    /// Where a commit stops.
    enum Stop {
        /// The process ends before anything is written.
        case beforeWrite
        /// The process ends before the sync; the write is there afterwards, or not.
        case beforeSync(isKept: Bool)
        /// The process ends when the record is safe and nothing has left.
        case afterSync
        /// The disk refuses; the process lives.
        case refused
    }

    /// What the disk shows to a process that starts.
    enum Reading {
        case faithful
        /// The record before the last one; `isNoticed` when a counter tells.
        case stale(isNoticed: Bool)
        /// One changed bit.
        case rotten(at: Int)
    }

    private struct Contents {
        var earlier: [RecordName: StateRecord] = [:]
        var newest: [RecordName: StateRecord] = [:]
        var stop: (kind: Stop, after: Int)?
        var hasStopped = false
        var hasFailed = false
        var reading = Reading.faithful
        var commits = 0
        var offered: [(record: StateRecord, isStored: Bool)] = []
    }

    private let store = MemoryStateStore()
    /// The records, where they are files.
    private let files: FiledRecords?
    private let contents = Mutex(Contents())

    /// An empty disk, in memory or in a folder that only it uses.
    init(files: FiledRecords? = nil) {
        self.files = files
    }

    /// Commits tried so far, stopped ones included.
    var commits: Int { contents.withLock { $0.commits } }
    /// Whether the process that used the disk has ended inside a commit.
    var hasStopped: Bool { contents.withLock { $0.hasStopped } }
    /// Whether a commit was refused, so that the node is spent.
    var hasFailed: Bool { contents.withLock { $0.hasFailed } }
    /// Bytes of the newest records.
    var usedBytes: Int { contents.withLock { $0.newest.values.reduce(0) { $0 + $1.sealed.count } } }

    /// Stops the so-manyth commit from now on, 0 the next one.
    func arm(_ stop: Stop, after count: Int) { contents.withLock { $0.stop = (stop, count) } }

    func disarm() { contents.withLock { $0.stop = nil } }

    /// A new process: what it will be shown.
    func start(_ reading: Reading) {
        files?.start(reading)
        contents.withLock {
            ($0.reading, $0.hasStopped, $0.hasFailed, $0.stop) = (reading, false, false, nil)
        }
    }

    /// What was handed in since the last call.
    func takeOffered() -> [(record: StateRecord, isStored: Bool)] {
        contents.withLock { contents in
            defer { contents.offered = [] }
            return contents.offered
        }
    }

    func commit(_ record: StateRecord) throws(StateStoreFailure) {
        let stop = contents.withLock { contents -> Stop? in
            contents.commits += 1
            guard let armed = contents.stop else { return nil }
            contents.stop = armed.after == 0 ? nil : (armed.kind, armed.after - 1)
            return armed.after == 0 ? armed.kind : nil
        }
        var isStored =
            switch stop {
            case .none, .afterSync: true
            case .beforeSync(let isKept): isKept
            case .beforeWrite, .refused: false
            }
        do throws(StateStoreFailure) {
            if let files {
                isStored = try files.commit(record, stop)
            } else if isStored {
                try store.commit(record)
            }
        } catch {
            contents.withLock { $0.hasFailed = true }
            throw error
        }
        contents.withLock { contents in
            contents.offered.append((record, isStored))
            if isStored {
                contents.earlier[record.name] = contents.newest[record.name]
                contents.newest[record.name] = record
            }
        }
        guard let stop else { return }
        contents.withLock { contents in
            contents.hasFailed = true
            if case .refused = stop { return }
            contents.hasStopped = true
        }
        throw .inputOutput(errno: 5)
    }

    func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
        if let files { return try files.latest(name) }
        let newest = try store.latest(name)
        let (reading, earlier) = contents.withLock { ($0.reading, $0.earlier[name]) }
        guard let newest else { return nil }
        switch reading {
        case .faithful: return newest
        case .stale(let isNoticed):
            guard let earlier else { return newest }
            if isNoticed { throw .stateRolledBack(stored: newest.generation, found: earlier.generation) }
            return earlier
        case .rotten(let place):
            var sealed = newest.sealed
            if !sealed.isEmpty { sealed[place % sealed.count] ^= 1 << UInt8(place & 7) }
            return StateRecord(name: name, generation: newest.generation, sealed: sealed)
        }
    }

    func remove(_ name: RecordName) throws(StateStoreFailure) {
        if let files { return try files.remove(name) }
        try store.remove(name)
    }
}
