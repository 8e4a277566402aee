import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecAggSimulation
import Testing

@testable import SecureAggregation

/// A machine and the store that its records go to.
final class BenchParticipant {
    var machine: Participant
    let store: any StateStore

    init(_ machine: consuming Participant, store: any StateStore) {
        self.machine = machine
        self.store = store
    }
}

/// The coordinator's machine, its store and its spool.
final class BenchCoordinator {
    var machine: Coordinator
    let store: any StateStore
    let spool: any InputSpool

    init(_ machine: consuming Coordinator, store: any StateStore, spool: any InputSpool) {
        self.machine = machine
        self.store = store
        self.spool = spool
    }
}

/// A frame on its way.
struct Message {
    let from: PeerID
    let to: PeerID
    var bytes: [UInt8]

    /// The type that the header names; nil when there is none.
    var type: FrameType? {
        bytes.count >= 8 ? FrameType(rawValue: UInt16(bytes[6]) | UInt16(bytes[7]) << 8) : nil
    }
}

/// All parties of a session on one table: real machines, deterministic randomness, and a wire that a test may hold,
/// change and forge on.
///
/// `holding` stops frames of a type; `mangle` sees every frame before it is delivered; whatever a machine refuses is
/// kept in `refusals`.  Identities follow from the seed, so that a test can sign as anybody.
final class ProtocolBench {
    /// What a session is run with.
    struct Terms {
        var participants = 6
        var colluders = 1
        var rule = ThresholdRule.quorum
        var rounds = 2
        var dimension = 9
        var bits = 21
        var graph = AggregationGraph.complete
        var maskSuites = MaskSuites.chaCha20
        var shareCheck = ShareCheck.eager
        var minimumHonest = 3
        var seed: UInt64 = 1
    }

    let terms: Terms
    let roster: Roster
    let layout: LaneLayout
    let inputs: [PackedVector]
    let policies: [ClientPolicy]
    var parties: [BenchParticipant] = []
    let server: BenchCoordinator

    var now = Instant(milliseconds: 1_000)
    var holding: Set<FrameType> = []
    var held: [Message] = []
    var mangle: (Message) -> [Message] = { [$0] }
    /// Who does not hand in an input when asked.
    var withholding: Set<Int> = []
    var tokens: [Int: Bytes32] = [:]
    /// After a crash an application trains anew and hands in something else.
    var retrains = false
    /// What an application does when it is asked for its input, before it hands it in.
    var whenAsked: (BenchParticipant) throws(Abort) -> Void = { (_) throws(Abort) in }
    /// What each machine last took and masked.
    private(set) var masked: [Int: PackedVector] = [:]
    /// Stops a party at its so-manyth effect from now, and restores it from its store.
    var crash: (who: PeerID, before: Int)?
    var crashes = 0

    var queue: [Message] = []
    /// Everything that a machine sent, before anything was held or changed.
    private(set) var sent: [Message] = []
    private(set) var refusals: [(by: PeerID, abort: Abort)] = []
    private(set) var aborts: [(by: PeerID, abort: Abort)] = []
    private(set) var outcome: RoundOutcome?
    private(set) var outcomes: [Int: RoundOutcome] = [:]
    private(set) var isSettled = false
    private var deadlines: Set<Instant> = []
    private var drawnTokens: any RandomSource
    private var restarts = 0

