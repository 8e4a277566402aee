/// What one member adds to a sum and how far one of its units can move it.
/// Source: discrete-gaussian section 5
public struct MemberNoise: Hashable, Sendable {
    /// The variance parameter of its share, at least 18 squared grid units.
    public let variance: NoiseVariance
    /// How far one unit of this member moves the sum, its public weight included, grid units.
    public let sensitivity: L2Sensitivity

    /// The two numbers; both are public. Throws `shareTooSmall` below 18.
    public init(variance: NoiseVariance, sensitivity: L2Sensitivity) throws(NoiseRefusal) {
        guard variance.isAtLeast(NoisePlan.smallestShare) else {
            throw .shareTooSmall(minimum: NoisePlan.smallestShare)
        }
        self.variance = variance
        self.sensitivity = sensitivity
    }
}

/// The guarantee of one member's units against one number of colluders.
/// Source: discrete-gaussian section 5
public struct CollusionFigure: Hashable, Sendable {
    /// Members whose noise is known to the adversary.
    public let colluders: Int
    /// The noise that protects, whoever colludes and whoever is silent, squared grid units.
    public let variance: ExactVariance
    /// The whole schedule's epsilon; the upper end is the figure to claim.
    public let epsilon: PrivacyInterval
}

/// What the schedule says about a member as a whole: all its machines at once.
/// Source: discrete-gaussian section 5
public struct CompanyFigure: Hashable, Sendable {
    /// Machines of the member: the group factor.
    public let machines: Int
    /// The whole schedule's epsilon for the group; infinity at the upper end when nothing was proven.
    public let epsilon: PrivacyInterval
    /// The best attacker's advantage (detection less false alarms), at most 1.
    public let advantage: PrivacyInterval

    /// Whether anything worth the name is promised: an advantage proven to stay below 99 percent.
    public var isUseful: Bool { advantage.upper < 0.99 }
}

/// A member's row of the table: nobody colludes, as many as planned, everybody else.
/// Source: discrete-gaussian section 5
public struct CollusionFigures: Hashable, Sendable {
    /// The member's place in the list.
    public let member: Int
    /// t = 0.
    public let nobody: CollusionFigure
    /// t as planned.
    public let design: CollusionFigure
    /// t = n - 1: its own share alone.
    public let everybodyElse: CollusionFigure
    /// All its machines at once, t as planned.
    public let company: CompanyFigure
}

/// Why no table is made.
/// Source: discrete-gaussian section 5
public enum CollusionRefusal: Error, Hashable, Sendable {
    /// The noise is not one that could be billed.
    case noise(NoiseRefusal)
    /// The schedule is not one that could be billed.
    case accounting(AccountingRefusal)
    /// More than 4,096 members that differ.
    case tooManyMembers(maximum: Int)
}
