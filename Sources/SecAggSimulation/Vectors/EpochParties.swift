internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation

/// One participant of a transcript: the real state machine with published seeds; its records are kept nowhere.
final class ScriptedParticipant {
    let id: UInt32
    private var machine: Participant
    private let script: EpochScript
    /// The sums it has received, by round.
    private(set) var outcomes: [UInt64: RoundOutcome] = [:]

    init(_ id: UInt32, _ script: EpochScript) throws(VectorFault) {
        guard id < script.members.count else { throw VectorFault.malformed("there is no participant \(id)") }
        self.id = id
        self.script = script
        let member = script.members[Int(id)]
        var sealing: any RandomSource = SeededRandomSource(seed: UInt64(id), label: "sealing key")
        let sealingKey = SealingKey(from: &sealing)
        do throws(Abort) {
            machine = try Participant(
                identity: EpochScript.signingKey(member.identitySeed), roster: script.roster, policy: script.policy,
                sealingKey: sealingKey, random: SeededRandomSource(key: member.randomness), sealingRandom: sealing)
        } catch {
            throw VectorFault(error)
        }
    }

    /// What the machine has refused without stopping.
    var refusals: [Abort] { machine.refusals }

    /// What it would say again if it were asked to.
    var repeated: [[UInt8]] {
        machine.resume().compactMap { if case .send(_, let frame) = $0 { frame.bytes } else { nil } }
    }

    /// The frames that follow from a frame, the input of a round included.
    func receive(_ frame: [UInt8], at now: Instant) throws(VectorFault) -> [[UInt8]] {
        try frames(try mappingAbort { () throws(Abort) in try machine.handle(frame, at: now) }, now)
    }

    private func frames(_ effects: [Effect], _ now: Instant) throws(VectorFault) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        for effect in effects {
            switch effect {
            case .send(_, let frame): frames.append(frame.bytes)
            case .needInput(let request): frames += try submit(request, now)
            case .result(let outcome): outcomes[outcome.round] = outcome
            case .abort(let abort): throw VectorFault(abort)
            case .persist, .deadline, .sessionReady: continue
            }
        }
        return frames
    }

    private func submit(_ request: InputRequest, _ now: Instant) throws(VectorFault) -> [[UInt8]] {
        guard let values = script.rounds.first(where: { $0.number == request.round })?.values[id] else {
            throw VectorFault.malformed("participant \(id) has no values for round \(request.round)")
        }
        let vector = try mappingRing { () throws(RingFailure) in
            try PackedVector(packing: values, layout: LaneLayout(bits: Int(request.config.ringBits)))
        }
        var source: any RandomSource = SeededRandomSource(seed: request.round, label: "token \(id)")
        let token = InputToken(from: &source)
        let effects: [Effect]
        do throws(Abort) {
            effects = try machine.submit(vector, token: token, at: now)
        } catch {
            throw VectorFault(error)
        }
        return try frames(effects, now)
    }
}

/// The coordinator of a transcript: the real state machine; what it sends waits to be fetched.
final class ScriptedCoordinator {
    private var machine: Coordinator
    private let script: EpochScript
    /// Frames to be sent, each with everybody it goes to, in the order of their first sending.
    private var outbox: [(frame: [UInt8], to: [UInt32])] = []
    /// The next moment to tell the time.
    private(set) var deadline: Instant?
    /// Whether the session stands and no round is open.
    private(set) var isReady = false
    /// The sums it has opened, by round.
    private(set) var outcomes: [UInt64: RoundOutcome] = [:]

    init(_ script: EpochScript) throws(VectorFault) {
        self.script = script
        var sealing: any RandomSource = SeededRandomSource(seed: 0, label: "coordinator sealing key")
        let sealingKey = SealingKey(from: &sealing)
        do throws(Abort) {
            machine = try Coordinator(
                identity: EpochScript.signingKey(script.coordinatorSeed), roster: script.roster,
                sealingKey: sealingKey, spool: MemorySpool(capacityBytes: 1 << 26), sealingRandom: sealing)
        } catch {
            throw VectorFault(error)
        }
    }

    func openEpoch() throws(VectorFault) {
        try absorb(
            try mappingAbort { () throws(Abort) in
                try machine.openEpoch(script.epoch, firstRound: script.firstRound, parameters: script.parameters)
            })
    }

    func announce(_ round: EpochScript.Round) throws(VectorFault) {
        isReady = false
        try absorb(
            try mappingAbort { () throws(Abort) in try machine.announce(round: round.number, round.parameters) })
    }

    func tick(at now: Instant) throws(VectorFault) { try absorb(machine.tick(at: now)) }

    /// Takes a frame.  Shares that come after the sum has been opened are late, and nobody minds.
    func receive(_ bytes: [UInt8], at now: Instant) throws(VectorFault) {
        let effects: [Effect]
        do throws(Abort) {
            effects = try machine.handle(bytes, at: now)
        } catch {
            let frame = try mappingAbort { () throws(Abort) in try Frame(bytes) }
            if error.code == .late, frame.header.type == .unmaskShares, outcomes[frame.header.round] != nil { return }
            throw VectorFault(error)
        }
        try absorb(effects)
    }

    /// What is to be sent, once.
    func fetch() -> [(frame: [UInt8], to: [UInt32])] {
        defer { outbox = [] }
        return outbox
    }

    /// Keeps a message for the next time.
    func putBack(_ message: (frame: [UInt8], to: [UInt32])) { outbox.append(message) }

    private func absorb(_ effects: [Effect]) throws(VectorFault) {
        for effect in effects {
            switch effect {
            case .send(let peer, let frame):
                let bytes = frame.bytes
                if let index = outbox.firstIndex(where: { $0.frame == bytes }) {
                    outbox[index].to.append(peer.rawValue)
                } else {
                    outbox.append((bytes, [peer.rawValue]))
                }
            case .deadline(let instant): deadline = instant
            case .sessionReady: isReady = true
            case .result(let outcome):
                outcomes[outcome.round] = outcome
                isReady = true
            case .abort(let abort): throw VectorFault(abort)
            case .persist, .needInput: continue
            }
        }
    }
}
