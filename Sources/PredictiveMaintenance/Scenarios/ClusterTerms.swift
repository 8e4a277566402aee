/// What the companies of a clustered training agree on beside the constants of training.
/// Source: clustering section 5
public struct ClusterTerms: Hashable, Sendable {
    /// How the models of the slots differ when slots begin.
    public enum Start: Hashable, Sendable {
        /// Each slot has starting parameters of its own; there is no warm-up.
        case seeds
        /// All slots start from the model after the warm-up, each parameter off by a normal deviate times this share of the
        /// parameters' root mean square.
        case perturbed(Float)
    }

    /// How fast companies learn from round to round, in units of the scenario's learning rate.
    public struct Pace: Hashable, Sendable {
        /// The rate before `fadeFrom`.
        public var rate: Float
        /// The round from which the rate falls along a line.
        public var fadeFrom: Int
        /// The rate after the last round; not above `rate`.
        public var lastRate: Float

        /// Joins the three.
        public init(rate: Float, fadeFrom: Int, lastRate: Float) {
            precondition(rate > 0 && lastRate > 0 && lastRate <= rate && fadeFrom >= 0, "a pace that is none")
            self.rate = rate
            self.fadeFrom = fadeFrom
            self.lastRate = lastRate
        }

        /// The same rate in every round.
        public static let constant = Pace(rate: 1, fadeFrom: 0, lastRate: 1)

        /// The rate of `round` of `rounds`.
        public func rate(round: Int, of rounds: Int) -> Float {
            guard round > fadeFrom, rounds > fadeFrom else { return rate }
            return rate + (lastRate - rate) * Float(round - fadeFrom) / Float(rounds - fadeFrom)
        }
    }

    /// By which of its own examples a company ranks the slots.
    public enum Ranking: Hashable, Sendable, CaseIterable {
        /// Engines that no model was trained on.
        case validation
        /// Engines that it trains on.
        case training
    }

    /// Models, at least 1.
    public var slots: Int
    /// Rounds of one shared model before there are slots.
    public var warmUp: Int
    /// Rounds, after the warm-up, in which a company ranks slots by its loss over the mean loss of all companies there: no slot
    /// can be everybody's first choice, so the slots part by what differs between companies. One more small sum a round.
    public var parting: Int
    /// How fast companies learn.
    public var pace: Pace
    /// How the slots begin.
    public var start: Start
    /// What a company chooses by.
    public var ranking: Ranking
    /// The fewest honest members of an open slot, at least 3.
    public var minimum: Int
    /// Colluders that the count gate allows for.
    public var colluders: Int
    /// How many may leave between the count and the sum.
    public var dropouts: Int

    /// Joins the terms; by default what had the least validation loss in scenario C.
    public init(
        slots: Int, warmUp: Int = 10, parting: Int = 5, pace: Pace = Pace(rate: 2, fadeFrom: 30, lastRate: 0.2),
        start: Start = .perturbed(0.1), ranking: Ranking = .training, minimum: Int = 3,
        colluders: Int = 1, dropouts: Int = 0
    ) {
        precondition(slots >= 1 && warmUp >= 0 && parting >= 0, "no slot or a negative number of rounds")
        precondition(start != .seeds || warmUp == 0, "slots of their own seeds forget a warm-up")
        self.slots = slots
        self.warmUp = warmUp
        self.start = start
        self.parting = parting
        self.pace = pace
        self.ranking = ranking
        self.minimum = minimum
        self.colluders = colluders
        self.dropouts = dropouts
    }
}
