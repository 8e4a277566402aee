public import FederatedLearning
public import RingVectors

/// Clustered training in oblivious slots: before every vector sum a count says which slots are large enough to be used.
///
/// Each company runs its own gate on the opened count. The vector sum is over exactly those who were counted (a roster of
/// their own when somebody was missing) and announced with `counted - dropouts` as its fewest survivors, which every company
/// demands before it hands over its input: no slot is ever opened with fewer than `minimum` honest members.
/// Source: clustering section 5
public struct ClusteredTraining {
    /// Constants of a run.
    public struct Terms: Sendable {
        /// Rounds of training.
        public var rounds: Int
        /// The ring of the uploads.
        public var ringBits: Int
        /// How values between two levels are brought to one.
        public var rounding: FixedPointCodec.Rounding
        /// The fewest honest members of an open slot, at least 3.
        public var minimum: Int
        /// How many companies may vote falsely together.
        public var colluders: Int
        /// How many may leave between the count and the sum.
        public var dropouts: Int
        /// Who falls silent when, in vector sums.
        public var schedule: DropoutSchedule

        /// A run in a 32-bit ring in which nobody leaves, unless told otherwise.
        public init(
            rounds: Int, minimum: Int = 3, colluders: Int, dropouts: Int = 0, ringBits: Int = 32,
            rounding: FixedPointCodec.Rounding = .stochastic, schedule: DropoutSchedule = .none
        ) {
            precondition(rounds >= 1 && minimum >= 3 && colluders >= 0 && dropouts >= 0, "terms out of range")
            self.rounds = rounds
            self.ringBits = ringBits
            self.rounding = rounding
            self.minimum = minimum
            self.colluders = colluders
            self.dropouts = dropouts
            self.schedule = schedule
        }
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The models of the round with the least loss.
        public let models: [ParameterVector]
        /// The slot of each company at that round; each knows its own alone.
        public let slots: [Int?]
        /// The round after which those models stood, 0 for the start.
        public let bestRound: Int
        /// The loss of the start and after each round, over all slots together.
        public let losses: [Double?]
        /// The opened counts of each round.
        public let counts: [[Int]]
        /// How often a company could not have its first choice.
        public let secondChoices: Int
        /// What the rounds have cost.
        public let tally: SumTally
    }

    /// The slots.
    public let slots: ClusterSlots
    /// The loss that rides along.
    public let metrics: MetricBlock
    /// The constants.
    public let terms: Terms

    /// Prepares a run; exactly one metric.
    public init(_ slots: ClusterSlots, metrics: MetricBlock, terms: Terms) {
        precondition(metrics.metrics.count == 1, "the one metric is the loss")
        self.slots = slots
        self.metrics = metrics
        self.terms = terms
    }

