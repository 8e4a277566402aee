#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Adam: steps scaled by running means of the gradient and of its square, both corrected for their start at zero.
///
/// In federated averaging the state belongs to one round: the shared weights that arrive next are not the ones it was
/// gathered on.
/// Source: adam section 1
public struct Adam: Sendable, Equatable {
    /// The decay of the mean of gradients, in 0..<1.
    public let beta1: Float
    /// The decay of the mean of squares, in 0..<1.
    public let beta2: Float
    /// Added to the root of the mean of squares, positive.
    public let epsilon: Float
    /// Steps made since the start or the last reset.
    public private(set) var steps = 0

    private var means: [Float] = []
    private var squares: [Float] = []

    /// The usual constants unless others are given; decays must be in 0..<1, `epsilon` positive.
    public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        precondition((0..<1).contains(beta1) && (0..<1).contains(beta2) && epsilon > 0, "constants out of range")
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Forgets everything gathered.
    public mutating func reset() {
        steps = 0
        means.removeAll(keepingCapacity: true)
        squares.removeAll(keepingCapacity: true)
    }

    /// Moves the parameters one step against the gradient; both must have one length, the same at every step.
    public mutating func step(_ parameters: inout [Float], gradient: [Float], learningRate: Float) {
        let count = parameters.count
        precondition(gradient.count == count, "a gradient of another length")
        if steps == 0 {
            means = [Float](repeating: 0, count: count)
            squares = [Float](repeating: 0, count: count)
        }
        precondition(means.count == count, "the model changed its size under the optimiser")
        steps += 1
        let size = Float(Double(learningRate) / (1 - pow(Double(beta1), Double(steps))))
        let root = Float(1 / (1 - pow(Double(beta2), Double(steps))).squareRoot())
        let (keep1, keep2, floor) = (beta1, beta2, epsilon)
        let (take1, take2) = (1 - keep1, 1 - keep2)
        unsafe parameters.withUnsafeMutableBufferPointer { w in
            unsafe gradient.withUnsafeBufferPointer { g in
                unsafe means.withUnsafeMutableBufferPointer { m in
                    unsafe squares.withUnsafeMutableBufferPointer { v in
                        for i in 0..<count {
                            let slope = unsafe g[i]
                            let mean = unsafe keep1 * m[i] + take1 * slope
                            let square = unsafe keep2 * v[i] + take2 * slope * slope
                            unsafe m[i] = mean
                            unsafe v[i] = square
                            unsafe w[i] -= size * mean / (square.squareRoot() * root + floor)
                        }
                    }
                }
            }
        }
    }
}
