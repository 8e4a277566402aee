/// Stochastic gradient descent with optional heavy-ball momentum: `m = momentum * m + g; w -= rate * m`.
/// Source: backpropagation section 5
public struct SGD: Sendable, Equatable {
    /// In 0..<1; 0 is plain descent.
    public let momentum: Float

    private var velocity: [Float] = []

    /// Plain descent unless a momentum in 0..<1 is given.
    public init(momentum: Float = 0) {
        precondition((0..<1).contains(momentum), "a momentum out of range")
        self.momentum = momentum
    }

    /// Forgets the velocity.
    public mutating func reset() {
        velocity.removeAll(keepingCapacity: true)
    }

    /// Moves the parameters one step against the gradient; both must have one length, the same at every step.
    public mutating func step(_ parameters: inout [Float], gradient: [Float], learningRate: Float) {
        let count = parameters.count
        precondition(gradient.count == count, "a gradient of another length")
        if velocity.isEmpty { velocity = [Float](repeating: 0, count: count) }
        precondition(velocity.count == count, "the model changed its size under the optimiser")
        let keep = momentum
        unsafe parameters.withUnsafeMutableBufferPointer { w in
            unsafe gradient.withUnsafeBufferPointer { g in
                unsafe velocity.withUnsafeMutableBufferPointer { m in
                    for i in 0..<count {
                        unsafe m[i] = keep * m[i] + g[i]
                        unsafe w[i] -= learningRate * m[i]
                    }
                }
            }
        }
    }
}
