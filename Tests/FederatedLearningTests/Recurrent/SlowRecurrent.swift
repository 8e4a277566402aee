import FederatedLearning
import Foundation

/// The loss of `AttentionLSTM` in double precision, one example and one product at a time: the oracle of its gradients.
struct SlowRecurrent {
    let network: AttentionLSTM

    func loss(_ w: [Double], _ examples: ExampleTable) -> Double {
        var total = 0.0
        for row in 0..<examples.rows {
            let x = doubles(Array(examples.inputs[(row * examples.inputWidth)..<((row + 1) * examples.inputWidth)]))
            let y = doubles(Array(examples.targets[(row * examples.targetWidth)..<((row + 1) * examples.targetWidth)]))
            let context = context(w, x)
            var column = 0
            for head in network.heads {
                let out = affine(w, "head." + head.name + ".weight", "head." + head.name + ".bias", context)
                switch head.loss {
                case .meanSquaredError:
                    for (o, t) in zip(out, y[column...]) {
                        total += head.weight * (o - t) * (o - t) / Double(head.width)
                    }
                    column += head.width
                case .binaryCrossEntropy(let positive):
                    for (z, t) in zip(out, y[column...]) {
                        let s = 1 / (1 + exp(-z))
                        total -= head.weight * (positive * t * log(s) + (1 - t) * log(1 - s)) / Double(head.width)
                    }
                    column += head.width
                case .weightedSoftmaxCrossEntropy(let weights):
                    let label = Int(y[column])
                    let sum = out.reduce(0) { $0 + exp($1) }
                    total -= head.weight * weights[label] * log(exp(out[label]) / sum)
                    column += 1
                case .softmaxCrossEntropy:
                    total -= head.weight * log(exp(out[Int(y[column])]) / out.reduce(0) { $0 + exp($1) })
                    column += 1
                }
            }
        }
        return total / Double(examples.rows)
    }

    private func context(_ w: [Double], _ x: [Double]) -> [Double] {
        let size = network.hidden
        var h = [Double](repeating: 0, count: size)
        var c = h
        var states: [[Double]] = []
        var scores: [Double] = []
        func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }
        for step in 0..<network.steps {
            let input = Array(x[(step * network.features)..<((step + 1) * network.features)])
            let a = affine(w, "lstm.input", "lstm.bias", input)
            let gates = zip(a, affine(w, "lstm.recurrent", nil, h)).map(+)
            for j in 0..<size {
                c[j] = sigmoid(gates[size + j]) * c[j] + sigmoid(gates[j]) * tanh(gates[2 * size + j])
                h[j] = sigmoid(gates[3 * size + j]) * tanh(c[j])
            }
            states.append(h)
            let units = affine(w, "attention.weight", "attention.bias", h).map { tanh($0) }
            let v = network.layout.range(of: "attention.score")!
            scores.append(zip(units, w[v]).reduce(0) { $0 + $1.0 * $1.1 })
        }
        let total = scores.reduce(0) { $0 + exp($1) }
        var context = [Double](repeating: 0, count: size)
        for (state, score) in zip(states, scores) {
            for j in 0..<size { context[j] += exp(score) / total * state[j] }
        }
        return context
    }

    private func affine(_ w: [Double], _ weight: String, _ bias: String?, _ x: [Double]) -> [Double] {
        guard let weights = network.layout.range(of: weight) else { return [] }
        let biases = bias.flatMap { network.layout.range(of: $0) }
        return (0..<(weights.count / x.count)).map { (out: Int) -> Double in
            var sum = 0.0
            if let biases { sum = w[biases.lowerBound + out] }
            for (k, value) in x.enumerated() { sum += w[weights.lowerBound + out * x.count + k] * value }
            return sum
        }
    }
}
