/// What must never happen, whatever is lost, late, changed or lied about.
///
/// Source: simulation section 4
public enum SimulationCheck: String, CaseIterable, Sendable {
    /// An opened sum is not the sum of the survivors' inputs.
    case wrongSum
    /// Enough shares of both secrets of one client reached the adversary.
    case bothSecrets
    /// One keystream covered two plaintexts.
    case keystreamReused
    /// One update was masked twice.
    case inputReused
    /// An honest party signed two statements for one place.
    case contradiction
    /// An honest client signed two survivor sets for one model.
    case twoSetsForAModel
    /// Honest clients opened two survivor sets in one round.
    case twoSetsOpened
    /// Shares were opened without a quorum behind the set.
    case noQuorum
    /// A set was opened that hides too few honest inputs.
    case tooFewSurvivors
    /// A set was opened whose honest survivors fall into groups that share no mask: each group's sum shows.
    case splitGraph
    /// An acknowledged input is not in the sum.
    case acknowledgedExcluded
    /// The exponent of one ciphertext covered two plaintexts.
    case randomnessReused
    /// A part of an opening belongs to another sum than was promised.
    case partOfAnotherSum
    /// A contribution is in the opened sets of two rounds.
    case contributionOpenedTwice
    /// A ledger forgot something.
    case ledgerWentBack
    /// A party keeps or sends more than its cap.
    case bytesOverCap
    /// A refused frame changed what a party says.
    case refusalChangedState
    /// A damaged or old state was taken for sound.
    case badStateTaken
    /// Faults have stopped, and no sum comes.
    case stuck
}

/// A check that failed: which, where and when.
public struct SimulationViolation: Sendable, Hashable {
    /// The check.
    public let check: SimulationCheck
    /// Who and what, without any secret.
    public let detail: String
    /// Milliseconds of the run's clock.
    public let time: UInt64
}
