import CryptoPrimitives
import DurableState
import PaillierAggregation
import RingVectors
import RoundProtocol
import SecureAggregation

/// A sequence of frames at the coordinator, from four participants that may say anything.
enum CoordinatorProgram {
    static func run(_ input: [UInt8]) {
        let spool = MemorySpool(capacityBytes: 1 << 16)
        guard let machine = try? FuzzSession.cast.coordinator(spool) else { preconditionFailure("a coordinator") }
        let run = CoordinatorRun(machine, parameters: FuzzSession.epochParameters) { (store, life) throws(Abort) in
            try FuzzSession.cast.restored(from: store, spool: spool, life: life)
        }
        play(input, run, FuzzSession.recording.messages(to: .coordinator))
    }

    /// The same for the coordinator of encrypted sums.
    static func runSum(_ input: [UInt8]) {
        let spool = MemorySpool(capacityBytes: 1 << 16)
        guard let machine = try? SumSessionCast.coordinator(spool) else { preconditionFailure("a coordinator") }
        let run = CoordinatorRun(machine, parameters: SumSessionCast.sumParameters) { (store, life) throws(Abort) in
            try SumSessionCast.restored(from: store, spool: spool, life: life)
        }
        play(input, run, SumSessionCast.recording.messages(to: .coordinator))
    }

    private static func anyFrame(_ forger: inout Forger, _ choices: inout Choices) -> [UInt8] {
        switch choices.index(6) {
        case 0: forger.any(&choices).bytes
        case 1: forger.mutated(forger.near(&choices), &choices)
        case 2: forger.flipped(forger.near(&choices), &choices)
        default: forger.inTurn() ?? forger.near(&choices).bytes
        }
    }

    private static func play<Machine: SumCoordinator & ~Copyable>(
        _ input: [UInt8], _ run: CoordinatorRun<Machine>, _ honest: [Recording.Message]
    ) {
        var choices = Choices(input)
        var forger = Forger(honest)
        var steps = 0
        run.open()
        while !choices.isEmpty, steps < 96 {
            steps += 1
            let choice = choices.byte()
            switch choice < 242 ? choice % 11 : 11 {
            case 0, 1, 2: if let bytes = forger.inTurn() { run.hand(bytes) }
            case 3: run.hand(forger.any(&choices).bytes)
            case 4: run.hand(forger.mutated(forger.near(&choices), &choices))
            case 5: run.hand(forger.spliced(forger.near(&choices), &choices))
            case 6: run.hand(forger.redressed(forger.near(&choices), &choices))
            case 7: run.hand(forger.invented(PeerID(rawValue: UInt32(choices.index(5))), &choices))
            case 8: run.hand(forger.flipped(forger.near(&choices), &choices))
            case 9: run.restart()
            case 10: run.wait(UInt64(choices.byte() * 16))
            default: run.handTogether((0...choices.index(10)).map { _ in anyFrame(&forger, &choices) })
            }
            run.announce()
        }
        for _ in 0..<honest.count {
            guard let bytes = forger.inTurn() else { break }
            run.hand(bytes)
            run.announce()
        }
        run.finish()
    }
}

/// A coordinator, its store, and the sum it may open.
private final class CoordinatorRun<Machine: SumCoordinator & ~Copyable> {
    private var machine: Machine
    private let parameters: (Instant) -> Machine.SessionParameters
    private let restored: (MemoryStateStore, Int) throws(Abort) -> Machine
    private let store = MemoryStateStore()
    private var now = FuzzSession.start
    private var lives = 0
    private var announced: UInt64 = 0
    private var said: [ParticipantSlot: Digest] = [:]

    private struct ParticipantSlot: Hashable {
        let type: FrameType
        let session: Digest
        let round: UInt64
        let to: PeerID
    }

    init(
        _ machine: consuming Machine, parameters: @escaping (Instant) -> Machine.SessionParameters,
        restored: @escaping (MemoryStateStore, Int) throws(Abort) -> Machine
    ) {
        self.machine = machine
        self.parameters = parameters
        self.restored = restored
    }

    func open() {
        if let effects = try? machine.openEpoch(1, firstRound: 1, parameters: parameters(now)) {
            carryOut(effects)
        }
    }

    func announce() {
        guard machine.expectedStage == .announce, announced < 2 else { return }
        let round = announced + 1
        let parameters = FuzzSession.roundParameters(round, receipts: machine.suggestedReceipts, at: now)
        guard let effects = try? machine.announce(round: round, parameters) else { return }
        announced = round
        carryOut(effects)
    }

    /// Frames that are at hand together: what examining them says to be signed, libsodium says too. (A coordinator of
    /// encrypted sums does not look ahead.)
    func handTogether(_ frames: [[UInt8]]) {
        let arrived = machine.examine(frames)
        precondition(arrived.map(\.bytes) == frames, "a look changed the frames")
        for frame in arrived {
            if let decoded = try? Frame(frame.bytes), decoded.header.type.isSigned {
                for key in [decoded.header.sender, .coordinator].map({ FuzzSession.cast.identity($0).verifyingKey }) {
                    precondition(frame.isSigned(decoded, by: key) == decoded.isSigned(by: key), "another verdict")
                }
            }
            hand(frame)
        }
    }

    func hand(_ bytes: [UInt8]) { hand(ArrivedFrame(bytes)) }

    private func hand(_ frame: ArrivedFrame) {
        let stage = machine.expectedStage
        let notes = machine.refusals.count
        do throws(Abort) {
            carryOut(try machine.handle(frame, at: now))
        } catch {
            precondition(machine.expectedStage == stage, "a refusal moved the machine")
            precondition(machine.refusals.count == notes, "a refusal left a note")
        }
    }

    func wait(_ milliseconds: UInt64) {
        now = now.advanced(byMilliseconds: milliseconds)
        carryOut(machine.tick(at: now))
    }

    func restart() {
        lives += 1
        do throws(Abort) {
            machine = try restored(store, lives)
        } catch {
            preconditionFailure("its own records must be readable: \(error)")
        }
        carryOut(machine.resume())
    }

    /// Time passes: whatever was said, nothing waits for ever.
    func finish() {
        for _ in 0..<8 { wait(4_000) }
        precondition(
            machine.expectedStage == .announce || machine.expectedStage == .proposal, "\(machine.expectedStage) waits")
    }

    private func carryOut(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .persist(let record):
                do throws(StateStoreFailure) { try store.commit(record) } catch {
                    preconditionFailure("generations rise")
                }
            case .send(let to, let frame): note(frame.bytes, to: to)
            case .result(let outcome): check(outcome)
            default: break
            }
        }
    }

    /// One configuration and one survivor set a round.
    private func note(_ bytes: [UInt8], to peer: PeerID) {
        guard let frame = try? Frame(bytes) else { preconditionFailure("a machine sends frames") }
        guard [.roundConfig, .survivors, .unmaskRequest, .result].contains(frame.header.type) else { return }
        let slot = ParticipantSlot(
            type: frame.header.type, session: frame.header.session, round: frame.header.round,
            to: frame.header.type == .unmaskRequest ? peer : .nobody)
        precondition(said[slot] == nil || said[slot] == frame.digest, "two words in one place: \(slot.type)")
        said[slot] = frame.digest
    }

    /// A sum counts at least as many members as the floor says. That it is the right one is the simulator's to check: here
    /// the fuzzer signs as everybody.
    private func check(_ outcome: RoundOutcome) {
        precondition(outcome.survivors.count >= 3 && outcome.sum.count == FuzzSession.dimension)
    }
}
