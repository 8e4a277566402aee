import Synchronization
import Testing

@testable import DurableState

/// Stops a store at every point of every operation, opens the directory again, and looks at what is there.
@Suite struct StateStoreCrashPropertyTests {
    static let stop = StateStoreFailure.inputOutput(errno: -1)
    static let commitPoints = StoreFaultPoint.allCases.filter { $0.rawValue < StoreFaultPoint.recordUnlinked.rawValue }
    static let removalPoints = StoreFaultPoint.allCases.filter {
        $0.rawValue >= StoreFaultPoint.counterCreated.rawValue
    }

    /// A store that stops at `point`.
    static func stopping(_ directory: TemporaryDirectory, at point: StoreFaultPoint) throws -> FileStateStore {
        try FileStateStore(directory: directory.path) { (reached) throws(StateStoreFailure) in
            if reached == point { throw stop }
        }
    }

    /// Whatever happened before, a commit of a later generation works and survives.
    static func expectUsable(_ directory: TemporaryDirectory) throws {
        let store = try FileStateStore(directory: directory.path)
        #expect(!TemporaryDirectory.names(in: directory.path).contains { $0.hasPrefix(".tmp-") })
        try store.commit(makeRecord("a", 50, 50))
        #expect(try store.latest(makeName("a")) == makeRecord("a", 50, 50))
    }

    @Test(arguments: commitPoints) func theFirstCommit(point: StoreFaultPoint) throws {
        let directory = TemporaryDirectory()
        #expect(throws: Self.stop) { try Self.stopping(directory, at: point).commit(makeRecord("a", 1, 1)) }
        let found = try FileStateStore(directory: directory.path).latest(makeName("a"))
        let isNew = point.rawValue >= StoreFaultPoint.recordRenamed.rawValue
        #expect(found == (isNew ? makeRecord("a", 1, 1) : nil))
        try Self.expectUsable(directory)
    }

    @Test(arguments: commitPoints) func aLaterCommit(point: StoreFaultPoint) throws {
        let directory = TemporaryDirectory()
        try FileStateStore(directory: directory.path).commit(makeRecord("a", 1, 1))
        let old = try #require(directory.read("a.rec"))
        #expect(throws: Self.stop) { try Self.stopping(directory, at: point).commit(makeRecord("a", 2, 2)) }
        do {
            let store = try FileStateStore(directory: directory.path)
            let isNew = point.rawValue >= StoreFaultPoint.recordRenamed.rawValue
            #expect(try store.latest(makeName("a")) == makeRecord("a", isNew ? 2 : 1, isNew ? 2 : 1))
            if isNew {
                // Once the new record was seen, the old one is a rollback.
                directory.write("a.rec", old)
                #expect(throws: StateStoreFailure.stateRolledBack(stored: 2, found: 1)) {
                    try store.latest(makeName("a"))
                }
                #expect(throws: StateStoreFailure.stateRolledBack(stored: 2, found: 1)) {
                    try store.commit(makeRecord("a", 3))
                }
                try store.remove(makeName("a"))
            }
        }
        try Self.expectUsable(directory)
    }

    @Test(arguments: commitPoints) func aCommitAfterARemoval(point: StoreFaultPoint) throws {
        let directory = TemporaryDirectory()
        do {
            let store = try FileStateStore(directory: directory.path)
            try store.commit(makeRecord("a", 1, 1))
            try store.remove(makeName("a"))
        }
        #expect(throws: Self.stop) { try Self.stopping(directory, at: point).commit(makeRecord("a", 2, 2)) }
        let found = try FileStateStore(directory: directory.path).latest(makeName("a"))
        let isNew = point.rawValue >= StoreFaultPoint.recordRenamed.rawValue
        #expect(found == (isNew ? makeRecord("a", 2, 2) : nil))
        try Self.expectUsable(directory)
    }

    @Test(arguments: removalPoints) func aRemoval(point: StoreFaultPoint) throws {
        let directory = TemporaryDirectory()
        try FileStateStore(directory: directory.path).commit(makeRecord("a", 1, 1))
        let old = try #require(directory.read("a.rec"))
        #expect(throws: Self.stop) { try Self.stopping(directory, at: point).remove(makeName("a")) }
        do {
            let store = try FileStateStore(directory: directory.path)
            let isRemoved = point.rawValue >= StoreFaultPoint.counterRenamed.rawValue
            #expect(try store.latest(makeName("a")) == (isRemoved ? nil : makeRecord("a", 1, 1)))
            #expect((directory.read("a.rec") == nil) == isRemoved)
            if isRemoved {
                directory.write("a.rec", old)
                #expect(try store.latest(makeName("a")) == nil)
                #expect(directory.read("a.rec") == nil)
            }
        }
        try Self.expectUsable(directory)
    }

    /// The store that was stopped, still open, does not answer from memory either.
    @Test(arguments: commitPoints) func theSameStoreGoesOn(point: StoreFaultPoint) throws {
        let directory = TemporaryDirectory()
        let armed = Mutex(false)
        let store = try FileStateStore(directory: directory.path) { (reached) throws(StateStoreFailure) in
            if reached == point, armed.withLock({ $0 }) { throw Self.stop }
        }
        try store.commit(makeRecord("a", 1, 1))
        armed.withLock { $0 = true }
        #expect(throws: Self.stop) { try store.commit(makeRecord("a", 2, 2)) }
        armed.withLock { $0 = false }
        let isNew = point.rawValue >= StoreFaultPoint.recordRenamed.rawValue
        if isNew {
            #expect(throws: StateStoreFailure.staleGeneration(stored: 2, offered: 2)) {
                try store.commit(makeRecord("a", 2, 9))
            }
        }
        #expect(try store.latest(makeName("a"))?.generation == (isNew ? 2 : 1))
        try store.commit(makeRecord("a", 3, 3))
        #expect(try store.latest(makeName("a")) == makeRecord("a", 3, 3))
    }

    /// A rename may be lost until the directory is synced, so the order of the steps is the guarantee.
    @Test func theStepsComeInOrder() throws {
        let directory = TemporaryDirectory()
        let trace = Trace()
        let store = try FileStateStore(directory: directory.path) { (reached) throws(StateStoreFailure) in
            trace.append(reached)
        }
        try store.commit(makeRecord("a", 1))
        #expect(trace.take() == Self.commitPoints)
        try store.remove(makeName("a"))
        #expect(trace.take() == Self.removalPoints)
    }

    private final class Trace: Sendable {
        private let points = Mutex<[StoreFaultPoint]>([])

        func append(_ point: StoreFaultPoint) {
            points.withLock { $0.append(point) }
        }

        func take() -> [StoreFaultPoint] {
            points.withLock { points in
                defer { points = [] }
                return points
            }
        }
    }
}
