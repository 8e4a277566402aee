/// A dense network with 8-bit weights: each row of a weight matrix as whole numbers in -127...127 times one scale, the row's
/// largest magnitude over 127; biases stay 32-bit floats.
///
/// A weight is off by at most half a scale. Whether that is good enough is for `IntegerExport` to say.
/// Source: model-life section 7
public struct IntegerNetwork: Hashable, Sendable {
    /// One affine map.
    struct Layer: Hashable, Sendable {
        let inputs: Int
        /// Row-major, one row an output.
        var weights: [Int8]
        /// One an output, not negative.
        var scales: [Float]
        /// One an output.
        var biases: [Float]
    }

    /// The network whose weights these are.
    public let network: MLP
    let layers: [Layer]

    /// Rounds the weights of a trained network to the nearest steps; throws `layoutMismatch` or `nonFinite`.
    public init(_ network: MLP, _ parameters: ParameterVector) throws(LearningFailure) {
        try network.check(parameters)
        if let index = parameters.values.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        self.network = network
        layers = (network.trunk + network.headLayers).map { dense in
            var layer = Layer(inputs: dense.inputs, weights: [], scales: [], biases: [])
            for row in 0..<dense.outputs {
                let start = dense.weightOffset + row * dense.inputs
                let line = parameters.values[start..<(start + dense.inputs)]
                let scale = line.reduce(0) { max($0, $1.magnitude) } / 127
                layer.weights += line.map { scale > 0 ? Int8(min(max(($0 / scale).rounded(), -127), 127)) : 0 }
                layer.scales.append(scale)
                layer.biases.append(parameters.values[dense.biasOffset + row])
            }
            return layer
        }
    }

    init(_ network: MLP, layers: [Layer]) {
        self.network = network
        self.layers = layers
    }

    /// The weights as floats again, in the network's layout.
    public var parameters: ParameterVector {
        var vector = ParameterVector(zeros: network.layout)
        var values = vector.values
        for (dense, layer) in zip(network.trunk + network.headLayers, layers) {
            for (index, weight) in layer.weights.enumerated() {
                values[dense.weightOffset + index] = Float(weight) * layer.scales[index / dense.inputs]
            }
            for (index, bias) in layer.biases.enumerated() { values[dense.biasOffset + index] = bias }
        }
        vector.values = values
        return vector
    }

    /// Predictions of every head, as `MLP.predict` gives them; throws `dimensionMismatch`.
    ///
    /// Weights are used as they are stored: a row's products are added up first and scaled once.
    public func predict(on examples: ExampleTable) throws(LearningFailure) -> [[Float]] {
        try network.checkInputs(examples)
        var results = network.heads.map { head in
            var values: [Float] = []
            values.reserveCapacity(examples.rows * head.width)
            return values
        }
        let depth = network.trunk.count
        for row in 0..<examples.rows {
            var input = Array(examples.inputs[(row * network.inputWidth)..<((row + 1) * network.inputWidth)])
            for layer in layers[..<depth] { input = Self.apply(layer, to: input).map { max($0, 0) } }
            for (index, head) in network.heads.enumerated() {
                var outputs = Self.apply(layers[depth + index], to: input)[...]
                head.loss.activate(&outputs)
                results[index].append(contentsOf: outputs)
            }
        }
        return results
    }

    private static func apply(_ layer: Layer, to input: [Float]) -> [Float] {
        unsafe layer.weights.withUnsafeBufferPointer { weights in
            unsafe input.withUnsafeBufferPointer { input in
                layer.scales.indices.map { row in
                    var sum: Float = 0
                    let start = row &* layer.inputs
                    for column in 0..<layer.inputs { unsafe sum += Float(weights[start &+ column]) * input[column] }
                    return sum * layer.scales[row] + layer.biases[row]
                }
            }
        }
    }
}
