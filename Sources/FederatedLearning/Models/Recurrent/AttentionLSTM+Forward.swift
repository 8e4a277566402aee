extension AttentionLSTM {
    /// Copies the chosen examples into lanes, packs the weights, and clears what must start at zero.
    func gather(
        _ examples: ExampleTable, _ rows: ArraySlice<Int>, _ parameters: [Float],
        _ workspace: inout AttentionLSTMWorkspace, targets wanted: Bool = true
    ) {
        precondition(parameters.count == layout.parameterCount, "parameters of another length")
        precondition(workspace.network == self && rows.count <= workspace.rows, "a workspace that does not fit")
        precondition(examples.inputWidth == inputWidth, "inputs of another width")
        precondition(!wanted || examples.targetWidth == targetWidth, "targets of another width")
        let places = workspace.shape.places
        let width = features + hidden
        let (features, steps, hidden) = (self.features, self.steps, self.hidden)
        let stepStride = workspace.shape.panels * width * LaneKernel.lanes
        unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
            unsafe examples.inputs.withUnsafeBufferPointer { inputs in
                unsafe examples.targets.withUnsafeBufferPointer { targets in
                    guard let s = scratch.baseAddress, let x = inputs.baseAddress, let y = targets.baseAddress
                    else { return }
                    let used = (rows.count + LaneKernel.lanes - 1) / LaneKernel.lanes
                    for lane in rows.count..<(used * LaneKernel.lanes) {
                        let first = lane / 8 * width * 8 + lane % 8
                        for step in 0..<steps {
                            for j in 0..<features { unsafe s[places.inputs + step * stepStride + first + j * 8] = 0 }
                        }
                    }
                    for (index, row) in rows.enumerated() {
                        precondition(row >= 0 && row < examples.rows, "a row out of range")
                        let source = unsafe x + row * inputWidth
                        let first = places.inputs + index / 8 * width * 8 + index % 8
                        for step in 0..<steps {
                            let target = unsafe s + (first + step * stepStride)
                            for j in 0..<features { unsafe target[j * 8] = source[step * features + j] }
                        }
                        if wanted {
                            unsafe (s + (places.targets + index * targetWidth))
                                .update(from: y + row * targetWidth, count: targetWidth)
                        }
                    }
                    for panel in 0..<used {
                        unsafe (s + (places.inputs + (panel * width + features) * 8))
                            .update(repeating: 0, count: hidden * 8)
                        unsafe (s + (places.cells + panel * hidden * 8)).update(repeating: 0, count: hidden * 8)
                    }
                }
            }
        }
        unsafe parameters.withUnsafeBufferPointer { weights in
            unsafe workspace.storage.withUnsafeMutableBufferPointer { scratch in
                guard let w = weights.baseAddress, let s = scratch.baseAddress else { return }
                unsafe pack(w, s, places)
            }
        }
    }

    private func pack(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ places: AttentionLSTMWorkspace.Places
    ) {
        let offsets = self.offsets
        let width = features + hidden
        unsafe LaneKernel.pack(
            w, rowStride: features, depthStride: 1, rows: 4 * hidden, depth: features, of: width,
            into: s + places.gateWeights)
        unsafe LaneKernel.pack(
            w + offsets.recurrent, rowStride: hidden, depthStride: 1, rows: 4 * hidden, depth: hidden, of: width,
            into: s + (places.gateWeights + features * 4))
        unsafe LaneKernel.pack(
            w + offsets.recurrent, rowStride: 1, depthStride: hidden, rows: hidden, depth: 4 * hidden, of: 4 * hidden,
            into: s + places.recurrentWeights)
        unsafe LaneKernel.pack(
            w + offsets.attentionWeight, rowStride: hidden, depthStride: 1, rows: attention, depth: hidden, of: hidden,
            into: s + places.attentionWeights)
        unsafe LaneKernel.pack(
            w + offsets.attentionWeight, rowStride: 1, depthStride: hidden, rows: hidden, depth: attention,
            of: attention, into: s + places.attentionTransposed)
    }

    /// Fills states, attention, context and outputs for the gathered rows.
    func forward(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape,
        rows: Int
    ) {
        let places = shape.places
        let offsets = self.offsets
        let width = features + hidden
        let capacity = shape.panels
        let panels = (rows + 7) / 8
        for step in 0..<steps {
            let input = unsafe s + (places.inputs + step * capacity * width * 8)
            let gates = unsafe s + (places.gates + step * capacity * 4 * hidden * 8)
            let next = unsafe s + (places.inputs + (step + 1) * capacity * width * 8)
            let units = unsafe s + (places.units + step * capacity * attention * 8)
            // the state before the first step is zero: its products are left out
            if step == 0 {
                unsafe LaneKernel.multiply(
                    s + places.gateWeights, rows: 4 * hidden, depth: features, of: width, bias: w + offsets.bias,
                    input, inputStride: width * 8, gates, outputStride: 4 * hidden * 8, panels: panels)
            } else {
                unsafe LaneKernel.multiply(
                    s + places.gateWeights, rows: 4 * hidden, depth: width, of: width, bias: w + offsets.bias, input,
                    inputStride: width * 8, gates, outputStride: 4 * hidden * 8, panels: panels)
            }
            unsafe activate(
                gates, before: s + (places.cells + step * capacity * hidden * 8),
                after: s + (places.cells + (step + 1) * capacity * hidden * 8),
                squashed: s + (places.squashed + step * capacity * hidden * 8), state: next + features * 8,
                panels: panels)
            unsafe LaneKernel.multiply(
                s + places.attentionWeights, rows: attention, depth: hidden, of: hidden,
                bias: w + offsets.attentionBias, next + features * 8, inputStride: width * 8, units,
                outputStride: attention * 8, panels: panels)
            unsafe score(
                units, w + offsets.score, s + (places.weights + step * capacity * 8), panels: panels)
        }
        unsafe attend(s, shape, panels: panels)
        unsafe readHeads(w, s, shape, rows: rows)
    }

    /// Squashes the gates in place and moves cells and states one step on.
    private func activate(
        _ gates: UnsafeMutablePointer<Float>, before: UnsafePointer<Float>, after: UnsafeMutablePointer<Float>,
        squashed: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>, panels: Int
    ) {
        let size = hidden &* 8
        let width = (features &+ hidden) &* 8
        for panel in 0..<panels {
            let gate = unsafe gates + panel &* 4 &* size
            let old = unsafe before + panel &* size
            let new = unsafe after + panel &* size
            let squash = unsafe squashed + panel &* size
            let out = unsafe state + panel &* width
            for place in stride(from: 0, to: size, by: 4) {
                let i = unsafe LaneFunctions.sigmoid(LaneKernel.load4(gate + place))
                let f = unsafe LaneFunctions.sigmoid(LaneKernel.load4(gate + (size &+ place)))
                let g = unsafe LaneFunctions.tanh(LaneKernel.load4(gate + (2 &* size &+ place)))
                let o = unsafe LaneFunctions.sigmoid(LaneKernel.load4(gate + (3 &* size &+ place)))
                let cell = unsafe f * LaneKernel.load4(old + place) + i * g
                let bent = LaneFunctions.tanh(cell)
                unsafe LaneKernel.store(i, gate + place)
                unsafe LaneKernel.store(f, gate + (size &+ place))
                unsafe LaneKernel.store(g, gate + (2 &* size &+ place))
                unsafe LaneKernel.store(o, gate + (3 &* size &+ place))
                unsafe LaneKernel.store(cell, new + place)
                unsafe LaneKernel.store(bent, squash + place)
                unsafe LaneKernel.store(o * bent, out + place)
            }
        }
    }

    /// Squashes the attention's units in place and writes one score an example.
    private func score(
        _ units: UnsafeMutablePointer<Float>, _ v: UnsafePointer<Float>, _ scores: UnsafeMutablePointer<Float>,
        panels: Int
    ) {
        for panel in 0..<panels {
            var low = SIMD4<Float>(repeating: 0)
            var high = low
            let line = unsafe units + panel &* attention &* 8
            for unit in 0..<attention {
                let a = unsafe LaneFunctions.tanh(LaneKernel.load4(line + unit &* 8))
                let b = unsafe LaneFunctions.tanh(LaneKernel.load4(line + (unit &* 8 &+ 4)))
                unsafe LaneKernel.store(a, line + unit &* 8)
                unsafe LaneKernel.store(b, line + (unit &* 8 &+ 4))
                unsafe low += a * v[unit]
                unsafe high += b * v[unit]
            }
            unsafe LaneKernel.store(low, scores + panel &* 8)
            unsafe LaneKernel.store(high, scores + (panel &* 8 &+ 4))
        }
    }

    /// Scores to weights (softmax over steps, in place), and the weighted sum of states.
    private func attend(
        _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape, panels: Int
    ) {
        let places = shape.places
        let stepScores = shape.panels * 8
        let width = (features + hidden) * 8
        for panel in 0..<panels {
            let line = unsafe s + (places.weights + panel * 8)
            for half in stride(from: 0, to: 8, by: 4) {
                var top = unsafe LaneKernel.load4(line + half)
                for step in 1..<max(steps, 2) where step < steps {
                    let score = unsafe LaneKernel.load4(line + (step * stepScores + half))
                    top.replace(with: score, where: score .> top)
                }
                var total = SIMD4<Float>(repeating: 0)
                for step in 0..<steps {
                    let place = unsafe line + (step * stepScores + half)
                    let power = unsafe LaneFunctions.exponential(LaneKernel.load4(place) - top)
                    total += power
                    unsafe LaneKernel.store(power, place)
                }
                let share = SIMD4<Float>(repeating: 1) / total
                for step in 0..<steps {
                    let place = unsafe line + (step * stepScores + half)
                    unsafe LaneKernel.store(LaneKernel.load4(place) * share, place)
                }
            }
            let context = unsafe s + (places.context + panel * hidden * 8)
            unsafe context.update(repeating: 0, count: hidden * 8)
            for step in 0..<steps {
                let weight = unsafe LaneKernel.load8(line + step * stepScores)
                let state =
                    unsafe s
                    + (places.inputs + (step + 1) * shape.panels * width + panel * width + features * 8)
                for cell in 0..<hidden {
                    let place = unsafe context + cell &* 8
                    unsafe LaneKernel.store(
                        LaneKernel.load8(place) + weight * LaneKernel.load8(state + cell &* 8), place)
                }
            }
        }
    }

    private func readHeads(
        _ w: UnsafePointer<Float>, _ s: UnsafeMutablePointer<Float>, _ shape: AttentionLSTMWorkspace.Shape,
        rows: Int
    ) {
        let places = shape.places
        let context = unsafe s + places.contextRows
        for row in 0..<rows {
            let source = unsafe s + (places.context + row / 8 * hidden * 8 + row % 8)
            for cell in 0..<hidden { unsafe context[row * hidden + cell] = source[cell * 8] }
        }
        for (index, layer) in readout.headLayers.enumerated() {
            let weights = unsafe w + (headOffset + layer.weightOffset)
            unsafe MatrixKernel.transpose(
                weights, rows: layer.outputs, columns: hidden, into: s + places.transposed)
            let output = unsafe s + places.outputs[index]
            for row in 0..<rows {
                unsafe (output + row * layer.outputs)
                    .update(from: w + (headOffset + layer.biasOffset), count: layer.outputs)
            }
            unsafe MatrixKernel.accumulate(
                rows: rows, columns: layer.outputs, depth: hidden,
                a: MatrixKernel.Operand(base: context, rowStride: hidden, depthStride: 1), b: s + places.transposed,
                c: output)
        }
    }
}
