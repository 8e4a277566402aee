internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// Failure times of turbofan engines by accelerated-failure regressions: alone, one model by sums, own intercepts by sums, and
/// one model on everybody's windows in one place.
struct SurvivalResult {
    /// How a kind of model did in each company, in order.
    struct Quality {
        /// Error of the median life on the company's test engines, in cycles.
        let rmse: [Double]
        /// Share of the company's test engines whose life lies in the interval.
        let covered: [Double]

        var meanRMSE: Double { rmse.reduce(0, +) / Double(rmse.count) }
        var meanCovered: Double { covered.reduce(0, +) / Double(covered.count) }
    }

    /// The penalty on the slopes: the least error on the validation engines of scenario E over 1, 10, 100 and 1000.
    static let penalty = 100.0
    /// What the intervals should hold.
    static let coverage = 0.9
    /// What the pooled fit by sums and the one in the clear may differ by, of a coefficient, the intercept or the scale.
    static let tolerance = 1e-3

    /// The one model from secure sums.
    let model: AcceleratedFailureModel
    /// The residual's law.
    let distribution: SurvivalDistribution
    /// Each company by itself, under its own normaliser.
    let solo: Quality
    /// One model from secure sums.
    let pooledBySums: Quality
    /// Shared slopes from secure sums, own intercept and scale.
    let ownIntercepts: Quality
    /// One model from all windows in one place: the reference.
    let pooledInTheClear: Quality
    /// The largest difference of a coefficient, the intercept or the scale between the two pooled fits.
    let difference: Double
    /// Sums until each fit converged, and whether it did.
    let pooledSums: (count: Int, isConverged: Bool)
    let ownSums: (count: Int, isConverged: Bool)

    var isWithinTolerance: Bool { difference <= Self.tolerance }

    /// Fits all four and judges them on each company's test engines; nil for companies that predict no remaining life.
    static func fit(
        _ scenario: Scenario, _ normaliser: GroupNormaliser, _ distribution: SurvivalDistribution,
        _ summation: SecureSummation
    ) throws(FederationFailure) -> (SurvivalResult, SumTally)? {
        let workloads = scenario.companies.compactMap { $0.workload as? RemainingLifeWorkload }
        guard !workloads.isEmpty, workloads.count == scenario.companies.count else { return nil }
        let tables = try FederationFailure.learning { () throws(LearningFailure) in
            var tables: [SurvivalTable] = []
            for workload in workloads { tables.append(try workload.survivalTable(normaliser)) }
            return tables
        }
        let driver = SecureSurvivalFit(
            RemainingLifeWorkload.survivalStatistics(distribution), terms: SecureSurvivalFit.Terms(penalty: penalty))
        let pooled = try driver.pooled(tables, through: summation)
        let own = try driver.own(tables, through: summation)
        var tally = pooled.tally
        tally.add(own.tally)
        let result = try FederationFailure.learning { () throws(LearningFailure) -> SurvivalResult in
            let clear = try AcceleratedFailureFit.fit(distribution, SurvivalTable.joining(tables), lambda: penalty)
            let one = workloads.map { _ in normaliser }
            var ownNormalisers: [GroupNormaliser] = []
            var alone: [AcceleratedFailureModel] = []
            for (company, workload) in zip(scenario.companies, workloads) {
                let normaliser = try company.ownNormaliser()
                ownNormalisers.append(normaliser)
                alone.append(
                    try AcceleratedFailureFit.fit(distribution, workload.survivalTable(normaliser), lambda: penalty))
            }
            return SurvivalResult(
                model: pooled.model, distribution: distribution, solo: try judge(workloads, alone, ownNormalisers),
                pooledBySums: try judge(workloads, workloads.map { _ in pooled.model }, one),
                ownIntercepts: try judge(workloads, own.models, one),
                pooledInTheClear: try judge(workloads, workloads.map { _ in clear }, one),
                difference: difference(pooled.model, clear),
                pooledSums: (pooled.tally.sums, pooled.isConverged), ownSums: (own.tally.sums, own.isConverged))
        }
        return (result, tally)
    }

    private static func judge(
        _ workloads: [RemainingLifeWorkload], _ models: [AcceleratedFailureModel], _ normalisers: [GroupNormaliser]
    ) throws(LearningFailure) -> Quality {
        var rmse: [Double] = []
        var covered: [Double] = []
        for (workload, (model, normaliser)) in zip(workloads, zip(models, normalisers)) {
            let judged = try workload.evaluate(model, normaliser: normaliser, coverage: coverage)
            rmse.append(judged.rmse)
            covered.append(judged.covered)
        }
        return Quality(rmse: rmse, covered: covered)
    }

    private static func difference(_ found: AcceleratedFailureModel, _ wanted: AcceleratedFailureModel) -> Double {
        zip(found.slopes + [found.intercept, found.scale], wanted.slopes + [wanted.intercept, wanted.scale])
            .reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
    }
}
