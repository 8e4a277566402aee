internal import DurableState
internal import Synchronization

/// The library's own store over files, stopped at its own fault points, with files that change while no process runs.
///
/// Source: simulation section 2
final class FiledRecords: Sendable {
    private struct Contents {
        var store: FileStateStore?
        /// The file before the last commit of a name.
        var earlier: [String: [UInt8]] = [:]
        /// Names whose counter an interrupted commit has left behind: a file put back there is a commit that never was.
        var unfinished: Set<String> = []
        /// Files as they were before they changed.
        var sound: [String: [UInt8]] = [:]
    }

    /// Where the present commit stops; of its own, so that the store's hook does not hold the store.
    private final class Breakpoint: Sendable {
        private let next = Mutex<StoreFaultPoint?>(nil)

        func arm(_ point: StoreFaultPoint?) { next.withLock { $0 = point } }

        /// Whether this is the point, which then is none any more.
        func strikes(_ point: StoreFaultPoint) -> Bool {
            next.withLock { next in
                guard next == point else { return false }
                next = nil
                return true
            }
        }

        var isArmed: Bool { next.withLock { $0 != nil } }
    }

    private let path: String
    private let breakpoint = Breakpoint()
    private let contents = Mutex(Contents())

    /// A store in a folder of this name, which is made when it is first used.
    init(path: String) {
        self.path = path
    }

    /// A new process: the last one's lock is gone, and what had changed is sound again, or something else changes.
    func start(_ reading: SimulatedDisk.Reading) {
        contents.withLock { contents in
            contents.store = nil
            for (file, bytes) in contents.sound { SimulatedFolder.write(bytes, to: file) }
            contents.sound = [:]
            switch reading {
            case .faithful: return
            case .stale:
                for (name, bytes) in contents.earlier where !contents.unfinished.contains(name) {
                    change(recordFile(name), &contents) { $0 = bytes }
                }
            case .rotten(let place):
                let suffix = place % 4 == 0 ? ".gen" : ".rec"
                for name in SimulatedFolder.names(in: path) where name.hasSuffix(suffix) {
                    change(path + "/" + name, &contents) { bytes in
                        switch place % 3 {
                        case 0: bytes.removeLast(bytes.count / 2)
                        default: if !bytes.isEmpty { bytes[place % bytes.count] ^= 1 << UInt8(place & 7) }
                        }
                    }
                }
            }
        }
    }

    /// Stores a record, or stops at a point that goes with the way in which the process ends.
    ///
    /// - Returns: whether the record is there afterwards.
    func commit(_ record: StateRecord, _ stop: SimulatedDisk.Stop?) throws(StateStoreFailure) -> Bool {
        let name = record.name.description
        let store = try opened()
        let point = stop.flatMap { Self.point($0, number: Int(record.generation % 64)) }
        let before = SimulatedFolder.bytes(recordFile(name))
        breakpoint.arm(point)
        var stopped: StateStoreFailure?
        do throws(StateStoreFailure) {
            try store.commit(record)
        } catch {
            stopped = error
        }
        let hasStruck = point != nil && !breakpoint.isArmed
        breakpoint.arm(nil)
        if let stopped, !hasStruck { throw stopped }
        let isStored = point.map { $0.rawValue >= StoreFaultPoint.recordRenamed.rawValue } ?? true
        contents.withLock { contents in
            guard isStored else { return }
            contents.earlier[name] = before
            contents.sound[recordFile(name)] = nil
            contents.sound[path + "/" + name + ".gen"] = nil
            let isBehind = point.map { $0.rawValue < StoreFaultPoint.counterRenamed.rawValue } ?? false
            if isBehind { contents.unfinished.insert(name) } else { contents.unfinished.remove(name) }
        }
        return isStored
    }

    func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? {
        let record = try opened().latest(name)
        // The store has brought the counter up to its record.
        contents.withLock { _ = $0.unfinished.remove(name.description) }
        return record
    }

    func remove(_ name: RecordName) throws(StateStoreFailure) { try opened().remove(name) }

    private func opened() throws(StateStoreFailure) -> FileStateStore {
        if let store = contents.withLock({ $0.store }) { return store }
        let store = try FileStateStore(directory: path) { [breakpoint] (point) throws(StateStoreFailure) in
            if breakpoint.strikes(point) { throw .inputOutput(errno: 5) }
        }
        contents.withLock { $0.store = store }
        return store
    }

    private func recordFile(_ name: String) -> String { path + "/" + name + ".rec" }

    private func change(_ file: String, _ contents: inout Contents, _ body: (inout [UInt8]) -> Void) {
        guard var bytes = SimulatedFolder.bytes(file) else { return }
        contents.sound[file] = bytes
        body(&bytes)
        SimulatedFolder.write(bytes, to: file)
    }

    /// The points of the store at which a process may be said to have ended in one of the simulator's ways.
    private static func point(_ stop: SimulatedDisk.Stop, number: Int) -> StoreFaultPoint? {
        let points: [StoreFaultPoint] =
            switch stop {
            case .beforeWrite: [.recordCreated]
            case .beforeSync(isKept: false): [.recordHalfWritten, .recordWritten, .recordSynced]
            case .beforeSync(isKept: true):
                [
                    .recordRenamed, .recordDirectorySynced, .counterCreated, .counterHalfWritten, .counterWritten,
                    .counterSynced,
                ]
            case .afterSync: [.counterRenamed, .counterDirectorySynced]
            case .refused: [.recordCreated, .recordHalfWritten, .recordWritten, .recordSynced]
            }
        return points[number % points.count]
    }
}
