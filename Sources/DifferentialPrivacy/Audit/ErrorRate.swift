/// Errors of an attack counted in independent trials, and what the true rate can be.
/// Source: self-audit section 1
public struct ErrorRate: Hashable, Sendable {
    /// Errors, 0...trials.
    public let errors: Int
    /// Trials, 1...2^30.
    public let trials: Int

    /// Throws `countOutOfRange`.
    public init(errors: Int, trials: Int) throws(AuditRefusal) {
        guard (1...1 << 30).contains(trials), (0...trials).contains(errors) else { throw .countOutOfRange }
        self.errors = errors
        self.trials = trials
    }

    /// What the rate exceeds with probability at most 1 - confidence (Clopper and Pearson), rounded up; 0 < confidence
    /// < 1 is the caller's business.
    /// Source: self-audit section 1
    public func upperBound(confidence: Double) -> Double {
        precondition(confidence > 0 && confidence < 1, "a confidence between 0 and 1")
        guard errors < trials else { return 1 }
        let allowed = (1 - confidence) * (1 - 1e-8)
        // P[Bin(trials, p) <= errors] falls with p: the first p at which it is too small.
        return Bisection.first(from: 0, to: 1) { rate in
            BetaFunction.upperTail(trials - errors, of: trials, 1 - rate) <= allowed
        } ?? 1
    }

    /// What the rate falls below with probability at most 1 - confidence.
    public func lowerBound(confidence: Double) -> Double {
        guard errors > 0 else { return 0 }
        guard let mirrored = try? ErrorRate(errors: trials - errors, trials: trials) else { return 0 }
        return max(0, 1 - mirrored.upperBound(confidence: confidence))
    }
}

/// Why an audit says nothing.
/// Source: self-audit section 1
public enum AuditRefusal: Error, Hashable, Sendable {
    /// No trials, more than 2^30, or more errors or guesses than there are.
    case countOutOfRange
    /// A confidence that is not above one half and below one.
    case confidenceOutOfRange
    /// No threshold, or more than 64.
    case thresholdsOutOfRange
}
