internal import Dispatch

/// Runs independent jobs on all cores and gives their results in order.
enum Parallel {
    /// `job(0)` to `job(count - 1)`, each called exactly once; jobs that start earlier should be the longer ones.
    static func map<Result: Sendable>(count: Int, _ job: @Sendable (Int) -> Result) -> [Result] {
        guard count > 1 else { return count == 1 ? [job(0)] : [] }
        let slots = SlotArray<Result>(count: count)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            slots.fill(index, with: job(index))
        }
        return slots.results()
    }
}

/// One place for each result; every place is written once, by one thread, before any is read.
///
// Sendable: each iteration of concurrentPerform writes its own element and no other, and `results` is called after all
// iterations have returned, which concurrentPerform orders before its own return.
@safe private final class SlotArray<Element: Sendable>: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Element?>

    init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: nil)
    }

    func fill(_ index: Int, with element: Element) {
        unsafe storage[index] = element
    }

    func results() -> [Element] {
        unsafe storage.compactMap(\.self)
    }

    deinit {
        unsafe storage.deinitialize()
        unsafe storage.deallocate()
    }
}
