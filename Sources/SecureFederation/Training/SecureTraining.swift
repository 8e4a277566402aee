public import FederatedLearning
public import RingVectors
internal import SecureAggregation

/// Federated training in which every round's uploads go through the secure sum, and nothing else leaves a company.
///
/// Any strategy will do whose server sees sums alone. The companies are a cohort that gives all uploads of a round at once, so
/// that a caller may train them in parallel. The first metric of the strategy, if there is one, must be the loss of the model
/// that a round started from; the model with the least of it is kept.
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
    public let strategy: any MeteredStrategy
    /// The constants.
    public let terms: Terms

    /// Prepares a run.
    public init(strategy: any MeteredStrategy, terms: Terms) {
        self.strategy = strategy
        self.terms = terms
    }

    /// Trains from `start`.
    ///
    /// A round in which a company's input is missing is no candidate for the kept model: its loss is over other data.
    /// One sum more, without training, scores the last model.
    ///
    /// - Parameters:
    ///   - cohort: everybody's side; told after each round whose uploads were in the sum. Afterwards it is as it was when the
    ///     kept model was shared, so that private heads fit it.
    ///   - progress: called after each round with its number, from 1, and the loss of the model it started from.
    /// - Throws: the failure of the layer that refused; the run is then lost.
    public func run<Cohort: TrainingCohort>(
        from start: ParameterVector, through summation: SecureSummation, cohort: inout Cohort,
        progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(FederationFailure) -> Outcome {
        var strategy = self.strategy
        var model = start
        var best = KeptModel(Kept(model: start, cohort: cohort))
        var losses: [Double?] = []
        var tally = SumTally(companies: summation.plan.participants)
        for round in 0...terms.rounds {
            let isLast = round == terms.rounds
            let begin = RoundStart(round: round, model: model, broadcast: strategy.broadcast)
            let before = cohort
            let uploads = try FederationFailure.learning { () throws(LearningFailure) in
                isLast ? try cohort.scores(of: begin.model) : try cohort.contributions(from: begin)
            }
            let summed = try summation.sum(
                uploads, bits: terms.ringBits, rounding: terms.rounding, model: begin.model,
                dropouts: isLast ? [:] : terms.schedule.dropouts(in: round))
            tally.add(summed.tally)
            if !isLast { cohort.settle(counted: summed.survivors) }
            let loss = try FederationFailure.learning { () throws(LearningFailure) in
                try strategy.means(from: summed.sum).first?.value
            }
            losses.append(loss)
            if summed.survivors.count == uploads.count {
                best.offer(Kept(model: begin.model, cohort: before), round: round, loss: loss)
            }
            if isLast { break }
            try FederationFailure.learning { () throws(LearningFailure) in
                try strategy.absorb(summed.sum, into: &model)
            }
            progress(round + 1, loss)
        }
        if !best.isChosen { best = KeptModel(Kept(model: model, cohort: cohort), round: terms.rounds) }
        cohort = best.model.cohort
        return Outcome(
            model: best.model.model, bestRound: best.round, lastModel: model, losses: losses, tally: tally)
    }
}

private struct Kept<Cohort> {
    var model: ParameterVector
    var cohort: Cohort
}

/// The model of the least loss so far.
struct KeptModel<Model> {
    private(set) var model: Model
    private(set) var round: Int
    private var loss = Double.infinity

    /// The model that stands until one is offered with a loss.
    init(_ model: Model, round: Int = 0) {
        self.model = model
        self.round = round
    }

    /// Whether any offer came with a loss.
    var isChosen: Bool { loss < .infinity }

    /// Takes a model whose loss is below all before.
    mutating func offer(_ model: Model, round: Int, loss: Double?) {
        guard let loss, loss < self.loss else { return }
        self.model = model
        self.round = round
        self.loss = loss
    }
}
