internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// What a run brought: the model, its tests, and what the sums cost.
struct MaintenanceResult {
    let outcome: FederationOutcome
    /// The sums before training: statistics, and ridge if there was one.
    let setUpSums: SumTally
    let ridge: RidgeResult?
    let normaliser: GroupNormaliser
    let solo: [CompanyReport]
    let pooled: [CompanyReport]
    /// Failure-time regressions in place of a network; nil otherwise.
    var survival: SurvivalResult?
    let phaseSeconds: [PhaseClock.Phase: Double]

    /// The shared model in every company.
    var federated: [CompanyReport] { outcome.federated }

    /// Every sum of the run.
    var allSums: SumTally {
        var all = setUpSums
        all.add(outcome.tally)
        return all
    }
}
