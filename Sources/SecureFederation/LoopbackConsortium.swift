public import CryptoPrimitives
public import DurableState
public import RingVectors
public import RoundProtocol
public import SecureAggregation

/// One finished round of a loopback session.
public struct LoopbackRound: Sendable {
    /// What the coordinator opened.
    public let outcome: RoundOutcome
    /// Whether the opened sum equals the sum of the survivors' clear vectors, and every participant got that sum.
    ///
    /// Only a process that holds everybody's input can know; a deployment has no such mode.
    public let isExact: Bool
    /// How many participants got the sum and found it under the signed digest.
    public let receivers: Int
}

/// How many survivors one sum must have: what the coordinator announces, and what every company demands before it hands its
/// input to be masked.
///
/// The announced number is signed and, once masked, binds: with fewer survivors no participant helps to open the sum. A company
/// that saw too low a number has given nothing away.
public struct SurvivorDemand: Hashable, Sendable {
    /// The number in the signed configuration.
    public var announced: Int
    /// The number below which no company takes part.
    public var demanded: Int

    /// The same number on both sides; 0 for none.
    public init(_ count: Int = 0) {
        announced = count
        demanded = count
    }

    /// A coordinator that announces another number than companies demand.
    public init(announced: Int, demanded: Int) {
        self.announced = announced
        self.demanded = demanded
    }
}

/// What one sum over a loopback session is announced with.
public struct LoopbackTerms: Sendable {
    /// Ring elements in a vector.
    public var dimension: Int
    /// The ring's lanes.
    public var layout: LaneLayout
    /// The largest magnitude of a value.
    public var valueBound: UInt64
    /// The largest integer weight of one participant.
    public var weightCap: UInt64 = 1
    /// Head-room for the sum of all noise, in ring units.
    public var noiseTail: UInt64 = 0
    /// Variance of the noise that each participant adds, ring units squared.
    public var noiseVariance: UInt64 = 0
    /// How many survivors one sum must have; the plan's own minimum holds too.
    public var survivors = SurvivorDemand()
    /// What the shared model hashes to; never the same for two sums that are to open over different survivors.
    public var modelDigest: Digest
    /// What the upload schema hashes to.
    public var schemaDigest: Digest
    /// What the other settings hash to.
    public var parametersDigest: Digest

    /// Writes the terms down, without weights and noise.
    public init(
        dimension: Int, layout: LaneLayout, valueBound: UInt64, modelDigest: Digest, schemaDigest: Digest,
        parametersDigest: Digest
    ) {
        self.dimension = dimension
        self.layout = layout
        self.valueBound = valueBound
        self.modelDigest = modelDigest
        self.schemaDigest = schemaDigest
        self.parametersDigest = parametersDigest
    }
}

/// All parties of a session in one process: the real state machines, sealed stores and spool, and no network.
///
/// For trying out, measuring and testing.  It gives no privacy: the process holds everybody's secrets.
public final class LoopbackConsortium {
    /// What the session is run with.
    public struct Settings: Sendable {
        /// Thresholds, graph and ring, as planned.
        public var plan: Plan
        /// Members of the roster; more than the plan's participants when some are known not to advertise.
        public var rosterCount: Int
        /// Rounds whose keys are dealt at once.
        public var roundsPerEpoch: Int
        /// When shares are checked.
        public var shareCheck: ShareCheck
        /// What hides the inputs.
        public var backend = SumBackend.masking
        /// The least variance of noise that each participant must be told to add, ring units squared; 0 for none.
        public var minimumNoiseVariance: UInt64 = 0
        /// Generators that may expand masks: AES-256-CTR is used when every participant's machine runs it.
        public var maskSuites = MaskSuites.chaCha20
        /// Threads of each party at most; costs are those of the calling thread.
        public var threads = 1
        /// Whether participants expand their masks before they are handed their input.
        public var preparesMasks = false
        /// Participants that check everything themselves and keep sealed state; nil for all. The others share the verdicts on
        /// what the coordinator broadcasts and keep no state: a trial of ten thousand in one process, not a deployment.
        public var selfCheckers: Set<Int>?
        /// How long each step may take before it is closed, milliseconds of the virtual clock.
        public var stepMilliseconds: UInt64

        /// Takes a plan; shares are checked on arrival up to 32 participants.
        public init(plan: Plan, roundsPerEpoch: Int, stepMilliseconds: UInt64 = 60_000) {
            self.plan = plan
            rosterCount = plan.participants
            self.roundsPerEpoch = roundsPerEpoch
            self.stepMilliseconds = stepMilliseconds
            shareCheck = plan.participants > 32 ? .onFailure : .eager
        }
    }

