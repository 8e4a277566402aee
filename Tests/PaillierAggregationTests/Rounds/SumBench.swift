import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecAggSimulation

@testable import PaillierAggregation

/// A machine and the store that its records go to.
final class BenchCompany {
    var machine: PaillierParticipant
    let store: any StateStore

    init(_ machine: consuming PaillierParticipant, store: any StateStore) {
        self.machine = machine
        self.store = store
    }
}

/// The coordinator's machine, its store and its spool.
final class BenchServer {
    var machine: PaillierCoordinator
    let store: any StateStore
    let spool: any InputSpool

    init(_ machine: consuming PaillierCoordinator, store: any StateStore, spool: any InputSpool) {
        self.machine = machine
        self.store = store
        self.spool = spool
    }
}

/// A frame on its way.
struct SumMessage {
    let from: PeerID
    let to: PeerID
    var bytes: [UInt8]

    /// The type that the header names; nil when there is none.
    var type: FrameType? {
        bytes.count >= 8 ? FrameType(rawValue: UInt16(bytes[6]) | UInt16(bytes[7]) << 8) : nil
    }
}

/// All parties of a session of encrypted sums on one table: real machines, deterministic randomness, and a wire that a
/// test may hold, change and forge on.
///
/// `holding` stops frames of a type and what follows them; `mangle` sees every frame before it is delivered; whatever a machine refuses is
/// kept in `refusals`.  Identities follow from the seed, so that a test can sign as anybody.
final class SumBench {
    /// What a session is run with; the threshold names the key (`ThresholdParties`).
    struct Terms {
        var participants = 3
        var threshold = 2
        var colluders = 0
        var mode = OpeningMode.partialDecryption
        var masksInside = false
        var rounds = 2
        var dimension = 9
        var bits = 21
        var minimumHonest = 2
        /// Shareholders that have lost their share.
        var withoutShare: Set<Int> = []
        var seed: UInt64 = 1
    }

    let terms: Terms
    let parties: ThresholdParties
    let roster: Roster
    let layout: LaneLayout
    let inputs: [PackedVector]
    let policies: [ClientPolicy]
    let openingPolicies: [OpeningPolicy]
    var companies: [BenchCompany] = []
    let server: BenchServer

    var now = Instant(milliseconds: 1_000)
    var holding: Set<FrameType> = []
    var held: [SumMessage] = []
    var mangle: (SumMessage) -> [SumMessage] = { [$0] }
    /// Who does not hand in an input when asked.
    var withholding: Set<Int> = []
    var tokens: [Int: Bytes32] = [:]
    /// After a crash an application trains anew and hands in something else.
    var retrains = false
    /// What each machine last took and encrypted.
    var encrypted: [Int: PackedVector] = [:]
    /// Stops a party at its so-manyth effect from now, and restores it from its store.
    var crash: (who: PeerID, before: Int)?
    var crashes = 0

    var queue: [SumMessage] = []
    /// Everything that a machine sent, before anything was held or changed.
    var sent: [SumMessage] = []
    var refusals: [(by: PeerID, abort: Abort)] = []
    var aborts: [(by: PeerID, abort: Abort)] = []
    var outcome: RoundOutcome?
    var outcomes: [Int: RoundOutcome] = [:]
    /// Calls whose effects did not begin with what must be durable before anything leaves.
    var lateRecords = 0
    var isSettled = false
    var deadlines: Set<Instant> = []
    var drawnTokens: any RandomSource
    var restarts = 0

    /// Draws identities and inputs and makes everybody's machine.
    init(
        _ terms: Terms = Terms(),
        policy: (Int, inout ClientPolicy, inout OpeningPolicy) -> Void = { _, _, _ in },
        store: (Int?) throws -> any StateStore = { _ in MemoryStateStore() },
        spool: any InputSpool = MemorySpool(capacityBytes: 1 << 26)
    ) throws {
        self.terms = terms
        parties = try ThresholdParties.parties(terms.threshold)
        layout = try LaneLayout(bits: terms.bits)
        let identities = (0..<terms.participants).map {
            Self.identity(PeerID(rawValue: UInt32($0)), terms.seed).verifyingKey
        }
        let roster = try Roster(
            participants: identities, coordinator: Self.identity(.coordinator, terms.seed).verifyingKey)
        self.roster = roster
        let (layout, bound) = (self.layout, Int64(Self.valueBound(terms)))
        inputs = try (0..<terms.participants).map { id in
            try PackedVector(packing: (0..<terms.dimension).map { Self.value(id, $0, bound) }, layout: layout)
        }
        var policies: [ClientPolicy] = []
        var openingPolicies: [OpeningPolicy] = []
        for id in 0..<terms.participants {
            var (own, opening) = (Self.policy(terms), OpeningPolicy(modes: Set(OpeningMode.allCases)))
            policy(id, &own, &opening)
            policies.append(own)
            openingPolicies.append(opening)
        }
        (self.policies, self.openingPolicies) = (policies, openingPolicies)
        drawnTokens = Self.random(terms.seed, "tokens")
        server = BenchServer(
            try PaillierCoordinator(
                identity: Self.identity(.coordinator, terms.seed), roster: roster, key: parties.key,
                sealingKey: Self.sealingKey(.coordinator, terms.seed), spool: spool,
                sealingRandom: Self.random(terms.seed, "server nonces")), store: try store(nil), spool: spool)
        for id in 0..<terms.participants {
            let peer = PeerID(rawValue: UInt32(id))
            companies.append(
                BenchCompany(
                    try PaillierParticipant(
                        identity: Self.identity(peer, terms.seed), roster: roster, policy: policies[id],
                        openingPolicy: openingPolicies[id], key: parties.key,
                        share: terms.withoutShare.contains(id) ? nil : parties.copyOfShare(id),
                        sealingKey: Self.sealingKey(peer, terms.seed), random: Self.random(terms.seed, "party \(id)"),
                        sealingRandom: Self.random(terms.seed, "nonces \(id)")), store: try store(id)))
        }
    }

