/// Everybody's side of a training, for the one process that plays all companies: simulations, measurements, tests.
///
/// Uploads come in clear and must go into the secure sum only. What a company remembers moves with the calls, so a cohort is
/// used by one run.
/// Source: fedavg section 2
public protocol TrainingCohort {
    /// One round of everybody: an upload a company, in order.
    mutating func contributions(from start: RoundStart) throws(LearningFailure) -> [Upload]

    /// Uploads that move nothing and score the model; asked for once, at the end.
    func scores(of model: ParameterVector) throws(LearningFailure) -> [Upload]

    /// Ends a round: these companies' uploads are in the opened sum.
    mutating func settle(counted: [Int])
}

extension TrainingCohort {
    /// For companies that remember nothing of a sum.
    public mutating func settle(counted: [Int]) {}
}

/// A cohort whose companies can judge models that others made.
/// Source: robust-sums section 5
public protocol JudgingCohort: TrainingCohort {
    /// The layout and terms that uploads are made under.
    var averaging: FedAvg { get }

    /// One round of local training; the updates wait at home for `uploads`.
    mutating func train(from start: RoundStart) throws(LearningFailure)

    /// The norm that each company says its waiting update has.
    var statedNorms: [Double] { get }

    /// The waiting updates as uploads, scaled down to a norm by those that keep to it.
    func uploads(clippedToNorm bound: Double?) throws(LearningFailure) -> [Upload]

    /// A ballot a company on the candidates of the groups' rows, against the current model.
    func ballots(
        _ vote: ValidationVote, current: ParameterVector, candidates: GroupMeans
    ) throws(RobustnessRefusal) -> [Upload]

    /// Each company's mean validation loss of each model and how many examples it is over.
    func losses(of models: [ParameterVector]) throws(LearningFailure) -> [(losses: [Double], examples: Int)]
}

/// A cohort whose companies train at their own pace.
/// Source: fedopt section 4
public protocol AsynchronousCohort {

    /// Trains several companies, each from its own base.
    func updates(_ jobs: [AsynchronousJob]) throws(LearningFailure) -> [LocalUpdate]

    /// A company's mean validation loss of a model.
    func reading(_ company: Int, of model: ParameterVector) throws(LearningFailure) -> WeightedMetric.Reading
}

/// What one company of an asynchronous cohort has to train.
/// Source: fedopt section 4
public struct AsynchronousJob: Sendable {
    /// Which company.
    public let company: Int
    /// The model it took.
    public let base: ParameterVector
    /// The version of that model: which order of examples.
    public let version: Int

    /// Joins the parts.
    public init(company: Int, base: ParameterVector, version: Int) {
        self.company = company
        self.base = base
        self.version = version
    }
}
