internal import Synchronization

/// A store in a directory of its own: 0700, files 0600, one process at a time.
///
/// A commit writes a temporary file, syncs it, renames it, syncs the directory, and then does the same for a counter
/// file.  A record newer than its counter is a commit that was interrupted between the two: it is accepted and the
/// counter follows.  Cost of a commit: four syncs.
/// Source: durability section 3
public final class FileStateStore: StateStore {
    /// The limit on a sealed record when none is given: 1 GiB.
    public static let defaultMaximumRecordBytes = 1 << 30

    private let directory: PrivateDirectory
    private let maximumRecordBytes: Int
    private let faultHook: StoreFaultHook?
    /// What is known to be on disk; a name is absent until it was looked up, and again after an error.
    private let counters = Mutex<[RecordName: GenerationCounter?]>([:])

    /// Opens or creates the store in `directory`, whose parent exists, and removes what interrupted commits left.
    ///
    /// Throws `insecurePermissions` or `wrongOwner` for a directory others can reach, `inputOutput` with EWOULDBLOCK when
    /// another store holds it.
    public convenience init(
        directory: String, maximumRecordBytes: Int = FileStateStore.defaultMaximumRecordBytes
    ) throws(StateStoreFailure) {
        try self.init(directory: directory, maximumRecordBytes: maximumRecordBytes, faultHook: nil)
    }

    package init(
        directory path: String, maximumRecordBytes: Int = FileStateStore.defaultMaximumRecordBytes,
        faultHook: StoreFaultHook?
    ) throws(StateStoreFailure) {
        precondition(maximumRecordBytes >= 0, "a limit is not negative")
        self.maximumRecordBytes = maximumRecordBytes
        self.faultHook = faultHook
        directory = try asStoreFailure { () throws(FileFault) in
            let directory = try PrivateDirectory(path: path)
            try directory.removeUnfinished()
            return directory
        }
    }

    /// Stores `record`; on disk, with its counter, when it returns.
    ///
    /// Throws `staleGeneration`, `recordTooLarge`, `inputOutput`; after the last the old record or the new one is there.
    public func commit(_ record: StateRecord) throws(StateStoreFailure) {
        guard record.sealed.count <= maximumRecordBytes else { throw .recordTooLarge }
        try counters.withLock { (counters) throws(StateStoreFailure) in
            if let stored = try counter(of: record.name, &counters)?.generation, record.generation <= stored {
                throw .staleGeneration(stored: stored, offered: record.generation)
            }
            counters[record.name] = nil
            try replace(
                FileStateStore.recordFile(record.name), with: RecordEncoding.encode(record),
                steps: FileStateStore.recordSteps)
            let counter = GenerationCounter(generation: record.generation, isRemoved: false)
            try store(counter, of: record.name)
            counters[record.name] = .some(counter)
        }
    }

    /// The latest record of `name`, nil when none was committed or it was removed.
    ///
    /// Throws `stateRolledBack`, `stateCorrupt`, `insecurePermissions`, `wrongOwner`, `recordTooLarge`, `inputOutput`.
    public func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
        try counters.withLock { (counters) throws(StateStoreFailure) in
            counters[name] = nil
            let (counter, record) = try load(name)
            counters[name] = .some(counter)
            return record
        }
    }

    /// Removes the record and keeps its counter, marked as removed first.
    ///
    /// Works on a damaged or rolled-back record too, as long as the counter can be read.
    public func remove(_ name: RecordName) throws(StateStoreFailure) {
        try counters.withLock { (counters) throws(StateStoreFailure) in
            counters[name] = nil
            guard var counter = try generationForRemoval(name) else { return }
            counter.isRemoved = true
            try store(counter, of: name)
            try unlinkRecord(name)
            counters[name] = .some(counter)
        }
    }

    private func counter(
        of name: RecordName, _ counters: inout [RecordName: GenerationCounter?]
    ) throws(StateStoreFailure) -> GenerationCounter? {
        if let known = counters[name] { return known }
        let found = try load(name).counter
        counters[name] = .some(found)
        return found
    }

    private func generationForRemoval(_ name: RecordName) throws(StateStoreFailure) -> GenerationCounter? {
        do throws(StateStoreFailure) {
            return try load(name).counter
        } catch {
            guard let counter = try readCounter(name) else { throw error }
            return counter
        }
    }

    /// Reads both files, decides which state they are in, and finishes what an interruption left half done.
    private func load(
        _ name: RecordName
    ) throws(StateStoreFailure) -> (counter: GenerationCounter?, record: StateRecord?) {
        let counter = try readCounter(name)
        let limit = maximumRecordBytes.addingReportingOverflow(RecordEncoding.largestOverhead)
        let contents = try asStoreFailure { () throws(FileFault) in
            try directory.contents(
                of: FileStateStore.recordFile(name), limit: limit.overflow ? .max : limit.partialValue)
        }
        guard let contents else {
            if let counter, !counter.isRemoved { throw .stateRolledBack(stored: counter.generation, found: 0) }
            return (counter, nil)
        }
        let record = try RecordEncoding.decode(contents, expecting: name)
        guard record.sealed.count <= maximumRecordBytes else { throw .recordTooLarge }
        guard let counter, record.generation <= counter.generation else {
            let repaired = GenerationCounter(generation: record.generation, isRemoved: false)
            try store(repaired, of: name)
            return (repaired, record)
        }
        guard record.generation == counter.generation else {
            throw .stateRolledBack(stored: counter.generation, found: record.generation)
        }
        guard counter.isRemoved else { return (counter, record) }
        try unlinkRecord(name)
        return (counter, nil)
    }

    private func readCounter(_ name: RecordName) throws(StateStoreFailure) -> GenerationCounter? {
        let contents = try asStoreFailure(tooLarge: .stateCorrupt) { () throws(FileFault) in
            try directory.contents(of: FileStateStore.counterFile(name), limit: GenerationCounter.byteCount)
        }
        guard let contents else { return nil }
        return try GenerationCounter.decode(contents)
    }

    private func store(_ counter: GenerationCounter, of name: RecordName) throws(StateStoreFailure) {
        try replace(
            FileStateStore.counterFile(name), with: counter.encode(), steps: FileStateStore.counterSteps)
    }

    private func unlinkRecord(_ name: RecordName) throws(StateStoreFailure) {
        try asStoreFailure { () throws(FileFault) in try directory.unlink(FileStateStore.recordFile(name)) }
        try faultHook?(.recordUnlinked)
        try asStoreFailure { () throws(FileFault) in try directory.synchronise() }
        try faultHook?(.removalSynced)
    }
}

/// The atomic replacement of a file.
extension FileStateStore {
    /// The fault points of one replacement, in the order of `ReplacementStep`.
    private static let recordSteps: [StoreFaultPoint] = [
        .recordCreated, .recordHalfWritten, .recordWritten, .recordSynced, .recordRenamed, .recordDirectorySynced,
    ]
    private static let counterSteps: [StoreFaultPoint] = [
        .counterCreated, .counterHalfWritten, .counterWritten, .counterSynced, .counterRenamed, .counterDirectorySynced,
    ]

    private static func recordFile(_ name: RecordName) -> String { name.description + ".rec" }
    private static func counterFile(_ name: RecordName) -> String { name.description + ".gen" }

    private func replace(
        _ file: String, with bytes: [UInt8], steps: [StoreFaultPoint]
    ) throws(StateStoreFailure) {
        try directory.replace(file, with: bytes) { (step) throws(StateStoreFailure) in
            try faultHook?(steps[step.rawValue])
        }
    }
}
