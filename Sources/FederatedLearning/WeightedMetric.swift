/// A number that rides in the same secure sum as the update and comes out as a mean over the cohort's examples.
public struct WeightedMetric: Hashable, Sendable {
    /// Unique among the metrics of a strategy.
    public let name: String
    /// Finite and positive; a participant's value is clipped to `-bound...bound`.
    public let bound: Double

    /// Declares a metric; `bound` must be finite and positive.
    public init(name: String, bound: Double) {
        precondition(bound > 0 && bound.isFinite, "a bound must be finite and positive")
        self.name = name
        self.bound = bound
    }

    /// One participant's value of a metric, as a mean over `examples` of its own examples.
    public struct Reading: Hashable, Sendable {
        /// The participant's own mean.
        public var value: Double
        /// How many examples the mean is over; 0 means that the value does not count.
        public var examples: Int

        /// Joins the two.
        public init(value: Double, examples: Int) {
            self.value = value
            self.examples = examples
        }
    }

    /// A metric over the whole cohort.
    public struct Mean: Hashable, Sendable {
        /// The metric's name.
        public let name: String
        /// The mean over all examples of the cohort; nil when no participant had any.
        public let value: Double?
        /// The cohort's examples, up to the quantiser's step times the cap on examples.
        public let examples: Double
    }
}
