internal import CryptoPrimitives
internal import DifferentialPrivacy
internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// A scenario trained under a privacy budget: choose a procedure, train, judge.
struct PrivateRun {
    /// What the caller chose.
    struct Settings {
        var terms: PrivacyTerms
        var procedure: PrivateProcedure?
        var rounds: Int?
        var dropoutRate: Double
        var seed: UInt64
        /// Whether survivors take off the noise that nobody's absence needed.
        var removesSurplus: Bool
    }

    /// Rounds without a wish.
    static let rounds = 40
    /// A: local epochs for each of the scenario's; a clipped change should be worth its noise.
    static let epochFactor = 4
    /// `companySGD`: steps between two sums.
    static let localSteps = 4
    /// Adam's step on the server in A and B, gradient descent's in a company in D.
    static func learningRate(_ procedure: PrivateProcedure) -> Float { procedure == .companySGD ? 0.5 : 0.02 }
    /// The clipped indicator relative to the clip norm: it costs 3 % of the noise.
    static let indicatorWeight = PrivateSumPlan.gridBound / 4

    let scenario: Scenario
    let workloads: [any MachineWorkload]
    let settings: Settings
    private let units: [[MachineRecordings]]

    /// Throws when the data cannot be told apart by the unit asked for.
    init(_ scenario: Scenario, _ settings: Settings) throws(CommandFailure) {
        var workloads: [any MachineWorkload] = []
        for company in scenario.companies {
            guard let workload = company.workload as? any MachineWorkload else {
                throw CommandFailure(
                    status: .badInput, what: "these data carry no such guarantee", why: "their machines are not known",
                    next: "take --data simulator or cmapss")
            }
            workloads.append(workload)
        }
        self.scenario = scenario
        self.workloads = workloads
        self.settings = settings
        guard let units = Self.units(of: workloads, settings.terms.unit) else {
            throw CommandFailure(ProcedureRefusal.overlappingWindows)
        }
        self.units = units
    }

    /// Everybody's units, nil when records share samples.
    static func units(of workloads: [any MachineWorkload], _ unit: PrivacyUnit) -> [[MachineRecordings]]? {
        var all: [[MachineRecordings]] = []
        for workload in workloads {
            guard let own = unit == .record ? workload.records() : workload.machines() else { return nil }
            all.append(own)
        }
        return all
    }

    /// How loud each procedure would be, quietest first.
    func forecasts() throws(AccountingRefusal) -> [ProcedureForecast] {
        var forecasts: [ProcedureForecast] = []
        for procedure in PrivateProcedure.allCases where procedure.boundsUnits {
            forecasts.append(
                try settings.terms.forecast(procedure, events: events(procedure), dimension: dimension(procedure)))
        }
        return forecasts.sorted { $0.noiseToSignal < $1.noiseToSignal }
    }

    private func dimension(_ procedure: PrivateProcedure) -> Int {
        switch procedure {
        case .oneShotStatistics: workloads[0].moments.dimension
        case .unitFedAvg: scenario.layout.parameterCount + 1
        default: scenario.layout.parameterCount
        }
    }

    private func events(_ procedure: PrivateProcedure) -> Int {
        switch procedure {
        case .oneShotStatistics: 1
        case .companySGD: (settings.rounds ?? Self.rounds) * Self.localSteps
        default: settings.rounds ?? Self.rounds
        }
    }

    /// What the training makes use of beside its procedure.
    static let ingredients: Set<TrainingIngredient> = [.chargedOrPublicStatistics, .localFineTuning]

    /// Trains by the procedure asked for or the one that the forecasts speak for.
    func run(
        in session: SecureSummation.Settings, random: (RandomStream) -> any RandomSource,
        persist: @escaping (Int, LedgerLine) throws -> Void
    ) throws(FederationFailure) -> PrivateResult {
        let forecasts: [ProcedureForecast]
        do throws(AccountingRefusal) { forecasts = try self.forecasts() } catch { throw .accounting(error) }
        guard let procedure = settings.procedure ?? ProcedureForecast.choice(forecasts)?.procedure else {
            throw .accounting(.budgetUnreachable)
        }
        let admitted: AdmittedProcedure
        do throws(ProcedureRefusal) {
            admitted = try .admit(
                procedure, unit: settings.terms.unit, ingredients: Self.ingredients,
                memberships: settings.terms.memberships)
        } catch {
            throw .procedure(error)
        }
        let workload = workloads[0]
        let plan = try PrivateSumPlan(
            admitted, terms: settings.terms, rounds: events(procedure),
            dimension: procedure == .oneShotStatistics
                ? workload.moments.dimension : scenario.layout.parameterCount,
            clipNorm: clipNorm(procedure), indicatorWeight: procedure == .unitFedAvg ? Self.indicatorWeight : nil,
            removesSurplus: settings.removesSurplus)
        let release = procedure.release
        let summation = try SecureSummation(plan.policing(session), random: random)
        let sums = try PrivateSummation(
            plan, release: release, purpose: procedure == .oneShotStatistics ? .statistics : .update,
            federation: scenario.name, through: summation, random: random, persist: persist)
        let begin = ResourceUsage.wallSeconds()
        let trained = try train(sums, summation)
        return PrivateResult(
            plan: plan, session: summation, forecasts: forecasts, isChosenByForecast: settings.procedure == nil,
            reports: trained.reports,
            noiseless: trained.noiseless,
            clippedUnits: trained.clippedUnits, units: units.map(\.count), ledger: sums.record(of: 0),
            ledgers: (0..<workloads.count).map { sums.record(of: $0) }, provenance: sums.provenance, release: release,
            tally: trained.tally, model: trained.model, normaliser: workload.publicNormaliser,
            featureRecipe: workload.momentRecipe, seconds: ResourceUsage.wallSeconds() - begin)
    }

