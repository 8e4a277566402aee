/// Scratch memory for batches of up to `rows` examples of one network, made once and used for every step.
///
/// It holds a company's examples and activations in clear; it stays on that company's machine.
public struct MLPWorkspace: Sendable {
    /// The largest batch it can hold.
    public let rows: Int

    /// Where each table begins in `storage`; hidden activations and their gradients by layer, outputs by head.
    struct Places: Sendable {
        var targets = 0
        var activations: [Int] = []
        var outputs: [Int] = []
        var slopes: [Int] = []
        var outputSlopes: [Int] = []
        var transposed = 0
    }

    let network: MLP
    let places: Places
    var storage: [Float]

    /// Reserves memory for one network; `rows` must be at least 1.
    public init(for network: MLP, rows: Int) {
        precondition(rows >= 1, "a batch without rows")
        var places = Places()
        var size = rows * network.inputWidth
        func take(_ count: Int) -> Int {
            defer { size += count }
            return size
        }
        places.targets = take(rows * network.targetWidth)
        places.activations = network.trunk.map { take(rows * $0.outputs) }
        places.slopes = network.trunk.map { take(rows * $0.outputs) }
        places.outputs = network.headLayers.map { take(rows * $0.outputs) }
        places.outputSlopes = network.headLayers.map { take(rows * $0.outputs) }
        places.transposed = take((network.trunk + network.headLayers).map { $0.inputs * $0.outputs }.max() ?? 0)
        self.rows = rows
        self.network = network
        self.places = places
        self.storage = [Float](repeating: 0, count: size)
    }
}
