/// A field of a request that makes no sense by itself.
/// Source: thresholds section 2
public enum PlanField: String, Hashable, Sendable {
    /// Negative.
    case colluders
    /// One of the three is negative.
    case dropouts
    /// Not in 1...2^32.
    case dimension
    /// Zero.
    case valueBound
    /// Zero.
    case weightCap
    /// Below 2: a sum of one honest input is that input.
    case minimumHonest
    /// Negative.
    case minimumSurvivors
    /// Below 2.
    case neighbours
}

/// Why no plan is given; every case carries the nearest request that would be safe.
/// Source: thresholds section 2
public enum PlanRefusal: Error, Hashable, Sendable {
    /// A field out of its range.
    case invalidField(PlanField)
    /// n below this.
    case tooFewParticipants(minimum: Int)
    /// n above this.
    case tooManyParticipants(maximum: Int)
    /// Too few honest members are left: the largest c for this n, the smallest n for this c.
    case tooManyColluders(largest: Int, participantsNeeded: Int)
    /// More honest inputs demanded than there are.
    case minimumHonestTooHigh(largest: Int)
    /// More survivors demanded than the dropouts leave.
    case minimumSurvivorsTooHigh(largest: Int)
    /// t within reach of the colluders.
    case thresholdTooLow(minimum: Int)
    /// t above the number of holders.
    case thresholdTooHigh(maximum: Int)
    /// No round could end even if every colluder answered: the most members that may send no input (setup and early),
    /// and the most that may reveal nothing (all three).
    case tooManyDropouts(largestBeforeSurvivors: Int, largestBeforeOpening: Int)
    /// k odd; the payload is the nearest even one.
    case neighboursOdd(nearest: Int)
    /// k too small to be safe; the payload is one that is safe and live.
    case neighboursTooFew(minimum: Int)
    /// No sparse graph is safe: the largest c found that has one with these dropouts and the most dropouts before
    /// the survivor set found that have one with this c (nil: none), and the size up to which the complete graph serves.
    case noSafeGraph(largestColluders: Int?, largestDropouts: Int?, completeUpTo: Int)
    /// The sum could wrap: the width needed (above 64: lower the value bound, the weight cap or the noise).
    case overflowPossible(requiredBits: Int)
    /// A width that cannot be packed; the payload is the next that can.
    case unsupportedRingBits(nearest: Int)
}

extension PlanRefusal: CustomStringConvertible {
    /// One sentence: what, and what would be safe.
    public var description: String {
        switch self {
        case .invalidField(let field):
            "\(field.rawValue) is out of range"
        case .tooFewParticipants(let minimum):
            "too few participants; at least \(minimum) are needed"
        case .tooManyParticipants(let maximum):
            "too many participants; at most \(maximum) can be planned"
        case .tooManyColluders(let largest, let needed):
            "too many colluders: at most \(largest) with these participants, or at least \(needed) participants"
        case .minimumHonestTooHigh(let largest):
            "more honest inputs are demanded than there are; at most \(largest)"
        case .minimumSurvivorsTooHigh(let largest):
            "more survivors are demanded than the dropouts leave; at most \(largest)"
        case .thresholdTooLow(let minimum):
            "the colluders could reach this threshold; at least \(minimum)"
        case .thresholdTooHigh(let maximum):
            "there are not so many holders of shares; at most \(maximum)"
        case .tooManyDropouts(let survivors, let opening):
            "no round could end: at most \(survivors) members may send no input, at most \(opening) may reveal nothing"
        case .neighboursOdd(let nearest):
            "neighbours come in pairs; take \(nearest)"
        case .neighboursTooFew(let minimum):
            "too few neighbours to be safe; at least \(minimum)"
        case .noSafeGraph(let colluders, let dropouts, let complete):
            "no sparse graph is safe; one is with "
                + (colluders.map { "\($0) colluders" } ?? "fewer dropouts and colluders")
                + (dropouts.map { " or \($0) dropouts" } ?? "")
                + ", and the complete graph serves up to \(complete) participants"
        case .overflowPossible(let bits):
            bits <= 64
                ? "the sum could wrap; \(bits) bits are needed"
                : "the sum could wrap: it needs \(bits) bits; lower the value bound, the weight cap or the noise"
        case .unsupportedRingBits(let nearest):
            "a ring element has 8 to 62 or 64 bits; take \(nearest)"
        }
    }
}