    /// Trains from one model a slot; they should differ.
    ///
    /// - Parameters:
    ///   - companies: how many.
    ///   - cohort: everybody's side.
    ///   - cohorts: the sessions of the sums.
    ///   - progress: called after each round with its number, from 1, and the loss of the models it started from.
    /// - Throws: `gate` when a count opens nothing or a sum is not admitted; the failures of the layers below.
    public func run(
        from start: [ParameterVector], companies: Int, cohort: inout some ClusteringCohort,
        cohorts: CohortSummation, progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(FederationFailure) -> Outcome {
        var coordinator = try FederationFailure.learning { () throws(LearningFailure) in
            try ClusterSlots.Coordinator(slots, models: start)
        }
        var gate = CountGate(
            slots: slots.slots, minimum: terms.minimum, colluders: terms.colluders, dropouts: terms.dropouts)
        var best = KeptModel(Kept(models: start, slots: []))
        var losses: [Double?] = []
        var counts: [[Int]] = []
        var secondChoices = 0
        var tally = SumTally(companies: companies)
        for round in 0...terms.rounds {
            let models = coordinator.models
            let rankings = try FederationFailure.learning { () throws(LearningFailure) in
                try cohort.rankings(of: models)
            }
            let count = try openCount(&gate, rankings, cohorts, &tally)
            counts.append(count.counts)
            var chosen = [Int?](repeating: nil, count: companies)
            for company in count.counted {
                let slot = try FederationFailure.gate { () throws(GateRefusal) in
                    try count.permission.first(in: rankings[company])
                }
                if slot != rankings[company].first { secondChoices += 1 }
                chosen[company] = slot
            }
            let own = chosen
            let isLast = round == terms.rounds
            let uploads =
                if isLast {
                    try FederationFailure.learning { () throws(LearningFailure) in
                        try cohort.scores(models: models, slots: own, metrics: metrics)
                    }
                } else {
                    try FederationFailure.clustering { () throws(ClusterFailure) in
                        try cohort.contributions(
                            round: round, models: models, slots: own, terms: slots, permission: count.permission,
                            metrics: metrics)
                    }
                }
            let summed = try vectorSum(uploads, count, round: round, model: models[0], cohorts: cohorts)
            tally.add(summed.tally, over: count.counted.count)
            let loss = try FederationFailure.learning { () throws(LearningFailure) in
                let base = isLast ? UploadSchema([]) : slots.schema
                return try metrics.means(from: summed.sum, schema: base).first?.value
            }
            losses.append(loss)
            if summed.survivors.count == companies {
                best.offer(Kept(models: models, slots: own), round: round, loss: loss)
            }
            if isLast { break }
            let sum = try FederationFailure.learning { () throws(LearningFailure) in
                try metrics.base(of: summed.sum, schema: slots.schema)
            }
            try FederationFailure.clustering { () throws(ClusterFailure) in
                try coordinator.absorb(sum, permission: count.permission)
            }
            progress(round + 1, loss)
        }
        return Outcome(
            models: best.model.models, slots: best.model.slots, bestRound: best.round, losses: losses, counts: counts,
            secondChoices: secondChoices, tally: tally)
    }

    private struct Kept {
        var models: [ParameterVector]
        var slots: [Int?]
    }

    /// An opened count.
    struct Count {
        let counted: [Int]
        let counts: [Int]
        let permission: CountGate.OpenSlots
    }

    /// The first sum: one-hot votes of everybody.
    func openCount(
        _ gate: inout CountGate, _ rankings: [[Int]], _ cohorts: CohortSummation, _ tally: inout SumTally
    ) throws(FederationFailure) -> Count {
        gate.reset()
        var votes: [Upload] = []
        for ranking in rankings {
            votes.append(
                try FederationFailure.gate { () throws(GateRefusal) in
                    try gate.vote(for: ranking.first ?? -1)
                })
        }
        let everybody = Array(rankings.indices)
        let summed = try cohorts.sum(over: everybody, votes, bits: 24, rounding: .nearest)
        tally.add(summed.tally, over: everybody.count)
        let permission = try FederationFailure.gate { () throws(GateRefusal) in try gate.absorb(summed.sum) }
        return Count(
            counted: summed.survivors, counts: summed.sum.values.map { Int($0.rounded()) }, permission: permission)
    }

    /// The second sum, over those who were counted.
    func vectorSum(
        _ uploads: [Upload?], _ count: Count, round: Int, model: ParameterVector, cohorts: CohortSummation
    ) throws(FederationFailure) -> SummedUploads {
        let present = count.counted.compactMap { uploads[$0] }
        guard present.count == count.counted.count else {
            throw .gate(.tooManyLeft(counted: count.counted.count, summed: present.count))
        }
        let silent = terms.schedule.dropouts(in: round)
        var dropouts: [Int: DropoutStep] = [:]
        for (place, company) in count.counted.enumerated() { dropouts[place] = silent[company] }
        let permission = count.permission
        return try cohorts.sum(
            over: count.counted, present, bits: terms.ringBits, rounding: terms.rounding, model: model,
            dropouts: dropouts, survivors: SurvivorDemand(permission.counted - permission.dropouts))
    }
}
