public import FederatedLearning

/// A complete experiment: companies with their data, the model, and the terms they agreed on.
///
/// Nothing here is secret to the caller: it plays all companies at once. A driver sums the uploads securely; see
/// `ReferenceFederation` for the same steps in the clear.
/// Source: cmapss section 4
public struct Scenario: Sendable {
    /// The parameters a federation's quality is told by.
    public enum Measure: Hashable, Sendable {
        /// Error of the remaining life in cycles: smaller is better.
        case remainingLife
        /// Accuracy of the machine state: larger is better.
        case machineState
        /// PR-AUC of the alarm, by a score that no label taught: larger is better.
        case anomaly

        /// The number that quality is told by; nil where the metrics lack it.
        public func quality(of metrics: WorkloadMetrics) -> Double? {
            switch self {
            case .remainingLife: metrics.rmse
            case .machineState: metrics.accuracy
            case .anomaly: metrics.prAUC
            }
        }
    }

    /// For reports.
    public let name: String
    /// What quality means.
    public let measure: Measure
    /// The companies; none has adopted a normaliser yet.
    public var companies: [MaintenanceCompany]
    /// The constants of training.
    public var terms: TrainingTerms
    /// All companies' recordings in one place: the company a data sharing consortium would be, tested nowhere itself.
    public let pooledCompany: MaintenanceCompany

    /// Joins the parts; precondition: at least one company.
    public init(
        name: String, measure: Measure, companies: [MaintenanceCompany], pooled: MaintenanceCompany,
        terms: TrainingTerms
    ) {
        precondition(!companies.isEmpty, "a scenario without companies")
        self.name = name
        self.measure = measure
        self.companies = companies
        self.pooledCompany = pooled
        self.terms = terms
    }

    /// The model.
    public var network: TrainableModel { pooledCompany.workload.network }
    /// The layout of the model.
    public var layout: ParameterLayout { network.layout }
    /// The schema and decoding of the one sum that the normaliser is made from.
    public var statistics: FederatedStatistics { pooledCompany.workload.statistics }
    /// The schema and decoding of the one sum that a ridge regression is solved from.
    public var ridge: RidgeStatistics { pooledCompany.workload.ridge }

    /// The name of the metric that rides with every update: the mean validation loss of the shared model.
    public static let validationMetric = "validationLoss"

    /// Federated averaging under these terms, with the validation loss as its one metric.
    public var strategy: FedAvg {
        FedAvg(
            layout: layout, clip: terms.updateClip, maxExamples: terms.maximumExamples,
            metrics: [WeightedMetric(name: Self.validationMetric, bound: terms.lossBound)])
    }

    /// What He's starting weights are multiplied by: hidden weights then have variance 1 / (3 inputs), a smoother start
    /// that small data sets overfit less from.
    static let initialScale = Float(1.0 / 6).squareRoot()

    /// The model everybody starts from; the same in every run of this scenario. A recurrent network's start is not scaled.
    public func initialParameters() -> ParameterVector {
        var generator = SeededGenerator(seed: SimulationSeed(terms.seed).child(.initialParameters, 0).value)
        var parameters = network.initialParameters(from: &generator)
        guard case .mlp = network else { return parameters }
        parameters.values = parameters.values.map { $0 * Self.initialScale }
        return parameters
    }
}
