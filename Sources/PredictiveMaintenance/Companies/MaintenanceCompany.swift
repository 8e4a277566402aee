public import FederatedLearning

/// One company of a federation: its own recordings, its own local training, its own test.
///
/// A value: companies share nothing mutable, so different companies may train on different threads. Order of use:
/// `statisticsUpload`, then `adopt` the agreed normaliser, then rounds of `contribution` (or `train`), then `evaluate`.
/// Source: cmapss section 4
public struct MaintenanceCompany: LocalTrainer, Sendable {
    /// For reports; says nothing to other companies unless it is told them.
    public let name: String
    /// Distinguishes the companies' orders of examples; public.
    public let participant: UInt64
    /// The company's recordings and what to do with them.
    public let workload: any Workload
    /// The normaliser in use; nil before `adopt`.
    public private(set) var normaliser: GroupNormaliser?

    private var trainer: NetworkTrainer?

    /// A company that has not yet adopted a normaliser.
    public init(name: String, participant: UInt64, workload: any Workload) {
        self.name = name
        self.participant = participant
        self.workload = workload
    }

    /// The layout of the model it trains.
    public var layout: ParameterLayout { workload.network.layout }

    /// How many training examples it has; 0 before `adopt`.
    public var trainingExamples: Int { trainer?.training.rows ?? 0 }

    /// How many validation examples it has; 0 before `adopt`.
    public var validationExamples: Int { trainer?.validation?.rows ?? 0 }

    /// The upload for the one secure sum that the normaliser is made from.
    public func statisticsUpload() throws(LearningFailure) -> Upload {
        try workload.statisticsUpload()
    }

    /// The normaliser the company would make from its own training recordings alone: what a solo run uses.
    public func ownNormaliser() throws(LearningFailure) -> GroupNormaliser {
        let statistics = workload.statistics
        let upload = try workload.statisticsUpload()
        let sum = AggregateSum(schema: statistics.schema, values: upload.values, cohortSize: 1)
        return GroupNormaliser(try statistics.moments(from: sum, resolution: 0x1p-52))
    }

    /// Takes a normaliser and makes the training and validation examples with it; forgets the optimiser's state.
    ///
    /// `keepsOptimiserState` is for runs of one company alone; in a federation the optimiser starts afresh each round.
    public mutating func adopt(
        _ normaliser: GroupNormaliser, keepsOptimiserState: Bool = false
    ) throws(LearningFailure) {
        let examples = try workload.examples(normaliser)
        trainer = try NetworkTrainer(
            network: workload.network, training: examples.training, validation: examples.validation,
            participant: participant, keepsOptimiserState: keepsOptimiserState)
        self.normaliser = normaliser
    }

    /// The company's examples behind a gradient, for strategies and personal models; stays on the company's machine.
    ///
    /// Precondition: a normaliser has been adopted.
    public func problem() throws(LearningFailure) -> NetworkProblem {
        guard let trainer else { preconditionFailure("a company trains after it has adopted a normaliser") }
        return try NetworkProblem(
            network: trainer.network, training: trainer.training, validation: trainer.validation)
    }

    /// Trains from the shared parameters; precondition: a normaliser has been adopted.
    public mutating func train(
        from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> LocalUpdate {
        guard var trainer else { preconditionFailure("a company trains after it has adopted a normaliser") }
        let update = try trainer.train(from: shared, plan: plan)
        self.trainer = trainer
        return update
    }

    /// The sum of losses over the validation examples and their number; `(0, 0)` before `adopt`.
    public func validationLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        guard let trainer else { return (0, 0) }
        return try trainer.validationLoss(of: shared)
    }

    /// The sum of losses over the training examples and their number; `(0, 0)` before `adopt`.
    public func trainingLoss(of shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int) {
        guard let trainer else { return (0, 0) }
        return try trainer.trainingLoss(of: shared)
    }

    /// One round's upload: trains from the shared model, and reports the **shared** model's validation loss beside the update.
    ///
    /// `strategy` must declare exactly one metric (as `Scenario.strategy` does). The upload is in clear and must go into
    /// the secure sum only. Precondition: a normaliser has been adopted.
    public mutating func contribution(
        to strategy: FedAvg, from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> Upload {
        let validation = try validationLoss(of: shared)
        let update = try train(from: shared, plan: plan)
        return try strategy.upload(update, readings: [Self.reading(validation)])
    }

    /// An upload that moves nothing and reports the shared model's validation loss: scores the last round's model.
    public func validationOnly(to strategy: FedAvg, of shared: ParameterVector) throws(LearningFailure) -> Upload {
        let validation = try validationLoss(of: shared)
        let still = LocalUpdate(
            delta: [Float](repeating: 0, count: layout.parameterCount), exampleCount: trainingExamples, steps: 0,
            trainingLoss: 0)
        return try strategy.upload(still, readings: [Self.reading(validation)])
    }

    private static func reading(_ validation: (loss: Double, examples: Int)) -> WeightedMetric.Reading {
        WeightedMetric.Reading(
            value: validation.examples > 0 ? validation.loss / Double(validation.examples) : 0,
            examples: validation.examples)
    }

    /// How the model does on the company's own test recordings. Precondition: a normaliser has been adopted.
    public func evaluate(_ model: ParameterVector) throws(LearningFailure) -> CompanyReport {
        guard let normaliser, let validation = trainer?.validation else {
            preconditionFailure("a company evaluates after it has adopted a normaliser")
        }
        let metrics = try workload.evaluate(model, normaliser: normaliser, validation: validation)
        return CompanyReport(company: name, trainingExamples: trainingExamples, metrics: metrics)
    }

    /// The upload of the one secure sum that a ridge regression is solved from. Precondition: a normaliser has been adopted.
    public func ridgeUpload() throws(LearningFailure) -> Upload {
        let table = try ridgeTable()
        return try workload.ridge.upload(features: table.features, targets: table.targets)
    }

    /// The training features (row-major) and ridge targets in clear. Precondition: a normaliser has been adopted.
    public func ridgeTable() throws(LearningFailure) -> (features: [Double], targets: [Double]) {
        guard let normaliser else { preconditionFailure("a company makes features after it has adopted a normaliser") }
        return (try workload.ridgeFeatures(normaliser).map { Double($0) }, workload.ridgeTargets())
    }
}

/// How a model did in one company.
/// Source: cmapss section 3
public struct CompanyReport: Sendable, Equatable {
    /// The company's name.
    public let company: String
    /// How many examples it trains on.
    public let trainingExamples: Int
    /// What the model achieves on its test recordings.
    public let metrics: WorkloadMetrics

    /// Joins the parts.
    public init(company: String, trainingExamples: Int, metrics: WorkloadMetrics) {
        self.company = company
        self.trainingExamples = trainingExamples
        self.metrics = metrics
    }
}
