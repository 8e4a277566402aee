public import FederatedLearning

/// Why a clustered run stopped: its own numbers, or the sum.
public enum ClusteredRunFailure<SumFailure: Error>: Error {
    /// The gate or the numbers refused.
    case cluster(ClusterFailure)
    /// The caller's sum was not made.
    case sum(SumFailure)

    static func cluster<Value>(_ body: () throws(ClusterFailure) -> Value) throws(Self) -> Value {
        do throws(ClusterFailure) { return try body() } catch { throw .cluster(error) }
    }

    static func gate<Value>(_ body: () throws(GateRefusal) -> Value) throws(Self) -> Value {
        do throws(GateRefusal) { return try body() } catch { throw .cluster(.gate(error)) }
    }

    static func learning<Value>(_ body: () throws(LearningFailure) -> Value) throws(Self) -> Value {
        do throws(LearningFailure) { return try body() } catch { throw .cluster(.learning(error)) }
    }
}

/// Clustered training (IFCA) of a scenario over whatever sums the caller makes.
///
/// A warm-up of plain averaging, then in each round a count, a score and a sum over slots. The models of the round
/// with the least mean validation loss are kept, each company's under the slot it had then. Round 0's models are the start.
/// Source: clustering section 5
public struct ClusteredFederation: Sendable {
    /// What is run.
    public let scenario: Scenario
    /// Slots and gate.
    public let terms: ClusterTerms

    /// Prepares a run.
    public init(_ scenario: Scenario, _ terms: ClusterTerms) {
        self.scenario = scenario
        self.terms = terms
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The models of the slots in the kept round.
        public let models: [ParameterVector]
        /// Each company's slot there.
        public let choices: [Int]
        /// The kept round, counted with the warm-up.
        public let bestRound: Int
        /// The opened counts of the kept round.
        public let counts: [Int]
        /// How often a company could not have its first choice.
        public let secondChoices: Int
        /// The open slots of each round after the warm-up.
        public let open: [[Int]]
        /// The mean validation loss before each round after the warm-up and after the last.
        public let losses: [Double?]
        /// The companies after the last round.
        public let companies: [MaintenanceCompany]

        /// Each company's test with the model of its slot.
        public func reports() throws(LearningFailure) -> [CompanyReport] {
            var reports: [CompanyReport] = []
            for (company, slot) in zip(companies, choices) { reports.append(try company.evaluate(models[slot])) }
            return reports
        }
    }

    /// Runs `rounds` rounds, warm-up included, over prepared companies.
    ///
    /// With `rankings` the companies choose by clusters found beforehand. `sum` gets one upload a company, all of one schema, and
    /// gives their sum; it is called once a warm-up round, three times
    /// in every other round (count, score, update; a fourth time while slots part) and twice at the end.
    public func run<SumFailure: Error>(
        _ prepared: [MaintenanceCompany], rounds: Int? = nil,
        sum: (SlotSum) throws(SumFailure) -> AggregateSum,
        fixed rankings: [[Int]]? = nil, progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(ClusteredRunFailure<SumFailure>) -> Outcome {
        // No alias for the failure in here: a body with a type in it ends the compiler in debug builds.
        let total = rounds ?? scenario.terms.rounds
        precondition(total >= terms.warmUp, "a warm-up longer than the run")
        var companies = ClusteredCompanies(prepared, terms, in: scenario)
        companies.fixedRankings = rankings
        func summed(
            _ uploads: [Upload], _ kind: SlotSum.Kind = .everybody
        ) throws(ClusteredRunFailure<SumFailure>) -> AggregateSum {
            do throws(SumFailure) { return try sum(SlotSum(uploads, kind)) } catch { throw .sum(error) }
        }
        var shared = scenario.initialParameters()
        for round in 0..<terms.warmUp {
            let uploads = try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
                try companies.warmUp(to: scenario.strategy, from: shared, round: round, of: total)
            }
            let opened = try summed(uploads)
            try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
                try scenario.strategy.absorb(opened, into: &shared)
            }
        }
        var coordinator = try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
            try ClusterSlots.Coordinator(companies.slots, models: scenario.slotModels(terms, from: shared))
        }
        var best = (
            models: coordinator.models, choices: [Int](), counts: [Int](), round: terms.warmUp, loss: Double.infinity
        )
        var secondChoices = 0
        var losses: [Double?] = []
        var open: [[Int]] = []
        for round in terms.warmUp...total {
            let models = coordinator.models
            let measured = try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
                try companies.measure(models)
            }
            let means = round < terms.warmUp + terms.parting ? try summed(measured) : nil
            let votes = try ClusteredRunFailure<SumFailure>.cluster { () throws(ClusterFailure) in
                try companies.votes(over: means)
            }
            let counted = try summed(votes, .count)
            var gate = companies.gate
            let permission = try ClusteredRunFailure<SumFailure>.gate { () throws(GateRefusal) in
                let permission = try gate.absorb(counted)
                try companies.settle(permission)
                return permission
            }
            let scores = try summed(
                try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
                    try companies.scores(models)
                })
            let loss = try ClusteredRunFailure<SumFailure>.learning { () throws(LearningFailure) in
                try companies.meanLoss(scores)
            }
            losses.append(loss)
            progress(round, loss)
            if best.choices.isEmpty || (loss ?? .infinity) < best.loss {
                let counts = counted.values.map { Int($0.rounded()) }
                best = (models, companies.choices, counts, round, loss ?? .infinity)
            }
            secondChoices += companies.secondChoices
            if round == total { break }
            open.append(permission.open)
            let uploads = try ClusteredRunFailure<SumFailure>.cluster { () throws(ClusterFailure) in
                try companies.contributions(from: models, permission: permission, round: round, of: total)
            }
            let opened = try summed(uploads, .slots(permission))
            try ClusteredRunFailure<SumFailure>.cluster { () throws(ClusterFailure) in
                try coordinator.absorb(opened, permission: permission)
            }
        }
        return Outcome(
            models: best.models, choices: best.choices, bestRound: best.round, counts: best.counts,
            secondChoices: secondChoices, open: open, losses: losses,
            companies: companies.companies)
    }
}

extension Scenario {
    /// The models that the slots begin with; the same in every run of this scenario.
    func slotModels(_ terms: ClusterTerms, from shared: ParameterVector) -> [ParameterVector] {
        (0..<terms.slots).map { slot in
            var generator = SeededGenerator(
                seed: SimulationSeed(self.terms.seed).child(.initialParameters, 1 + slot).value)
            switch terms.start {
            case .seeds:
                var parameters = network.initialParameters(from: &generator)
                parameters.values = parameters.values.map { $0 * Self.initialScale }
                return parameters
            case .perturbed(let share):
                let squares = shared.values.reduce(0) { $0 + Double($1) * Double($1) }
                let unit = (squares / Double(max(1, shared.values.count))).squareRoot() * Double(share)
                var parameters = shared
                parameters.values = shared.values.map { $0 + Float(unit * generator.gaussian()) }
                return parameters
            }
        }
    }
}
