import FederatedLearning

/// The inputs that make_known_answers.py computes in the same way: numbers in -0.5..<0.5.
func sample(_ count: Int, _ salt: Int) -> [Double] {
    (0..<count).map { Double(($0 * 7919 + salt * 104_729) % 1009) / 1009 - 0.5 }
}

/// The largest distance between two vectors of one length.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) } : .infinity
}

func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }

func floats(_ values: [Double]) -> [Float] { values.map { Float($0) } }

/// The clear sum of uploads, optionally after each number is rounded to a step relative to its block's bound.
func clearSum(_ uploads: [Upload], step: Double? = nil) -> AggregateSum {
    let schema = uploads[0].schema
    let bounds = schema.blocks.flatMap { Array(repeating: $0.bound, count: $0.count) }
    var sum = [Double](repeating: 0, count: schema.dimension)
    for upload in uploads {
        for (index, value) in upload.values.enumerated() {
            if let step {
                sum[index] += (value / bounds[index] / step).rounded() * step * bounds[index]
            } else {
                sum[index] += value
            }
        }
    }
    return AggregateSum(schema: schema, values: sum, cohortSize: uploads.count)
}

/// The network of the known answers.
func knownNetwork() throws -> (MLP, ParameterVector, ExampleTable) {
    let network = MLP(
        inputs: 6, hidden: [5, 4],
        heads: [
            .init(name: "life", width: 1, loss: .meanSquaredError),
            .init(name: "fails", width: 1, loss: .binaryCrossEntropy(positiveWeight: 3), weight: 0.05),
        ])
    let parameters = try ParameterVector(values: floats(sample(69, 6)), layout: network.layout)
    var targets: [Double] = []
    for (life, failing) in zip(sample(23, 4), sample(23, 5)) { targets += [life, failing > 0.1 ? 1 : 0] }
    let table = try ExampleTable(
        inputs: floats(sample(23 * 6, 3).map { 2 * $0 }), inputWidth: 6, targets: floats(targets), targetWidth: 2)
    return (network, parameters, table)
}
