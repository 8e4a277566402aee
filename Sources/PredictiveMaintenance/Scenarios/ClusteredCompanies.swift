public import FederatedLearning

/// The companies' side of clustered training: what each votes, trains and reports, every upload for a sum of its own.
///
/// A round is `measure` (in parting rounds with a sum), `votes`, a sum, `settle` on the slots that the gate opened, `scores` and `contributions`, a sum each. Rankings and
/// slots stay with the companies.
/// Source: clustering section 5
public struct ClusteredCompanies: Sendable {
    /// What was agreed.
    public let terms: ClusterTerms
    /// The blocks of an update.
    public let slots: ClusterSlots
    /// `loss` (bound: the terms' loss bound) and `examples` (bound 1), both over the cap on examples.
    public let scoreSchema: UploadSchema
    /// `losses`: a company's mean loss under each slot's model, bound: the terms' loss bound.
    public let lossSchema: UploadSchema
    /// The members after a normaliser was adopted.
    public private(set) var companies: [MaintenanceCompany]
    /// Each company's slot of this round; in clear for the caller who plays them all.
    public private(set) var choices: [Int] = []

    /// Each company's slots from clusters that were found beforehand; nil ranks by loss.
    var fixedRankings: [[Int]]?

    private let training: TrainingTerms
    private var losses: [[Double]] = []
    private var rankings: [[Int]] = []

    /// The companies of `scenario` under `terms`; precondition: all have adopted a normaliser.
    public init(_ companies: [MaintenanceCompany], _ terms: ClusterTerms, in scenario: Scenario) {
        self.terms = terms
        self.companies = companies
        training = scenario.terms
        slots = ClusterSlots(
            layout: scenario.layout, slots: terms.slots, clip: training.updateClip,
            maximumExamples: training.maximumExamples)
        lossSchema = UploadSchema([.init(name: "losses", count: terms.slots, bound: training.lossBound)])
        scoreSchema = UploadSchema([
            .init(name: "loss", count: 1, bound: training.lossBound), .init(name: "examples", count: 1, bound: 1),
        ])
    }

    /// A gate at its start; each participant has its own.
    public var gate: CountGate {
        CountGate(
            slots: terms.slots, minimum: terms.minimum, colluders: terms.colluders, dropouts: terms.dropouts)
    }

    /// Each company's mean loss under each slot's model, by the examples it ranks by; gives them as uploads for parting rounds.
    public mutating func measure(_ models: [ParameterVector]) throws(LearningFailure) -> [Upload] {
        let ranking = terms.ranking
        losses = try companies.parallelMap { company throws(LearningFailure) in
            var means: [Double] = []
            for model in models {
                let part =
                    ranking == .validation ? try company.validationLoss(of: model) : try company.trainingLoss(of: model)
                means.append(part.examples > 0 ? part.loss / Double(part.examples) : 0)
            }
            return means
        }
        var uploads: [Upload] = []
        for means in losses {
            uploads.append(try Upload(schema: lossSchema, values: means.map { min($0, training.lossBound) }))
        }
        return uploads
    }

    /// Ranks the slots by each company's own loss, in a parting round over the mean loss there, and gives the one-hot uploads of
    /// first choices; throws `schemaMismatch` for a sum of something else.
    public mutating func votes(over sum: AggregateSum? = nil) throws(ClusterFailure) -> [Upload] {
        if let sum, sum.schema != lossSchema { throw .learning(.schemaMismatch) }
        let participant = ClusterSlots.Participant(slots)
        rankings = []
        var uploads: [Upload] = []
        for (company, means) in losses.enumerated() {
            let relative = means.enumerated().map { slot, mean in
                let whole = sum?.values[slot] ?? 1
                return whole > 0 ? mean / whole : mean
            }
            let byLoss = try Self.learning { () throws(LearningFailure) in try participant.ranking(losses: relative) }
            let order = fixedRankings?[company] ?? byLoss
            rankings.append(order)
            do throws(GateRefusal) { uploads.append(try gate.vote(for: order[0])) } catch { throw .gate(error) }
        }
        return uploads
    }

