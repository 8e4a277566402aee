/// What a lying coordinator does.
///
/// Source: simulation section 2
public enum CoordinatorMisbehaviour: String, CaseIterable, Sendable {
    /// Another model for some participants.
    case splitConfiguration
    /// A second configuration for the same round, later.
    case secondConfiguration
    /// A second configuration with one member fewer.
    case otherCohort
    /// A configuration that asks for fewer survivors.
    case weakConfiguration
    /// One survivor set for some and another for the others.
    case splitSurvivors
    /// A second survivor set, later.
    case secondSurvivors
    /// A set of two, or one with a hole in the ring.
    case shrunkSurvivors
    /// A set without a member whose upload was acknowledged, for everybody.
    case excludedSurvivor
    /// The set shown to few, and at once a request for shares with whatever signatures there are.
    case unbackedRequest
    /// A request for another set than the one signed.
    case conflictingRequest
    /// Frames of earlier rounds.
    case repeatedRound
    /// A delivery meant for somebody else, or changed.
    case twistedDelivery
    /// Another list of keys for some.
    case splitList
    /// A result that is not the sum.
    case forgedResult
    /// An end of the round for some.
    case forgedAbort
    /// An acknowledgement of something else.
    case falseAcknowledgement
}

/// What a participant does that works for the adversary.
///
/// Source: simulation section 2
public enum ParticipantMisbehaviour: String, CaseIterable, Sendable {
    /// Never says one kind of frame.
    case silent
    /// Adds to its own masked words what nobody asked for.
    case shiftedInput
    /// Sends other words than it has promised.
    case brokenUpload
    /// Promises two inputs.
    case secondInput
    /// Opens wrong shares.
    case wrongShares
    /// Deals boxes that do not open.
    case brokenBoxes
    /// Sends back, as its own boxes, what it was dealt.
    case reflectedShares
    /// Commits to other polynomials than it deals.
    case wrongCommitments
    /// Says it holds what it does not, or the reverse.
    case lyingReceipt
    /// Signs another set.
    case otherStatement
    /// Advertises twice.
    case secondAdvertisement
    /// Says old frames again.
    case repeatedFrames
}
