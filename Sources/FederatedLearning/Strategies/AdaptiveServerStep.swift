/// Server optimisers with a step of its own for each coordinate:
/// `m = b1 m + (1 - b1) D`, v by the rule, `w += eta m / (sqrt v + tau)`.
///
/// As in the source, v starts at tau^2, m at zero, and neither is corrected for its start. Costs one pass and 16 bytes of
/// state a parameter.
/// Source: fedopt section 2
public struct AdaptiveServerStep: ServerStep, Equatable {
    /// How the running square v follows D.
    public enum Rule: Hashable, Sendable {
        /// Adagrad: `v += D^2`.
        case adagrad
        /// Adam: `v = b2 v + (1 - b2) D^2`.
        case adam(beta2: Double)
        /// Yogi: `v -= (1 - b2) D^2 sign(v - D^2)`.
        case yogi(beta2: Double)
    }

    /// The rule.
    public let rule: Rule
    /// eta, finite and positive.
    public let rate: Double
    /// b1, in 0..<1.
    public let beta1: Double
    /// tau, finite and positive: the larger, the closer to plain momentum.
    public let adaptivity: Double
    private var means: [Double] = []
    private var squares: [Double] = []

    /// Adagrad on the server, without momentum unless told otherwise.
    public static func adagrad(rate: Double, beta1: Double = 0, adaptivity: Double) -> AdaptiveServerStep {
        AdaptiveServerStep(rule: .adagrad, rate: rate, beta1: beta1, adaptivity: adaptivity)
    }

    /// Adam on the server.
    public static func adam(
        rate: Double, beta1: Double = 0.9, beta2: Double = 0.99, adaptivity: Double
    ) -> AdaptiveServerStep {
        AdaptiveServerStep(rule: .adam(beta2: beta2), rate: rate, beta1: beta1, adaptivity: adaptivity)
    }

    /// Yogi on the server.
    public static func yogi(
        rate: Double, beta1: Double = 0.9, beta2: Double = 0.99, adaptivity: Double
    ) -> AdaptiveServerStep {
        AdaptiveServerStep(rule: .yogi(beta2: beta2), rate: rate, beta1: beta1, adaptivity: adaptivity)
    }

    /// Fixes rule and constants; decays must be in 0..<1, rate and adaptivity finite and positive.
    public init(rule: Rule, rate: Double, beta1: Double, adaptivity: Double) {
        precondition(rate > 0 && rate.isFinite, "a rate must be finite and positive")
        precondition(adaptivity > 0 && adaptivity.isFinite, "an adaptivity must be finite and positive")
        precondition((0..<1).contains(beta1), "a decay out of range")
        switch rule {
        case .adagrad: break
        case .adam(let beta2), .yogi(let beta2): precondition((0..<1).contains(beta2), "a decay out of range")
        }
        self.rule = rule
        self.rate = rate
        self.beta1 = beta1
        self.adaptivity = adaptivity
    }

    /// Moves the parameters once.
    public mutating func apply(_ change: [Double], to parameters: inout [Float]) {
        precondition(change.count == parameters.count, "a change of another length")
        if means.isEmpty {
            means = [Double](repeating: 0, count: change.count)
            squares = [Double](repeating: adaptivity * adaptivity, count: change.count)
        }
        precondition(means.count == change.count, "a step of another length than the last")
        switch rule {
        case .adagrad:
            for index in change.indices { squares[index] += change[index] * change[index] }
        case .adam(let beta2):
            for index in change.indices {
                squares[index] = beta2 * squares[index] + (1 - beta2) * change[index] * change[index]
            }
        case .yogi(let beta2):
            for index in change.indices {
                let square = change[index] * change[index]
                let gap = squares[index] - square
                let sign: Double = gap > 0 ? 1 : gap < 0 ? -1 : 0
                squares[index] -= (1 - beta2) * square * sign
            }
        }
        for index in change.indices {
            let mean = beta1 * means[index] + (1 - beta1) * change[index]
            means[index] = mean
            let step = rate * mean / (squares[index].squareRoot() + adaptivity)
            parameters[index] = Float(Double(parameters[index]) + step)
        }
    }
}
