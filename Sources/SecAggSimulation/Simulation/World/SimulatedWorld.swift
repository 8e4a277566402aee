internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureFederation

/// One run: real nodes on simulated computers, links and clocks, in one thread, in an order that follows from the seed.
///
/// Source: simulation section 1
final class SimulatedWorld {
    let terms: SimulatedTerms
    let cast: SimulatedCast
    let backend: any SimulatedBackend
    let witness: Witness
    let participants: [SimulatedProcess]
    let server: SimulatedProcess
    let spool: any FaultySpool
    /// Where stores and spool are files.
    let folder: SimulatedFolder?
    /// Decisions about faults, and about everything else: the one stream does not move the other.
    var faultChance: SimulatedChance
    var chance: SimulatedChance
    var faults: FaultProfile
    var counts = FaultCounts()
    var queue = EventQueue()
    var now: UInt64 = 1_000
    var adversary: (any FrameAdversary)?
    /// Crashes at counted points, in exhaustive runs.
    var crashPlans: [CrashPlan] = []

    // The coordinator's application.
    var nextEpoch: UInt64 = 1
    var nextRound: UInt64 = 1
    var roundsLeft = 0
    var model: UInt64 = 0
    var isOrchestrationAsked = false
    var opened = 0
    var givenUp = 0
    /// Since faults stopped: whether a new epoch was opened, and whether it has given the sum of everybody.
    var healedAt: UInt64?
    var hasFreshEpoch = false
    var hasFreshSum = false

    // The links.
    var blocked: [Link: UInt64] = [:]
    var past: [SimulatedFrame] = []
    /// The last arrival on each link, once links keep the order.
    var arrivals: [Link: UInt64] = [:]
    var events = 0
    /// A chain of digests over what has happened.
    private var trace = Digest(Bytes32())

    struct Link: Hashable {
        let from: PeerID
        let to: PeerID
    }

    init(
        _ terms: SimulatedTerms, cast: SimulatedCast, backend: any SimulatedBackend, faults: FaultProfile,
        maskChecks: Bool
    ) {
        self.terms = terms
        self.cast = cast
        self.backend = backend
        self.faults = faults
        chance = SimulatedChance(seed: terms.seed, stream: 1)
        faultChance = SimulatedChance(seed: terms.seed, stream: 2)
        let folder = terms.usesFiles ? SimulatedFolder() : nil
        precondition(folder != nil || !terms.usesFiles, "neither /dev/shm nor /tmp takes a temporary folder")
        self.folder = folder
        if let folder { spool = FiledSpool(path: folder.path + "/spool") } else { spool = SimulatedSpool() }
        participants = (0..<terms.participants).map {
            SimulatedProcess(PeerID(rawValue: UInt32($0)), in: folder)
        }
        server = SimulatedProcess(.coordinator, in: folder)
        witness = Witness(terms, cast, checksMasks: maskChecks)
    }

    func process(_ peer: PeerID) -> SimulatedProcess {
        peer == .coordinator ? server : participants[Int(peer.rawValue)]
    }

    var everybody: [SimulatedProcess] { participants + [server] }

    /// Whether links are streams: for sums under encryption when the faults have stopped, since a shareholder takes
    /// contributions in order alone.
    var keepsOrder: Bool { healedAt != nil && witness.sums != nil }

    /// Decides by the profile whether a fault strikes, and counts it.
    func strikes(_ kind: FaultKind) -> Bool {
        guard faults[kind] > 0, faultChance.happens(faults[kind]) else { return false }
        counts.note(kind)
        return true
    }

    // MARK: The run

    /// Starts everybody and runs until `isDone`, the time is over or nothing happens any more.
    func run(until limit: UInt64, healAt: UInt64? = nil, isDone: (SimulatedWorld) -> Bool) -> Digest {
        for process in everybody {
            if strikes(.clockSkew) { process.clockOffset = Int64(faultChance.below(401)) - 200 }
            start(process, .faithful)
        }
        if let healAt { queue.push(.heal, at: now + healAt) }
        askForOrchestration(after: 1)
        let end = now + limit
        while !isDone(self), !witness.hasViolation, let next = queue.pop(), next.time <= end {
            now = max(now, next.time)
            events += 1
            witness.now = now
            act(next.event)
            witness.check(sizes: everybody, spool: spool.usedBytes)
        }
        return trace
    }

    private func act(_ event: SimulatedEvent) {
        switch event {
        case .deliver(let frame): deliver(frame)
        case .restart(let peer): restart(process(peer))
        case .nudge(let peer, let incarnation): nudge(process(peer), incarnation)
        case .deadline(let incarnation):
            guard server.incarnation == incarnation, let host = server.coordinator else { return }
            let instant = server.clock(now)
            carryOut(server) { () throws(Abort) in try host.tick(at: instant) }
        case .orchestrate: orchestrate()
        case .trained(let id, let request, let incarnation): submit(participants[id], request, incarnation)
        case .heal: heal()
        }
    }

    /// Faults stop: links, disks and clocks are as they should be, whoever is down comes up, the adversary goes home.
    private func heal() {
        healedAt = now
        faults = .none
        crashPlans = []
        blocked = [:]
        adversary = nil
        for process in everybody {
            process.clockOffset = 0
            process.misbehaviour = nil
            process.disk.disarm()
            process.sendsLeft = nil
            if !process.isUp { restart(process) }
        }
        askForOrchestration(after: 1)
    }

    // MARK: The trace

    func note(_ frame: SimulatedFrame, _ mark: UInt8) {
        var hash = Blake2b(Personalisation("SecAggSim trace"))
        hash.update(trace)
        hash.update([mark])
        hash.update(littleEndian: now)
        hash.update(littleEndian: frame.from.rawValue)
        hash.update(littleEndian: frame.to.rawValue)
        hash.update(frame.bytes)
        trace = hash.finalize()
    }

    func note(_ peer: PeerID, _ mark: UInt8) {
        note(SimulatedFrame(from: peer, to: peer, bytes: []), mark)
    }
}
