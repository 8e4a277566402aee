extension LearningFailure: CustomStringConvertible {
    /// What was found wrong, in words; never a value of a company's data.
    public var description: String {
        switch self {
        case .dimensionMismatch(let expected, let found): "\(found) numbers where \(expected) belong"
        case .nonFinite(let index): "the number at position \(index) is not finite"
        case .valueOutOfBound(let index): "the number at position \(index) is outside its declared bound"
        case .exampleCountOutOfRange(let found, let maximum): "\(found) examples; 0 to \(maximum) are allowed"
        case .schemaMismatch: "the sum was made for another schema"
        case .layoutMismatch: "the parameters belong to another model"
        case .zeroTotalWeight: "the cohort's weights add up to nothing, so there is no mean"
        case .notPositiveDefinite(let pivot):
            "the system has no unique solution: features up to number \(pivot) depend on each other"
        case .labelOutOfRange(let row, let classes): "the label in row \(row) is none of \(classes) classes"
        case .groupOutOfRange(let row, let groups): "the group in row \(row) is none of \(groups) groups"
        case .noExamples: "there is no example"
        case .invalidPlan: "the plan has no epoch, an empty batch or a step size that is not positive"
        case .diverged(let step): "training left the finite numbers at step \(step)"
        case .cohortOutOfRange(let found, let allowed):
            "\(found) participants; \(allowed.lowerBound) to \(allowed.upperBound) are allowed"
        }
    }
}

extension GateRefusal: CustomStringConvertible {
    /// Why no slot opens, in words.
    public var description: String {
        switch self {
        case .schemaMismatch: "the counts were summed under another schema"
        case .cohortTooSmall(let counted, let needed): "\(counted) were counted and an open slot needs \(needed)"
        case .countsInconsistent:
            "the counts do not add up to the participants: somebody did not choose exactly one slot"
        case .wrongStage: "a count was already taken, or none was yet"
        case .tooManyLeft(let counted, let summed):
            "\(counted) were counted and \(summed) are in the sum: more have left than the gate allows for"
        case .slotNotOpen(let slot): "slot \(slot) is not open"
        case .rankingIncomplete: "a ranking does not name every slot once"
        }
    }
}

extension RobustnessRefusal: CustomStringConvertible {
    /// Why the rule cannot hold, in words.
    public var description: String {
        switch self {
        case .tooFewGroups(let found, let needed): "\(found) groups; against so many attackers the rule needs \(needed)"
        case .groupsTooSmall(let smallest, let minimum):
            "a group would have \(smallest) members and a sum needs \(minimum)"
        case .cohortOutOfRange(let group, let found): "the sum of group \(group) is over \(found) members"
        case .keptOutOfRange(let found, let largest): "\(found) groups to keep; the rule can vouch for 1 to \(largest)"
        case .schemaMismatch: "a sum was made for another schema"
        case .zeroTotalWeight(let group): "group \(group) has no weight, so it has no mean"
        case .nonFinite(let group): "the mean of group \(group) is not finite"
        case .lengthMismatch(let expected, let found): "\(found) numbers where \(expected) belong"
        case .unknownGroup(let group): "there is no group \(group)"
        case .seedLength(let found): "the joint seed has \(found) bytes and not 32"
        case .tallyOutOfRange(let group): "the tally of group \(group) is no count that the voters can cast"
        case .normOutOfRange: "a norm is negative or no number"
        case .countsInconsistent: "the counts do not add up to the cohort"
        }
    }
}

extension ContributionRefusal: CustomStringConvertible {
    /// Why no contribution can be told, in words.
    public var description: String {
        switch self {
        case .groupsOutOfRange(let found): "\(found) groups; 1 to 63 can be valued"
        case .tooManyForExact(let found): "exact values of \(found) groups need more than 1024 models"
        case .nonFinite: "a coalition's value is not finite"
        case .lengthMismatch(let expected, let found): "\(found) where \(expected) belong"
        case .tooFewRounds(let found, let needed): "\(found) group values were seen and \(needed) are needed"
        case .groupingsTooAlike: "the groupings do not tell the companies apart"
        }
    }
}

extension CohortFailure: CustomStringConvertible {
    /// What does not fit, in words.
    public var description: String {
        switch self {
        case .unknownParticipant(let number): "there is no participant \(number)"
        case .notTraining(let number): "participant \(number) has no model to have trained from"
        case .inCohort(let number): "participant \(number) is in the cohort that is being summed"
        case .cohortOpen: "the last cohort is not settled yet"
        case .noCohort: "there is no cohort to settle"
        case .notReady(let waiting, let needed): "\(waiting) have finished and a cohort needs \(needed)"
        }
    }
}
