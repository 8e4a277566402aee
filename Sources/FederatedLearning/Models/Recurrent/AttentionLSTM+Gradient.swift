extension AttentionLSTM {
    /// The mean loss over the examples; throws as `check` does, `layoutMismatch`, or `noExamples`.
    public func loss(_ parameters: ParameterVector, on examples: ExampleTable) throws(LearningFailure) -> Double {
        guard examples.rows > 0 else { throw .noExamples }
        return try lossSum(parameters, on: examples) / Double(examples.rows)
    }

    /// The sum of the losses over the examples, zero when there are none; throws as `check` does or `layoutMismatch`.
    public func lossSum(_ parameters: ParameterVector, on examples: ExampleTable) throws(LearningFailure) -> Double {
        try check(parameters)
        try check(examples)
        var workspace = AttentionLSTMWorkspace(for: self, rows: 64)
        let order = Array(0..<examples.rows)
        var sum = 0.0
        for start in stride(from: 0, to: examples.rows, by: workspace.rows) {
            let chunk = order[start..<min(start + workspace.rows, examples.rows)]
            gather(examples, chunk, parameters.values, &workspace)
            let shape = workspace.shape
            let loss = unsafe parameters.values.withUnsafeBufferPointer { weights in
                unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                    guard let w = weights.baseAddress, let s = scratch.baseAddress else { return 0.0 }
                    unsafe forward(w, s, shape, rows: chunk.count)
                    return unsafe headLosses(s, shape, rows: chunk.count)
                }
            }
            sum += loss * Double(chunk.count)
        }
        return sum
    }

    /// The mean loss over the examples and its gradient by the parameters, in the order of the layout.
    ///
    /// Back-propagation goes through all steps of the window. Throws as `check` does, `layoutMismatch`, or `noExamples`.
    /// Source: lstm-attention section 2
    public func lossAndGradient(
        _ parameters: ParameterVector, on examples: ExampleTable
    ) throws(LearningFailure) -> (loss: Double, gradient: [Float]) {
        try check(parameters)
        try check(examples)
        guard examples.rows > 0 else { throw .noExamples }
        var workspace = AttentionLSTMWorkspace(for: self, rows: examples.rows)
        var gradient = [Float](repeating: 0, count: layout.parameterCount)
        let rows = Array(0..<examples.rows)
        let loss = batchGradient(parameters.values, examples, rows[...], &gradient, &workspace)
        return (loss, gradient)
    }

    /// One step's mean loss over the chosen rows; overwrites `gradient`. The whole inner loop of training.
    ///
    /// `parameters` and `gradient` must have the layout's length, the examples must have passed `check`, the rows must
    /// be in range, and the workspace must be this model's and large enough.
    public func batchGradient(
        _ parameters: [Float], _ examples: ExampleTable, _ rows: ArraySlice<Int>,
        _ gradient: inout [Float], _ workspace: inout AttentionLSTMWorkspace
    ) -> Double {
        precondition(gradient.count == layout.parameterCount, "a gradient of another length")
        gather(examples, rows, parameters, &workspace)
        let shape = workspace.shape
        let count = rows.count
        return unsafe parameters.withUnsafeBufferPointer { weights in
            unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                unsafe gradient.withUnsafeMutableBufferPointer { slopes in
                    guard let w = weights.baseAddress, let s = scratch.baseAddress, let g = slopes.baseAddress
                    else { return 0.0 }
                    unsafe forward(w, s, shape, rows: count)
                    let loss = unsafe headLosses(s, shape, rows: count)
                    unsafe g.update(repeating: 0, count: slopes.count)
                    unsafe backward(w, s, g, shape, rows: count)
                    return loss
                }
            }
        }
    }

    /// The mean of the total loss over the gathered rows; fills the gradients by the outputs.
    private func headLosses(
        _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape, rows: Int
    ) -> Double {
        let places = shape.places
        var total = 0.0
        var column = 0
        for (index, head) in heads.enumerated() {
            let scale = head.weight / Double(rows)
            var sum = 0.0
            for row in 0..<rows {
                unsafe sum += head.loss.evaluate(
                    outputs: s + (places.outputs[index] + row * head.width),
                    targets: s + (places.targets + row * targetWidth + column), width: head.width, scale: scale,
                    gradient: s + (places.outputSlopes[index] + row * head.width))
            }
            total += scale * sum
            column += head.loss.targetWidth(of: head.width)
        }
        return total
    }

    /// Carries the gradients by the outputs back through heads, attention and time.
    private func backward(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>,
        _ shape: AttentionLSTMWorkspace.Shape, rows: Int
    ) {
        let places = shape.places
        let offsets = self.offsets
        let panels = (rows + 7) / 8
        let capacity = shape.panels
        let width = features + hidden
        unsafe headGradients(w, s, g, shape, rows: rows, panels: panels)
        unsafe scoreSlopes(s, shape, panels: panels)
        unsafe (s + places.stateSlopes).update(repeating: 0, count: panels * hidden * 8)
        unsafe (s + places.cellSlopes).update(repeating: 0, count: panels * hidden * 8)
        unsafe (s + places.gateGradient).update(repeating: 0, count: 4 * hidden * width)
        unsafe (s + places.biasGradient).update(repeating: 0, count: 4 * hidden * 8)
        unsafe (s + places.unitBiasGradient).update(repeating: 0, count: attention * 8)
        unsafe (s + places.scoreGradient).update(repeating: 0, count: attention * 8)
        for step in stride(from: steps - 1, through: 0, by: -1) {
            let gates = unsafe s + (places.gates + step * capacity * 4 * hidden * 8)
            unsafe unitSlopes(w + offsets.score, s, shape, step: step, panels: panels)
            unsafe LaneKernel.multiply(
                s + places.attentionTransposed, rows: hidden, depth: attention, of: attention, bias: nil,
                s + (places.units + step * capacity * attention * 8), inputStride: attention * 8,
                s + places.stateSlopes, outputStride: hidden * 8, panels: panels)
            unsafe gateSlopes(s, shape, step: step, panels: panels)
            if step % Self.stepsTogether == 0 {
                unsafe weightGradients(
                    s, g, shape, steps: step..<min(step + Self.stepsTogether, steps), panels: panels)
            }
            unsafe (s + places.stateSlopes).update(repeating: 0, count: panels * hidden * 8)
            if step > 0 {
                unsafe LaneKernel.multiply(
                    s + places.recurrentWeights, rows: hidden, depth: 4 * hidden, of: 4 * hidden, bias: nil, gates,
                    inputStride: 4 * hidden * 8, s + places.stateSlopes, outputStride: hidden * 8, panels: panels)
            }
        }
        unsafe collect(s, g, places)
    }

    /// Steps whose weight gradients are made at once: their states and slopes stay in the nearest caches.
    private static var stepsTogether: Int { 6 }

    /// The gradients of the gates' and the attention's weights from some steps' slopes.
    private func weightGradients(
        _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape,
        steps: Range<Int>, panels: Int
    ) {
        let places = shape.places
        let width = (features + hidden) * 8
        let stepStride = shape.panels * width
        let first = steps.lowerBound
        let inputs = unsafe UnsafePointer(s + (places.inputs + first * stepStride))
        let gates = unsafe LaneKernel.Table(
            base: s + (places.gates + first * shape.panels * 4 * hidden * 8), panelStride: 4 * hidden * 8,
            stepStride: shape.panels * 4 * hidden * 8)
        let units = unsafe LaneKernel.Table(
            base: s + (places.units + first * shape.panels * attention * 8), panelStride: attention * 8,
            stepStride: shape.panels * attention * 8)
        unsafe LaneKernel.accumulateOuter(
            gates, rows: 4 * hidden,
            LaneKernel.Table(base: inputs, panelStride: width, stepStride: stepStride), columns: features + hidden,
            panels: panels, steps: steps.count, into: s + places.gateGradient)
        unsafe LaneKernel.accumulateOuter(
            units, rows: attention,
            LaneKernel.Table(
                base: inputs + (stepStride + features * 8), panelStride: width, stepStride: stepStride),
            columns: hidden, panels: panels, steps: steps.count, into: g + offsets.attentionWeight)
    }

    private func headGradients(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>,
        _ shape: AttentionLSTMWorkspace.Shape, rows: Int, panels: Int
    ) {
        let places = shape.places
        let slopes = unsafe s + places.contextRowSlopes
        unsafe slopes.update(repeating: 0, count: rows * hidden)
        for (index, layer) in readout.headLayers.enumerated() {
            let output = unsafe UnsafePointer(s + places.outputSlopes[index])
            unsafe MatrixKernel.accumulate(
                rows: layer.outputs, columns: hidden, depth: rows,
                a: MatrixKernel.Operand(base: output, rowStride: 1, depthStride: layer.outputs),
                b: s + places.contextRows, c: g + (headOffset + layer.weightOffset))
            unsafe MatrixKernel.addColumnSums(
                output, rows: rows, columns: layer.outputs, into: g + (headOffset + layer.biasOffset))
            unsafe MatrixKernel.accumulate(
                rows: rows, columns: hidden, depth: layer.outputs,
                a: MatrixKernel.Operand(base: output, rowStride: layer.outputs, depthStride: 1),
                b: w + (headOffset + layer.weightOffset), c: slopes)
        }
        // lanes without an example keep slope zero, and so everything behind them
        unsafe (s + places.contextSlopes).update(repeating: 0, count: panels * hidden * 8)
        for row in 0..<rows {
            let target = unsafe s + (places.contextSlopes + row / 8 * hidden * 8 + row % 8)
            for cell in 0..<hidden { unsafe target[cell * 8] = slopes[row * hidden + cell] }
        }
    }

    /// The slopes by the scores: alpha_t (d_t - sum of alpha d), d_t being the context's slope times the state.
    private func scoreSlopes(
        _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape, panels: Int
    ) {
        let places = shape.places
        let stepScores = shape.panels * 8
        let width = (features + hidden) * 8
        for panel in 0..<panels {
            let slope = unsafe s + (places.contextSlopes + panel * hidden * 8)
            let weights = unsafe s + (places.weights + panel * 8)
            let slopes = unsafe s + (places.weightSlopes + panel * 8)
            var mean = SIMD8<Float>(repeating: 0)
            for step in 0..<steps {
                let state =
                    unsafe s
                    + (places.inputs + (step + 1) * shape.panels * width + panel * width + features * 8)
                var dot = SIMD8<Float>(repeating: 0)
                for cell in 0..<hidden {
                    unsafe dot += LaneKernel.load8(slope + cell &* 8) * LaneKernel.load8(state + cell &* 8)
                }
                unsafe LaneKernel.store(dot, slopes + step * stepScores)
                unsafe mean += dot * LaneKernel.load8(weights + step * stepScores)
            }
            for step in 0..<steps {
                let place = unsafe slopes + step * stepScores
                let weight = unsafe LaneKernel.load8(weights + step * stepScores)
                unsafe LaneKernel.store(weight * (LaneKernel.load8(place) - mean), place)
            }
        }
    }

    /// Turns the step's units into the slopes by them before squashing, in place; and the sums that are the gradients of score and bias.
    private func unitSlopes(
        _ v: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape, step: Int,
        panels: Int
    ) {
        let places = shape.places
        let biases = unsafe s + places.unitBiasGradient
        let scores = unsafe s + places.scoreGradient
        for panel in 0..<panels {
            let slope = unsafe LaneKernel.load8(s + (places.weightSlopes + (step * shape.panels + panel) * 8))
            let units = unsafe s + (places.units + (step * shape.panels + panel) * attention * 8)
            for unit in 0..<attention {
                let value = unsafe LaneKernel.load8(units + unit &* 8)
                let bent = unsafe slope * v[unit] * (1 - value * value)
                unsafe LaneKernel.store(bent, units + unit &* 8)
                unsafe LaneKernel.store(LaneKernel.load8(biases + unit &* 8) + bent, biases + unit &* 8)
                unsafe LaneKernel.store(LaneKernel.load8(scores + unit &* 8) + slope * value, scores + unit &* 8)
            }
        }
    }

    /// Turns the step's gates into their slopes, in place, and moves the cells' slopes one step back.
    private func gateSlopes(
        _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape, step: Int, panels: Int
    ) {
        let places = shape.places
        let size = hidden &* 8
        let biases = unsafe s + places.biasGradient
        for panel in 0..<panels {
            let whole = step &* shape.panels &+ panel
            let gate = unsafe s + (places.gates &+ whole &* 4 &* size)
            let old = unsafe s + (places.cells &+ whole &* size)
            let squash = unsafe s + (places.squashed &+ whole &* size)
            let state = unsafe s + (places.stateSlopes &+ panel &* size)
            let cell = unsafe s + (places.cellSlopes &+ panel &* size)
            let context = unsafe s + (places.contextSlopes &+ panel &* size)
            let weight = unsafe LaneKernel.load8(s + (places.weights &+ whole &* 8))
            for place in stride(from: 0, to: size, by: 8) {
                let i = unsafe LaneKernel.load8(gate + place)
                let f = unsafe LaneKernel.load8(gate + (size &+ place))
                let g = unsafe LaneKernel.load8(gate + (2 &* size &+ place))
                let o = unsafe LaneKernel.load8(gate + (3 &* size &+ place))
                let bent = unsafe LaneKernel.load8(squash + place)
                let byState = unsafe LaneKernel.load8(state + place) + weight * LaneKernel.load8(context + place)
                let byCell = unsafe LaneKernel.load8(cell + place) + byState * o * (1 - bent * bent)
                let byInput = byCell * g * i * (1 - i)
                let byForget = unsafe byCell * LaneKernel.load8(old + place) * f * (1 - f)
                let byNew = byCell * i * (1 - g * g)
                let byOutput = byState * bent * o * (1 - o)
                unsafe LaneKernel.store(byCell * f, cell + place)
                unsafe LaneKernel.store(byInput, gate + place)
                unsafe LaneKernel.store(byForget, gate + (size &+ place))
                unsafe LaneKernel.store(byNew, gate + (2 &* size &+ place))
                unsafe LaneKernel.store(byOutput, gate + (3 &* size &+ place))
                unsafe add(byInput, to: biases + place)
                unsafe add(byForget, to: biases + (size &+ place))
                unsafe add(byNew, to: biases + (2 &* size &+ place))
                unsafe add(byOutput, to: biases + (3 &* size &+ place))
            }
        }
    }

    @inline(__always)
    private func add(_ value: SIMD8<Float>, to place: UnsafeMutablePointer<Float>) {
        unsafe LaneKernel.store(LaneKernel.load8(place) + value, place)
    }

    /// Moves what was gathered by lane or for both inputs together to where the layout has it.
    private func collect(
        _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ places: AttentionLSTMWorkspace.Places
    ) {
        let offsets = self.offsets
        let width = features + hidden
        for row in 0..<(4 * hidden) {
            let line = unsafe s + (places.gateGradient + row * width)
            unsafe (g + row * features).update(from: line, count: features)
            unsafe (g + (offsets.recurrent + row * hidden)).update(from: line + features, count: hidden)
            unsafe g[offsets.bias + row] = LaneKernel.load8(s + (places.biasGradient + row * 8)).sum()
        }
        for unit in 0..<attention {
            unsafe g[offsets.attentionBias + unit] = LaneKernel.load8(s + (places.unitBiasGradient + unit * 8)).sum()
            unsafe g[offsets.score + unit] = LaneKernel.load8(s + (places.scoreGradient + unit * 8)).sum()
        }
    }
}
