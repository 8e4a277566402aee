/// What a training makes use of beside the procedure itself, and what that does to a guarantee for machines or records.
/// Source: private-procedures section 2
public enum TrainingIngredient: String, Hashable, Sendable, CaseIterable {
    /// Steps on the pooled data of several units before a clip.
    case pooledLocalSteps
    /// Statistics of a batch inside the model.
    case batchNormalisation
    /// Control variates kept by a company (SCAFFOLD).
    case companyVariates
    /// An optimiser's state kept by a company from round to round.
    case companyOptimiserState
    /// A private head of a company through which shared gradients flow (FedPer, FedRep).
    case companyHead
    /// A cluster chosen by a company for all its units.
    case companyClusterChoice
    /// A normaliser fitted on data without a charge.
    case unchargedNormaliser
    /// Class weights counted on data without a charge.
    case unchargedClassWeights
    /// A round chosen by validation data without a charge.
    case unchargedEarlyStopping
    /// Constants tuned on data without a charge.
    case unchargedTuning
    /// A mean divided by a number that the data decide.
    case privateDenominator
    /// Data that can end, skip or delay a round.
    case dataDependentAbort
    /// Windows that share raw samples, taken as separate records.
    case overlappingWindows
    /// A head of each unit's own, kept with the unit.
    case unitHead
    /// A private model beside the shared one that nothing flows back from (Ditto, APFL).
    case privateModel
    /// Fine-tuning of the finished model at home.
    case localFineTuning
    /// A normaliser, weights or thresholds from public constants or charged events.
    case chargedOrPublicStatistics

    /// Whether it changes nothing about the guarantee.
    public var isFree: Bool {
        switch self {
        case .unitHead, .privateModel, .localFineTuning, .chargedOrPublicStatistics: true
        default: false
        }
    }
}
