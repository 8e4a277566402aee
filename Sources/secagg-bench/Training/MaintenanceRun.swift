internal import FederatedLearning
internal import PredictiveMaintenance
internal import RingVectors
internal import SecureFederation

/// A scenario from first statistics to the test, every sum a secure one.
struct MaintenanceRun {
    /// What the caller chose.
    struct Settings {
        var rounds: Int
        var ringBits: Int
        var dropoutRate: Double
        var seed: UInt64
        var withRidge: Bool
    }

    /// The penalty of the ridge regression.
    static let ridgePenalty = 1.0

    let scenario: Scenario
    let settings: Settings

    /// Runs everything and measures it.
    func run(through summation: SecureSummation) throws(FederationFailure) -> MaintenanceResult {
        var clock = PhaseClock()
        Terminal.progress("statistics")
        let (normaliser, statistics) = try sumStatistics(summation)
        var companies = try FederationFailure.learning { () throws(LearningFailure) in
            try scenario.companies.parallelMap { company throws(LearningFailure) in
                var prepared = company
                try prepared.adopt(normaliser)
                return prepared
            }
        }
        clock.end(.statistics)
        var setUp = statistics
        var ridge: RidgeResult?
        if settings.withRidge {
            Terminal.progress("ridge regression")
            let (fitted, tally) = try RidgeResult.fit(companies, scenario, normaliser, summation)
            ridge = fitted
            setUp.add(tally)
            clock.end(.ridge)
        }
        let outcome = try train(&companies, summation, &clock)
        Terminal.progress("evaluation and baselines")
        let trained = companies
        let reports = try FederationFailure.learning { () throws(LearningFailure) in
            let federated = try trained.parallelMap { company throws(LearningFailure) in
                try company.evaluate(outcome.model)
            }
            return (federated, try scenario.baselines(rounds: settings.rounds))
        }
        clock.end(.baselines)
        return MaintenanceResult(
            outcome: outcome, setUpSums: setUp, ridge: ridge, normaliser: normaliser, federated: reports.0,
            solo: reports.1.solo, pooled: reports.1.pooled, phaseSeconds: clock.seconds)
    }

    private func sumStatistics(
        _ summation: SecureSummation
    ) throws(FederationFailure) -> (GroupNormaliser, SumTally) {
        let uploads = try FederationFailure.learning { () throws(LearningFailure) in
            try scenario.companies.parallelMap { company throws(LearningFailure) in try company.statisticsUpload() }
        }
        let summed = try summation.sum(uploads, bits: summation.widestBits, rounding: .nearest)
        let moments = try FederationFailure.learning { () throws(LearningFailure) in
            try scenario.statistics.moments(from: summed.sum, resolution: summed.resolution)
        }
        return (GroupNormaliser(moments), summed.tally)
    }

    private func train(
        _ companies: inout [MaintenanceCompany], _ summation: SecureSummation, _ clock: inout PhaseClock
    ) throws(FederationFailure) -> SecureTraining.Outcome {
        let strategy = scenario.strategy
        let terms = SecureTraining.Terms(
            rounds: settings.rounds, ringBits: settings.ringBits,
            schedule: DropoutSchedule(
                rate: settings.dropoutRate, rounds: settings.rounds, plan: summation.plan, seed: settings.seed,
                keepingInputs: !summation.backend.toleratesMissingInputs))
        var current = companies
        let begin = ResourceUsage.wallSeconds()
        let outcome = try SecureTraining(strategy: strategy, terms: terms).run(
            from: scenario.initialParameters(), through: summation,
            contributions: { (round, shared) throws(LearningFailure) in
                try current.contributions(to: strategy, from: shared, plan: scenario.terms.plan(round: round))
            },
            scores: { (model) throws(LearningFailure) in
                try current.parallelMap { company throws(LearningFailure) in
                    try company.validationOnly(to: strategy, of: model)
                }
            },
            progress: { round, loss in
                let text = loss.map { NumberText.fixed($0, 5) } ?? "unknown"
                Terminal.progress("round \(round) of \(settings.rounds), validation loss \(text)")
            })
        companies = current
        clock.end(.training, less: outcome.tally.wallSeconds, in: .secureSums, since: begin)
        return outcome
    }
}

/// Wall-clock seconds by phase of a run.
struct PhaseClock {
    /// What a run spends its time on.
    enum Phase: String, CaseIterable {
        case statistics
        case ridge
        case training
        case secureSums = "secure_sums"
        case baselines
    }

    private(set) var seconds: [Phase: Double] = [:]
    private var last = ResourceUsage.wallSeconds()

    /// Books the time since the last call.
    mutating func end(_ phase: Phase) {
        let now = ResourceUsage.wallSeconds()
        seconds[phase, default: 0] += now - last
        last = now
    }

    /// Books the time since the last call on two phases that took turns.
    mutating func end(_ phase: Phase, less part: Double, in other: Phase, since begin: Double) {
        last = begin
        end(phase)
        seconds[phase, default: 0] -= part
        seconds[other, default: 0] += part
    }
}
