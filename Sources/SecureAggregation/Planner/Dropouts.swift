/// How many honest members are assumed to fall silent, by stage; the three groups do not overlap.
/// Source: thresholds section 3
public struct Dropouts: Hashable, Sendable {
    /// Gone before their receipt: they are in the session's list but in no cohort.
    public var setup: Int
    /// Gone between the announcement and the survivor signature: no input, no signature.
    public var early: Int
    /// In the survivor set, yet silent when shares are asked for.
    public var late: Int

    /// Counts of members, each at least zero.
    /// Source: thresholds section 3
    public init(setup: Int = 0, early: Int = 0, late: Int = 0) {
        self.setup = setup
        self.early = early
        self.late = late
    }

    /// Members that send no input: setup + early.
    public var beforeSurvivors: Int { setup + early }

    /// Members that reveal no shares: setup + early + late.
    public var beforeOpening: Int { setup + early + late }
}
