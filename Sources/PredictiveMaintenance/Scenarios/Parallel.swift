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

    /// The same for jobs that may fail, the heaviest first: all are run, the first failure (by index) is thrown.
    static func map<Result: Sendable, Failure: Error>(
        count: Int, weight: (Int) -> Int = { _ in 0 }, _ job: @Sendable (Int) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let weights = (0..<count).map(weight)
        let order = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
        let outcomes = map(count: count) { position -> Swift.Result<Result, Failure> in
            do throws(Failure) {
                return .success(try job(order[position]))
            } catch {
                return .failure(error)
            }
        }
        var results: [Result] = []
        results.reserveCapacity(count)
        for (_, outcome) in zip(order, outcomes).sorted(by: { $0.0 < $1.0 }) { results.append(try outcome.get()) }
        return results
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
