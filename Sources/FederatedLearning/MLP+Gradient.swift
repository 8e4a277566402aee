extension MLP {
    /// The mean loss over the examples; throws as `check` does, `layoutMismatch`, or `noExamples`.
    public func loss(_ parameters: ParameterVector, on examples: ExampleTable) throws(LearningFailure) -> Double {
        guard examples.rows > 0 else { throw .noExamples }
        return try lossSum(parameters, on: examples) / Double(examples.rows)
    }

    /// The sum of the losses over the examples, zero when there are none; throws as `check` does or `layoutMismatch`.
    public func lossSum(_ parameters: ParameterVector, on examples: ExampleTable) throws(LearningFailure) -> Double {
        try check(parameters)
        try check(examples)
        var workspace = MLPWorkspace(for: self, rows: 256)
        let order = Array(0..<examples.rows)
        var sum = 0.0
        for start in stride(from: 0, to: examples.rows, by: workspace.rows) {
            let chunk = order[start..<min(start + workspace.rows, examples.rows)]
            sum += batchLoss(parameters.values, examples, chunk, &workspace) * Double(chunk.count)
        }
        return sum
    }

    /// The mean loss over the examples and its gradient by the parameters, in the order of the layout.
    ///
    /// Throws as `check` does, `layoutMismatch`, or `noExamples`. Costs about six operations a parameter and example.
    /// Source: backpropagation section 1
    public func lossAndGradient(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (loss: Double, gradient: [Float]) {
        try check(parameters)
        try check(examples)
        guard examples.rows > 0 else { throw .noExamples }
        var workspace = MLPWorkspace(for: self, rows: examples.rows)
        var gradient = [Float](repeating: 0, count: layout.parameterCount)
        let rows = Array(0..<examples.rows)
        let loss = batchGradient(parameters.values, examples, rows[...], &gradient, &workspace)
        return (loss, gradient)
    }

    /// One step's mean loss over the chosen rows; overwrites `gradient`. The whole inner loop of training.
    ///
    /// `parameters` and `gradient` must have the layout's length, the examples must have passed `check`, the rows must
    /// be in range, and the workspace must be this network's and large enough.
    public func batchGradient(
        _ parameters: [Float], _ examples: ExampleTable, _ rows: ArraySlice<Int>,
        _ gradient: inout [Float], _ workspace: inout MLPWorkspace
    ) -> Double {
        precondition(gradient.count == layout.parameterCount, "a gradient of another length")
        gather(examples, rows, parameters, &workspace)
        let places = workspace.places
        let count = rows.count
        return unsafe parameters.withUnsafeBufferPointer { weights in
            unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                unsafe gradient.withUnsafeMutableBufferPointer { slopes in
                    guard let w = weights.baseAddress, let s = scratch.baseAddress, let g = slopes.baseAddress
                    else { return 0.0 }
                    unsafe forward(w, s, places, rows: count)
                    let loss = unsafe headLosses(s, places, rows: count)
                    unsafe g.update(repeating: 0, count: slopes.count)
                    unsafe backward(w, s, g, places, rows: count)
                    return loss
                }
            }
        }
    }

    private func batchLoss(
        _ parameters: [Float], _ examples: ExampleTable, _ rows: ArraySlice<Int>, _ workspace: inout MLPWorkspace
    ) -> Double {
        gather(examples, rows, parameters, &workspace)
        let places = workspace.places
        let count = rows.count
        return unsafe parameters.withUnsafeBufferPointer { weights in
            unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                guard let w = weights.baseAddress, let s = scratch.baseAddress else { return 0.0 }
                unsafe forward(w, s, places, rows: count)
                return unsafe headLosses(s, places, rows: count)
            }
        }
    }

    /// Copies the chosen rows to the front of the workspace, after the checks that make the kernels safe.
    func gather(
        _ examples: ExampleTable, _ rows: ArraySlice<Int>, _ parameters: [Float], _ workspace: inout MLPWorkspace,
        targets wanted: Bool = true
    ) {
        precondition(parameters.count == layout.parameterCount, "parameters of another length")
        precondition(workspace.network == self && rows.count <= workspace.rows, "a workspace that does not fit")
        precondition(examples.inputWidth == inputWidth, "inputs of another width")
        precondition(!wanted || examples.targetWidth == targetWidth, "targets of another width")
        let targetPlace = workspace.places.targets
        unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
            unsafe examples.inputs.withUnsafeBufferPointer { inputs in
                unsafe examples.targets.withUnsafeBufferPointer { targets in
                    guard let s = scratch.baseAddress, let x = inputs.baseAddress, let y = targets.baseAddress
                    else { return }
                    for (index, row) in rows.enumerated() {
                        precondition(row >= 0 && row < examples.rows, "a row out of range")
                        unsafe (s + index * inputWidth).update(from: x + row * inputWidth, count: inputWidth)
                        if wanted {
                            unsafe (s + targetPlace + index * targetWidth)
                                .update(from: y + row * targetWidth, count: targetWidth)
                        }
                    }
                }
            }
        }
    }

    /// Fills hidden activations and outputs for the gathered rows.
    func forward(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ places: MLPWorkspace.Places, rows: Int
    ) {
        var input = unsafe UnsafePointer(s)
        for (index, layer) in trunk.enumerated() {
            let output = unsafe s + places.activations[index]
            unsafe affine(layer, w, input, output, s + places.transposed, rows: rows)
            for place in 0..<(rows * layer.outputs) { unsafe output[place] = output[place] > 0 ? output[place] : 0 }
            unsafe input = UnsafePointer(output)
        }
        for (index, layer) in headLayers.enumerated() {
            unsafe affine(layer, w, input, s + places.outputs[index], s + places.transposed, rows: rows)
        }
    }

    private func affine(
        _ layer: Dense, _ w: UnsafePointer<Float>, _ input: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>, _ transposed: UnsafeMutablePointer<Float>, rows: Int
    ) {
        unsafe MatrixKernel.transpose(
            w + layer.weightOffset, rows: layer.outputs, columns: layer.inputs, into: transposed)
        for row in 0..<rows {
            unsafe (output + row * layer.outputs).update(from: w + layer.biasOffset, count: layer.outputs)
        }
        unsafe MatrixKernel.accumulate(
            rows: rows, columns: layer.outputs, depth: layer.inputs,
            a: MatrixKernel.Operand(base: input, rowStride: layer.inputs, depthStride: 1), b: transposed, c: output)
    }

    /// The mean of the total loss over the gathered rows; fills the gradients by the outputs.
    private func headLosses(
        _ s: UnsafeMutablePointer<Float>, _ places: MLPWorkspace.Places, rows: Int
    ) -> Double {
        var total = 0.0
        var column = 0
        for (index, head) in heads.enumerated() {
            let width = head.width
            let scale = head.weight / Double(rows)
            var sum = 0.0
            for row in 0..<rows {
                unsafe sum += head.loss.evaluate(
                    outputs: s + places.outputs[index] + row * width,
                    targets: s + places.targets + row * targetWidth + column,
                    width: width, scale: scale, gradient: s + places.outputSlopes[index] + row * width)
            }
            total += scale * sum
            column += head.loss.targetWidth(of: width)
        }
        return total
    }

    /// Carries the gradients by the outputs back to every parameter.
    private func backward(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>,
        _ places: MLPWorkspace.Places, rows: Int
    ) {
        let last = trunk.count - 1
        if last >= 0 {
            unsafe (s + places.slopes[last]).update(repeating: 0, count: rows * trunk[last].outputs)
        }
        for (index, layer) in headLayers.enumerated() {
            unsafe gradients(
                of: layer, w, g, input: last >= 0 ? s + places.activations[last] : s,
                slope: s + places.outputSlopes[index], inputSlope: last >= 0 ? s + places.slopes[last] : nil,
                rows: rows)
        }
        for index in stride(from: last, through: 0, by: -1) {
            let layer = trunk[index]
            let slope = unsafe s + places.slopes[index]
            let active = unsafe s + places.activations[index]
            for place in 0..<(rows * layer.outputs) {
                unsafe slope[place] = active[place] > 0 ? slope[place] : 0
            }
            if index > 0 {
                unsafe (s + places.slopes[index - 1]).update(repeating: 0, count: rows * layer.inputs)
            }
            unsafe gradients(
                of: layer, w, g, input: index > 0 ? s + places.activations[index - 1] : s, slope: slope,
                inputSlope: index > 0 ? s + places.slopes[index - 1] : nil, rows: rows)
        }
    }

    private func gradients(
        of layer: Dense, _ w: UnsafePointer<Float>, _ g: UnsafeMutablePointer<Float>,
        input: UnsafePointer<Float>, slope: UnsafePointer<Float>, inputSlope: UnsafeMutablePointer<Float>?, rows: Int
    ) {
        unsafe MatrixKernel.accumulate(
            rows: layer.outputs, columns: layer.inputs, depth: rows,
            a: MatrixKernel.Operand(base: slope, rowStride: 1, depthStride: layer.outputs), b: input,
            c: g + layer.weightOffset)
        unsafe MatrixKernel.addColumnSums(slope, rows: rows, columns: layer.outputs, into: g + layer.biasOffset)
        if let inputSlope = unsafe inputSlope {
            unsafe MatrixKernel.accumulate(
                rows: rows, columns: layer.inputs, depth: layer.outputs,
                a: MatrixKernel.Operand(base: slope, rowStride: layer.outputs, depthStride: 1),
                b: w + layer.weightOffset, c: inputSlope)
        }
    }
}
