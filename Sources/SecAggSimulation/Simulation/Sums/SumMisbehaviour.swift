/// What a coordinator of encrypted sums does that lies, beside what a masking one does (`CoordinatorMisbehaviour`).
///
/// Source: simulation section 7
public enum SumCoordinatorMisbehaviour: String, CaseIterable, Sendable {
    /// Another proposal for some.
    case splitProposal
    /// Another list of joins for some, under the session that follows from it.
    case splitJoins
    /// Shows a shareholder another contribution than the one that was signed.
    case otherContribution
    /// Keeps one contribution back.
    case missingContribution
    /// A set of one.
    case singleSurvivor
    /// An opening that is not the sum, under a digest that fits.
    case forgedOpening
}

/// What a company of an encrypted sum does that works for the adversary.
///
/// Source: simulation section 7
public enum SumParticipantMisbehaviour: String, CaseIterable, Sendable {
    /// Never says one kind of frame.
    case silent
    /// Joins twice.
    case secondJoin
    /// Promises a contribution whose proof does not hold.
    case forgedProof
    /// Sends other bytes than it has promised.
    case brokenUpload
    /// Promises two contributions.
    case secondContribution
    /// Promises another company's ciphertexts under fresh randomness.
    case derivedContribution
    /// Promises its contribution of an earlier round.
    case oldContribution
    /// Encrypts, with a proof that holds, another input than its node was handed.
    case otherInput
    /// Encrypts, with a proof that holds, an input that counts nobody.
    case uncountedInput
    /// Gives a part with a changed bit.
    case wrongPart
    /// Gives its part of an earlier sum.
    case oldPart
    /// Gives a part, sound in itself, over another set.
    case otherPart
    /// Promises two parts.
    case secondPart
    /// Signs another set.
    case otherStatement
    /// Says old frames again.
    case repeatedFrames
}
