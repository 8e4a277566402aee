public import FederatedLearning
public import RingVectors
internal import SecureAggregation

/// Federated averaging in which every round's uploads go through the secure sum, and nothing else leaves a company.
///
/// The companies are closures that give all uploads of a round in order, so that a caller may train them in parallel.
/// The first metric of the strategy, if there is one, must be the loss of the model a round started from; the model
/// with the least of it is kept.
/// Source: fedavg section 1
public struct SecureTraining {
    /// Constants of a run.
    public struct Terms: Sendable {
        /// Rounds of training.
        public var rounds: Int
        /// The ring of the uploads.
        ///
        /// 32 by default: weights and losses of small companies ride in the same ring, and with 21 bits (a third less
        /// traffic) a loss would be known to a few per cent only, too coarse to choose a round by.
        public var ringBits: Int
        /// How values between two levels are brought to one; stochastic rounding has no bias.
        public var rounding: FixedPointCodec.Rounding
        /// Who falls silent when.
        public var schedule: DropoutSchedule

        /// A run without dropouts in a 32-bit ring, unless told otherwise.
        public init(
            rounds: Int, ringBits: Int = 32, rounding: FixedPointCodec.Rounding = .stochastic,
            schedule: DropoutSchedule = .none
        ) {
            precondition(rounds >= 1, "a run without rounds")
            self.rounds = rounds
            self.ringBits = ringBits
            self.rounding = rounding
            self.schedule = schedule
        }
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The model of the round with the least loss; the last one when the strategy has no metric.
        public let model: ParameterVector
        /// The round after which that model stood, 0 for the start.
        public let bestRound: Int
        /// The model after the last round.
        public let lastModel: ParameterVector
        /// The loss of the start and after each round: `rounds + 1` entries, nil where nobody had a validation example.
        public let losses: [Double?]
        /// What the rounds have cost.
        public let tally: SumTally
    }

    /// The strategy.
    public let strategy: FedAvg
    /// The constants.
    public let terms: Terms

    /// Prepares a run.
    public init(strategy: FedAvg, terms: Terms) {
        self.strategy = strategy
        self.terms = terms
    }

    /// Trains from `start`.
    ///
    /// A round in which a company's input is missing is no candidate for the kept model: its loss is over other data.
    /// One sum more, without training, scores the last model.
    ///
    /// - Parameters:
    ///   - contributions: one upload a company for the round and the shared model.
    ///   - scores: one upload a company that moves nothing and carries the loss; asked for once, at the end.
    ///   - progress: called after each round with its number, from 1, and the loss of the model it started from.
    /// - Throws: the failure of the layer that refused; the run is then lost.
    public func run(
        from start: ParameterVector, through summation: SecureSummation,
        contributions: (Int, ParameterVector) throws(LearningFailure) -> [Upload],
        scores: (ParameterVector) throws(LearningFailure) -> [Upload],
        progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(FederationFailure) -> Outcome {
        var model = start
        var best = Candidate(model: start)
        var losses: [Double?] = []
        var tally = SumTally(companies: summation.plan.participants)
        for round in 0...terms.rounds {
            let shared = model
            let isLast = round == terms.rounds
            if isLast && strategy.metrics.isEmpty {
                losses.append(nil)
                break
            }
            let uploads = try FederationFailure.learning { () throws(LearningFailure) in
                isLast ? try scores(shared) : try contributions(round, shared)
            }
            let summed = try summation.sum(
                uploads, bits: terms.ringBits, rounding: terms.rounding, model: shared,
                dropouts: isLast ? [:] : terms.schedule.dropouts(in: round))
            tally.add(summed.tally)
            let loss = try FederationFailure.learning { () throws(LearningFailure) in
                try strategy.means(from: summed.sum).first?.value
            }
            losses.append(loss)
            if let loss, summed.survivors.count == uploads.count, loss < best.loss {
                best = Candidate(model: shared, round: round, loss: loss)
            }
            if isLast { break }
            try FederationFailure.learning { () throws(LearningFailure) in
                try strategy.absorb(summed.sum, into: &model)
            }
            progress(round + 1, loss)
        }
        if best.loss == .infinity { best = Candidate(model: model, round: terms.rounds) }
        return Outcome(
            model: best.model, bestRound: best.round, lastModel: model, losses: losses, tally: tally)
    }

    private struct Candidate {
        var model: ParameterVector
        var round = 0
        var loss = Double.infinity
    }
}