    private func clipNorm(_ procedure: PrivateProcedure) -> Double {
        switch procedure {
        case .oneShotStatistics: workloads[0].momentNorm
        case .unitFedAvg: workloads[0].changeNorm
        default: workloads[0].gradientNorm
        }
    }

    private struct Trained {
        var model: PrivateResult.Model
        var reports: [CompanyReport]
        var noiseless: [CompanyReport]?
        var clippedUnits: [Double]
        var tally: SumTally
    }

    private func train(_ sums: PrivateSummation, _ summation: SecureSummation) throws(FederationFailure) -> Trained {
        let companies = units.map { UnitTraining(network: scenario.network, units: $0) }
        if sums.plan.procedure.procedure == .oneShotStatistics {
            return try fitMoments(companies, sums)
        }
        let terms = PrivateTraining.Terms(
            rounds: settings.rounds ?? Self.rounds, localSteps: Self.localSteps,
            learningRate: Self.learningRate(sums.plan.procedure.procedure),
            adaptive: sums.plan.unitSum.indicator == nil
                ? nil
                : try? AdaptiveClipNorm(
                    norm: sums.plan.clipNorm, range: sums.plan.clipNorm / 16...sums.plan.clipNorm * 16, quantile: 0.5,
                    rate: 0.2),
            schedule: DropoutSchedule(
                rate: settings.dropoutRate, rounds: settings.rounds ?? Self.rounds, plan: summation.plan,
                seed: settings.seed, keepingInputs: !summation.backend.toleratesMissingInputs))
        var local = scenario.terms
        local.localEpochs *= Self.epochFactor
        let localTerms = local
        let isGradient = sums.plan.procedure.procedure != .unitFedAvg
        let outcome = try PrivateTraining(terms).run(
            from: scenario.initialParameters(), through: sums,
            vectors: { company, round, shared in
                isGradient
                    ? companies[company].gradients(at: shared)
                    : companies[company].changes(from: shared, plan: localTerms.plan(round: round))
            },
            progress: { Terminal.progress("private round \($0)") })
        let reports = try FederationFailure.learning { () throws(LearningFailure) in
            try judge { (workload) throws(LearningFailure) in try workload.evaluatePublic(outcome.model) }
        }
        return Trained(
            model: .network(outcome.model), reports: reports, noiseless: nil, clippedUnits: outcome.clippedUnits,
            tally: outcome.tally)
    }

    /// The fit under noise, and for comparison the same fit on the clear sum, which a deployment cannot see.
    private func fitMoments(
        _ companies: [UnitTraining], _ sums: PrivateSummation
    ) throws(FederationFailure) -> Trained {
        let moments = workloads[0].moments
        var clear = [Double](repeating: 0, count: moments.dimension)
        let fitted = try PrivateMoments.fit(moments, through: sums) { company in
            let vectors = companies[company].moments(moments)
            for vector in vectors { for index in clear.indices { clear[index] += Double(vector[index]) } }
            return vectors
        }
        let reports = try FederationFailure.learning { () throws(LearningFailure) in
            let noiseless = try moments.fit(clear, penalty: 1e-6 * Double(settings.terms.nominalUnits))
            return (
                try judge { (workload) throws(LearningFailure) in try workload.evaluate(fitted.model) },
                try judge { (workload) throws(LearningFailure) in try workload.evaluate(noiseless) }
            )
        }
        return Trained(
            model: .linear(fitted.model), reports: reports.0, noiseless: reports.1, clippedUnits: [],
            tally: fitted.sum.tally)
    }

    private func judge(
        _ body: (any MachineWorkload) throws(LearningFailure) -> WorkloadMetrics
    ) throws(LearningFailure) -> [CompanyReport] {
        var reports: [CompanyReport] = []
        for (index, workload) in workloads.enumerated() {
            reports.append(
                CompanyReport(
                    company: scenario.companies[index].name, trainingExamples: units[index].count,
                    metrics: try body(workload)))
        }
        return reports
    }
}

extension PrivateProcedure {
    /// What its sums are in a ledger.
    var release: ReleaseKind {
        switch self {
        case .oneShotStatistics: .statistics
        case .companySGD: .localSGD
        default: .trainingSum
        }
    }
}
