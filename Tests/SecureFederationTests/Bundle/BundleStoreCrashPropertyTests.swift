import DurableState
import SecureFederation
import Synchronization
import Testing

/// Stops a store after every step of every operation, opens the folder again, and looks at what is current.
@Suite("The bundle store: the old bundle or the new one, whatever stops it") struct BundleStoreCrashPropertyTests {
    static let stop = StateStoreFailure.inputOutput(errno: -1)
    static let steps =
        ReplacementStep.allCases.map(BundleStep.bundle) + ReplacementStep.allCases.map(BundleStep.pointer)

    private func stopping(_ folder: BundleFolder, at step: BundleStep) throws -> BundleStore {
        try BundleStore(directory: folder.path) { (reached) throws(StateStoreFailure) in
            if reached == step { throw Self.stop }
        }
    }

    private func isSwitched(_ step: BundleStep) -> Bool {
        if case .pointer(let step) = step { step.rawValue >= ReplacementStep.renamed.rawValue } else { false }
    }

    @Test(arguments: 0..<steps.count) func theFirstInstallation(index: Int) throws {
        let (folder, step) = (BundleFolder(), Self.steps[index])
        let first = try testBundle()
        #expect(throws: BundleFailure.store(Self.stop)) { try stopping(folder, at: step).install(first) }
        let store = try BundleStore(directory: folder.path)
        #expect(try store.current() == (isSwitched(step) ? first : nil))
        #expect(!folder.names.contains { $0.hasPrefix(".tmp-") })
        if !isSwitched(step) { try store.install(first) }
        try store.install(testBundle(version: 2, parent: first.hash))
    }

    @Test(arguments: 0..<steps.count) func aLaterInstallation(index: Int) throws {
        let (folder, step) = (BundleFolder(), Self.steps[index])
        let first = try testBundle()
        let second = try testBundle(version: 2, parent: first.hash, values: [1, 2, 3, 4, 5, 6, 7, 8])
        do { try BundleStore(directory: folder.path).install(first) }
        #expect(throws: BundleFailure.store(Self.stop)) { try stopping(folder, at: step).install(second) }
        let store = try BundleStore(directory: folder.path)
        #expect(try store.current() == (isSwitched(step) ? second : first))
        #expect(!folder.names.contains { $0.hasPrefix(".tmp-") })
        if isSwitched(step) { #expect(try store.rollBack() == first) }
        try store.install(second)
        #expect(try store.current() == second)
    }

    @Test(arguments: ReplacementStep.allCases) func aRollback(step: ReplacementStep) throws {
        let folder = BundleFolder()
        let first = try testBundle()
        let second = try testBundle(version: 2, parent: first.hash)
        do {
            let store = try BundleStore(directory: folder.path)
            try store.install(first)
            try store.install(second)
        }
        #expect(throws: BundleFailure.store(Self.stop)) { try stopping(folder, at: .pointer(step)).rollBack() }
        let store = try BundleStore(directory: folder.path)
        #expect(try store.current() == (isSwitched(.pointer(step)) ? first : second))
        #expect(try store.bundle(first.hash) == first)
        #expect(try store.bundle(second.hash) == second)
    }

    /// A rename may be lost until the directory is synced, so the order of the steps is the guarantee.
    @Test func theStepsComeInOrder() throws {
        let folder = BundleFolder()
        let trace = Mutex<[BundleStep]>([])
        let store = try BundleStore(directory: folder.path) { (reached) throws(StateStoreFailure) in
            trace.withLock { $0.append(reached) }
        }
        let first = try testBundle()
        try store.install(first)
        #expect(trace.withLock { $0 } == Self.steps)
        try store.install(testBundle(version: 2, parent: first.hash))
        trace.withLock { $0 = [] }
        try store.rollBack()
        #expect(trace.withLock { $0 } == ReplacementStep.allCases.map(BundleStep.pointer))
    }
}
