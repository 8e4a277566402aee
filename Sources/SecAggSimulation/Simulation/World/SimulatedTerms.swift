internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation

/// What a simulated session is run with; everything follows from the seed.
///
/// Source: simulation section 1
struct SimulatedTerms {
    var seed: UInt64
    var participants: Int
    var colluders: Int
    var rule: ThresholdRule
    var roundsPerEpoch: Int
    var dimension: Int
    var bits: Int
    var minimumHonest: Int
    /// Neighbours of each participant on a ring; nil for the complete graph.
    var neighbours: Int?
    /// Whether stores and spool are the library's own, over files.
    var usesFiles = false
    /// Sums under encryption.
    var opening = OpeningTerms.plain
    /// How long each step may take before it is closed, milliseconds.
    var stepMilliseconds: UInt64 = 1_500

    /// Four to six participants with at most one colluder, or eight to ten on a ring, drawn from the seed.
    init(seed: UInt64, _ chance: inout SimulatedChance) {
        self.seed = seed
        participants = chance.pick([4, 4, 4, 5, 5, 6])
        colluders = chance.happens(700) ? 1 : 0
        rule = chance.happens(500) ? .quorum : .minimum
        roundsPerEpoch = chance.pick([1, 2, 2, 2])
        dimension = 1 + chance.below(12)
        bits = chance.pick([8, 16, 21, 32, 62])
        minimumHonest = 2
        if chance.happens(125) {
            // A window must outlive a member that is gone: more positions than the colluders and one.
            participants = 8 + chance.below(3)
            neighbours = colluders == 0 ? chance.pick([4, 6]) : 6
        }
        usesFiles = chance.happens(100)
    }

    /// Four participants, one of them perhaps a colluder, one round an epoch.
    init(fourWithSeed seed: UInt64) {
        self.seed = seed
        (participants, colluders, rule) = (4, 1, .minimum)
        (roundsPerEpoch, dimension, bits, minimumHonest) = (1, 5, 21, 2)
    }

    var quorum: Int { Agreement.quorum(participants: participants, colluders: colluders) }
    /// Shamir shares that recover a secret.
    var threshold: Int {
        if rule == .minimum { return Thresholds.smallestThreshold(colluders: colluders) }
        return neighbours.map { $0 / 2 + 1 } ?? quorum
    }
    /// On a ring every k/2 positions must hold more survivors than this, w: here all colluders may stand side by side.
    var windowFloor: Int { colluders }
    /// The exponent s that a ring must meet.
    private static let graphSecurity = 104
    /// The fewest survivors that any honest participant opens.
    var floor: Int { colluders + minimumHonest }
    var valueBound: UInt64 { max(1, ((1 << (UInt64(bits) - 1)) - 1) / UInt64(participants)) }

    var policy: ClientPolicy {
        ClientPolicy(
            minimumColluders: colluders, minimumHonest: minimumHonest, maximumRoundsPerEpoch: 8,
            maximumRoundsOnOneCohort: 100, maskSuites: .chaCha20,
            regularGraphSecurity: neighbours == nil ? nil : Self.graphSecurity, minimumNoiseVariance: 0,
            maximumDimension: 1 << 12, eagerShareCheckUpTo: 32, schemaDigest: nil, parametersDigest: nil,
            requiresExpectedModel: false)
    }

    func epochParameters(at now: Instant) -> EpochParameters {
        EpochParameters(
            rounds: roundsPerEpoch, colluders: colluders,
            thresholdRule: neighbours == nil ? rule : .explicit(threshold), maskSuites: .chaCha20,
            graph: neighbours.map { .regular(neighbours: $0, windowFloor: windowFloor) } ?? .complete,
            shareCheck: .eager, regularGraphSecurity: Self.graphSecurity,
            advertiseDeadline: now.advanced(byMilliseconds: stepMilliseconds),
            dealDeadline: now.advanced(byMilliseconds: 2 * stepMilliseconds))
    }

    func roundParameters(model: UInt64, receipts: Int, at now: Instant) -> RoundParameters {
        var hash = Blake2b(Personalisation("SecAggSim model"))
        hash.update(littleEndian: model)
        let digest = hash.finalize()
        return RoundParameters(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: dimension, ringBits: bits,
            valueBound: valueBound, weightCap: 1, noiseTail: 0, noiseVariance: 0, minimumSurvivors: floor,
            receiptsRequired: receipts, inputDeadline: now.advanced(byMilliseconds: stepMilliseconds),
            survivorDeadline: now.advanced(byMilliseconds: 2 * stepMilliseconds),
            unmaskDeadline: now.advanced(byMilliseconds: 3 * stepMilliseconds))
    }
}

/// The keys of everybody, which follow from the seed: the simulator may sign as anybody.
struct SimulatedCast {
    let seed: UInt64
    let roster: Roster

    init(_ terms: SimulatedTerms) throws(Abort) {
        seed = terms.seed
        let seed = terms.seed
        roster = try Roster(
            participants: (0..<terms.participants).map {
                Self.identity(PeerID(rawValue: UInt32($0)), seed).verifyingKey
            }, coordinator: Self.identity(.coordinator, seed).verifyingKey)
    }

    func identity(_ peer: PeerID) -> SigningKey { Self.identity(peer, seed) }

    func sealingKey(_ peer: PeerID) -> SealingKey {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "sealing \(peer.rawValue)")
        return SealingKey(from: &source)
    }

    func random(_ label: String) -> any RandomSource { SeededRandomSource(seed: seed, label: label) }

    private static func identity(_ peer: PeerID, _ seed: UInt64) -> SigningKey {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "identity \(peer.rawValue)")
        return SigningKey(from: &source)
    }
}

/// Sums under pairwise masks.
struct MaskingBackend: SimulatedBackend {
    let terms: SimulatedTerms
    let cast: SimulatedCast

    func participant(
        _ id: Int, store: any StateStore, incarnation: Int
    ) throws(Abort) -> any ParticipantHost {
        let peer = PeerID(rawValue: UInt32(id))
        let participant = try Participant.restored(
            from: store, identity: cast.identity(peer), roster: cast.roster, policy: terms.policy,
            sealingKey: cast.sealingKey(peer), random: cast.random("party \(id) \(incarnation)"),
            sealingRandom: cast.random("nonces \(id) \(incarnation)"))
        return ParticipantNode(participant, store: store)
    }

    func coordinator(
        store: any StateStore, spool: any InputSpool, incarnation: Int
    ) throws(Abort) -> any CoordinatorHost {
        let coordinator = try Coordinator.restored(
            from: store, identity: cast.identity(.coordinator), roster: cast.roster,
            sealingKey: cast.sealingKey(.coordinator), spool: spool,
            sealingRandom: cast.random("server nonces \(incarnation)"))
        let terms = terms
        return CoordinatorProcess(CoordinatorNode(coordinator, store: store)) { terms.epochParameters(at: $0) }
    }
}