    /// Draws identities and inputs and makes everybody's machine.
    init(
        _ terms: Terms = Terms(), policy: (Int, inout ClientPolicy) -> Void = { _, _ in },
        store: (Int?) throws -> any StateStore = { _ in MemoryStateStore() },
        spool: any InputSpool = MemorySpool(capacityBytes: 1 << 24)
    ) throws {
        self.terms = terms
        layout = try LaneLayout(bits: terms.bits)
        let identities = (0..<terms.participants).map {
            Self.identity(PeerID(rawValue: UInt32($0)), terms.seed).verifyingKey
        }
        let roster = try Roster(
            participants: identities, coordinator: Self.identity(.coordinator, terms.seed).verifyingKey)
        self.roster = roster
        let (layout, bound) = (self.layout, Self.valueBound(terms))
        inputs = try (0..<terms.participants).map { id in
            try PackedVector(
                packing: (0..<terms.dimension).map { Self.value(id, $0, Int64(bound)) }, layout: layout)
        }
        policies = (0..<terms.participants).map { id in
            var own = Self.policy(terms)
            policy(id, &own)
            return own
        }
        drawnTokens = Self.random(terms.seed, "tokens")
        let random = Self.random
        server = BenchCoordinator(
            try Coordinator(
                identity: Self.identity(.coordinator, terms.seed), roster: roster,
                sealingKey: Self.sealingKey(.coordinator, terms.seed), spool: spool,
                sealingRandom: random(terms.seed, "server nonces")), store: try store(nil), spool: spool)
        for id in 0..<terms.participants {
            let peer = PeerID(rawValue: UInt32(id))
            parties.append(
                BenchParticipant(
                    try Participant(
                        identity: Self.identity(peer, terms.seed), roster: roster, policy: policies[id],
                        sealingKey: Self.sealingKey(peer, terms.seed), random: random(terms.seed, "party \(id)"),
                        sealingRandom: random(terms.seed, "nonces \(id)")), store: try store(id)))
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
        (Int64(id) * 7_919 + Int64(index) * 104_729 + 13) % (2 * bound + 1) - bound
    }

    static func policy(_ terms: Terms) -> ClientPolicy {
        ClientPolicy(
            minimumColluders: terms.colluders, minimumHonest: terms.minimumHonest, maximumRoundsPerEpoch: 8,
            maximumRoundsOnOneCohort: 100, maskSuites: terms.maskSuites,
            regularGraphSecurity: terms.graph == .complete ? nil : ServerModel.curious.securityBits,
            minimumNoiseVariance: 0, maximumDimension: 1 << 20, eagerShareCheckUpTo: 32, schemaDigest: nil,
            parametersDigest: nil, requiresExpectedModel: false)
    }

    // MARK: The two calls of a coordinator

    /// The epoch's parameters, with deadlines from now on.
    func epochParameters() -> EpochParameters {
        EpochParameters(
            rounds: terms.rounds, colluders: terms.colluders, thresholdRule: terms.rule, maskSuites: terms.maskSuites,
            graph: terms.graph, shareCheck: terms.shareCheck,
            regularGraphSecurity: ServerModel.curious.securityBits,
            advertiseDeadline: now.advanced(byMilliseconds: 1_000), dealDeadline: now.advanced(byMilliseconds: 2_000))
    }

    /// A round's parameters, with deadlines from now on.
    func roundParameters(model: String = "model") -> RoundParameters {
        let digest = Blake2b.hash(Array(model.utf8), Personalisation("test model"))
        return RoundParameters(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: terms.dimension,
            ringBits: terms.bits, valueBound: Self.valueBound(terms), weightCap: 1, noiseTail: 0, noiseVariance: 0,
            minimumSurvivors: terms.colluders + terms.minimumHonest,
            receiptsRequired: server.machine.suggestedReceipts, inputDeadline: now.advanced(byMilliseconds: 1_000),
            survivorDeadline: now.advanced(byMilliseconds: 2_000),
            unmaskDeadline: now.advanced(byMilliseconds: 3_000))
    }

    /// Opens an epoch and lets the frames run.
    func openEpoch(_ number: UInt64 = 1, firstRound: UInt64 = 1) throws {
        isSettled = false
        deadlines = []
        carryOut(
            try server.machine.openEpoch(number, firstRound: firstRound, parameters: epochParameters()),
            by: .coordinator)
        pump()
    }

    /// Announces a round and lets the frames run.
    func announce(_ round: UInt64 = 1, model: String? = nil, _ change: (inout RoundParameters) -> Void = { _ in })
        throws
    {
        isSettled = false
        deadlines = []
        (outcome, outcomes) = (nil, [:])
        var parameters = roundParameters(model: model ?? "model \(round)")
        change(&parameters)
        carryOut(try server.machine.announce(round: round, parameters), by: .coordinator)
        pump()
    }

    /// Opens an epoch and waits until the session stands.
    func setUp(_ number: UInt64 = 1, firstRound: UInt64 = 1) throws {
        try openEpoch(number, firstRound: firstRound)
        settle()
    }

    // MARK: The wire

    /// Delivers what is on the way until nothing is left.
    func pump() {
        while !queue.isEmpty {
            let message = queue.removeFirst()
            if let type = message.type, holding.contains(type) {
                held.append(message)
                continue
            }
            for changed in mangle(message) { deliver(changed) }
        }
    }

    /// Lets the frames run and time pass until the coordinator has finished what it was doing, or waits in `stage`.
    func settle(until stage: Stage? = nil) {
        pump()
        for _ in 0..<12 {
            guard !isSettled, server.machine.expectedStage != stage, let next = deadlines.min() else { return }
            deadlines.remove(next)
            now = max(now, next)
            carryOut(server.machine.tick(at: now), by: .coordinator)
            pump()
        }
    }

    /// Gives back what was held, in order, and goes on to the end.
    func release() {
        holding = []
        queue = held + queue
        held = []
        settle()
    }

    /// Hands one frame over; what the machine throws is kept.
    func deliver(_ message: Message) {
        do throws(Abort) {
            try hand(message.bytes, to: message.to)
        } catch {
            refusals.append((message.to, error))
        }
    }

    /// Hands one frame to a machine and carries out what it answers.
    func hand(_ bytes: [UInt8], to peer: PeerID) throws(Abort) {
        if peer == .coordinator {
            carryOut(try server.machine.handle(bytes, at: now), by: peer)
        } else {
            carryOut(try parties[Int(peer.rawValue)].machine.handle(bytes, at: now), by: peer)
        }
    }

    /// Carries effects out in order, as a driver must.
    func carryOut(_ effects: [Effect], by peer: PeerID) {
        let incarnation = crashes
        for effect in effects {
            if let plan = crash, plan.who == peer {
                if plan.before == 0 {
                    crash = nil
                    crashes += 1
                    restart(peer)
                    return
                }
                crash = (plan.who, plan.before - 1)
            }
            switch effect {
            case .persist(let record):
                do throws(StateStoreFailure) {
                    try store(of: peer).commit(record)
                } catch {
                    refusals.append((peer, Abort(error)))
                    return
                }
            case .send(let to, let frame):
                let message = Message(from: peer, to: to, bytes: frame.bytes)
                sent.append(message)
                queue.append(message)
            case .needInput(let request): submit(Int(peer.rawValue), request)
            case .sessionReady: isSettled = true
            case .deadline(let instant): if peer == .coordinator { deadlines.insert(instant) }
            case .result(let opened):
                if peer == .coordinator {
                    outcome = opened
                    isSettled = true
                } else {
                    outcomes[Int(peer.rawValue)] = opened
                }
            case .abort(let abort):
                aborts.append((peer, abort))
                if peer == .coordinator { isSettled = true }
            }
            if incarnation != crashes { return }
        }
    }

    private func submit(_ id: Int, _ request: InputRequest) {
        guard !withholding.contains(id) else { return }
        do throws(Abort) {
            try whenAsked(parties[id])
            try submit(retrains && crashes > 0 ? retrained(id) : inputs[id], by: id)
        } catch {
            refusals.append((PeerID(rawValue: UInt32(id)), error))
        }
    }

    /// Masks an input under a fresh token, or the one given.
    func submit(_ input: PackedVector, by id: Int, token: Bytes32? = nil) throws(Abort) {
        let number = token ?? InputToken(from: &drawnTokens).number
        tokens[id] = number
        let effects = try parties[id].machine.submit(input, token: InputToken(number: number), at: now)
        masked[id] = input
        carryOut(effects, by: PeerID(rawValue: UInt32(id)))
    }

    /// Another update of the same participant.
    func retrained(_ id: Int) -> PackedVector {
        var other = inputs[id]
        other.withMutableWords { $0[0] ^= 1 }
        return other
    }

    // MARK: Restarts

    private func store(of peer: PeerID) -> any StateStore {
        peer == .coordinator ? server.store : parties[Int(peer.rawValue)].store
    }

    /// Puts a machine down and takes it up from its store; then it says again what it said last.
    func restart(_ peer: PeerID) {
        do throws(Abort) {
            try restore(peer)
        } catch {
            refusals.append((peer, error))
            return
        }
        if peer == .coordinator {
            carryOut(server.machine.resume(), by: peer)
        } else {
            carryOut(parties[Int(peer.rawValue)].machine.resume(), by: peer)
        }
    }

    /// Takes a machine up from its store and says nothing.
    func restore(_ peer: PeerID) throws(Abort) {
        restarts += 1
        let seed = terms.seed
        if peer == .coordinator {
            server.machine = try Coordinator.restored(
                from: server.store, identity: Self.identity(peer, seed), roster: roster,
                sealingKey: Self.sealingKey(peer, seed), spool: server.spool,
                sealingRandom: Self.random(seed, "server nonces \(restarts)"))
        } else {
            parties[Int(peer.rawValue)].machine = try restored(Int(peer.rawValue), from: store(of: peer))
        }
    }

    /// A participant as some store remembers it.
    func restored(_ id: Int, from store: any StateStore) throws(Abort) -> Participant {
        restarts += 1
        let (seed, peer) = (terms.seed, PeerID(rawValue: UInt32(id)))
        return try Participant.restored(
            from: store, identity: Self.identity(peer, seed), roster: roster, policy: policies[id],
            sealingKey: Self.sealingKey(peer, seed), random: Self.random(seed, "party \(id) again \(restarts)"),
            sealingRandom: Self.random(seed, "nonces \(id) again \(restarts)"))
    }
}
