internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

extension MaintenanceRun {
    /// Failure times regressed by secure sums, in the place of a network's training.
    func runSurvival(
        _ law: SurvivalDistribution, _ normaliser: GroupNormaliser, _ statistics: SumTally,
        _ summation: SecureSummation, _ clock: inout PhaseClock
    ) throws(FederationFailure) -> MaintenanceResult {
        clock.end(.statistics)
        Terminal.progress("failure times")
        let begin = ResourceUsage.wallSeconds()
        guard let (survival, tally) = try SurvivalResult.fit(scenario, normaliser, law, summation) else {
            throw .learning(.noExamples)  // only scenarios with lives get here
        }
        clock.end(.training, less: tally.wallSeconds, in: .secureSums, since: begin)
        let model = survival.model
        var parameters = ParameterVector(
            zeros: ParameterLayout([
                (name: "slopes", shape: [model.slopes.count]), (name: "intercept", shape: [1]),
                (name: "scale", shape: [1]),
            ]))
        parameters.values = (model.slopes + [model.intercept, model.scale]).map { Float($0) }
        var outcome = FederationOutcome(
            model: parameters, bestRound: survival.pooledSums.count, losses: [], tally: tally,
            federated: reports(survival.pooledBySums))
        let own = reports(survival.ownIntercepts)
        outcome.personal = PersonalOutcome(
            choice: .automatic, methods: own.map { _ in .ownIntercept }, reports: own,
            byMethod: [
                (.shared, .mean(outcome.federated.map(\.metrics))), (.ownIntercept, .mean(own.map(\.metrics))),
            ])
        return MaintenanceResult(
            outcome: outcome, setUpSums: statistics, ridge: nil, normaliser: normaliser,
            solo: reports(survival.solo), pooled: reports(survival.pooledInTheClear), survival: survival,
            phaseSeconds: clock.seconds)
    }

    /// No alarm is raised from a failure time here, so its figures are no numbers.
    private func reports(_ quality: SurvivalResult.Quality) -> [CompanyReport] {
        zip(scenario.companies, quality.rmse).map { company, rmse in
            CompanyReport(
                company: company.name, trainingExamples: company.workload.ridgeTargets().count,
                metrics: WorkloadMetrics(rmse: rmse, recall: .nan, falseAlarmRate: .nan, prAUC: .nan))
        }
    }
}
