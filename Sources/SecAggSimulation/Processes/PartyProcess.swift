internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureFederation

/// One party in a process of its own: node, state store and spool on a disk, frames over standard input and output.
///
/// It may be ended at any moment and started again with the same directory. All randomness but identity and input is the
/// system's, as in production.
///
/// Source: simulation section 6
public final class PartyProcess {
    private let terms: ProcessTerms
    private let cast: ProcessCast
    private let life: UInt64
    private let notes: FileStateStore
    private let participant: (any ParticipantHost)?
    private let coordinator: (any CoordinatorHost)?
    private let id: Int
    private let notedLife: UInt64?
    private var hasReported = false

    /// Runs a party until its standard input ends; the exit status, 0 in the end.
    ///
    /// - Parameters:
    ///   - id: the roster index, or the number of participants for the coordinator.
    ///   - directory: the party's own; exists.
    ///   - life: how often this party was started before.
    public static func run(_ terms: ProcessTerms, id: Int, directory: String, life: UInt64) -> Int32 {
        do {
            let process = try PartyProcess(terms, id: id, directory: directory, life: life)
            process.serve()
            return 0
        } catch let abort as Abort {
            _ = Descriptor.write(
                1, PartyMessage(kind: .failed, number: UInt64(abort.code.rawValue), bytes: []).encoded())
            return 1
        } catch {
            _ = Descriptor.write(1, PartyMessage(kind: .failed, number: 0, bytes: []).encoded())
            return 1
        }
    }

    private init(_ terms: ProcessTerms, id: Int, directory: String, life: UInt64) throws {
        self.terms = terms
        self.id = id
        self.life = life
        cast = try terms.cast()
        notes = try FileStateStore(directory: directory + "/notes")
        let store = try FileStateStore(directory: directory + "/state")
        if id < terms.participants {
            participant = try cast.participant(PeerID(rawValue: UInt32(id)), store)
            coordinator = nil
        } else {
            coordinator = try cast.coordinator(store, try FileSpool(directory: directory + "/spool"))
            participant = nil
        }
        let note = try notes.latest(Self.noteName)
        notedLife = note?.sealed.first.map { UInt64($0) }
    }

    private static let noteName: RecordName = {
        guard let name = RecordName("life") else { preconditionFailure("a record name") }
        return name
    }()

    private func serve() {
        var stream = PartyStream()
        guard let notedLife, participant?.expectedStage != .announce else { return loop(&stream) }
        // Whatever is said about an input again is that of the life that masked it.
        emit(.input, notedLife, [])
        loop(&stream)
    }

    private func loop(_ stream: inout PartyStream) {
        while let bytes = Descriptor.read(0), !bytes.isEmpty {
            stream.append(bytes[...])
            while let message = stream.next() { take(message) }
        }
    }

    private func take(_ message: PartyMessage) {
        let now = Instant(milliseconds: message.number)
        do {
            switch message.kind {
            case .frame: try frame(message.bytes, at: now)
            case .tick: if let coordinator { report(try coordinator.tick(at: now), at: now) }
            case .resume:
                if let participant { report(try participant.resume(), at: now) }
                if let coordinator { report(try coordinator.resume(), at: now) }
                try announce(at: now)
            case .begin:
                guard let coordinator, coordinator.expectedStage == .proposal else { return }
                report(
                    try orGivenUp { () throws(Abort) in
                        try coordinator.open(epoch: 1, firstRound: 1, at: now)
                    }, at: now)
            default: return
            }
        } catch let abort as Abort where abort.stage == .state {
            emit(.failed, UInt64(abort.code.rawValue), [])
        } catch {
            // A refused frame: an old one, or one for another step. The machine is as it was.
        }
    }

    private func frame(_ bytes: [UInt8], at now: Instant) throws {
        if let participant { report(try participant.receive(bytes, at: now), at: now) }
        if let coordinator { report(try coordinator.receive(bytes, at: now), at: now) }
        try announce(at: now)
    }

    /// The one round of the session, as soon as it stands.
    private func announce(at now: Instant) throws {
        guard let coordinator, coordinator.expectedStage == .announce, !hasReported else { return }
        report(
            try orGivenUp { () throws(Abort) in
                try coordinator.announce(
                    round: 1, terms.roundParameters(receipts: coordinator.suggestedReceipts, at: now))
            }, at: now)
    }

    /// An epoch or a round that was opened before and is open no more was given up by an earlier life, which did not live to
    /// say so.
    private func orGivenUp(_ body: () throws(Abort) -> NodeOutcome) throws(Abort) -> NodeOutcome {
        do throws(Abort) {
            return try body()
        } catch {
            if error.code == .roundReplayed { emitAbort(error) }
            throw error
        }
    }

    private func report(_ outcome: NodeOutcome, at now: Instant) {
        for (peer, frame) in outcome.frames { emit(.send, UInt64(peer.rawValue), frame.bytes) }
        if let opened = outcome.outcome {
            var bytes = [UInt8(truncatingIfNeeded: opened.survivors.count)]
            bytes += opened.survivors.map { UInt8(truncatingIfNeeded: $0.rawValue) }
            emit(.result, UInt64(id), bytes + opened.sum.littleEndianBytes())
            hasReported = true
        }
        if let abort = outcome.abort {
            emitAbort(abort)
        }
        if outcome.inputRequest != nil { submit(at: now) }
    }

    /// Which input is about to be masked is on record before it is; a life that gets there overwrites the note of one that did not.
    private func submit(at now: Instant) {
        guard let participant else { return }
        do {
            try note([UInt8(truncatingIfNeeded: life)])
            emit(.input, life, [])
            var random: any RandomSource = SystemRandomSource()
            report(
                try participant.submit(
                    terms.input(of: id, life: life), token: InputToken(from: &random), at: now), at: now)
        } catch let abort as Abort where abort.stage == .state {
            emit(.failed, UInt64(abort.code.rawValue), [])
        } catch {
            // Late, or burnt by an earlier life: it stays silent.
        }
    }

    private func note(_ bytes: [UInt8]) throws {
        let last = try notes.latest(Self.noteName)?.generation ?? 0
        try notes.commit(StateRecord(name: Self.noteName, generation: last + 1, sealed: bytes))
    }

    private func emitAbort(_ abort: Abort) {
        hasReported = true
        emit(.abort, UInt64(abort.code.rawValue) << 16 | UInt64(abort.stage.rawValue), [])
    }

    private func emit(_ kind: PartyMessage.Kind, _ number: UInt64, _ bytes: [UInt8]) {
        _ = Descriptor.write(1, PartyMessage(kind: kind, number: number, bytes: bytes).encoded())
    }
}
