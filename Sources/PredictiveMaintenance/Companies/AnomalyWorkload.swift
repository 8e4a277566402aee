public import FederatedLearning

/// A workload that knows which of its recordings are healthy and which should raise an alarm.
protocol AnomalySource: Workload {
    /// The network that rebuilds recordings.
    var autoencoder: Autoencoder { get }
    /// What quality means when the workload is trained with labels.
    var labelledMeasure: Scenario.Measure { get }
    /// Normalised recordings: healthy ones to train and validate with, all of the test.
    func anomalyRows(_ normaliser: GroupNormaliser) throws(LearningFailure) -> AnomalyRows
}

/// Normalised recordings, row-major, as wide as the autoencoder's inputs.
struct AnomalyRows: Sendable {
    var training: [Float] = []
    var validation: [Float] = []
    var test: [Float] = []
    /// Of each test row.
    var isHealthy: [Bool] = []
    var isAlarming: [Bool] = []

    /// The chosen rows of a table.
    static func rows(
        of table: [Float], width: Int, where chosen: (Int) -> Bool
    ) -> [Float] {
        var rows: [Float] = []
        for row in 0..<table.count / width where chosen(row) { rows += table[row * width..<(row + 1) * width] }
        return rows
    }
}

/// Anomalies without labels: a network learns to rebuild healthy recordings, and what it rebuilds badly raises the alarm.
///
/// Labels choose the healthy recordings of training and validation and judge the test; no model sees an alarming recording.
/// Source: autoencoder section 3
public struct AnomalyWorkload: Workload {
    /// Share of healthy recordings that may raise an alarm.
    public static let falseAlarmBudget = 0.05

    let base: any AnomalySource
    let autoencoder: Autoencoder

    /// The autoencoder as a network.
    public let network: TrainableModel

    init(_ base: any AnomalySource) {
        self.base = base
        autoencoder = base.autoencoder
        network = .mlp(autoencoder.network)
    }

    /// As the labelled workload's: the normaliser is made from all training recordings.
    public var statistics: FederatedStatistics { base.statistics }
    /// As the labelled workload's.
    public var ridge: RidgeStatistics { base.ridge }

    /// As the labelled workload's.
    public func statisticsUpload() throws(LearningFailure) -> Upload { try base.statisticsUpload() }

    /// Healthy recordings with themselves as targets.
    public func examples(
        _ normaliser: GroupNormaliser
    ) throws(LearningFailure) -> (training: ExampleTable, validation: ExampleTable) {
        let rows = try base.anomalyRows(normaliser)
        return (try autoencoder.examples(rows.training), try autoencoder.examples(rows.validation))
    }

    /// As the labelled workload's.
    public func ridgeFeatures(_ normaliser: GroupNormaliser) throws(LearningFailure) -> [Float] {
        try base.ridgeFeatures(normaliser)
    }

    /// As the labelled workload's.
    public func ridgeTargets() -> [Double] { base.ridgeTargets() }

    /// The labelled workload with another model.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> any Workload { try base.choosing(model) }

    /// Recall over recordings that should raise an alarm, false alarms over healthy ones (those between are neither), PR-AUC
    /// of the alarm against all others; the threshold keeps its promise of 5 % by `RankingMetrics.conformalThreshold`.
    ///
    /// Throws `noExamples` with fewer than 19 healthy validation recordings, and when the test lacks one of the two kinds.
    public func evaluate(
        _ model: ParameterVector, normaliser: GroupNormaliser, validation: ExampleTable
    ) throws(LearningFailure) -> WorkloadMetrics {
        let rows = try base.anomalyRows(normaliser)
        let scores = try autoencoder.scores(
            model, on: ExampleTable(inputs: rows.test, inputWidth: autoencoder.network.inputWidth))
        let threshold = try RankingMetrics.conformalThreshold(
            quiet: autoencoder.scores(model, on: validation), falseAlarms: Self.falseAlarmBudget)
        func share(above threshold: Double, of chosen: [Bool]) throws(LearningFailure) -> Double {
            let judged = zip(scores, chosen).filter(\.1).map(\.0)
            guard !judged.isEmpty else { throw .noExamples }
            return Double(judged.count { $0 > threshold }) / Double(judged.count)
        }
        return WorkloadMetrics(
            recall: try share(above: threshold, of: rows.isAlarming),
            falseAlarmRate: try share(above: threshold, of: rows.isHealthy),
            prAUC: try RankingMetrics.averagePrecision(scores: scores, labels: rows.isAlarming))
    }
}
