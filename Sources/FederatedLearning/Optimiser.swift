/// A local optimiser together with its state.
public enum Optimiser: Sendable, Equatable {
    /// Adam; the default of local training.
    case adam(Adam)
    /// Gradient descent.
    case sgd(SGD)

    /// Moves the parameters one step against the gradient.
    public mutating func step(_ parameters: inout [Float], gradient: [Float], learningRate: Float) {
        switch consume self {
        case .adam(var adam):
            adam.step(&parameters, gradient: gradient, learningRate: learningRate)
            self = .adam(adam)
        case .sgd(var sgd):
            sgd.step(&parameters, gradient: gradient, learningRate: learningRate)
            self = .sgd(sgd)
        }
    }

    /// Forgets the state and keeps the constants.
    public mutating func reset() {
        switch consume self {
        case .adam(var adam):
            adam.reset()
            self = .adam(adam)
        case .sgd(var sgd):
            sgd.reset()
            self = .sgd(sgd)
        }
    }
}
