internal import CryptoPrimitives
internal import DurableState
internal import PaillierAggregation
internal import RoundProtocol
internal import SecureAggregation

/// Lets secrets stand in an array until the machines have taken them.
final class HeldSeed {
    let bytes: SecretBytes

    init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
    }
}

/// A store that keeps nothing, for participants of a trial that are never restarted.
final class ForgetfulStore: StateStore {
    func commit(_ record: StateRecord) {}

    func latest(_ name: RecordName) -> StateRecord? { nil }

    func remove(_ name: RecordName) {}
}

/// What everybody's machine is made of, whatever hides the inputs.
struct Parties {
    typealias Machines = (
        [any ParticipantDriver], any CoordinatorDriver, (UInt64, UInt64, Instant) throws(Abort) -> NodeOutcome
    )

    let settings: LoopbackConsortium.Settings
    let roster: Roster
    let policy: ClientPolicy
    let seeds: [HeldSeed]
    let serverSeed: HeldSeed
    var sources: [any RandomSource]
    var serverSource: any RandomSource

    /// Draws everybody's identity.
    init(_ settings: LoopbackConsortium.Settings, random: (RandomStream) -> any RandomSource) throws(Abort) {
        try Abort.requireMemory(0, .proposal)
        var sources = (0..<settings.rosterCount).map { random(.participant($0)) }
        var serverSource = random(.coordinator)
        seeds = sources.indices.map { HeldSeed(SecretBytes(random: 32, from: &sources[$0])) }
        serverSeed = HeldSeed(SecretBytes(random: 32, from: &serverSource))
        roster = try Roster(
            participants: seeds.map { SigningKey(seed: $0.bytes).verifyingKey },
            coordinator: SigningKey(seed: serverSeed.bytes).verifyingKey)
        policy = LoopbackConsortium.policy(settings, roster)
        self.settings = settings
        self.sources = sources
        self.serverSource = serverSource
    }

    /// Machines that mask.
    mutating func masking(
        spool: any InputSpool, random: (RandomStream) -> any RandomSource
    ) throws(Abort) -> Machines {
        var nodes: [any ParticipantDriver] = []
        let verdicts = PublicVerdicts()
        for (index, seed) in seeds.enumerated() {
            let sealing = SealingKey(from: &sources[index])
            var participant = try Participant(
                identity: SigningKey(seed: seed.bytes), roster: roster, policy: policy, sealingKey: sealing,
                random: sources[index], sealingRandom: random(.participantSealing(index)))
            participant.threads = settings.threads
            let checksItself = settings.selfCheckers?.contains(index) ?? true
            if !checksItself { participant.verdicts = verdicts }
            let store: any StateStore = checksItself ? MemoryStateStore() : ForgetfulStore()
            nodes.append(ParticipantNode(participant, store: store))
        }
        let (coordinator, open) = try maskingCoordinator(spool: spool, store: MemoryStateStore())
        return (nodes, coordinator, open)
    }

    /// The coordinator that takes masks off, and what opens its epoch.
    mutating func maskingCoordinator(
        spool: any InputSpool, store: any StateStore
    ) throws(Abort) -> (any CoordinatorDriver, (UInt64, UInt64, Instant) throws(Abort) -> NodeOutcome) {
        let sealing = SealingKey(from: &serverSource)
        var machine = try Coordinator(
            identity: SigningKey(seed: serverSeed.bytes), roster: roster, sealingKey: sealing, spool: spool,
            sealingRandom: serverSource)
        machine.threads = settings.threads
        let coordinator = CoordinatorNode(machine, store: store)
        let (plan, settings) = (settings.plan, settings)
        let isRegular = plan.graph != .complete
        let rule: ThresholdRule =
            isRegular || plan.shamirThreshold != plan.quorum ? .explicit(plan.shamirThreshold) : .quorum
        return (
            coordinator,
            { (epoch, firstRound, now) throws(Abort) in
                try coordinator.openEpoch(
                    epoch, firstRound: firstRound,
                    parameters: EpochParameters(
                        rounds: settings.roundsPerEpoch, colluders: plan.colluders, thresholdRule: rule,
                        maskSuites: settings.maskSuites, graph: plan.graph, shareCheck: settings.shareCheck,
                        regularGraphSecurity: plan.server.securityBits,
                        advertiseDeadline: now.advanced(byMilliseconds: settings.stepMilliseconds),
                        dealDeadline: now.advanced(byMilliseconds: 2 * settings.stepMilliseconds)))
            }
        )
    }

    /// Machines that encrypt, under a key that is dealt here and now.
    mutating func paillier(
        _ terms: PaillierTerms, spool: any InputSpool, random: (RandomStream) -> any RandomSource
    ) throws(Abort) -> Machines {
        var dealerSource = random(.dealer)
        let dealt = try DealtKey(terms, participants: seeds.count, from: &dealerSource)
        var nodes: [any ParticipantDriver] = []
        for (index, seed) in seeds.enumerated() {
            let sealing = SealingKey(from: &sources[index])
            let participant = try PaillierParticipant(
                identity: SigningKey(seed: seed.bytes), roster: roster, policy: policy,
                openingPolicy: OpeningPolicy(modes: [terms.mode], requiresMasksInside: terms.masksInside),
                key: dealt.key, share: dealt.take(index), sealingKey: sealing, random: sources[index],
                sealingRandom: random(.participantSealing(index)))
            nodes.append(ParticipantNode(participant, store: MemoryStateStore()))
        }
        let sealing = SealingKey(from: &serverSource)
        let coordinator = CoordinatorNode(
            try PaillierCoordinator(
                identity: SigningKey(seed: serverSeed.bytes), roster: roster, key: dealt.key, sealingKey: sealing,
                spool: spool, sealingRandom: serverSource), store: MemoryStateStore())
        let settings = settings
        return (
            nodes, coordinator,
            { (epoch, firstRound, now) throws(Abort) in
                try coordinator.openEpoch(
                    epoch, firstRound: firstRound,
                    parameters: SumParameters(
                        rounds: settings.roundsPerEpoch, colluders: settings.plan.colluders, mode: terms.mode,
                        masksInside: terms.masksInside,
                        joinDeadline: now.advanced(byMilliseconds: settings.stepMilliseconds)))
            }
        )
    }
}
