/// Why a training carries no guarantee for the unit asked for. Depends on public settings alone.
/// Source: private-procedures section 2
public enum ProcedureRefusal: Error, Hashable, Sendable {
    /// One faulty machine can move a company's update by far more than a clip norm.
    case pooledLocalSteps
    /// Each unit's contribution depends on the other units of its batch.
    case batchNormalisation
    /// Each unit's contribution depends on a state made from other units.
    case companyVariates
    /// The same, through the optimiser.
    case companyOptimiserState
    /// The same, through the head.
    case companyHead
    /// One unit can move the whole company's block to another cluster.
    case companyClusterChoice
    /// The normaliser's statistics are a release of their own.
    case unchargedNormaliser
    /// So are class counts.
    case unchargedClassWeights
    /// So is the choice of a round.
    case unchargedEarlyStopping
    /// So is every run that a constant was tuned on.
    case unchargedTuning
    /// The quotient of two sums has no bounded sensitivity.
    case privateDenominator
    /// Whether and when a round ends would tell about the data.
    case dataDependentAbort
    /// One raw sample lies in several records.
    case overlappingWindows
    /// Company-clipped updates protect companies only.
    case companyUpdateProtectsCompaniesOnly
    /// Unit-clipped sums say nothing about a whole company.
    case unitSumsDoNotProtectCompanies
    /// A unit is a member of no company, or of too many.
    case membershipsOutOfRange

    /// Why an ingredient cannot be part of a training with this unit; nil when it can.
    public static func refusal(of ingredient: TrainingIngredient, unit: PrivacyUnit) -> ProcedureRefusal? {
        ProcedureRefusal(ingredient, unit: unit)
    }

    init?(_ ingredient: TrainingIngredient, unit: PrivacyUnit) {
        switch ingredient {
        case .pooledLocalSteps: self = .pooledLocalSteps
        case .batchNormalisation: self = .batchNormalisation
        case .companyVariates: self = .companyVariates
        case .companyOptimiserState: self = .companyOptimiserState
        case .companyHead: self = .companyHead
        case .companyClusterChoice: self = .companyClusterChoice
        case .unchargedNormaliser: self = .unchargedNormaliser
        case .unchargedClassWeights: self = .unchargedClassWeights
        case .unchargedEarlyStopping: self = .unchargedEarlyStopping
        case .unchargedTuning: self = .unchargedTuning
        case .privateDenominator: self = .privateDenominator
        case .dataDependentAbort: self = .dataDependentAbort
        case .overlappingWindows:
            // A machine's whole history holds all its windows.
            guard unit == .record else { return nil }
            self = .overlappingWindows
        case .unitHead, .privateModel, .localFineTuning, .chargedOrPublicStatistics: return nil
        }
    }
}

extension ProcedureRefusal: CustomStringConvertible {
    /// What cannot hold, and what would.
    public var description: String {
        switch self {
        case .pooledLocalSteps:
            "clipping a company's pooled update does not bound one machine's influence; clip each machine's own change"
        case .batchNormalisation:
            "batch statistics mix machines before the clip; use a model without batch normalisation"
        case .companyVariates: "control variates of a company mix its machines; leave them out"
        case .companyOptimiserState: "an optimiser's state kept by a company mixes its machines; reset it every round"
        case .companyHead:
            "gradients through a company's private head depend on all its machines; keep one head a machine, or none"
        case .companyClusterChoice:
            "one machine can move its company's whole block to another cluster; let each machine choose its slot"
        case .unchargedNormaliser:
            "a normaliser fitted on data is a release; charge it, or take the ranges of the data sheet"
        case .unchargedClassWeights: "class weights counted on data are a release; charge the counts, or fix them"
        case .unchargedEarlyStopping: "a round chosen by data is a release; charge the losses, or keep the last model"
        case .unchargedTuning: "constants tuned on data are a release; charge every run, or fix them beforehand"
        case .privateDenominator: "a denominator that data decide is unbounded; divide by a public or noised one"
        case .dataDependentAbort: "data must not end, skip or delay a round; send zeros with noise instead"
        case .overlappingWindows:
            "overlapping windows share raw samples; use disjoint blocks, or charge every window that holds a sample"
        case .companyUpdateProtectsCompaniesOnly:
            "a clipped company update protects companies only; use procedure A, B, C or D for machines or records"
        case .unitSumsDoNotProtectCompanies:
            "sums clipped machine by machine do not hide a company; ask for the unit asset or record"
        case .membershipsOutOfRange: "a machine belongs to 1...1024 companies, a number fixed beforehand"
        }
    }
}
