/// Why a robust rule cannot hold, or its input is not what it says; payloads are public sizes.
public enum RobustnessRefusal: Error, Equatable, Sendable {
    /// The rule withstands so many attackers only from more groups on.
    case tooFewGroups(found: Int, needed: Int)
    /// Groups would have fewer members than a sum may hold.
    case groupsTooSmall(smallest: Int, minimum: Int)
    /// A sum over a group with fewer members than a sum may hold, or more than the group has.
    case cohortOutOfRange(group: Int, found: Int)
    /// A rule was asked to keep no group, or more than it can vouch for.
    case keptOutOfRange(found: Int, largest: Int)
    /// A sum of another schema.
    case schemaMismatch
    /// A group without weight has no mean.
    case zeroTotalWeight(group: Int)
    /// A NaN or an infinity in a group's mean.
    case nonFinite(group: Int)
    /// A vector, a list of losses or of sums has another length than asked for.
    case lengthMismatch(expected: Int, found: Int)
    /// A group that does not exist.
    case unknownGroup(Int)
    /// A seed that is not 32 bytes.
    case seedLength(found: Int)
    /// A tally beyond what the voters can cast, or no whole number.
    case tallyOutOfRange(group: Int)
    /// A norm that is no number or negative.
    case normOutOfRange
    /// Counts that do not add up to the cohort.
    case countsInconsistent
}