    /// The settings in force.
    public let settings: Settings
    /// The roster of the session.
    public let roster: Roster
    private let loopback: Loopback
    private let coordinator: any CoordinatorDriver
    /// Opens a session: number and first round.
    private let open: (UInt64, UInt64, Instant) throws(Abort) -> NodeOutcome
    private var tokenRandom: any RandomSource
    private var epoch: UInt64 = 0
    private var nextRound: UInt64 = 1
    private var roundsLeft = 0

    /// Draws identities and sets up everybody's machine and store.
    ///
    /// - Parameters:
    ///   - random: a source for each party and purpose.
    ///   - cpuSeconds: processor seconds of the calling thread; `{ 0 }` measures nothing.
    ///   - spoolBytes: the most bytes of uploads that wait at once.
    /// - Throws: what the machines refuse.
    public init(
        _ settings: Settings, spool: any InputSpool, random: (RandomStream) -> any RandomSource,
        cpuSeconds: @escaping @Sendable () -> Double
    ) throws(Abort) {
        var settings = settings
        if !settings.backend.toleratesMissingInputs { settings.roundsPerEpoch = 1 }
        self.settings = settings
        let nodes: [any ParticipantDriver]
        var parties = try Parties(settings, random: random)
        roster = parties.roster
        switch settings.backend {
        case .masking:
            (nodes, coordinator, open) = try parties.masking(spool: spool, random: random)
        case .paillier(let terms):
            (nodes, coordinator, open) = try parties.paillier(terms, spool: spool, random: random)
        }
        tokenRandom = random(.tokens)
        loopback = Loopback(coordinator: coordinator, participants: nodes, cpuSeconds: cpuSeconds)
    }

    /// What each participant has cost so far.
    public var clientCosts: [PartyCost] { loopback.clientCosts }
    /// What the coordinator has cost so far.
    public var serverCost: PartyCost { loopback.serverCost }
    /// Frames and contributions that somebody refused so far.
    public var refusals: [Abort] { loopback.refusals.map(\.1) + coordinator.refusals }

    /// Tells what the coordinator is told from now on, before it is.
    func record(_ body: ((CoordinatorCall) -> Void)?) {
        loopback.record = body
    }

    /// Starts counting costs anew.
    public func resetCosts() {
        loopback.resetCosts()
    }

    /// Runs one round over the given inputs; see the form that asks for each input when its turn comes.
    public func round(
        inputs: [PackedVector], valueBound: UInt64, weightCap: UInt64 = 1, noiseTail: UInt64 = 0, modelDigest: Digest,
        schemaDigest: Digest, parametersDigest: Digest, dropouts: [Int: DropoutStep] = [:]
    ) throws(Abort) -> LoopbackRound {
        precondition(inputs.count == roster.participants.count, "one input a participant")
        var terms = LoopbackTerms(
            dimension: inputs[0].count, layout: inputs[0].layout, valueBound: valueBound, modelDigest: modelDigest,
            schemaDigest: schemaDigest, parametersDigest: parametersDigest)
        terms.weightCap = weightCap
        terms.noiseTail = noiseTail
        return try round(terms, dropouts: dropouts) { inputs[$0] }
    }

    /// Runs one round over vectors that are at hand; see the form that makes each one.
    public func round(
        _ terms: LoopbackTerms, dropouts: [Int: DropoutStep] = [:], input: (Int) -> PackedVector
    ) throws(Abort) -> LoopbackRound {
        try round(terms, dropouts: dropouts) { index in
            let vector = input(index)
            return { vector }
        }
    }

