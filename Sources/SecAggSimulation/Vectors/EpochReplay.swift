internal import CryptoPrimitives
internal import RoundProtocol
internal import WireFormat

/// One frame of a transcript, in the order of sending.
struct TranscriptStep {
    let time: Instant
    let to: [UInt32]
    let bytes: [UInt8]
    let frame: Frame

    init(time: Instant, to: [UInt32], bytes: [UInt8]) throws(VectorFault) {
        self.time = time
        self.to = to
        self.bytes = bytes
        frame = try mappingAbort { () throws(Abort) in try Frame(bytes) }
    }

    /// A step as a file holds it.
    init(_ step: VectorFields) throws(VectorFault) {
        try self.init(
            time: Instant(milliseconds: try step.unsigned("time")), to: try step.identifiers("to"),
            bytes: try step.bytes("frame"))
    }

    var from: UInt32 { frame.header.sender.rawValue }
    var type: FrameType { frame.header.type }

    /// A step as a file holds it.
    func json(number: Int) -> JSONValue {
        [
            "step": .count(number), "time": .count(time.milliseconds), "from": .count(from),
            "to": .array(to.map { .count($0) }), "type": .count(type.rawValue), "name": .string(type.vectorName),
            "frame": .hex(bytes),
        ]
    }
}

/// A whole epoch between the real machines of both roles.
///
/// A frame of the coordinator reaches everybody before the answers to it are handed in, one participant after the
/// other; acknowledgements go back at once.  The clock moves, to the next deadline, only when nothing else is to be done.
final class EpochReplay {
    let script: EpochScript
    let coordinator: ScriptedCoordinator
    private(set) var participants: [ScriptedParticipant] = []
    private(set) var transcript: [TranscriptStep] = []
    private var now = Instant(milliseconds: 0)
    private var silence: EpochScript.Silence
    private var gone: Set<UInt32>

    init(_ script: EpochScript) throws(VectorFault) {
        self.script = script
        coordinator = try ScriptedCoordinator(script)
        silence = script.silence
        gone = Set(script.silence.filter { $0.value == nil }.keys)
        for member in script.members { participants.append(try ScriptedParticipant(member.id, script)) }
    }

    func run() throws(VectorFault) {
        try coordinator.openEpoch()
        try settle()
        for round in script.rounds {
            silence = round.silence
            gone = Set(round.silence.filter { $0.value == nil }.keys)
            try coordinator.announce(round)
            try settle()
        }
    }

    /// Carries everything until the session stands or the sum is open.
    private func settle() throws(VectorFault) {
        while true {
            let sent = coordinator.fetch()
            if !sent.isEmpty {
                try carry(sent)
                continue
            }
            if coordinator.isReady { return }
            guard let deadline = coordinator.deadline, deadline > now else {
                throw VectorFault.malformed("the epoch comes to a halt")
            }
            now = deadline
            try coordinator.tick(at: now)
        }
    }

    private func carry(_ sent: [(frame: [UInt8], to: [UInt32])]) throws(VectorFault) {
        var answers: [(from: UInt32, frames: [[UInt8]])] = []
        for message in sent {
            try record(message.frame, to: message.to)
            for id in message.to { answers.append((id, try deliver(message.frame, to: id))) }
        }
        for answer in answers {
            for bytes in answer.frames {
                try record(bytes, to: [PeerID.coordinator.rawValue])
                try coordinator.receive(bytes, at: now)
                try acknowledge()
            }
        }
    }

    /// Carries the acknowledgement that the last frame has caused, and leaves the rest for the next turn.
    private func acknowledge() throws(VectorFault) {
        for message in coordinator.fetch() {
            let step = try TranscriptStep(time: now, to: message.to, bytes: message.frame)
            guard step.type == .acknowledgement else {
                coordinator.putBack(message)
                continue
            }
            transcript.append(step)
            for id in message.to { _ = try deliver(message.frame, to: id) }
        }
    }

    private func deliver(_ frame: [UInt8], to id: UInt32) throws(VectorFault) -> [[UInt8]] {
        guard id < participants.count, !gone.contains(id) else { return [] }
        let frames = try participants[Int(id)].receive(frame, at: now)
        if case .some(.some(let last)) = silence[id] {
            for frame in frames {
                let sent = try mappingAbort { () throws(Abort) in try Frame(frame).header.type }
                if sent == last { gone.insert(id) }
            }
        }
        return frames
    }

    private func record(_ bytes: [UInt8], to: [UInt32]) throws(VectorFault) {
        transcript.append(try TranscriptStep(time: now, to: to, bytes: bytes))
    }
}
