#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What an output head is trained for; every loss is a mean over the examples of a batch.
/// Source: backpropagation section 2
public enum HeadLoss: Hashable, Sendable {
    /// The mean of `(output - target)^2` over the head's outputs.
    case meanSquaredError
    /// Binary cross-entropy of a logit, the mean over the head's outputs; `positiveWeight` multiplies the term of
    /// positive examples.
    case binaryCrossEntropy(positiveWeight: Double)
    /// Cross-entropy of a softmax over the head's outputs against one class index.
    case softmaxCrossEntropy
    /// Cross-entropy of a softmax, each example's term times the weight of its class, one a class: for rare classes, as
    /// `ClassCounts.balancingWeights` makes them.
    case weightedSoftmaxCrossEntropy(classWeights: [Double])

    /// Whether the target is one class index.
    var isOverClasses: Bool {
        switch self {
        case .softmaxCrossEntropy, .weightedSoftmaxCrossEntropy: true
        case .meanSquaredError, .binaryCrossEntropy: false
        }
    }

    /// Whether a head of this width can have this loss.
    func fits(width: Int) -> Bool {
        guard case .weightedSoftmaxCrossEntropy(let weights) = self else { return true }
        return weights.count == width && weights.allSatisfy { $0 >= 0 && $0.isFinite }
    }

    /// How many target columns a head of this width has.
    func targetWidth(of width: Int) -> Int {
        isOverClasses ? 1 : width
    }

    /// The loss of one example's outputs; writes its gradient by the outputs times `scale`.
    func evaluate(
        outputs: UnsafePointer<Float>, targets: UnsafePointer<Float>, width: Int, scale: Double,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        switch self {
        case .meanSquaredError:
            var sum = 0.0
            for j in 0..<width {
                let difference = unsafe Double(outputs[j]) - Double(targets[j])
                sum += difference * difference
                unsafe gradient[j] = Float(scale * 2 * difference / Double(width))
            }
            return sum / Double(width)
        case .binaryCrossEntropy(let positiveWeight):
            var sum = 0.0
            for j in 0..<width {
                let z = unsafe Double(outputs[j])
                let y = unsafe Double(targets[j])
                let softplus = log1p(exp(-z.magnitude))
                let negativeLogOn = max(-z, 0) + softplus
                let negativeLogOff = max(z, 0) + softplus
                sum += positiveWeight * y * negativeLogOn + (1 - y) * negativeLogOff
                let on = HeadLoss.sigmoid(z)
                let slope = (1 - y) * on - positiveWeight * y * (1 - on)
                unsafe gradient[j] = Float(scale * slope / Double(width))
            }
            return sum / Double(width)
        case .softmaxCrossEntropy:
            return unsafe Self.crossEntropy(outputs, label: Int(targets[0]), width: width, scale: scale, gradient)
        case .weightedSoftmaxCrossEntropy(let weights):
            let label = unsafe Int(targets[0])
            let weight = weights[label]
            return unsafe weight
                * Self.crossEntropy(outputs, label: label, width: width, scale: scale * weight, gradient)
        }
    }

    private static func crossEntropy(
        _ outputs: UnsafePointer<Float>, label: Int, width: Int, scale: Double,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var top = -Double.infinity
        for j in 0..<width { unsafe top = max(top, Double(outputs[j])) }
        var total = 0.0
        for j in 0..<width { unsafe total += exp(Double(outputs[j]) - top) }
        let logTotal = top + log(total)
        for j in 0..<width {
            let probability = unsafe exp(Double(outputs[j]) - logTotal)
            unsafe gradient[j] = Float(scale * (probability - (j == label ? 1 : 0)))
        }
        return unsafe logTotal - Double(outputs[label])
    }

    /// Turns outputs into predictions: themselves, probabilities, or a distribution over classes.
    func activate(_ outputs: inout ArraySlice<Float>) {
        switch self {
        case .meanSquaredError:
            break
        case .binaryCrossEntropy:
            for j in outputs.indices { outputs[j] = Float(HeadLoss.sigmoid(Double(outputs[j]))) }
        case .softmaxCrossEntropy, .weightedSoftmaxCrossEntropy:
            let top = Double(outputs.max() ?? 0)
            let powers = outputs.map { exp(Double($0) - top) }
            let total = powers.reduce(0, +)
            for (j, power) in zip(outputs.indices, powers) { outputs[j] = Float(power / total) }
        }
    }

    private static func sigmoid(_ z: Double) -> Double {
        let e = exp(-z.magnitude)
        return z >= 0 ? 1 / (1 + e) : e / (1 + e)
    }
}
