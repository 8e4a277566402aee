internal import FederatedLearning

/// How the companies of a federation come to models of their own.
/// Source: personalisation section 10
public enum PersonalChoice: String, Sendable, CaseIterable {
    /// Everybody uses the shared model.
    case none
    /// The shared model, trained further at home.
    case fineTuned = "finetune"
    /// A private head, trained together with the shared body.
    case fedPer = "fedper"
    /// A private head, trained before the shared body.
    case fedRep = "fedrep"
    /// A model of one's own, pulled to the shared one.
    case ditto
    /// A mixture of one's own and the shared model.
    case apfl
    /// Fine-tuning, Ditto and APFL are tried; each company takes what does best on its own validation examples.
    case automatic

    /// Whether only the body of the model travels.
    public var keepsHead: Bool { self == .fedPer || self == .fedRep }
}

/// The constants of personal models; public.
/// Source: personalisation section 10
public struct PersonalTerms: Sendable, Hashable {
    /// Epochs of fine-tuning.
    public var tuningEpochs = 40
    /// The step size of fine-tuning relative to the training's.
    public var tuningRate: Float = 0.3
    /// Ditto's pull to the shared model.
    public var pull: Float = 0.1
    /// Epochs a round of FedRep's head.
    public var headEpochs = 2
    /// APFL's share of the own model at the start.
    public var mixing = 0.5
    /// APFL's step size of that share.
    public var mixingRate = 0.05
    /// By what share a method must beat the shared model to be picked.
    public var margin = 0.02

    /// The defaults.
    public init() {}

    /// The methods beside the shared model that a choice asks for; nil for none.
    func beside(
        _ choice: PersonalChoice, _ problem: NetworkProblem, participant: UInt64, plan: RoundPlan
    ) -> AutomaticPersonalisation? {
        let optimiser = Optimiser.adam(Adam())
        func fineTuning() -> any SidecarPersonaliser {
            var tuning = plan
            tuning.round = 1 << 20
            tuning.localEpochs = tuningEpochs
            tuning.learningRate *= tuningRate
            return LocalFineTuning(problem, participant: participant, optimiser: optimiser, tuning: tuning)
        }
        func ditto() -> any SidecarPersonaliser {
            EarlyStopped(Ditto(problem, pull: pull, participant: participant, optimiser: optimiser))
        }
        func apfl() -> any SidecarPersonaliser {
            EarlyStopped(
                AdaptiveMixture(
                    problem, participant: participant, optimiser: optimiser, mixing: mixing, mixingRate: mixingRate))
        }
        let candidates: [any SidecarPersonaliser] =
            switch choice {
            case .none, .fedPer, .fedRep: []
            case .fineTuned: [fineTuning()]
            case .ditto: [ditto()]
            case .apfl: [apfl()]
            case .automatic: [fineTuning(), ditto(), apfl()]
            }
        if candidates.isEmpty { return nil }
        return AutomaticPersonalisation(
            base: FedProx(problem, participant: participant, proximal: 0, optimiser: optimiser),
            candidates: candidates, margin: choice == .automatic ? margin : 0)
    }
}
