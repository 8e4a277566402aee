/// The loop of local training: epochs of batches in a seeded order, each step's gradient adjusted as a strategy asks.
///
/// Every epoch visits all examples once in an order decided by (plan's seed, round, participant, epoch).
/// Source: fedopt section 1
struct LocalDescent {
    /// Epochs, batch, step size, seed.
    var plan: RoundPlan
    /// Distinguishes participants' orders of examples.
    var participant: UInt64
    /// Starts as it is given.
    var optimiser: Optimiser
    /// The weight of `(w - anchor)` that is added to each gradient.
    var proximal: Float = 0
    /// Where the proximal term pulls to; nil is the start.
    var anchor: [Float]?
    /// Added to each gradient.
    var shift: [Float]?
    /// Coordinates that do not move.
    var frozen: [Range<Int>] = []
    /// The number of steps, whatever the epochs say.
    var exactSteps: Int?

    /// Where training ended.
    struct Result {
        var parameters: [Float]
        var steps: Int
        var lastEpochLoss: Double
        var optimiser: Optimiser
    }

    /// Trains from `start`; throws `invalidPlan`, or `diverged` when a loss or a parameter stops being finite.
    ///
    /// `beside` sees the parameters and the rows of each step before it is made.
    func run<Problem: LocalProblem>(
        _ problem: Problem, from start: [Float],
        beside: ([Float], ArraySlice<Int>, inout Problem.Scratch) throws(LearningFailure) -> Void = { _, _, _ in }
    ) throws(LearningFailure) -> Result {
        try plan.check()
        precondition(start.count == problem.layout.parameterCount, "parameters of another length")
        precondition(shift.map { $0.count == start.count } ?? true, "a shift of another length")
        precondition(exactSteps.map { $0 >= 1 } ?? true, "a run without steps")
        let anchor = self.anchor ?? start
        precondition(anchor.count == start.count, "an anchor of another length")
        var optimiser = self.optimiser
        var weights = start
        var gradient = [Float](repeating: 0, count: weights.count)
        let batch = min(plan.batchSize, problem.trainingRows)
        var scratch = problem.makeScratch(rows: batch)
        var order = Array(0..<problem.trainingRows)
        var steps = 0
        var epoch = 0
        var lossSum = 0.0
        var seen = 0
        while exactSteps.map({ steps < $0 }) ?? (epoch < plan.localEpochs) {
            var generator = SeededGenerator(
                mixing: plan.seed, UInt64(bitPattern: Int64(plan.round)), participant, UInt64(epoch))
            generator.shuffle(&order)
            lossSum = 0
            seen = 0
            for first in stride(from: 0, to: order.count, by: batch) {
                if let exactSteps, steps == exactSteps { break }
                let rows = order[first..<min(first + batch, order.count)]
                try beside(weights, rows, &scratch)
                let loss = problem.gradient(of: weights, rows: rows, into: &gradient, scratch: &scratch)
                guard loss.isFinite else { throw .diverged(step: steps) }
                lossSum += loss * Double(rows.count)
                seen += rows.count
                adjust(&gradient, at: weights, anchor: anchor)
                optimiser.step(&weights, gradient: gradient, learningRate: plan.learningRate)
                steps += 1
            }
            epoch += 1
        }
        guard weights.allSatisfy(\.isFinite) else { throw .diverged(step: steps) }
        return Result(
            parameters: weights, steps: steps, lastEpochLoss: lossSum / Double(max(1, seen)), optimiser: optimiser)
    }

    private func adjust(_ gradient: inout [Float], at weights: [Float], anchor: [Float]) {
        if proximal > 0 {
            for index in gradient.indices { gradient[index] += proximal * (weights[index] - anchor[index]) }
        }
        if let shift {
            for index in gradient.indices { gradient[index] += shift[index] }
        }
        for range in frozen {
            for index in range { gradient[index] = 0 }
        }
    }
}

/// `a - b`, coordinate by coordinate; the lengths must be equal.
func difference(_ a: [Float], _ b: [Float]) -> [Float] {
    precondition(a.count == b.count, "vectors of different lengths")
    var result = a
    for index in result.indices { result[index] -= b[index] }
    return result
}
