public import CryptoPrimitives
internal import DurableState
public import FederatedLearning
public import RingVectors
public import RoundProtocol
public import SecureAggregation

/// One sum over a consortium's uploads, with what the one process that plays everybody can tell about it.
public struct SummedUploads: Sendable {
    /// The decoded sum: all that a strategy sees.
    public let sum: AggregateSum
    /// Whether the opened sum equals the sum of the survivors' clear vectors; a deployment cannot know.
    public let isExact: Bool
    /// The quantiser's step relative to a block's bound.
    public let resolution: Double
    /// Whose uploads are in the sum.
    public let survivors: [Int]
    /// What this sum has cost, its share of the set-up included when it opened an epoch.
    public let tally: SumTally
}

/// Sums the uploads of several companies securely in one process: quantise, mask, agree, open, decode, compare.
///
/// One session serves sums of every schema: only the announced ring and length differ.  Each sum is checked against the
/// clear sum.  It is for training runs on data at hand, for tests and measurements; it gives no privacy, since the
/// process holds everybody's secrets.
public final class SecureSummation {
    /// What the consortium agreed on.
    public struct Settings: Sendable {
        /// Companies, at least 3.
        public var companies: Int
        /// Colluders to withstand; nil takes the planner's default.
        public var colluders: Int?
        /// Rounds whose keys are dealt at once.
        public var roundsPerEpoch: Int
        /// What hides the uploads.
        public var backend: SumBackend
        /// The least variance of noise, ring units squared, without which nobody takes part; 0 for none.
        public var minimumNoiseVariance: UInt64 = 0
        /// The fewest survivors whose sum a participant helps to open, whatever is announced; 0 for the planner's own.
        public var minimumSurvivors = 0

        /// By default pairwise masks, with keys dealt for eight rounds at once.
        public init(
            companies: Int, colluders: Int? = nil, roundsPerEpoch: Int = 8, backend: SumBackend = .masking
        ) {
            precondition(roundsPerEpoch >= 1, "an epoch without rounds")
            self.backend = backend
            self.companies = companies
            self.colluders = colluders
            self.roundsPerEpoch = roundsPerEpoch
        }

        /// Thresholds and graph of the session; throws the planner's refusal.
        ///
        /// The complete graph; ring and length are those of one 8-bit number and mean nothing.
        public func plan() throws(PlanRefusal) -> Plan {
            try Planner.plan(
                PlanRequest(
                    participants: companies, colluders: colluders, dimension: 1, valueBound: 1,
                    neighbours: .complete, thresholdRule: backend.thresholdRule(participants: companies),
                    minimumSurvivors: minimumSurvivors))
        }
    }

    /// Thresholds and graph in force.
    public let plan: Plan
    /// What hides the uploads.
    public let backend: SumBackend
    /// The least variance of noise without which nobody takes part, ring units squared.
    public let minimumNoiseVariance: UInt64
    private let consortium: LoopbackConsortium
    private var encodingRandom: any RandomSource
    /// Sums opened so far: the version of the next model.
    private var sums: UInt64 = 0

    /// Plans the session and sets up everybody's machine.
    ///
    /// - Parameters:
    ///   - random: a source for each purpose.
    /// - Throws: `plan`, `round`.
    public init(_ settings: Settings, random: (RandomStream) -> any RandomSource) throws(FederationFailure) {
        do throws(PlanRefusal) {
            plan = try settings.plan()
        } catch {
            throw .plan(error)
        }
        backend = settings.backend
        minimumNoiseVariance = settings.minimumNoiseVariance
        var loopback = LoopbackConsortium.Settings(plan: plan, roundsPerEpoch: settings.roundsPerEpoch)
        loopback.backend = settings.backend
        loopback.minimumNoiseVariance = settings.minimumNoiseVariance
        consortium = try FederationFailure.round { () throws(Abort) in
            try LoopbackConsortium(
                loopback, spool: MemorySpool(capacityBytes: 1 << 32), random: random,
                cpuSeconds: ResourceUsage.threadSeconds)
        }
        encodingRandom = random(.rounding)
    }

