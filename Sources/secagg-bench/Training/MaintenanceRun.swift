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
        var method: MethodOptions
        /// The law of failure times, when these are regressed instead of a network trained.
        var survival: SurvivalDistribution?
    }

    /// The penalty of the ridge regression.
    static let ridgePenalty = 1.0

    let scenario: Scenario
    let settings: Settings
    /// The sessions of groups, slots and asynchronous cohorts.
    let cohorts: CohortSummation
    /// 32 random bytes that no company chose: the groups are drawn by them.
    let jointBytes: [UInt8]

    /// Runs everything and measures it.
    func run(through summation: SecureSummation) throws(FederationFailure) -> MaintenanceResult {
        var clock = PhaseClock()
        Terminal.progress("statistics")
        let (normaliser, statistics) = try sumStatistics(summation)
        if let law = settings.survival {
            return try runSurvival(law, normaliser, statistics, summation, &clock)
        }
        let companies = try FederationFailure.learning { () throws(LearningFailure) in
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
        let begin = ResourceUsage.wallSeconds()
        let outcome = try train(companies, summation)
        clock.end(.training, less: outcome.tally.wallSeconds, in: .secureSums, since: begin)
        Terminal.progress("evaluation and baselines")
        let baselines = try FederationFailure.learning { () throws(LearningFailure) in
            try scenario.baselines(rounds: settings.rounds)
        }
        clock.end(.baselines)
        return MaintenanceResult(
            outcome: outcome, setUpSums: setUp, ridge: ridge, normaliser: normaliser, solo: baselines.solo,
            pooled: baselines.pooled, phaseSeconds: clock.seconds)
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
        _ companies: [MaintenanceCompany], _ summation: SecureSummation
    ) throws(FederationFailure) -> FederationOutcome {
        if settings.method.clustering != .none { return try trainClusters(companies, summation) }
        if settings.method.isGrouped { return try trainGroups(companies, summation) }
        if settings.method.strategy == .buffered { return try trainBuffered(companies) }
        return try trainTogether(companies, summation)
    }

    /// Says how far a training is.
    func report(_ round: Int, _ loss: Double?) {
        let text = loss.map { NumberText.fixed($0, 5) } ?? "unknown"
        Terminal.progress("round \(round) of \(settings.rounds), validation loss \(text)")
    }

    /// The companies with what a strategy and perhaps saboteurs make of them.
    func cohort(_ companies: [MaintenanceCompany]) throws(FederationFailure) -> CompanyCohort {
        return try FederationFailure.learning { () throws(LearningFailure) in
            try CompanyCohort(
                companies, strategy: settings.method.strategyTerms(scenario), terms: scenario.terms,
                initial: scenario.initialParameters(), personal: settings.method.personal,
                sabotage: settings.method.sabotage(scenario, seed: settings.seed))
        }
    }

    /// The model everybody starts from, as far as it travels.
    var sharedStart: ParameterVector {
        let start = scenario.initialParameters()
        guard settings.method.personal.keepsHead else { return start }
        let share = SegmentShare.privateHeads(scenario.layout)
        var shared = ParameterVector(zeros: share.shared)
        shared.values = share.sharedPart(of: start.values)
        return shared
    }

    private func trainTogether(
        _ companies: [MaintenanceCompany], _ summation: SecureSummation
    ) throws(FederationFailure) -> FederationOutcome {
        var cohort = try self.cohort(companies)
        let terms = SecureTraining.Terms(
            rounds: settings.rounds, ringBits: settings.ringBits,
            schedule: DropoutSchedule(
                rate: settings.dropoutRate, rounds: settings.rounds, plan: summation.plan, seed: settings.seed,
                keepingInputs: !summation.backend.toleratesMissingInputs))
        let outcome = try SecureTraining(strategy: cohort.strategy.coordinator(), terms: terms).run(
            from: sharedStart, through: summation, cohort: &cohort, progress: report)
        return try judge(
            cohort, model: outcome.model, bestRound: outcome.bestRound, losses: outcome.losses, tally: outcome.tally)
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
