internal import FederatedLearning

/// The models that a workload can be trained with, round by round.
/// Source: cmapss section 3
public enum ModelChoice: String, CaseIterable, Hashable, Sendable {
    /// The workload's dense network.
    case mlp
    /// The same heads on the inputs themselves, without hidden layers.
    case softmax
    /// A recurrent network with attention over the readings of a window; for recordings that are sequences.
    case lstm
    /// A network that rebuilds healthy recordings; what it rebuilds badly raises the alarm.
    case autoencoder

    /// The widths of the hidden layers of a dense choice.
    func hidden(_ widths: [Int]) throws(ModelRefusal) -> [Int] {
        switch self {
        case .mlp: return widths
        case .softmax: return []
        case .lstm: throw .noSequences
        case .autoencoder: throw .noHealthyRecordings
        }
    }
}

/// Why a workload cannot be trained with a model.
public enum ModelRefusal: Error, Hashable, Sendable {
    /// Its recordings are single rows of features, not sequences.
    case noSequences
    /// None of its recordings is known to be healthy.
    case noHealthyRecordings
}

extension ModelRefusal: CustomStringConvertible {
    /// What the data lack, in words.
    public var description: String {
        switch self {
        case .noSequences: "the recordings are single rows of features, not sequences"
        case .noHealthyRecordings: "no recording is known to be healthy"
        }
    }
}

extension Scenario {
    /// The same companies, data and terms with another model; throws `ModelRefusal` when the data do not fit it.
    ///
    /// A recurrent network learns at four times the step size of the others.
    /// The companies have to adopt a normaliser again.
    public func choosing(_ model: ModelChoice) throws(ModelRefusal) -> Scenario {
        var chosen: [MaintenanceCompany] = []
        for company in companies { chosen.append(try company.choosing(model)) }
        var terms = terms
        if isRecurrent { terms.learningRate /= Self.recurrentPace }
        if model == .lstm { terms.learningRate *= Self.recurrentPace }
        return Scenario(
            name: name, measure: model == .autoencoder ? .anomaly : labelledMeasure, companies: chosen,
            pooled: try pooledCompany.choosing(model), terms: terms)
    }

    private static let recurrentPace: Float = 4

    private var isRecurrent: Bool {
        if case .lstm = network { true } else { false }
    }

    /// What quality means of a model that was trained with labels.
    private var labelledMeasure: Measure {
        guard let anomalies = pooledCompany.workload as? AnomalyWorkload else { return measure }
        return anomalies.base.labelledMeasure
    }
}

extension MaintenanceCompany {
    func choosing(_ model: ModelChoice) throws(ModelRefusal) -> MaintenanceCompany {
        MaintenanceCompany(name: name, participant: participant, workload: try workload.choosing(model))
    }
}