    /// The members' keys.
    public var roster: Roster { consortium.roster }

    /// The widest ring that this sum takes: 62 bits, less what a sum of masks inside slots needs.
    public var widestBits: Int { backend.widestBits(participants: plan.participants) }

    /// Sums one upload a company, all of one schema.
    ///
    /// - Parameters:
    ///   - bits: the ring; the encoding is the finest that cannot wrap in it.
    ///   - model: the shared model that the round belongs to, if one is trained yet; the sum's number is hashed with it.
    ///   - dropouts: who falls silent before which step.
    ///   - survivors: how many must be in the sum, beyond what the session asks for.
    /// - Throws: `encoding`, or `round` with the abort that ended it.
    public func sum(
        _ uploads: [Upload], bits: Int, rounding: FixedPointCodec.Rounding, model: ParameterVector? = nil,
        dropouts: [Int: DropoutStep] = [:], survivors: SurvivorDemand = SurvivorDemand()
    ) throws(FederationFailure) -> SummedUploads {
        precondition(uploads.count == plan.participants, "one upload a company")
        let schema = uploads[0].schema
        var vectors: [PackedVector] = []
        var tally = SumTally(companies: uploads.count)
        let encoding = try FederationFailure.encoding { () throws(RingFailure) in
            let encoding = try RingEncoding(
                schema: schema, bits: bits, participants: uploads.count, rounding: rounding)
            for upload in uploads {
                let encoded = try encoding.encode(upload, from: &encodingRandom)
                vectors.append(encoded.vector)
                tally.clippedValues += encoded.clipped
            }
            return encoding
        }
        var terms = LoopbackTerms(
            dimension: schema.dimension, layout: encoding.layout, valueBound: UInt64(encoding.valueBound),
            modelDigest: digest(of: model), schemaDigest: schema.digest, parametersDigest: encoding.digest)
        terms.survivors = survivors
        let opened = try open(vectors, terms, dropouts, &tally)
        let sum = try FederationFailure.encoding { () throws(RingFailure) in
            try encoding.decode(opened.sum, cohortSize: opened.survivors.count)
        }
        return SummedUploads(
            sum: sum, isExact: opened.isExact, resolution: encoding.resolution, survivors: opened.survivors,
            tally: tally)
    }

    /// What one sum over a ring opened as.
    struct Opened {
        let sum: PackedVector
        let survivors: [Int]
        let isExact: Bool
    }

    /// Runs one round over packed vectors, one a company, and books its cost.
    func open(
        _ vectors: [PackedVector], _ terms: LoopbackTerms, _ dropouts: [Int: DropoutStep], _ tally: inout SumTally
    ) throws(FederationFailure) -> Opened {
        let begin = ResourceUsage.wallSeconds()
        let round = try FederationFailure.round { () throws(Abort) in
            try consortium.round(terms, dropouts: dropouts) { vectors[$0] }
        }
        sums += 1
        tally.wallSeconds = ResourceUsage.wallSeconds() - begin
        count(round, dropouts, in: &tally)
        return Opened(
            sum: round.outcome.sum, survivors: round.outcome.survivors.map { Int($0.rawValue) }, isExact: round.isExact)
    }

    /// What the next sum's model hashes to, with the number of sums opened before it.
    func digest(of model: ParameterVector?) -> Digest {
        if let model { return model.digest(version: sums) }
        var hash = Blake2b(Personalisation("QSA1 no model"))
        hash.update(littleEndian: sums)
        return hash.finalize()
    }

    private func count(_ round: LoopbackRound, _ dropouts: [Int: DropoutStep], in tally: inout SumTally) {
        tally.sums = 1
        tally.participations = tally.companies
        tally.exactSums = round.isExact ? 1 : 0
        for step in dropouts.values { tally.dropouts[step, default: 0] += 1 }
        for cost in consortium.clientCosts {
            tally.clientSeconds.merge(cost.seconds, uniquingKeysWith: +)
            tally.sentBytes += cost.sentBytes
            tally.receivedBytes += cost.receivedBytes
        }
        tally.serverSeconds = consortium.serverCost.seconds
        consortium.resetCosts()
    }
}
