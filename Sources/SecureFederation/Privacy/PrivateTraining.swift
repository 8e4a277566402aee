public import DifferentialPrivacy
public import FederatedLearning
internal import RingVectors

/// Training whose every sum protects single machines (or records): procedures A, B and D.
///
/// The companies are a closure that gives one vector for each of a company's units, computed from that unit's own data, the
/// shared model and public constants alone. There is no validation, no choice of a round and no count of data: the last
/// model is kept, and means are over the agreed number of units.
/// Source: private-training section 4
public struct PrivateTraining {
    /// Constants of a run; all public.
    public struct Terms: Sendable {
        /// Rounds, each with one secure sum.
        public var rounds: Int
        /// `companySGD`: noised steps inside a company between two sums; else 1.
        public var localSteps: Int
        /// Adam's step on the mean change (A) or gradient (B), the step of gradient descent in D.
        public var learningRate: Float
        /// Follows the noised count of clipped units from round to round; nil keeps the clip norm.
        public var adaptive: AdaptiveClipNorm?
        /// Who falls silent when.
        public var schedule: DropoutSchedule

        /// Writes them down.
        public init(
            rounds: Int, localSteps: Int = 1, learningRate: Float, adaptive: AdaptiveClipNorm? = nil,
            schedule: DropoutSchedule = .none
        ) {
            precondition(rounds >= 1 && localSteps >= 1, "a run without steps")
            self.rounds = rounds
            self.localSteps = localSteps
            self.learningRate = learningRate
            self.adaptive = adaptive
            self.schedule = schedule
        }
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The model after the last round.
        public let model: ParameterVector
        /// The clip norm after each round.
        public let clipNorms: [Double]
        /// The noised count of clipped units of each round, where the plan has an indicator.
        public let clippedUnits: [Double]
        /// What the rounds have cost.
        public let tally: SumTally
    }

    /// A company's vectors for a round and a model, one a unit; it cannot throw, for data must not end a round. What
    /// cannot be computed is an empty or a non-finite vector, which counts as zero.
    public typealias UnitVectors = (_ company: Int, _ round: Int, ParameterVector) -> [[Float]]

    /// The constants.
    public let terms: Terms

    /// Prepares a run.
    public init(_ terms: Terms) {
        self.terms = terms
    }

    /// Trains from `start`.
    ///
    /// - Parameters:
    ///   - vectors: changes after local training (A) or gradients (B, D) of each unit.
    ///   - progress: called after each round with its number, from 1.
    /// - Throws: the failure of the layer that refused; what was charged stays charged.
    public func run(
        from start: ParameterVector, through summation: PrivateSummation, vectors: UnitVectors,
        progress: (Int) -> Void = { _ in }
    ) throws(FederationFailure) -> Outcome {
        let plan = summation.plan
        var model = start
        var tally = SumTally(companies: plan.terms.participants)
        var optimiser = Optimiser.adam(Adam())
        var adaptive = terms.adaptive
        var clipNorms: [Double] = []
        var clippedUnits: [Double] = []
        for round in 0..<terms.rounds {
            let norm = adaptive?.norm ?? plan.clipNorm
            let shared = model
            let dropouts = terms.schedule.dropouts(in: round)
            if plan.procedure.procedure == .companySGD {
                let mean = try summation.companySteps(
                    terms.localSteps, round: round, from: shared, learningRate: terms.learningRate,
                    dropouts: dropouts, vectors: vectors, &tally)
                model.values = zip(shared.values, mean).map { Float(Double($0) + $1) }
            } else {
                let summed = try summation.sum(clipNorm: norm, model: shared, dropouts: dropouts) { company in
                    vectors(company, round, shared)
                }
                tally.add(summed.tally)
                // A's mean change points downhill, B's mean gradient uphill.
                let sign = plan.procedure.procedure == .unitFedAvg ? -1.0 : 1
                let scale = sign / Double(plan.terms.nominalUnits)
                var values = model.values
                optimiser.step(
                    &values, gradient: summed.values.map { Float($0 * scale) }, learningRate: terms.learningRate)
                model.values = values
                if let clipped = summed.clippedUnits {
                    clippedUnits.append(clipped)
                    adaptive?.update(clippedCount: clipped, machines: plan.terms.nominalUnits)
                }
            }
            clipNorms.append(norm)
            progress(round + 1)
        }
        return Outcome(model: model, clipNorms: clipNorms, clippedUnits: clippedUnits, tally: tally)
    }
}
