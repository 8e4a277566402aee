extension MLP {
    /// Predictions of one head, row-major [rows, head width]: the output itself for a regression head, a probability
    /// for a binary head, a distribution over classes for a softmax head.
    ///
    /// Throws `layoutMismatch` or `dimensionMismatch`; an unknown head's name is a programming error. The targets of
    /// the table are not looked at.
    public func predict(
        _ parameters: ParameterVector, on examples: ExampleTable, head name: String
    ) throws(LearningFailure) -> [Float] {
        guard let index = heads.firstIndex(where: { $0.name == name }) else { preconditionFailure("no such head") }
        return try predict(parameters, on: examples)[index]
    }

    /// Predictions of every head, in the order of `heads`, each row-major; throws as the form for one head does.
    public func predict(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> [[Float]] {
        try check(parameters)
        try checkInputs(examples)
        var workspace = MLPWorkspace(for: self, rows: 256)
        let order = Array(0..<examples.rows)
        var results = heads.map { head in
            var values: [Float] = []
            values.reserveCapacity(examples.rows * head.width)
            return values
        }
        for start in stride(from: 0, to: examples.rows, by: workspace.rows) {
            let chunk = order[start..<min(start + workspace.rows, examples.rows)]
            gather(examples, chunk, parameters.values, &workspace, targets: false)
            let places = workspace.places
            unsafe parameters.values.withUnsafeBufferPointer { weights in
                unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                    guard let w = weights.baseAddress, let s = scratch.baseAddress else { return }
                    unsafe forward(w, s, places, rows: chunk.count)
                }
            }
            for (index, head) in heads.enumerated() {
                for row in 0..<chunk.count {
                    let place = places.outputs[index] + row * head.width
                    var outputs = workspace.storage[place..<(place + head.width)]
                    head.loss.activate(&outputs)
                    results[index].append(contentsOf: outputs)
                }
            }
        }
        return results
    }
}
