public import FederatedLearning
public import RingVectors

/// The sums of a clustered training through the secure sum, with what keeps a slot from being opened small.
///
/// A sum over slots is made over exactly those who were in the last count, in a session with a roster of theirs alone; it is announced
/// with `counted - dropouts` as its fewest survivors, and every company demands that number before its input is masked. So no
/// slot is ever opened with fewer honest members than its gate promises.
/// Source: clustering section 6
public final class SlotSummation {
    /// How many companies there are.
    public let companies: Int
    /// The ring of the sums.
    public let ringBits: Int
    /// How values between two levels are brought to one.
    public let rounding: FixedPointCodec.Rounding
    /// Who falls silent in which sum, counted from 0.
    public let schedule: DropoutSchedule
    /// What the sums have cost.
    public private(set) var tally: SumTally

    private let cohorts: CohortSummation
    private var counted: [Int]?
    private var sums = 0

    /// Prepares sums over `companies` through the sessions of `cohorts`.
    public init(
        companies: Int, ringBits: Int = 32, rounding: FixedPointCodec.Rounding = .stochastic,
        schedule: DropoutSchedule = .none, cohorts: CohortSummation
    ) {
        self.companies = companies
        self.ringBits = ringBits
        self.rounding = rounding
        self.schedule = schedule
        self.cohorts = cohorts
        tally = SumTally(companies: companies)
    }

    /// Makes one sum.
    ///
    /// - Throws: `gate` for a sum over slots without a count, or over others than were counted; the failures of the layers below.
    public func sum(_ asked: SlotSum) throws(FederationFailure) -> AggregateSum {
        try sum(asked, announcing: nil)
    }

    /// As `sum`, by a coordinator that announces another number of survivors than companies demand.
    func sum(_ asked: SlotSum, announcing announced: Int?) throws(FederationFailure) -> AggregateSum {
        precondition(asked.uploads.count == companies, "one upload a company")
        var members = Array(0..<companies)
        var demand = SurvivorDemand()
        var rounding = self.rounding
        switch asked.kind {
        case .count:
            counted = nil
            rounding = .nearest
        case .everybody: break
        case .slots(let permission):
            guard let present = counted else { throw .gate(.wrongStage) }
            guard present.count == permission.counted else {
                throw .gate(.tooManyLeft(counted: permission.counted, summed: present.count))
            }
            members = present
            let fewest = permission.counted - permission.dropouts
            demand = SurvivorDemand(announced: announced ?? fewest, demanded: fewest)
        }
        let silent = schedule.dropouts(in: sums)
        sums += 1
        var dropouts: [Int: DropoutStep] = [:]
        for (place, company) in members.enumerated() { dropouts[place] = silent[company] }
        let summed = try cohorts.sum(
            over: members, members.map { asked.uploads[$0] }, bits: ringBits, rounding: rounding,
            dropouts: dropouts, survivors: demand)
        tally.add(summed.tally, over: members.count)
        if asked.kind == .count { counted = summed.survivors.map { members[$0] } }
        return summed.sum
    }
}