    /// Runs one round, opening an epoch first when none has a round left.
    ///
    /// - Parameters:
    ///   - dropouts: who falls silent before which step; set-up steps take effect only when an epoch is opened.
    ///   - encoder: gives what makes a participant's vector, the same one at every call: called when it is to be masked and
    ///     once more, for survivors, when the clear sum is formed, so that nobody need keep all vectors. Making the
    ///     vector (quantising, clipping) counts as the participant's cost, getting the maker does not.
    /// - Throws: the abort that ended the round or the epoch.
    public func round(
        _ terms: LoopbackTerms, dropouts: [Int: DropoutStep] = [:], encoder: (Int) -> () -> PackedVector
    ) throws(Abort) -> LoopbackRound {
        if roundsLeft == 0 { try openEpoch(dropouts) }
        let number = nextRound
        nextRound += 1
        roundsLeft -= 1
        loopback.begin(dropouts: dropouts)
        let parameters = Self.parameters(
            terms, settings, receipts: coordinator.suggestedReceipts, at: loopback.now)
        let result = try loopback.run(
            provideInput: { (index, request) throws(Abort) in
                // the machine checked its policy; this round's own demand is the application's, before any input is masked
                try Abort.require(
                    Int(request.config.minimumSurvivors) >= terms.survivors.demanded, .policyViolation, .announce,
                    peer: .coordinator)
                return try self.submit(encoder(index), index)
            },
            start: { () throws(Abort) in
                loopback.record?(CoordinatorCall(.announce, at: loopback.now))
                return try coordinator.announce(round: number, parameters)
            })
        if let abort = result?.abort { throw abort }
        guard let outcome = result?.outcome else { throw Abort(.unexpectedMessage, .result) }
        return LoopbackRound(
            outcome: outcome, isExact: loopback.receiversAgree && isExact(outcome, terms, encoder),
            receivers: loopback.receivers)
    }

    private func submit(_ input: () -> PackedVector, _ index: Int) throws(Abort) -> NodeOutcome {
        if settings.preparesMasks {
            try loopback.meteredPreparation(index) { () throws(Abort) in try loopback.participants[index].prepareMask()
            }
        }
        let number = InputToken(from: &tokenRandom).number
        return try loopback.metered(index, .input) { () throws(Abort) in
            try loopback.participants[index].submit(input(), token: InputToken(number: number), at: loopback.now)
        }
    }

    private func openEpoch(_ dropouts: [Int: DropoutStep]) throws(Abort) {
        loopback.begin(dropouts: dropouts)
        epoch += 1
        roundsLeft = settings.roundsPerEpoch
        let (epoch, first) = (epoch, nextRound)
        let result = try loopback.run(
            provideInput: { (_, _) throws(Abort) in nil },
            start: { () throws(Abort) in
                loopback.record?(CoordinatorCall(.openEpoch, at: loopback.now))
                return try open(epoch, first, loopback.now)
            })
        if let abort = result?.abort { throw abort }
        guard loopback.isSessionReady else { throw Abort(.tooFewParticipants, .deal) }
    }

    /// What a round is announced with: every step may take as long as the settings say.
    static func parameters(
        _ terms: LoopbackTerms, _ settings: Settings, receipts: Int, at now: Instant
    ) -> RoundParameters {
        let step = settings.stepMilliseconds
        return RoundParameters(
            modelDigest: terms.modelDigest, schemaDigest: terms.schemaDigest,
            parametersDigest: terms.parametersDigest, dimension: terms.dimension, ringBits: terms.layout.bits,
            valueBound: terms.valueBound, weightCap: terms.weightCap, noiseTail: terms.noiseTail,
            noiseVariance: terms.noiseVariance,
            minimumSurvivors: max(settings.plan.minimumSurvivors, terms.survivors.announced),
            receiptsRequired: receipts, inputDeadline: now.advanced(byMilliseconds: step),
            survivorDeadline: now.advanced(byMilliseconds: 2 * step),
            unmaskDeadline: now.advanced(byMilliseconds: 3 * step))
    }

    private func isExact(_ outcome: RoundOutcome, _ terms: LoopbackTerms, _ encoder: (Int) -> () -> PackedVector)
        -> Bool
    {
        var clear = PackedVector(zeros: terms.dimension, layout: terms.layout)
        for survivor in outcome.survivors {
            guard (try? clear.add(encoder(Int(survivor.rawValue))())) != nil else { return false }
        }
        return outcome.sum == clear
    }

    /// What every participant holds a coordinator to: as many survivors as were planned, whatever it announces.
    static func policy(_ settings: Settings, _ roster: Roster) -> ClientPolicy {
        let plan = settings.plan
        return ClientPolicy(
            minimumColluders: plan.colluders, minimumHonest: plan.minimumSurvivors - plan.colluders,
            maximumRoundsPerEpoch: settings.roundsPerEpoch, maximumRoundsOnOneCohort: .max,
            maskSuites: settings.maskSuites, regularGraphSecurity: plan.server.securityBits,
            minimumNoiseVariance: settings.minimumNoiseVariance,
            maximumDimension: Int(RoundConfig.maximumDimension), eagerShareCheckUpTo: 32, schemaDigest: nil,
            parametersDigest: nil, requiresExpectedModel: false)
    }
}
