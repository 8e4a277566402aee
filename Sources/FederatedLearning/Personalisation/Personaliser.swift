/// How a company comes to a model of its own.
/// Source: personalisation section 3
public enum PersonalMethod: String, Sendable, CaseIterable {
    /// The shared model as it is.
    case shared
    /// A model trained alone, never mixed with the shared one.
    case solo
    /// The shared model, trained further at home.
    case fineTuned = "fine-tuned"
    /// A private head, trained together with the shared body.
    case fedPer = "fedper"
    /// A private head, trained before the shared body.
    case fedRep = "fedrep"
    /// A model of its own, pulled to the shared one.
    case ditto
    /// A mixture of its own and the shared model.
    case apfl
    /// Its own intercept and scale over shared slopes.
    case ownIntercept = "own-intercept"
}

/// The participant's side of personalised learning: gives updates of what is shared and keeps the rest to itself.
///
/// `state` is private and must be stored after every round (seal it): a coordinator that lets participants forget it would
/// make every head start afresh. It is never part of an update.
/// Source: personalisation section 3
public protocol Personaliser: Sendable {
    /// Which method it is.
    var method: PersonalMethod { get }
    /// The layout of what travels; the strategy of the federation is over it.
    var sharedLayout: ParameterLayout { get }

    /// One round: moves the private state, and gives the update of the shared parameters.
    ///
    /// Throws `layoutMismatch`, `invalidPlan` or `diverged`; then the private state is as before.
    mutating func train(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure) -> LocalUpdate

    /// The whole model that the company uses, over the whole layout; throws `layoutMismatch` or `diverged`.
    func personalModel(from shared: ParameterVector) throws(LearningFailure) -> ParameterVector

    /// The sum of losses of the personal model over the company's validation examples, and their number.
    func validationLoss(from shared: ParameterVector) throws(LearningFailure) -> (loss: Double, examples: Int)

    /// What must be remembered.
    var state: PersonalState { get }

    /// Takes up a stored state; on a throw nothing has changed.
    mutating func restore(_ state: PersonalState) throws(PersonalStateFailure)
}

/// A method whose update is that of plain averaging: the personal model is made beside it, so that several such methods
/// can be tried in one federation at the cost of local work alone.
/// Source: personalisation section 3
public protocol SidecarPersonaliser: Personaliser {
    /// Moves the private state alone; throws as `train` does.
    mutating func adapt(from shared: ParameterVector, plan: RoundPlan) throws(LearningFailure)
}