    /// How many companies could not have their first choice this round.
    var secondChoices: Int { zip(choices, rankings).count { $0 != $1.first } }

    /// A short sketch of each company's first update, of length 1 (or 0): what secure Lloyd clusters by; stays at home.
    public func embeddings(
        from start: ParameterVector, size: Int, seed: UInt64
    ) throws(LearningFailure) -> [[Double]] {
        let plan = training.plan(round: 0)
        return try companies.parallelMap { company throws(LearningFailure) in
            var trained = company
            let update = try trained.train(from: start, plan: plan)
            let sketch = PairwiseCollaboration.sketch(update.delta, size: size, seed: seed)
            let norm = sketch.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return sketch.map { norm > 0 ? $0 / norm : 0 }
        }
    }

    /// Each company takes its best open slot; throws `rankingIncomplete` before any vote.
    public mutating func settle(_ permission: CountGate.OpenSlots) throws(GateRefusal) {
        guard rankings.count == companies.count else { throw .rankingIncomplete }
        var chosen: [Int] = []
        for ranking in rankings { chosen.append(try permission.first(in: ranking)) }
        choices = chosen
    }

    /// Each company's validation loss under the model of its slot: one mean over all companies, whatever their slots.
    public func scores(_ models: [ParameterVector]) throws(LearningFailure) -> [Upload] {
        let cap = Double(training.maximumExamples)
        var uploads: [Upload] = []
        for (company, slot) in zip(companies, choices) {
            let part = try company.validationLoss(of: models[slot])
            let bound = training.lossBound * Double(part.examples)
            uploads.append(
                try Upload(schema: scoreSchema, values: [min(part.loss, bound) / cap, Double(part.examples) / cap]))
        }
        return uploads
    }

    /// The mean loss behind a sum of scores; nil when nobody has a validation example.
    public func meanLoss(_ sum: AggregateSum) throws(LearningFailure) -> Double? {
        guard sum.schema == scoreSchema else { throw .schemaMismatch }
        return sum.values[1] > 0 ? sum.values[0] / sum.values[1] : nil
    }

    /// Trains every company from the model of its slot and gives the uploads.
    public mutating func contributions(
        from models: [ParameterVector], permission: CountGate.OpenSlots, round: Int, of rounds: Int
    ) throws(ClusterFailure) -> [Upload] {
        let (plan, choices) = (plan(round: round, of: rounds), choices)
        let places = Dictionary(uniqueKeysWithValues: companies.enumerated().map { ($1.participant, $0) })
        let steps = try Self.learning { () throws(LearningFailure) in
            try companies.parallelMap { company throws(LearningFailure) in
                var trained = company
                let slot = choices[places[company.participant] ?? 0]
                let update = try trained.train(from: models[slot], plan: plan)
                return Step(company: trained, update: update)
            }
        }
        companies = steps.map(\.company)
        var uploads: [Upload] = []
        for (step, slot) in zip(steps, choices) {
            uploads.append(
                try ClusterSlots.Participant(slots).upload(step.update, slot: slot, permission: permission))
        }
        return uploads
    }

    private struct Step: Sendable {
        var company: MaintenanceCompany
        var update: LocalUpdate
    }

    /// One round of a single shared model.
    public mutating func warmUp(
        to strategy: FedAvg, from model: ParameterVector, round: Int, of rounds: Int
    ) throws(LearningFailure) -> [Upload] {
        try companies.contributions(to: strategy, from: model, plan: plan(round: round, of: rounds))
    }

    private func plan(round: Int, of rounds: Int) -> RoundPlan {
        var plan = training.plan(round: round)
        plan.learningRate *= terms.pace.rate(round: round, of: rounds)
        return plan
    }

    private static func learning<Value>(_ body: () throws(LearningFailure) -> Value) throws(ClusterFailure) -> Value {
        do throws(LearningFailure) { return try body() } catch { throw .learning(error) }
    }
}
