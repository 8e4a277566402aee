/// Which graph a plan may use.
/// Source: window-rule section 5
public enum NeighbourChoice: Hashable, Sendable {
    /// The complete graph below 128 members; above, the sparsest safe graph, or the complete one up to 1,024 members.
    case auto
    /// Every member masks with every other.
    case complete
    /// Exactly k neighbours: even, or n - 1 and above for the complete graph.
    case count(Int)
}

/// What a session should do, for `Planner.plan`.
/// Source: thresholds section 2
public struct PlanRequest: Hashable, Sendable {
    /// Members of the session, 3...65,536.
    public var participants: Int
    /// Members of the roster, over which the quorum is counted; nil when all of them take part.
    public var rosterCount: Int?
    /// Colluders to withstand, the operator of the server included when it is a member; nil takes max(1, n / 10).
    public var colluders: Int?
    /// Honest members assumed to fall silent.
    public var dropouts: Dropouts
    /// Elements of the vector, 1...2^32.
    public var dimension: Int
    /// Largest absolute quantised value of one element, at least 1.
    public var valueBound: UInt64
    /// Largest weight a value is multiplied by, at least 1.
    public var weightCap: UInt64
    /// Bound on the absolute value of all noise in one element of the sum.
    public var noiseTail: UInt64
    /// Which graph.
    public var neighbours: NeighbourChoice
    /// What the server is assumed to do.
    public var server: ServerModel
    /// How the Shamir threshold is chosen.
    public var thresholdRule: ThresholdRule
    /// Honest inputs that must be in every opened sum, at least 2; three members with one colluder take 2.
    public var minimumHonest: Int
    /// A floor on the survivors wanted for other reasons; zero for none.
    public var minimumSurvivors: Int
    /// A width demanded, 8...62 or 64; nil takes the smallest that cannot wrap.
    public var requestedBits: Int?

    /// A request with the defaults of the house.
    /// Source: thresholds section 2
    public init(
        participants: Int, rosterCount: Int? = nil, colluders: Int? = nil, dropouts: Dropouts = Dropouts(),
        dimension: Int,
        valueBound: UInt64, weightCap: UInt64 = 1, noiseTail: UInt64 = 0, neighbours: NeighbourChoice = .auto,
        server: ServerModel = .active, thresholdRule: ThresholdRule = .quorum, minimumHonest: Int = 3,
        minimumSurvivors: Int = 0, requestedBits: Int? = nil
    ) {
        self.participants = participants
        self.rosterCount = rosterCount
        self.colluders = colluders
        self.dropouts = dropouts
        self.dimension = dimension
        self.valueBound = valueBound
        self.weightCap = weightCap
        self.noiseTail = noiseTail
        self.neighbours = neighbours
        self.server = server
        self.thresholdRule = thresholdRule
        self.minimumHonest = minimumHonest
        self.minimumSurvivors = minimumSurvivors
        self.requestedBits = requestedBits
    }

    /// The colluders withstood when none are named: max(1, n / 10).
    /// Source: thresholds section 2
    public static func defaultColluders(participants: Int) -> Int { max(1, participants / 10) }
}
