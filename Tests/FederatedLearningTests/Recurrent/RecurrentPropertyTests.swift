import Foundation
import Testing

@testable import FederatedLearning

@Suite struct RecurrentPropertyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let features: Int
        let steps: Int
        let hidden: Int
        let attention: Int
        let heads: [MLP.Head]
        let rows: Int
        var testDescription: String { "\(features)x\(steps)-\(hidden)-\(attention)-\(heads.map(\.width)) at \(rows)" }
        var network: AttentionLSTM {
            AttentionLSTM(features: features, steps: steps, hidden: hidden, attention: attention, heads: heads)
        }
    }

    static let life = MLP.Head(name: "life", width: 1, loss: .meanSquaredError)
    static let fails = MLP.Head(name: "fails", width: 2, loss: .binaryCrossEntropy(positiveWeight: 3), weight: 0.5)
    static let kind = MLP.Head(name: "kind", width: 5, loss: .softmaxCrossEntropy, weight: 0.7)
    static let cases = [
        Case(features: 1, steps: 1, hidden: 4, attention: 4, heads: [life], rows: 1),
        Case(features: 2, steps: 3, hidden: 4, attention: 8, heads: [kind], rows: 8),
        Case(features: 5, steps: 4, hidden: 8, attention: 4, heads: [life, fails, kind], rows: 9),
        Case(features: 14, steps: 12, hidden: 16, attention: 8, heads: [life], rows: 19),
    ]

    static func make(_ item: Case, seed: UInt64) throws -> (AttentionLSTM, ParameterVector, ExampleTable) {
        var generator = SeededGenerator(seed: seed)
        let network = item.network
        var parameters = network.initialParameters(from: &generator)
        for index in parameters.values.indices { parameters.values[index] += Float(0.2 * generator.gaussian()) }
        let inputs = (0..<(item.rows * network.inputWidth)).map { _ in Float(generator.gaussian()) }
        var targets: [Float] = []
        for _ in 0..<item.rows {
            for head in item.heads {
                switch head.loss {
                case .meanSquaredError: for _ in 0..<head.width { targets.append(Float(generator.gaussian())) }
                case .binaryCrossEntropy: for _ in 0..<head.width { targets.append(Float(generator.index(below: 2))) }
                case .softmaxCrossEntropy, .weightedSoftmaxCrossEntropy:
                    targets.append(Float(generator.index(below: head.width)))
                }
            }
        }
        return (
            network, parameters,
            try ExampleTable(
                inputs: inputs, inputWidth: network.inputWidth, targets: targets, targetWidth: network.targetWidth)
        )
    }

    @Test(arguments: cases) func gradientIsTheFiniteDifference(_ item: Case) throws {
        let (network, parameters, table) = try Self.make(item, seed: 7)
        let slow = SlowRecurrent(network: network)
        let (loss, gradient) = try network.lossAndGradient(parameters, on: table)
        var w = doubles(parameters.values)
        #expect((loss - slow.loss(w, table)).magnitude < 1e-5 * max(1, loss))
        for segment in network.layout.segments {
            var moved = 0.0
            for index in Swift.stride(
                from: segment.offset, to: segment.range.upperBound, by: max(1, segment.count / 60))
            {
                let kept = w[index]
                w[index] = kept + 1e-5
                let above = slow.loss(w, table)
                w[index] = kept - 1e-5
                let below = slow.loss(w, table)
                w[index] = kept
                let slope = (above - below) / 2e-5
                #expect(
                    (Double(gradient[index]) - slope).magnitude < 3e-5 * max(1, slope.magnitude),
                    "\(segment.name) at \(index)")
                moved = max(moved, slope.magnitude)
            }
            if item.steps > 1 { #expect(moved > 1e-5, "\(segment.name) has no slope") }
        }
    }

    @Test func theOutputDependsOnTheAttention() throws {
        let (network, parameters, table) = try Self.make(Self.cases[3], seed: 9)
        let weights = try network.attentionWeights(parameters, on: table)
        #expect(weights.count == table.rows * network.steps)
        for row in 0..<table.rows {
            let line = weights[(row * network.steps)..<((row + 1) * network.steps)]
            #expect((line.reduce(0, +) - 1).magnitude < 1e-5)
            #expect((line.max() ?? 0) > 1.02 / Float(network.steps))
        }
        var flat = parameters
        for index in try #require(network.layout.range(of: "attention.score")) { flat.values[index] = 0 }
        let even = try network.attentionWeights(flat, on: table)
        #expect(even.allSatisfy { ($0 - 1 / Float(network.steps)).magnitude < 1e-6 })
        let (one, other) = (try network.predict(parameters, on: table)[0], try network.predict(flat, on: table)[0])
        #expect(distance(doubles(one), doubles(other)) > 1e-3)
    }

    @Test func aWorkspaceKeepsNothingOfTheLastBatch() throws {
        let (network, parameters, table) = try Self.make(Self.cases[2], seed: 11)
        var used = AttentionLSTMWorkspace(for: network, rows: 9)
        var gradient = [Float](repeating: 0, count: network.layout.parameterCount)
        _ = network.batchGradient(parameters.values, table, [0, 1, 2, 3, 4, 5, 6, 7, 8], &gradient, &used)
        let again = network.batchGradient(parameters.values, table, [3, 1], &gradient, &used)
        let fresh = try network.lossAndGradient(parameters, on: table.selecting([3, 1]))
        #expect(again == fresh.loss)
        #expect(distance(doubles(gradient), doubles(fresh.gradient)) < 1e-6)
    }

    @Test func squashingIsAccurate() {
        for index in -4000...4000 {
            let x = Float(index) / 100
            let found = (LaneFunctions.tanh(SIMD4(repeating: x))[0], LaneFunctions.sigmoid(SIMD4(repeating: x))[1])
            #expect((Double(found.0) - Foundation.tanh(Double(x))).magnitude < 4e-7, "tanh \(x)")
            #expect((Double(found.1) - 1 / (1 + exp(-Double(x)))).magnitude < 2e-7, "sigmoid \(x)")
        }
        for x in [-1e30, 1e30, -.infinity, .infinity] as [Float] {
            let expected: Float = x < 0 ? -1 : 1
            #expect(LaneFunctions.tanh(SIMD4(repeating: x))[3] == expected)
        }
    }

    @Test func kernelsEqualTheTripleLoop() {
        for (rows, depth, panels) in [(4, 1, 1), (8, 5, 2), (12, 7, 3), (4, 16, 5)] {
            let w = floats(sample(rows * depth, 1))
            let x = floats(sample(panels * depth * 8, 2))
            let bias = floats(sample(rows, 3))
            var spread = [Float](repeating: 0, count: rows * depth)
            var c = [Float](repeating: 7, count: panels * rows * 8)
            LaneKernel.pack(w, rowStride: depth, depthStride: 1, rows: rows, depth: depth, of: depth, into: &spread)
            LaneKernel.multiply(
                spread, rows: rows, depth: depth, of: depth, bias: bias, x, inputStride: depth * 8, &c,
                outputStride: rows * 8, panels: panels)
            var outer = [Float](repeating: 1, count: rows * depth)
            var single = outer
            // the panels as one step, then as several steps of one panel: the sums are the same
            for steps in [1, panels] {
                var gradient = [Float](repeating: 1, count: rows * depth)
                c.withUnsafeBufferPointer { e in
                    x.withUnsafeBufferPointer { x in
                        LaneKernel.accumulateOuter(
                            .init(base: e.baseAddress!, panelStride: rows * 8, stepStride: rows * 8), rows: rows,
                            .init(base: x.baseAddress!, panelStride: depth * 8, stepStride: depth * 8), columns: depth,
                            panels: panels / steps, steps: steps, into: &gradient)
                    }
                }
                if steps == 1 { single = gradient }
                outer = gradient
            }
            #expect(distance(doubles(single), doubles(outer)) < 1e-5)
            for row in 0..<rows {
                for place in 0..<(panels * 8) {
                    let (panel, lane) = (place / 8, place % 8)
                    var sum = Double(bias[row])
                    for k in 0..<depth { sum += Double(w[row * depth + k]) * Double(x[(panel * depth + k) * 8 + lane]) }
                    #expect((Double(c[(panel * rows + row) * 8 + lane]) - sum).magnitude < 1e-5)
                }
                for column in 0..<depth {
                    var sum = 1.0
                    for place in 0..<(panels * 8) {
                        let (panel, lane) = (place / 8, place % 8)
                        sum +=
                            Double(c[(panel * rows + row) * 8 + lane]) * Double(x[(panel * depth + column) * 8 + lane])
                    }
                    #expect((Double(outer[row * depth + column]) - sum).magnitude < 1e-4)
                }
            }
        }
    }

    /// Every path of this machine against the portable one, to the last bit.
    @Test func pathsAgree() {
        for (rows, depth, panels, steps) in [(4, 1, 1, 1), (8, 5, 2, 3), (12, 7, 3, 2), (16, 22, 9, 6), (64, 78, 8, 2)]
        {
            let whole = depth + 3
            let w = floats(sample(rows * whole, 1))
            let x = floats(sample(steps * panels * depth * 8, 2))
            let bias = floats(sample(rows, 3))
            func products(_ path: LaneKernel.Path, biased: Bool) -> [Float] {
                var c = floats(sample(panels * rows * 8, 4))
                LaneKernel.multiply(
                    w, rows: rows, depth: depth, of: whole, bias: biased ? bias : nil, x, inputStride: depth * 8, &c,
                    outputStride: rows * 8, panels: panels, path: path)
                return c
            }
            let e = floats(sample(steps * panels * rows * 8, 5))
            func outer(_ path: LaneKernel.Path) -> [Float] {
                var g = floats(sample(rows * depth, 6))
                e.withUnsafeBufferPointer { e in
                    x.withUnsafeBufferPointer { x in
                        LaneKernel.accumulateOuter(
                            .init(base: e.baseAddress!, panelStride: rows * 8, stepStride: panels * rows * 8),
                            rows: rows,
                            .init(base: x.baseAddress!, panelStride: depth * 8, stepStride: panels * depth * 8),
                            columns: depth, panels: panels, steps: steps, into: &g, path: path)
                    }
                }
                return g
            }
            for path in LaneKernel.Path.allCases {
                #expect(products(path, biased: true) == products(.portable, biased: true), "\(path)")
                #expect(products(path, biased: false) == products(.portable, biased: false), "\(path)")
                #expect(outer(path) == outer(.portable), "\(path)")
            }
        }
    }

    /// Which step holds the mark is visible to attention alone: the mean of states hardly tells.
    @Test func trainingLearnsWhereToLook() throws {
        var generator = SeededGenerator(seed: 3)
        func windows(_ rows: Int) throws -> ExampleTable {
            var inputs: [Float] = []
            var targets: [Float] = []
            for _ in 0..<rows {
                let marked = generator.index(below: 10)
                var target: Float = 0
                for step in 0..<10 {
                    let value = Float(2 * generator.uniform() - 1)
                    inputs += [value, step == marked ? 1 : 0]
                    if step == marked { target = value }
                }
                targets.append(target)
            }
            return try ExampleTable(inputs: inputs, inputWidth: 20, targets: targets, targetWidth: 1)
        }
        let (training, test) = (try windows(600), try windows(200))
        let network = AttentionLSTM(features: 2, steps: 10, hidden: 16, attention: 8, heads: [Self.life])
        var trainer = try NetworkTrainer(
            network: .lstm(network), training: training, validation: test, keepsOptimiserState: true)
        var model = network.initialParameters(from: &generator)
        let start = try trainer.validationLoss(of: model)
        #expect(start.examples == 200)
        for round in 0..<25 {
            let update = try trainer.train(
                from: model, plan: RoundPlan(round: round, localEpochs: 2, batchSize: 32, learningRate: 1e-2, seed: 1))
            #expect(update.steps == 2 * 19)
            for index in model.values.indices { model.values[index] += update.delta[index] }
        }
        let end = try trainer.validationLoss(of: model)
        #expect(end.loss < 0.1 * start.loss)
    }
}
