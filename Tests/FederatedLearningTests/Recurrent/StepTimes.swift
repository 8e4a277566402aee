import CKernels
import FederatedLearning
import Foundation
import Testing

/// CPU time of whole training steps (gather, gradient, Adam), for compare_torch.py; runs only when asked for. SECAGG_STEP_PATH, 1 to 3,
/// takes the products' instructions from the machine: portable, AVX2, AVX-512.
@Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["SECAGG_STEP_TIMES"] != nil, "only for comparisons"))
struct StepTimes {
    static func cpu() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) * 1e3 + Double(now.tv_nsec) * 1e-6
    }

    static func table(_ width: Int, rows: Int) throws -> ExampleTable {
        var generator = SeededGenerator(seed: 1)
        let inputs = (0..<(rows * width)).map { _ in Float(generator.gaussian()) }
        return try ExampleTable(
            inputs: inputs, inputWidth: width, targets: (0..<rows).map { _ in Float(generator.gaussian()) },
            targetWidth: 1)
    }

    static func median(_ count: Int, _ step: () -> Double) -> Double {
        var times: [Double] = []
        var total = 0.0
        for round in 0..<(count + count / 5) {
            let start = cpu()
            total += step()
            if round >= count / 5 { times.append(cpu() - start) }
        }
        precondition(total.isFinite)
        return times.sorted()[count / 2]
    }

    @Test(arguments: [14, 24]) func recurrent(_ features: Int) throws {
        let network = AttentionLSTM(
            features: features, steps: 30, hidden: 64, attention: 32,
            heads: [.init(name: "life", width: 1, loss: .meanSquaredError)])
        var generator = SeededGenerator(seed: 2)
        var weights = network.initialParameters(from: &generator).values
        let table = try Self.table(network.inputWidth, rows: 64)
        let path = Int32(ProcessInfo.processInfo.environment["SECAGG_STEP_PATH"] ?? "") ?? 0
        #expect(ck_lanes_force(path) >= path)
        defer { _ = ck_lanes_force(0) }
        var workspace = AttentionLSTMWorkspace(for: network, rows: 64)
        var gradient = [Float](repeating: 0, count: weights.count)
        var adam = Adam()
        let rows = Array(0..<64)
        let time = Self.median(100) {
            let loss = network.batchGradient(weights, table, rows[...], &gradient, &workspace)
            adam.step(&weights, gradient: gradient, learningRate: 1e-3)
            return loss
        }
        print("step lstm\(features) \(time)")
    }

    @Test func dense() throws {
        let network = MLP(
            inputs: 56, hidden: [64, 32], heads: [.init(name: "life", width: 1, loss: .meanSquaredError)])
        var generator = SeededGenerator(seed: 2)
        var weights = network.initialParameters(from: &generator).values
        let table = try Self.table(56, rows: 64)
        var workspace = MLPWorkspace(for: network, rows: 64)
        var gradient = [Float](repeating: 0, count: weights.count)
        var adam = Adam()
        let rows = Array(0..<64)
        let time = Self.median(1000) {
            let loss = network.batchGradient(weights, table, rows[...], &gradient, &workspace)
            adam.step(&weights, gradient: gradient, learningRate: 1e-3)
            return loss
        }
        print("step mlp \(time)")
    }
}
