public import FederatedLearning

/// What one company does with its own recordings: the part of a company that depends on the kind of machine.
///
/// Everything here is in clear and stays on the company's machine; only `statisticsUpload` and `ridgeUpload` make numbers
/// for the secure sum.
/// Source: cmapss section 4
public protocol Workload: Sendable {
    /// The model that is trained; equal in all companies of a federation.
    var network: TrainableModel { get }
    /// Counts, sums and sums of squares that the normaliser is made from; equal in all companies.
    var statistics: FederatedStatistics { get }
    /// The sums a ridge regression on the same features needs; equal in all companies.
    var ridge: RidgeStatistics { get }

    /// This company's upload for `statistics`, over its training recordings only.
    func statisticsUpload() throws(LearningFailure) -> Upload

    /// Normalised examples of the training and the validation recordings.
    func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable)

    /// The features of the ridge regression, normalised, row-major; those of the training examples unless said otherwise.
    func ridgeFeatures(_ normaliser: GroupNormaliser) throws(LearningFailure) -> [Float]

    /// The target of the ridge regression for each row of `ridgeFeatures`.
    func ridgeTargets() -> [Double]

    /// How the model does on this company's test recordings; alarms use a threshold chosen on `validation`.
    func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics

    /// The same recordings with another model; throws `ModelRefusal` when they do not fit it.
    func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload
}

extension Workload {
    /// The inputs of the training examples.
    public func ridgeFeatures(_ normaliser: GroupNormaliser) throws(LearningFailure) -> [Float] {
        try examples(normaliser).training.inputs
    }
}

/// What a model achieves on one company's test recordings.
/// Source: cmapss section 3
public struct WorkloadMetrics: Sendable, Equatable {
    /// Root mean squared error of the remaining life in cycles, both sides capped at 125; nil where no life is predicted.
    public var rmse: Double?
    /// The turbofan challenge's score, mean over test engines; nil where no life is predicted.
    public var nasaScore: Double?
    /// Share of recordings whose machine state is told right; nil where no state is predicted.
    public var accuracy: Double?
    /// Share of the windows that should raise an alarm which do.
    public var recall: Double
    /// Share of the windows that should not raise an alarm which do.
    public var falseAlarmRate: Double
    /// Area under the precision-recall curve of the alarm score.
    public var prAUC: Double

    /// Joins the numbers.
    public init(
        rmse: Double? = nil, nasaScore: Double? = nil, accuracy: Double? = nil, recall: Double, falseAlarmRate: Double,
        prAUC: Double
    ) {
        self.rmse = rmse
        self.nasaScore = nasaScore
        self.accuracy = accuracy
        self.recall = recall
        self.falseAlarmRate = falseAlarmRate
        self.prAUC = prAUC
    }

    /// Means over companies, each counting alike; an entry is nil unless every company has it. Precondition: not empty.
    public static func mean(_ all: [WorkloadMetrics]) -> WorkloadMetrics {
        precondition(!all.isEmpty, "a mean over nobody")
        let count = Double(all.count)
        func optional(_ values: [Double?]) -> Double? {
            let present = values.compactMap(\.self)
            return present.count == values.count ? present.reduce(0, +) / count : nil
        }
        return WorkloadMetrics(
            rmse: optional(all.map(\.rmse)), nasaScore: optional(all.map(\.nasaScore)),
            accuracy: optional(all.map(\.accuracy)), recall: all.map(\.recall).reduce(0, +) / count,
            falseAlarmRate: all.map(\.falseAlarmRate).reduce(0, +) / count,
            prAUC: all.map(\.prAUC).reduce(0, +) / count)
    }
}

/// The alarm decision on one company's test set: the threshold comes from the company's own quiet validation windows and a
/// budget of false alarms (5 % unless told otherwise).
/// Source: cmapss section 3
struct AlarmEvaluation {
    /// Share of quiet windows that may raise an alarm, unless told otherwise.
    static let falseAlarmBudget = 0.05

    let recall: Double
    let falseAlarmRate: Double
    let prAUC: Double

    /// Throws `noExamples` when validation holds no quiet window or the test set lacks one of the two kinds.
    ///
    /// - Parameter overlapping: windows of one history are no independent draws, and the plain quantile of their scores is taken;
    ///   else the threshold is one that a further quiet recording passes with a probability of about the budget.
    init(
        validation: (scores: [Double], labels: [Bool]), test: (scores: [Double], labels: [Bool]),
        overlapping: Bool = false, budget: Double = Self.falseAlarmBudget
    ) throws(LearningFailure) {
        let threshold =
            if overlapping {
                try RankingMetrics.threshold(
                    scores: validation.scores, labels: validation.labels, falseAlarms: budget)
            } else {
                try RankingMetrics.predictiveThreshold(
                    scores: validation.scores, labels: validation.labels, falseAlarms: budget)
            }
        let counts = try ConfusionCounts(scores: test.scores, labels: test.labels, threshold: threshold)
        guard let recall = counts.recall, let rate = counts.falseAlarmRate else { throw .noExamples }
        self.recall = recall
        falseAlarmRate = rate
        prAUC = try RankingMetrics.averagePrecision(scores: test.scores, labels: test.labels)
    }
}
