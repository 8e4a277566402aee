import Testing

@testable import FederatedLearning

@Suite struct GradientPropertyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let inputs: Int
        let hidden: [Int]
        let heads: [MLP.Head]
        let rows: Int
        var testDescription: String { "\(inputs)-\(hidden)-\(heads.map(\.width)) at \(rows)" }
    }

    static let life = MLP.Head(name: "life", width: 1, loss: .meanSquaredError)
    static let fails = MLP.Head(name: "fails", width: 1, loss: .binaryCrossEntropy(positiveWeight: 3), weight: 0.05)
    static let kind = MLP.Head(name: "kind", width: 5, loss: .softmaxCrossEntropy, weight: 0.7)
    static let cases = [
        Case(inputs: 7, hidden: [], heads: [life], rows: 5),
        Case(inputs: 7, hidden: [], heads: [kind], rows: 9),
        Case(inputs: 8, hidden: [9], heads: [.init(name: "a", width: 3, loss: .meanSquaredError)], rows: 11),
        Case(inputs: 3, hidden: [13, 9], heads: [life, fails], rows: 7),
        Case(
            inputs: 17, hidden: [16, 10, 6],
            heads: [.init(name: "b", width: 2, loss: .binaryCrossEntropy(positiveWeight: 1.5)), kind, life], rows: 13),
        Case(inputs: 56, hidden: [64, 32], heads: [life, fails], rows: 6),
        Case(
            inputs: 5, hidden: [6],
            heads: [
                .init(
                    name: "rare", width: 3, loss: .weightedSoftmaxCrossEntropy(classWeights: [0.2, 4, 1.3]), weight: 0.8
                )
            ], rows: 12),
    ]

    static func make(_ item: Case, seed: UInt64) throws -> (MLP, ParameterVector, ExampleTable) {
        var generator = SeededGenerator(seed: seed)
        let network = MLP(inputs: item.inputs, hidden: item.hidden, heads: item.heads)
        var parameters = network.initialParameters(from: &generator)
        for index in parameters.values.indices { parameters.values[index] += Float(0.05 * generator.gaussian()) }
        let inputs = (0..<(item.rows * item.inputs)).map { _ in Float(generator.gaussian()) }
        var targets: [Float] = []
        for _ in 0..<item.rows {
            for head in item.heads {
                switch head.loss {
                case .meanSquaredError:
                    for _ in 0..<head.width { targets.append(Float(generator.gaussian())) }
                case .binaryCrossEntropy:
                    for _ in 0..<head.width { targets.append(Float(generator.index(below: 2))) }
                case .softmaxCrossEntropy, .weightedSoftmaxCrossEntropy:
                    targets.append(Float(generator.index(below: head.width)))
                }
            }
        }
        let table = try ExampleTable(
            inputs: inputs, inputWidth: item.inputs, targets: targets, targetWidth: network.targetWidth)
        return (network, parameters, table)
    }

    @Test(arguments: cases) func gradientIsTheFiniteDifference(_ item: Case) throws {
        let (network, parameters, table) = try Self.make(item, seed: 42)
        let slow = SlowNetwork(network: network)
        let (loss, gradient) = try network.lossAndGradient(parameters, on: table)
        var w = doubles(parameters.values)
        #expect((loss - slow.loss(w, table)).magnitude < 1e-5 * max(1, loss))
        let stride = max(1, w.count / 400)
        var moved = 0
        for index in Swift.stride(from: 0, to: w.count, by: stride) {
            let kept = w[index]
            w[index] = kept + 1e-6
            let above = slow.loss(w, table)
            w[index] = kept - 1e-6
            let below = slow.loss(w, table)
            w[index] = kept
            let slope = (above - below) / 2e-6
            #expect((Double(gradient[index]) - slope).magnitude < 2e-5 * max(1, slope.magnitude), "at \(index)")
            if slope.magnitude > 1e-3 { moved += 1 }
        }
        #expect(moved > 3)
    }

    @Test func gradientForgetsTheOrderOfRows() throws {
        let (network, parameters, table) = try Self.make(Self.cases[4], seed: 3)
        var order = Array(0..<table.rows)
        var generator = SeededGenerator(seed: 4)
        generator.shuffle(&order)
        #expect(order != Array(0..<table.rows))
        let first = try network.lossAndGradient(parameters, on: table)
        let second = try network.lossAndGradient(parameters, on: table.selecting(order))
        #expect((first.loss - second.loss).magnitude < 1e-9)
        #expect(distance(doubles(first.gradient), doubles(second.gradient)) < 1e-6)
    }

    @Test func lossesOfHugeLogitsStayFinite() throws {
        let network = MLP(
            inputs: 1, hidden: [],
            heads: [
                .init(name: "b", width: 1, loss: .binaryCrossEntropy(positiveWeight: 2)),
                .init(name: "s", width: 2, loss: .softmaxCrossEntropy),
            ])
        var parameters = ParameterVector(zeros: network.layout)
        parameters.values = [1e4, 0, 1e4, -1e4, 0, 0]
        let table = try ExampleTable(inputs: [1, -1], inputWidth: 1, targets: [0, 1, 1, 0], targetWidth: 2)
        let (loss, gradient) = try network.lossAndGradient(parameters, on: table)
        // Binary: 1e4 for the false positive, 2e4 for the missed one; softmax: 2e4 each.
        #expect((loss - 35_000).magnitude < 1e-6)
        #expect(gradient.allSatisfy { $0.isFinite })
    }

    @Test func predictionsAreActivatedOutputs() throws {
        let (network, parameters, table) = try Self.make(Self.cases[4], seed: 8)
        let predictions = try network.predict(parameters, on: table)
        #expect(predictions.map(\.count) == [2 * 13, 5 * 13, 13])
        #expect(predictions[0].allSatisfy { $0 > 0 && $0 < 1 })
        for row in 0..<13 {
            let total = predictions[1][(row * 5)..<(row * 5 + 5)].reduce(0, +)
            #expect((total - 1).magnitude < 1e-5)
        }
        // The regression head's loss is the mean square of what it predicts.
        let single = MLP(inputs: 17, hidden: [16, 10, 6], heads: [Self.life])
        let values = try ParameterVector(
            values: parameters.values.prefix(single.layout.parameterCount - 7)
                + (parameters.segment("head.life.weight") ?? [])
                + (parameters.segment("head.life.bias") ?? []), layout: single.layout)
        let targets = (0..<13).map { table.targets[$0 * 4 + 3] }
        let lifeTable = try ExampleTable(inputs: table.inputs, inputWidth: 17, targets: targets, targetWidth: 1)
        let squares = zip(predictions[2], targets).map { Double(($0 - $1) * ($0 - $1)) }
        let loss = try single.loss(values, on: lifeTable)
        #expect((loss - squares.reduce(0, +) / 13).magnitude < 1e-5)
    }

    @Test func lossOverManyChunksIsTheMeanOfRows() throws {
        let item = Case(inputs: 3, hidden: [13, 9], heads: [Self.life, Self.fails], rows: 700)
        let (network, parameters, table) = try Self.make(item, seed: 6)
        let slow = SlowNetwork(network: network).loss(doubles(parameters.values), table)
        #expect((try network.loss(parameters, on: table) - slow).magnitude < 1e-5)
        #expect((try network.lossSum(parameters, on: table) / 700 - slow).magnitude < 1e-5)
        #expect(try network.predict(parameters, on: table, head: "fails").count == 700)
    }

    @Test func kernelEqualsTheTripleLoop() {
        for (m, n, k) in [(1, 1, 1), (4, 8, 3), (5, 9, 7), (13, 17, 19), (8, 7, 2), (3, 24, 5), (64, 56, 33)] {
            for transposed in [false, true] {
                let a = floats(sample(m * k, 1))
                let b = floats(sample(k * n, 2))
                var c = floats(sample(m * n, 3))
                var expected = doubles(c)
                for i in 0..<m {
                    for j in 0..<n {
                        for p in 0..<k {
                            expected[i * n + j] += Double(a[transposed ? p * m + i : i * k + p]) * Double(b[p * n + j])
                        }
                    }
                }
                a.withUnsafeBufferPointer { x in
                    b.withUnsafeBufferPointer { y in
                        c.withUnsafeMutableBufferPointer { z in
                            MatrixKernel.accumulate(
                                rows: m, columns: n, depth: k,
                                a: .init(
                                    base: x.baseAddress!, rowStride: transposed ? 1 : k, depthStride: transposed ? m : 1
                                ), b: y.baseAddress!, c: z.baseAddress!)
                        }
                    }
                }
                #expect(distance(doubles(c), expected) < 1e-5, "\(m) \(n) \(k) \(transposed)")
            }
        }
    }
}
