import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecureAggregation

/// A sequence of frames at participant 0, read from the input: each step is one byte that says what comes (the honest
/// frame whose turn it is, an old one, a changed one under a signature that fits, an invented one, a restart, a jump of the
/// clock, the input) and the bytes that say how.
enum ParticipantProgram {
    static func run(_ input: [UInt8]) {
        guard let machine = try? FuzzSession.cast.participant(0) else { return }
        let run = ParticipantRun(machine) { (store, life) throws(Abort) in
            try FuzzSession.cast.restored(0, from: store, life: life)
        }
        play(input, run, FuzzSession.recording.messages(to: PeerID(rawValue: 0)), steps: 64)
    }

    /// The same for a company's machine of encrypted sums.
    static func runSum(_ input: [UInt8]) {
        guard let machine = try? SumSessionCast.participant(0) else { return }
        let run = ParticipantRun(machine) { (store, life) throws(Abort) in
            try SumSessionCast.restored(0, from: store, life: life)
        }
        play(input, run, SumSessionCast.recording.messages(to: PeerID(rawValue: 0)), steps: 64)
    }

    private static func play<Machine: SumParticipant & ~Copyable>(
        _ input: [UInt8], _ run: ParticipantRun<Machine>, _ honest: [Recording.Message], steps most: Int
    ) {
        var choices = Choices(input)
        var forger = Forger(honest)
        var steps = 0
        while !choices.isEmpty, steps < most {
            steps += 1
            switch choices.index(11) {
            case 0, 1: if let bytes = forger.inTurn() { run.hand(bytes) }
            case 2: run.hand(forger.any(&choices).bytes)
            case 3: run.hand(forger.mutated(forger.near(&choices), &choices))
            case 4: run.hand(forger.spliced(forger.near(&choices), &choices))
            case 5: run.hand(forger.redressed(forger.near(&choices), &choices))
            case 6: run.hand(forger.invented(.coordinator, &choices))
            case 7: run.hand(forger.flipped(forger.near(&choices), &choices))
            case 8: run.restart()
            case 9: run.now = run.now.advanced(byMilliseconds: UInt64(choices.byte() * 16))
            default: run.submit(changed: choices.byte() < 128)
            }
        }
        // As a programme of its own: everything honest that is left.
        while let bytes = forger.inTurn() { run.hand(bytes) }
    }
}

/// A participant, its store, and what it has said.
private final class ParticipantRun<Machine: SumParticipant & ~Copyable> {
    var machine: Machine
    private let restored: (MemoryStateStore, Int) throws(Abort) -> Machine
    var now = FuzzSession.start
    private let store = MemoryStateStore()
    private var lives = 0
    private var asked: UInt64?
    /// What it has signed for a round, by type: one statement each, for ever.
    private var said: [SlotName: Digest] = [:]

    struct SlotName: Hashable {
        let type: FrameType
        let session: Digest
        let round: UInt64
    }

    init(_ machine: consuming Machine, restored: @escaping (MemoryStateStore, Int) throws(Abort) -> Machine) {
        self.machine = machine
        self.restored = restored
    }

    func hand(_ bytes: [UInt8]) {
        let stage = machine.expectedStage
        let words = sent(machine.resume())
        let refusals = machine.refusals.count
        do throws(Abort) {
            carryOut(try machine.handle(bytes, at: now))
        } catch {
            precondition(machine.expectedStage == stage, "a refusal moved the machine")
            precondition(machine.refusals.count == refusals, "a refusal left a note")
            precondition(sent(machine.resume()) == words, "a refusal changed what is repeated")
        }
        if let round = asked {
            asked = nil
            submit(round, changed: false)
        }
    }

    func submit(changed: Bool) { submit(UInt64(lives) + 100, changed: changed) }

    private func submit(_ token: UInt64, changed: Bool) {
        do throws(Abort) {
            carryOut(
                try machine.submit(
                    FuzzSession.input(0, changed: changed), token: FuzzSession.token(0, token), at: now))
        } catch {
            return
        }
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

    private func carryOut(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .persist(let record):
                do throws(StateStoreFailure) { try store.commit(record) } catch {
                    preconditionFailure("generations rise")
                }
            case .send(let to, let frame):
                precondition(to == .coordinator, "a participant talks to the coordinator")
                note(frame.bytes)
            case .needInput(let request): asked = request.round
            default: break
            }
        }
    }

    /// One masked input, one statement and one answer a round, whatever it is told.
    private func note(_ bytes: [UInt8]) {
        guard let frame = try? Frame(bytes) else { preconditionFailure("a machine sends frames") }
        precondition(frame.header.sender == PeerID(rawValue: 0))
        let kinds: [FrameType] = [.maskedInput, .survivorStatement, .unmaskShares, .openingShare, .receipt]
        guard kinds.contains(frame.header.type) else { return }
        let slot = SlotName(type: frame.header.type, session: frame.header.session, round: frame.header.round)
        precondition(said[slot] == nil || said[slot] == frame.digest, "two words in one place: \(slot.type)")
        said[slot] = frame.digest
    }

    private func sent(_ effects: [Effect]) -> [[UInt8]] {
        effects.compactMap { if case .send(_, let frame) = $0 { frame.bytes } else { nil } }
    }
}
