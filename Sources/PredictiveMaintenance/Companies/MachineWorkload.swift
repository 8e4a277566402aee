public import FederatedLearning

/// A workload whose recordings can be told apart machine by machine: what a guarantee for one machine needs.
///
/// Under such a guarantee nothing may be chosen by data without a charge, so features are brought to size by public ranges,
/// nothing is held back for choosing a round, and all machines at hand take part.
/// Source: private-training section 1
public protocol MachineWorkload: Workload {
    /// The normaliser made from public ranges alone; no company's data enters it.
    var publicNormaliser: GroupNormaliser { get }
    /// The moments that a linear model is fitted from in one private sum.
    var moments: MomentStatistics { get }
    /// What the features of `moments` are, in words.
    var momentRecipe: String { get }
    /// A public bound on the norm of one machine's moments, in the units of `moments`; what is longer is clipped.
    var momentNorm: Double { get }

    /// A public first clip norm of a machine's change of the network in one round of local training.
    var changeNorm: Double { get }
    /// A public clip norm of a machine's mean gradient of the network.
    var gradientNorm: Double { get }

    /// Every machine at hand, training before validation, prepared with the public normaliser; reads nothing of a test set.
    func machines() -> [MachineRecordings]

    /// Every record by itself; nil when records share raw samples, as overlapping windows do.
    func records() -> [MachineRecordings]?

    /// How a linear model does on this company's test recordings; alarms use a threshold chosen on its own validation
    /// recordings.
    func evaluate(_ model: LinearModel) throws(LearningFailure) -> WorkloadMetrics

    /// How a network does that was trained on examples under the public normaliser.
    func evaluatePublic(_ model: ParameterVector) throws(LearningFailure) -> WorkloadMetrics
}

/// One machine's (or record's) own recordings, prepared for training; secret like all of a company's data.
/// Source: private-training section 1
public struct MachineRecordings: Sendable {
    /// For a network; nil when the recordings cannot be used, which counts as no recordings.
    public let examples: ExampleTable?
    /// For moments, row-major.
    public let features: [Float]
    /// For moments, row-major.
    public let targets: [Float]

    init(examples: ExampleTable?, features: [Float], targets: [Float]) {
        self.examples = examples
        self.features = features
        self.targets = targets
    }
}

extension GroupNormaliser {
    /// How many units the half-width of a public range becomes; readings fill a part of their range.
    static let publicSpread = 3.0
}
