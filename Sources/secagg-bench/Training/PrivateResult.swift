internal import DifferentialPrivacy
internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// What a private training brought, and what it was charged.
struct PrivateResult {
    /// What was trained.
    enum Model {
        case network(ParameterVector)
        case linear(LinearModel)
    }

    let plan: PrivateSumPlan
    /// The session of the private sums, whose participants hold the coordinator to the plan.
    let session: SecureSummation
    /// How loud each procedure would have been, quietest first.
    let forecasts: [ProcedureForecast]
    /// Whether the forecasts chose the procedure, not the caller.
    let isChosenByForecast: Bool
    let reports: [CompanyReport]
    /// The same procedure on the clear sum, for comparison; nil where that would be another training.
    let noiseless: [CompanyReport]?
    /// The noised count of clipped units of each round.
    let clippedUnits: [Double]
    /// Units of each company.
    let units: [Int]
    /// The first company's ledger; the others charge the same.
    let ledger: LedgerRecord
    let ledgers: [LedgerRecord]
    let provenance: NoiseProvenance
    let release: ReleaseKind
    let tally: SumTally
    let model: Model
    /// Made from public ranges alone.
    let normaliser: GroupNormaliser
    /// What a linear model's features are.
    let featureRecipe: String
    let seconds: Double
}
