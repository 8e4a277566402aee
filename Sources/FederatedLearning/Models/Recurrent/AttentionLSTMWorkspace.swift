/// Scratch memory for batches of up to `rows` examples of one model, made once and used for every step.
///
/// It holds a company's examples and states in clear; it stays on that company's machine. About
/// `steps * (features + 7 hidden + attention) * 4` bytes an example.
public struct AttentionLSTMWorkspace: Sendable {
    /// The largest batch it can hold.
    public let rows: Int

    /// Where each table begins in `storage`. Tables "by step" hold panels of eight examples for each step.
    struct Places: Sendable {
        /// By step, one step more than the model's: features, then the state before the step.
        var inputs = 0
        /// By step: gates, then their slopes.
        var gates = 0
        /// By step, one step more: the cells before the step.
        var cells = 0
        /// By step: tanh of the cells after it.
        var squashed = 0
        /// By step: the attention's units, then their slopes.
        var units = 0
        /// By step, one number an example: scores, then weights.
        var weights = 0
        /// By step, one number an example: the score's slopes.
        var weightSlopes = 0
        /// Panels: slopes by the state and by the cells.
        var stateSlopes = 0
        var cellSlopes = 0
        /// Panels: the context and its slopes.
        var context = 0
        var contextSlopes = 0
        /// Row-major: the context and its slopes, targets.
        var contextRows = 0
        var contextRowSlopes = 0
        var targets = 0
        /// By head, row-major.
        var outputs: [Int] = []
        var outputSlopes: [Int] = []
        var transposed = 0
        /// Packed weights.
        var gateWeights = 0
        var recurrentWeights = 0
        var attentionWeights = 0
        var attentionTransposed = 0
        /// Gradient of the gates' weights, [4 hidden][features + hidden], and of their biases, by lane.
        var gateGradient = 0
        var biasGradient = 0
        var unitBiasGradient = 0
        var scoreGradient = 0
    }

    /// What the kernels need to find their tables.
    struct Shape: Sendable {
        let places: Places
        /// Panels of a step that memory is reserved for.
        let panels: Int
    }

    let network: AttentionLSTM
    let shape: Shape
    var storage: [Float]

    /// Reserves memory for one model; `rows` must be at least 1.
    public init(for network: AttentionLSTM, rows: Int) {
        precondition(rows >= 1, "a batch without rows")
        let panels = (rows + LaneKernel.lanes - 1) / LaneKernel.lanes
        let lanes = panels * LaneKernel.lanes
        let (steps, hidden, attention) = (network.steps, network.hidden, network.attention)
        let width = network.features + hidden
        var places = Places()
        var size = 0
        func take(_ count: Int) -> Int {
            defer { size += (count + 7) & ~7 }
            return size
        }
        places.inputs = take((steps + 1) * width * lanes)
        places.gates = take(steps * 4 * hidden * lanes)
        places.cells = take((steps + 1) * hidden * lanes)
        places.squashed = take(steps * hidden * lanes)
        places.units = take(steps * attention * lanes)
        places.weights = take(steps * lanes)
        places.weightSlopes = take(steps * lanes)
        places.stateSlopes = take(hidden * lanes)
        places.cellSlopes = take(hidden * lanes)
        places.context = take(hidden * lanes)
        places.contextSlopes = take(hidden * lanes)
        places.contextRows = take(rows * hidden)
        places.contextRowSlopes = take(rows * hidden)
        places.targets = take(rows * network.targetWidth)
        places.outputs = network.heads.map { take(rows * $0.width) }
        places.outputSlopes = network.heads.map { take(rows * $0.width) }
        places.transposed = take((network.heads.map(\.width).max() ?? 1) * hidden)
        places.gateWeights = take(4 * hidden * width)
        places.recurrentWeights = take(hidden * 4 * hidden)
        places.attentionWeights = take(attention * hidden)
        places.attentionTransposed = take(hidden * attention)
        places.gateGradient = take(4 * hidden * width)
        places.biasGradient = take(4 * hidden * LaneKernel.lanes)
        places.unitBiasGradient = take(attention * LaneKernel.lanes)
        places.scoreGradient = take(attention * LaneKernel.lanes)
        self.rows = rows
        self.network = network
        self.shape = Shape(places: places, panels: panels)
        self.storage = [Float](repeating: 0, count: size)
    }
}
