public import FederatedLearning

/// The whole federation in the clear: what a secure run must come out at, up to quantisation.
///
/// It sees every upload, so it is for tests and comparisons, never for companies that do not trust one another.
/// Source: cmapss section 4
public struct ReferenceFederation: Sendable {
    /// What is run.
    public let scenario: Scenario

    /// Prepares a run.
    public init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    /// How a federated run ended.
    public struct Outcome: Sendable {
        /// The model of the round with the least validation loss.
        public let model: ParameterVector
        /// That round, counting the start as 0.
        public let bestRound: Int
        /// Weighted validation loss of the start and after each round: `rounds + 1` numbers.
        public let validationLosses: [Double]
        /// The largest magnitude of a coordinate of any update, for choosing the clip.
        public let largestChange: Float
        /// The model in every company.
        public let reports: [CompanyReport]
    }

    /// The sum over uploads of one schema; precondition: not empty.
    public static func sum(_ uploads: [Upload]) -> AggregateSum {
        guard let first = uploads.first else { preconditionFailure("a sum over nobody") }
        var values = [Double](repeating: 0, count: first.schema.dimension)
        for upload in uploads {
            precondition(upload.schema == first.schema, "uploads of different schemas")
            for index in values.indices { values[index] += upload.values[index] }
        }
        return AggregateSum(schema: first.schema, values: values, cohortSize: uploads.count)
    }

    /// The normaliser made from the sum of all companies' statistics.
    public func normaliser() throws(LearningFailure) -> GroupNormaliser {
        let uploads = try scenario.companies.parallelMap { company throws(LearningFailure) in
            try company.statisticsUpload()
        }
        return GroupNormaliser(try scenario.statistics.moments(from: Self.sum(uploads), resolution: 0x1p-52))
    }

    /// The companies after they adopted the federated normaliser.
    public func preparedCompanies() throws(LearningFailure) -> [MaintenanceCompany] {
        let normaliser = try normaliser()
        return try scenario.companies.parallelMap { company throws(LearningFailure) in
            var prepared = company
            try prepared.adopt(normaliser)
            return prepared
        }
    }

    /// Federated averaging over all rounds, companies in parallel; the best round by weighted validation loss is kept.
    ///
    /// `rounds` overrides the terms, for short tests.
    public func run(rounds: Int? = nil) throws(LearningFailure) -> Outcome {
        var companies = try preparedCompanies()
        let strategy = scenario.strategy
        var model = scenario.initialParameters()
        var best = model
        var bestRound = 0
        var losses: [Double] = []
        var largest: Float = 0
        let total = rounds ?? scenario.terms.rounds
        for round in 0...total {
            let loss = try Self.validationLoss(of: model, in: companies)
            if losses.allSatisfy({ loss < $0 }) {
                best = model
                bestRound = round
            }
            losses.append(loss)
            if round == total { break }
            let plan = scenario.terms.plan(round: round)
            let shared = model
            let steps = try companies.parallelMap { company throws(LearningFailure) in
                var trained = company
                let update = try trained.train(from: shared, plan: plan)
                return Step(company: trained, update: update)
            }
            companies = steps.map(\.company)
            var uploads: [Upload] = []
            for step in steps {
                largest = step.update.delta.reduce(largest) { max($0, $1.magnitude) }
                uploads.append(try strategy.upload(step.update, metrics: [0]))
            }
            try strategy.absorb(Self.sum(uploads), into: &model)
        }
        let chosen = best
        let reports = try companies.parallelMap { company throws(LearningFailure) in try company.evaluate(chosen) }
        return Outcome(
            model: best, bestRound: bestRound, validationLosses: losses, largestChange: largest, reports: reports)
    }

    private struct Step: Sendable {
        var company: MaintenanceCompany
        var update: LocalUpdate
    }

    /// The mean validation loss over all companies' validation examples.
    public static func validationLoss(
        of model: ParameterVector, in companies: [MaintenanceCompany]
    ) throws(LearningFailure) -> Double {
        let parts = try companies.parallelMap { company throws(LearningFailure) in
            let part = try company.validationLoss(of: model)
            return Part(loss: part.loss, examples: part.examples)
        }
        let examples = parts.reduce(0) { $0 + $1.examples }
        guard examples > 0 else { throw .noExamples }
        return parts.reduce(0) { $0 + $1.loss } / Double(examples)
    }

    private struct Part: Sendable {
        var loss: Double
        var examples: Int
    }
}
