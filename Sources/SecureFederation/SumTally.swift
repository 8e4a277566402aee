public import RoundProtocol

/// What secure sums have cost and shown so far.
public struct SumTally: Sendable {
    /// Companies a sum is run over.
    public let companies: Int
    /// Sums opened.
    public internal(set) var sums = 0
    /// Sums that equalled the clear sum of their survivors.
    public internal(set) var exactSums = 0
    /// Members of all those sums together.
    public internal(set) var participations = 0
    /// Members that fell silent in a round that was opened all the same, by step.
    public internal(set) var dropouts: [DropoutStep: Int] = [:]
    /// Values that were clipped to their block's bound.
    public internal(set) var clippedValues = 0
    /// Processor seconds of all companies together, by stage.
    public internal(set) var clientSeconds: [Stage: Double] = [:]
    /// Processor seconds of the coordinator, by stage.
    public internal(set) var serverSeconds: [Stage: Double] = [:]
    /// Bytes that all companies together have sent, set-up included.
    public internal(set) var sentBytes = 0
    /// Bytes that all companies together were sent.
    public internal(set) var receivedBytes = 0
    /// Wall-clock seconds between the first frame and the opened sum.
    public internal(set) var wallSeconds = 0.0

    /// Counts nothing yet.
    public init(companies: Int) {
        self.companies = companies
    }

    /// Whether every sum equalled the clear sum; true of no sum at all.
    public var isExact: Bool { exactSums == sums }

    /// Dropouts at any step whose round was opened all the same.
    public var dropoutsRecovered: Int { dropouts.values.reduce(0, +) }

    /// Mean bytes that one company sends for one sum, its share of the set-up included; 0 before the first sum.
    public var sentBytesPerCompanyAndSum: Double {
        participations == 0 ? 0 : Double(sentBytes) / Double(participations)
    }

    /// Adds what other sums have cost.
    public mutating func add(_ other: SumTally) {
        precondition(companies == other.companies, "tallies of different consortia")
        add(other, over: companies)
    }

    /// Adds what sums over so many of the companies have cost.
    mutating func add(_ other: SumTally, over members: Int) {
        precondition(other.companies == members && members <= companies, "tallies of different consortia")
        participations += other.participations
        sums += other.sums
        exactSums += other.exactSums
        dropouts.merge(other.dropouts, uniquingKeysWith: +)
        clippedValues += other.clippedValues
        clientSeconds.merge(other.clientSeconds, uniquingKeysWith: +)
        serverSeconds.merge(other.serverSeconds, uniquingKeysWith: +)
        sentBytes += other.sentBytes
        receivedBytes += other.receivedBytes
        wallSeconds += other.wallSeconds
    }
}
