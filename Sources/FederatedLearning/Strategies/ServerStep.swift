/// A server optimiser: moves the shared parameters along the cohort's mean update D, which plays the part of a negative
/// gradient.
///
/// It sees nothing but D, the result of a sum, so it costs no privacy. State starts empty and takes D's length at the
/// first step; a later step of another length is a programming error.
/// Source: fedopt section 2
public protocol ServerStep: Sendable {
    /// Moves the parameters once; the lengths must be equal.
    mutating func apply(_ change: [Double], to parameters: inout [Float])
}

/// `w += eta D`; eta = 1 is federated averaging.
/// Source: fedopt section 2
public struct ServerAverage: ServerStep, Equatable {
    /// eta, finite and positive.
    public let rate: Double

    /// Fixes the rate.
    public init(rate: Double = 1) {
        precondition(rate > 0 && rate.isFinite, "a rate must be finite and positive")
        self.rate = rate
    }

    /// Moves the parameters once.
    public func apply(_ change: [Double], to parameters: inout [Float]) {
        precondition(change.count == parameters.count, "a change of another length")
        for index in change.indices { parameters[index] = Float(Double(parameters[index]) + rate * change[index]) }
    }
}

/// `m = b m + D`, `w += eta m`.
/// Source: fedopt section 2
public struct ServerMomentum: ServerStep, Equatable {
    /// eta, finite and positive.
    public let rate: Double
    /// b, in 0..<1.
    public let decay: Double
    private var momentum: [Double] = []

    /// Fixes the constants.
    public init(rate: Double, decay: Double) {
        precondition(rate > 0 && rate.isFinite && (0..<1).contains(decay), "constants out of range")
        self.rate = rate
        self.decay = decay
    }

    /// Moves the parameters once.
    public mutating func apply(_ change: [Double], to parameters: inout [Float]) {
        precondition(change.count == parameters.count, "a change of another length")
        if momentum.isEmpty { momentum = [Double](repeating: 0, count: change.count) }
        precondition(momentum.count == change.count, "a step of another length than the last")
        for index in change.indices {
            let next = decay * momentum[index] + change[index]
            momentum[index] = next
            parameters[index] = Float(Double(parameters[index]) + rate * next)
        }
    }
}
