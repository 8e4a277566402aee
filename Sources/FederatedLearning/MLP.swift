/// A dense network: layers of rectified linear units, then one or more named linear heads side by side.
///
/// The loss is the sum over heads of `weight * loss`. Layout, in this order: `dense0.weight` [out, in], `dense0.bias`
/// [out], `dense1.weight` and so on, then for each head `head.<name>.weight` and `head.<name>.bias`.
/// Source: backpropagation section 1
public struct MLP: Hashable, Sendable {
    /// One output of the network.
    public struct Head: Hashable, Sendable {
        /// Unique among the heads.
        public let name: String
        /// How many numbers it puts out (for a softmax: classes), at least 1.
        public let width: Int
        /// What it is trained for.
        public let loss: HeadLoss
        /// Its loss's factor in the total, finite and not negative.
        public let weight: Double

        /// Describes a head; `width` must be at least 1 and `weight` finite and not negative.
        public init(name: String, width: Int, loss: HeadLoss, weight: Double = 1) {
            precondition(width >= 1 && weight >= 0 && weight.isFinite, "a head without outputs or with a bad weight")
            precondition(loss.fits(width: width), "class weights that do not fit the head")
            self.name = name
            self.width = width
            self.loss = loss
            self.weight = weight
        }
    }

    /// One affine map of the network and where its parameters lie.
    struct Dense: Hashable, Sendable {
        let inputs: Int
        let outputs: Int
        let weightOffset: Int
        let biasOffset: Int
    }

    /// Inputs an example.
    public let inputWidth: Int
    /// The widths of the hidden layers; may be empty.
    public let hidden: [Int]
    /// The heads in the order of outputs and targets.
    public let heads: [Head]
    /// Where each weight lies.
    public let layout: ParameterLayout
    /// Target columns an example.
    public let targetWidth: Int
    /// Outputs an example.
    public let outputWidth: Int

    let trunk: [Dense]
    let headLayers: [Dense]

    /// Describes a network; widths must be at least 1, and there must be a head.
    public init(inputs: Int, hidden: [Int], heads: [Head]) {
        precondition(inputs >= 1 && hidden.allSatisfy { $0 >= 1 }, "a layer without units")
        precondition(!heads.isEmpty, "a network without a head")
        var segments: [(name: String, shape: [Int])] = []
        var offset = 0
        func dense(_ name: String, _ width: Int, _ count: Int) -> Dense {
            segments.append((name + ".weight", [count, width]))
            segments.append((name + ".bias", [count]))
            let layer = Dense(
                inputs: width, outputs: count, weightOffset: offset, biasOffset: offset + width * count)
            offset += width * count + count
            return layer
        }
        var width = inputs
        var trunk: [Dense] = []
        for (index, units) in hidden.enumerated() {
            trunk.append(dense("dense\(index)", width, units))
            width = units
        }
        self.headLayers = heads.map { dense("head." + $0.name, width, $0.width) }
        self.trunk = trunk
        self.inputWidth = inputs
        self.hidden = hidden
        self.heads = heads
        self.layout = ParameterLayout(segments)
        self.targetWidth = heads.reduce(0) { $0 + $1.loss.targetWidth(of: $1.width) }
        self.outputWidth = heads.reduce(0) { $0 + $1.width }
    }

    /// Fresh parameters after He: weights normal with variance 2 / inputs in hidden layers and 1 / inputs in heads
    /// (which have no rectifier), biases zero.
    /// Source: backpropagation section 3
    public func initialParameters(from generator: inout SeededGenerator) -> ParameterVector {
        var vector = ParameterVector(zeros: layout)
        var values = vector.values
        for (layer, gain) in trunk.map({ ($0, 2.0) }) + headLayers.map({ ($0, 1.0) }) {
            let deviation = (gain / Double(layer.inputs)).squareRoot()
            for index in layer.weightOffset..<layer.biasOffset {
                values[index] = Float(deviation * generator.gaussian())
            }
        }
        vector.values = values
        return vector
    }

    /// Throws unless the examples fit the network: widths (`dimensionMismatch`), binary targets in 0...1
    /// (`valueOutOfBound` with the place in the targets), classes (`labelOutOfRange`).
    public func check(_ examples: ExampleTable) throws(LearningFailure) {
        try checkInputs(examples)
        try checkTargets(examples)
    }

    /// Throws unless the targets fit the heads, as `check` does.
    func checkTargets(_ examples: ExampleTable) throws(LearningFailure) {
        guard examples.targetWidth == targetWidth else {
            throw .dimensionMismatch(expected: targetWidth, found: examples.targetWidth)
        }
        var column = 0
        for head in heads {
            let width = head.loss.targetWidth(of: head.width)
            if head.loss != .meanSquaredError {
                for row in 0..<examples.rows {
                    for place in (row * targetWidth + column)..<(row * targetWidth + column + width) {
                        try check(examples.targets[place], at: place, row: row, of: head)
                    }
                }
            }
            column += width
        }
    }

    func checkInputs(_ examples: ExampleTable) throws(LearningFailure) {
        guard examples.inputWidth == inputWidth else {
            throw .dimensionMismatch(expected: inputWidth, found: examples.inputWidth)
        }
    }

    func check(_ parameters: ParameterVector) throws(LearningFailure) {
        guard parameters.layout == layout else { throw .layoutMismatch }
    }

    private func check(_ target: Float, at place: Int, row: Int, of head: Head) throws(LearningFailure) {
        switch head.loss {
        case .meanSquaredError:
            break
        case .binaryCrossEntropy:
            guard target >= 0, target <= 1 else { throw .valueOutOfBound(index: place) }
        case .softmaxCrossEntropy, .weightedSoftmaxCrossEntropy:
            guard target >= 0, target < Float(head.width), target == target.rounded() else {
                throw .labelOutOfRange(row: row, classes: head.width)
            }
        }
    }
}