    // MARK: The parts that follow from the seed

    static func random(_ seed: UInt64, _ label: String) -> any RandomSource {
        SeededRandomSource(seed: seed, label: label)
    }

    static func identity(_ peer: PeerID, _ seed: UInt64) -> SigningKey {
        var source = random(seed, "identity \(peer.rawValue)")
        return SigningKey(from: &source)
    }

    static func sealingKey(_ peer: PeerID, _ seed: UInt64) -> SealingKey {
        var source = random(seed, "sealing \(peer.rawValue)")
        return SealingKey(from: &source)
    }

    static func valueBound(_ terms: Terms) -> UInt64 {
        ((1 << (UInt64(terms.bits) - 1)) - 1) / UInt64(terms.participants)
    }

    static func value(_ id: Int, _ index: Int, _ bound: Int64) -> Int64 {
        // The ends of the range, then anything between them.
        if index < 2 { return index == 0 ? bound : -bound }
        return (Int64(id) * 7_919 + Int64(index) * 104_729 + 13) % (2 * bound + 1) - bound
    }

    static func policy(_ terms: Terms) -> ClientPolicy {
        ClientPolicy(
            minimumColluders: terms.colluders, minimumHonest: terms.minimumHonest, maximumRoundsPerEpoch: 8,
            maximumRoundsOnOneCohort: 100, maskSuites: .chaCha20, regularGraphSecurity: nil, minimumNoiseVariance: 0,
            maximumDimension: 1 << 20, eagerShareCheckUpTo: 32, schemaDigest: nil, parametersDigest: nil,
            requiresExpectedModel: false)
    }

    // MARK: The two calls of a coordinator

    /// The session's parameters, with deadlines from now on.
    func sumParameters() -> SumParameters {
        SumParameters(
            rounds: terms.masksInside ? 1 : terms.rounds, colluders: terms.colluders, mode: terms.mode,
            masksInside: terms.masksInside,
            joinDeadline: now.advanced(byMilliseconds: 1_000))
    }

    /// A round's parameters, with deadlines from now on.
    func roundParameters(model: String) -> RoundParameters {
        let digest = Blake2b.hash(Array(model.utf8), Personalisation("test model"))
        return RoundParameters(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: terms.dimension,
            ringBits: terms.bits, valueBound: Self.valueBound(terms), weightCap: 1, noiseTail: 0, noiseVariance: 0,
            minimumSurvivors: max(2, terms.colluders + terms.minimumHonest),
            receiptsRequired: server.machine.suggestedReceipts, inputDeadline: now.advanced(byMilliseconds: 1_000),
            survivorDeadline: now.advanced(byMilliseconds: 2_000),
            unmaskDeadline: now.advanced(byMilliseconds: 3_000))
    }

    /// Opens a session and lets the frames run.
    func openEpoch(_ number: UInt64 = 1, firstRound: UInt64 = 1) throws {
        (isSettled, deadlines) = (false, [])
        carryOut(
            try server.machine.openEpoch(number, firstRound: firstRound, parameters: sumParameters()),
            by: .coordinator)
        pump()
    }

    /// Announces a round and lets the frames run.
    func announce(
        _ round: UInt64 = 1, model: String? = nil, _ change: (inout RoundParameters) -> Void = { _ in }
    ) throws {
        (isSettled, deadlines) = (false, [])
        (outcome, outcomes) = (nil, [:])
        var parameters = roundParameters(model: model ?? "model \(round)")
        change(&parameters)
        carryOut(try server.machine.announce(round: round, parameters), by: .coordinator)
        pump()
    }

    /// Opens a session and waits until it stands.
    func setUp(_ number: UInt64 = 1, firstRound: UInt64 = 1) throws {
        try openEpoch(number, firstRound: firstRound)
        settle()
    }
}

extension ThresholdParties {
    /// The share of a roster index, nil for a company that holds none.
    func copyOfShare(_ id: Int) -> KeyShare? {
        guard id < key.shareholders else { return nil }
        let box = share(id + 1)
        return KeyShare(
            holder: box.share.holder, keyID: box.share.keyID, decryption: box.share.decryption.copy(),
            root: box.share.root.copy())
    }
}
