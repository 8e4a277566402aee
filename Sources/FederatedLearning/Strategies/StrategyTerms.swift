/// Which strategy a federation trains by, with its constants; public.
/// Source: fedopt section 5
public enum StrategyMethod: Hashable, Sendable {
    /// The weighted mean of updates.
    case fedAvg
    /// The same with a pull to the shared model in local training.
    case fedProx(proximal: Float)
    /// Updates divided by their number of local steps.
    case fedNova
    /// A server optimiser with momentum.
    case momentum(rate: Double, decay: Double)
    /// A server optimiser with a step of its own for each coordinate.
    case adaptive(AdaptiveServerStep.Rule, rate: Double, beta1: Double, adaptivity: Double)
    /// Control variates through the sum identity, plain descent at home.
    case scaffold(localSteps: Int, localRate: Double)
}

/// A strategy over one model: what participants upload and how the coordinator absorbs the sum.
/// Source: fedopt section 5
public struct StrategyTerms: Hashable, Sendable {
    /// Which strategy.
    public let method: StrategyMethod
    /// The layout of what travels.
    public let layout: ParameterLayout
    /// Each coordinate of an update is clipped to `-clip...clip`.
    public let clip: Double
    /// The metrics that ride along, and the largest number of examples one participant may claim.
    public let metrics: MetricBlock
    /// All participants of the federation.
    public let participants: Int
    /// The most local steps of a round (FedNova).
    public let maximumSteps: Int

    /// Fixes the terms; clip finite and positive, at least one participant and step.
    public init(
        _ method: StrategyMethod, layout: ParameterLayout, clip: Double, metrics: MetricBlock, participants: Int,
        maximumSteps: Int
    ) {
        precondition(participants >= 1 && maximumSteps >= 1, "no participant or no step")
        self.method = method
        self.layout = layout
        self.clip = clip
        self.metrics = metrics
        self.participants = participants
        self.maximumSteps = maximumSteps
    }

    /// The terms of the averaging methods.
    public var averaging: FedAvg {
        FedAvg(layout: layout, clip: clip, maxExamples: metrics.maximumExamples, metrics: metrics.metrics)
    }

    var nova: FedNova {
        FedNova(
            layout: layout, clip: clip, maximumExamples: metrics.maximumExamples,
            maximumProgress: Double(maximumSteps))
    }

    /// The pull to the shared model in local training.
    var proximal: Float {
        if case .fedProx(let proximal) = method { return proximal }
        return 0
    }

    /// The control variates' terms; nil for other methods.
    var scaffold: Scaffold? {
        guard case .scaffold(let steps, let rate) = method else { return nil }
        return Scaffold(
            layout: layout, clip: clip, participants: participants, localSteps: steps, localRate: rate)
    }

    /// The coordinator's side at its start.
    public func coordinator() -> any MeteredStrategy {
        switch method {
        case .fedAvg, .fedProx: averaging
        case .fedNova: Metered(FedNova.Coordinator(nova), metrics: metrics)
        case .momentum(let rate, let decay): FedOpt(averaging, step: ServerMomentum(rate: rate, decay: decay))
        case .adaptive(let rule, let rate, let beta1, let adaptivity):
            FedOpt(
                averaging,
                step: AdaptiveServerStep(rule: rule, rate: rate, beta1: beta1, adaptivity: adaptivity))
        case .scaffold(let steps, let rate):
            Metered(
                Scaffold.Coordinator(
                    Scaffold(
                        layout: layout, clip: clip, participants: participants, localSteps: steps, localRate: rate)),
                metrics: metrics)
        }
    }
}
