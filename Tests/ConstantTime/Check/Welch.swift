import CMemcheck

/// Times of two classes of inputs, and how far Welch's t tells the classes apart.
struct Welch {
    private var times: [UInt64] = []
    private var classes: [Bool] = []

    /// Runs `prepare` for a class drawn by coin, then times `run`.
    init(samples: Int, coin source: inout CheckSource, prepare: (Bool) -> Void, run: () -> Void) {
        for _ in 0..<samples {
            let isFirst = source.word() >> 40 & 1 == 1
            prepare(isFirst)
            let start = memcheck_clock()
            run()
            times.append(memcheck_clock() - start)
            classes.append(isFirst)
        }
    }

    /// The largest |t| over crops of the common distribution: interruptions say nothing about either class, and a
    /// difference may hide in the tail as well as in the bulk.
    var score: Double {
        let sorted = times.sorted()
        return [50, 80, 95].map { percent in score(below: sorted[sorted.count * percent / 100]) }.max() ?? 0
    }

    private func score(below cut: UInt64) -> Double {
        let (a, b) = (moments(true, cut), moments(false, cut))
        guard a.count > 1, b.count > 1 else { return .infinity }
        let spread = a.variance / a.count + b.variance / b.count
        return spread > 0 ? abs(a.mean - b.mean) / spread.squareRoot() : 0
    }

    private func moments(_ isFirst: Bool, _ cut: UInt64) -> (mean: Double, variance: Double, count: Double) {
        let kept = times.indices.filter { classes[$0] == isFirst && times[$0] <= cut }.map { Double(times[$0]) }
        let count = Double(kept.count)
        let mean = kept.reduce(0, +) / count
        return (mean, kept.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1), count)
    }
}
