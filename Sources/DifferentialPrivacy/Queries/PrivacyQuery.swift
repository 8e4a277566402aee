/// One question to the accountants, complete in itself: nothing in it is assumed or defaulted.
/// Source: privacy-queries section 1
public struct PrivacyQuery: Hashable, Sendable {
    /// What is asked for.
    /// Source: privacy-queries section 1
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// epsilon at a delta.
        case epsilon
        /// delta at an epsilon.
        case delta
        /// The least noise within a budget.
        case sigma
        /// The most steps within a budget.
        case steps
        /// The highest Poisson rate within a budget.
        case rate

        /// Whether the answer is a setting for an epsilon and a delta.
        var isCalibration: Bool { self != .epsilon && self != .delta }
    }

    /// The noise.
    /// Source: privacy-queries section 1
    public enum Noise: String, Hashable, Sendable, CaseIterable {
        /// Real Gaussian noise; the scale is a standard deviation.
        case gaussian
        /// Real Laplace noise; the scale is b.
        case laplace
        /// Integer noise on a grid of width 1; the scale is the parameter sigma.
        case discreteGaussian = "discrete_gaussian"
    }

    /// One mechanism with its repetitions. What the query searches for is a ratio here.
    /// Source: privacy-queries section 1
    public struct Event: Hashable, Sendable {
        /// The noise.
        public var noise: Noise
        /// Scale over sensitivity; 1 where the least is searched and none is given.
        public var multiplier: Double
        /// How far one unit moves the sum, in the unit of the scale: L2 norm, for Laplace L1.
        public var sensitivity: Double
        /// Who takes part.
        public var sampling: SamplingScheme
        /// Repetitions; 1 where the most are searched and none are given.
        public var steps: Int
    }

    /// The most events of a query.
    public static let mostEvents = 1 << 10

    /// What is asked for.
    public let kind: Kind
    /// Fixed before any of them happens.
    public let events: [Event]
    /// Which data sets are neighbours.
    public let adjacency: Adjacency
    /// Whom the figure protects; nil where only the caller knows.
    public let unit: PrivacyUnit?
    /// Between 0 and 1; nil for `delta`.
    public let delta: Double?
    /// Nats; nil for `epsilon`.
    public let epsilon: Double?
    /// Which bound.
    public let accountant: Accountant

    /// Checked by the decoder alone.
    init(
        kind: Kind, events: [Event], adjacency: Adjacency, unit: PrivacyUnit?, delta: Double?, epsilon: Double?,
        accountant: Accountant
    ) {
        self.kind = kind
        self.events = events
        self.adjacency = adjacency
        self.unit = unit
        self.delta = delta
        self.epsilon = epsilon
        self.accountant = accountant
    }
}
