extension AttentionLSTM {
    /// Predictions of every head, in the order of `heads`, each row-major [rows, head width], as `MLP.predict` gives them.
    ///
    /// Throws `layoutMismatch` or `dimensionMismatch`. The targets of the table are not looked at.
    public func predict(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [[Float]] {
        try predictWithAttention(parameters, on: examples).predictions
    }

    /// What each window's prediction looked at: weights over its steps that add up to 1, row-major [rows, steps].
    ///
    /// Throws as `predict` does.
    public func attentionWeights(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [Float] {
        try predictWithAttention(parameters, on: examples).weights
    }

    private func predictWithAttention(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (predictions: [[Float]], weights: [Float]) {
        try check(parameters)
        try checkInputs(examples)
        var workspace = AttentionLSTMWorkspace(for: self, rows: 64)
        let order = Array(0..<examples.rows)
        var weights: [Float] = []
        weights.reserveCapacity(examples.rows * steps)
        var results = [[Float]](repeating: [], count: heads.count)
        for start in stride(from: 0, to: examples.rows, by: workspace.rows) {
            let chunk = order[start..<min(start + workspace.rows, examples.rows)]
            gather(examples, chunk, parameters.values, &workspace, targets: false)
            let shape = workspace.shape
            unsafe parameters.values.withUnsafeBufferPointer { values in
                unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                    guard let w = values.baseAddress, let s = scratch.baseAddress else { return }
                    unsafe forward(w, s, shape, rows: chunk.count)
                }
            }
            for row in 0..<chunk.count {
                for step in 0..<steps {
                    weights.append(workspace.storage[shape.places.weights + step * shape.panels * 8 + row])
                }
                for (index, head) in heads.enumerated() {
                    let place = shape.places.outputs[index] + row * head.width
                    var outputs = workspace.storage[place..<(place + head.width)]
                    head.loss.activate(&outputs)
                    results[index].append(contentsOf: outputs)
                }
            }
        }
        return (results, weights)
    }
}
