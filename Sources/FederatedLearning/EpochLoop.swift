/// A model whose local training is a loop of mini-batches.
protocol BatchModel: Sendable {
    associatedtype Workspace
    var layout: ParameterLayout { get }
    func makeWorkspace(rows: Int) -> Workspace
    func batchGradient(
        _ parameters: [Float], _ examples: ExampleTable, _ rows: ArraySlice<Int>, _ gradient: inout [Float],
        _ workspace: inout Workspace
    ) -> Double
}

extension MLP: BatchModel {
    func makeWorkspace(rows: Int) -> MLPWorkspace { MLPWorkspace(for: self, rows: rows) }
}

extension AttentionLSTM: BatchModel {
    func makeWorkspace(rows: Int) -> AttentionLSTMWorkspace { AttentionLSTMWorkspace(for: self, rows: rows) }
}

extension BatchModel {
    /// Local training from shared parameters: every epoch visits all examples once, in an order decided by (plan's
    /// seed, round, participant, epoch); FedProx adds `proximal * (w - shared)` to each gradient.
    ///
    /// The plan and the parameters must have been checked. Throws `diverged`.
    /// Source: fedavg section 2
    func train(
        from start: [Float], on training: ExampleTable, plan: RoundPlan, participant: UInt64, proximal: Float,
        optimiser: inout Optimiser
    ) throws(LearningFailure) -> LocalUpdate {
        var weights = start
        var gradient = [Float](repeating: 0, count: weights.count)
        let batch = min(plan.batchSize, training.rows)
        var workspace = makeWorkspace(rows: batch)
        var order = Array(0..<training.rows)
        var steps = 0
        var lossSum = 0.0
        for epoch in 0..<plan.localEpochs {
            var generator = SeededGenerator(
                mixing: plan.seed, UInt64(bitPattern: Int64(plan.round)), participant, UInt64(epoch))
            generator.shuffle(&order)
            lossSum = 0
            for first in stride(from: 0, to: order.count, by: batch) {
                let rows = order[first..<min(first + batch, order.count)]
                let loss = batchGradient(weights, training, rows, &gradient, &workspace)
                guard loss.isFinite else { throw .diverged(step: steps) }
                lossSum += loss * Double(rows.count)
                if proximal > 0 {
                    for index in gradient.indices { gradient[index] += proximal * (weights[index] - start[index]) }
                }
                optimiser.step(&weights, gradient: gradient, learningRate: plan.learningRate)
                steps += 1
            }
        }
        for index in weights.indices { weights[index] -= start[index] }
        guard weights.allSatisfy(\.isFinite) else { throw .diverged(step: steps) }
        return LocalUpdate(
            delta: weights, exampleCount: training.rows, steps: steps,
            trainingLoss: lossSum / Double(training.rows))
    }
}
