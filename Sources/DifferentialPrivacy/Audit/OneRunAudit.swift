#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What guesses about many canaries in one run say: lower bounds of epsilon, at a confidence.
///
/// Each of m canaries is in or out by its own fair coin; an attacker guesses r of the coins and is right v times. A lower
/// bound never certifies anything.
/// Source: self-audit section 3
public struct OneRunAudit: Hashable, Sendable {
    /// The most canaries, 65,536.
    public static let largestCount = 1 << 16
    /// Bounds end here.
    private static let ceiling = 64.0

    /// Canaries, m: 1...65,536.
    public let canaries: Int
    /// Guesses made, r: 1...m.
    public let guesses: Int
    /// Right ones, v: 0...r.
    public let correct: Int

    /// Throws `countOutOfRange`.
    public init(canaries: Int, guesses: Int, correct: Int) throws(AuditRefusal) {
        guard (1...Self.largestCount).contains(canaries), (1...canaries).contains(guesses),
            (0...guesses).contains(correct)
        else { throw .countOutOfRange }
        self.canaries = canaries
        self.guesses = guesses
        self.correct = correct
    }

    /// The largest epsilon found that (epsilon, delta) is refuted at, by the binomial tail of Steinke, Nasr and Jagielski; at
    /// most 64.
    ///
    /// Throws `confidenceOutOfRange`. Cost: some forty sums over the right guesses.
    /// Source: self-audit section 3
    public func epsilonLowerBound(at delta: Delta, confidence: Double) throws(AuditRefusal) -> Double {
        try Self.require(confidence)
        return Self.last { binomialChance(epsilon: $0, delta: delta.value) < 1 - confidence }
    }

    /// The same for (epsilon, delta) by the recursion over trade-off functions; proved in the page.
    ///
    /// Throws `confidenceOutOfRange`.
    /// Source: self-audit section 4
    public func epsilonLowerBoundByTradeOff(at delta: Delta, confidence: Double) throws(AuditRefusal) -> Double {
        try Self.require(confidence)
        return Self.last { epsilon in
            refutes(chance: 1 - confidence) { reached in
                let straight = (reached - delta.value) * exp(-epsilon)
                return max(0, straight, 1 - delta.value - exp(epsilon) * (1 - reached))
            }
        }
    }

    /// A lower bound of mu if the mechanism is mu-GDP; at most 64. Throws `confidenceOutOfRange`.
    /// Source: self-audit section 4
    public func muLowerBound(confidence: Double) throws(AuditRefusal) -> Double {
        try Self.require(confidence)
        return Self.last { mu in
            refutes(chance: 1 - confidence) { reached in
                reached >= 1 ? 1 : NormalQuantile.below(NormalQuantile.of(reached) - mu)
            }
        }
    }

    /// The lower bound of epsilon at delta if the mechanism is Gaussian. Throws `confidenceOutOfRange`.
    /// Source: self-audit section 4
    public func epsilonLowerBoundIfGaussian(at delta: Delta, confidence: Double) throws(AuditRefusal) -> Double {
        let mu = try muLowerBound(confidence: confidence)
        guard mu > 0 else { return 0 }
        return GaussianCurve(muSquared: Enclosure(mu * mu)).epsilonInterval(at: delta.value).lower
    }

    /// A bound of P[at least `correct` right] under (epsilon, delta): the tail of r coins of bias e^eps / (1 + e^eps), and
    /// 2 m delta times the largest mean mass per step just below.
    func binomialChance(epsilon: Double, delta: Double) -> Double {
        let bias = 1 / (1 + exp(-epsilon))
        var (mass, most) = (0.0, 0.0)
        for below in 1..<(correct + 1) {
            mass += BetaFunction.mass(correct - below, of: guesses, bias)
            most = max(most, mass / Double(below))
        }
        return BetaFunction.upperTail(correct, of: guesses, bias) + 2 * Double(canaries) * delta * most
    }

    /// Whether at least `correct` right guesses have a probability below `chance` for every mechanism whose blow-up
    /// function has the given inverse: if they had that probability, all outcomes together would exceed one.
    private func refutes(chance: Double, _ inverse: (Double) -> Double) -> Bool {
        let (all, made) = (Double(canaries), Double(guesses))
        var right = chance * Double(correct) / all
        var wrong = chance * Double(guesses - correct) / all
        for count in stride(from: correct - 1, through: 0, by: -1) {
            let needed = max(wrong, inverse(right))
            right += Double(count) / (made - Double(count)) * (needed - wrong)
            wrong = needed
            if right + wrong > made / all * (1 + 1e-9) { return true }
        }
        return false
    }

    private static func require(_ confidence: Double) throws(AuditRefusal) {
        guard confidence > 0.5, confidence < 1 else { throw .confidenceOutOfRange }
    }

    private static func last(_ isRefuted: (Double) -> Bool) -> Double {
        Bisection.last(from: 0, to: ceiling, relative: 1e-9, isRefuted) ?? 0
    }
}
