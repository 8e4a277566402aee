import FederatedLearning
import Foundation

/// The same loss as `MLP`'s in double precision, one example and one product at a time: the oracle of the gradients.
struct SlowNetwork {
    let network: MLP

    func loss(_ w: [Double], _ examples: ExampleTable) -> Double {
        var total = 0.0
        for row in 0..<examples.rows {
            let x = examples.inputs[(row * examples.inputWidth)..<((row + 1) * examples.inputWidth)]
            let y = examples.targets[(row * examples.targetWidth)..<((row + 1) * examples.targetWidth)]
            total += loss(w, doubles(Array(x)), doubles(Array(y)))
        }
        return total / Double(examples.rows)
    }

    private func loss(_ w: [Double], _ input: [Double], _ targets: [Double]) -> Double {
        var x = input
        for layer in network.hidden.indices {
            x = affine(w, "dense\(layer)", x).map { max($0, 0) }
        }
        var column = 0
        var total = 0.0
        for head in network.heads {
            let out = affine(w, "head." + head.name, x)
            switch head.loss {
            case .meanSquaredError:
                let y = targets[column..<(column + head.width)]
                total += head.weight * zip(out, y).reduce(0) { $0 + pow($1.0 - $1.1, 2) } / Double(head.width)
                column += head.width
            case .binaryCrossEntropy(let positive):
                for (z, y) in zip(out, targets[column...]) {
                    let s = 1 / (1 + exp(-z))
                    total -= head.weight * (positive * y * log(s) + (1 - y) * log(1 - s)) / Double(head.width)
                }
                column += head.width
            case .weightedSoftmaxCrossEntropy(let weights):
                let label = Int(targets[column])
                let sum = out.reduce(0) { $0 + exp($1) }
                total -= head.weight * weights[label] * log(exp(out[label]) / sum)
                column += 1
            case .softmaxCrossEntropy:
                let sum = out.reduce(0) { $0 + exp($1) }
                total -= head.weight * log(exp(out[Int(targets[column])]) / sum)
                column += 1
            }
        }
        return total
    }

    private func affine(_ w: [Double], _ name: String, _ x: [Double]) -> [Double] {
        guard let weights = network.layout.range(of: name + ".weight"),
            let biases = network.layout.range(of: name + ".bias")
        else { return [] }
        return biases.indices.enumerated().map { out, bias in
            x.indices.reduce(w[bias]) { $0 + w[weights.lowerBound + out * x.count + $1] * x[$1] }
        }
    }
}
