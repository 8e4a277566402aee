internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// `round/bad_frames.json`: a frame with one fault, received after a part of a transcript; `hostile/lying_server.json`: what a
/// coordinator that lies sends to one participant, perhaps after other frames of its own.
///
/// A whole frame that is refused must leave the machine as it was: the rest of the transcript is then played, and the
/// machine must send what the transcript says to its end.
struct BadFrameVectors: VectorArea {
    /// The transcripts by name.
    let recordings: [String: VectorTest]
    /// Whether frames may come before the one that is refused.
    let isKit: Bool

    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        guard let recording = recordings[try inputs.text("transcript")], let expected = recording.expected else {
            throw inputs.fault("transcript", "is unknown")
        }
        let script = try EpochScript(recording.inputs)
        let steps = try VectorFields(expected, path: "transcript").objects("transcript").map {
            (step) throws(VectorFault) in try TranscriptStep(step)
        }
        let after = try inputs.integer("after", 0...steps.count)
        let frame = try inputs.bytes("frame")
        let recipient = try inputs.identifier("recipient")
        guard recipient != PeerID.coordinator.rawValue else {
            return try coordinator(script, steps, after: after, frame)
        }
        let before = isKit && inputs.value["before"] != nil ? try inputs.listOfBytes("before") : []
        return try participant(recipient, script, steps, after: after, before: before, frame)
    }

    private func participant(
        _ id: UInt32, _ script: EpochScript, _ steps: [TranscriptStep], after: Int, before: [[UInt8]], _ frame: [UInt8]
    ) throws(VectorFault) -> VectorAnswer {
        let machine = try ScriptedParticipant(id, script)
        var sent: [[UInt8]] = []
        for step in steps[..<after] where step.to.contains(id) {
            sent += try machine.receive(step.bytes, at: step.time)
        }
        let now = (after < steps.count ? steps[after] : steps[steps.count - 1]).time
        for earlier in before {
            do throws(VectorFault) {
                _ = try machine.receive(earlier, at: now)
            } catch {
                throw VectorFault.malformed("a frame of before is not taken, \(error.reason)")
            }
        }
        let words = machine.repeated
        let refused: (name: String, details: [JSONMember])
        do throws(VectorFault) {
            return try excluded(machine, try machine.receive(frame, at: now), script, steps)
        } catch {
            guard case .refused(let name, let details) = error else { throw error }
            refused = (name, details)
        }
        guard machine.repeated == words else { throw VectorFault.malformed("the refusal changed the machine") }
        guard before.isEmpty else {
            return VectorAnswer(refused: refused.name, refused.details + [JSONMember("effect", "frameRefused")])
        }
        for step in steps[after...] where step.to.contains(id) {
            sent += try machine.receive(step.bytes, at: step.time)
        }
        guard sent == steps.filter({ $0.from == id }).map(\.bytes) else {
            throw VectorFault.malformed("after the refusal the transcript goes on otherwise")
        }
        return VectorAnswer(refused: refused.name, refused.details + [JSONMember("effect", "frameRefused")])
    }

    /// A frame that was taken, with one dealer left out.
    private func excluded(
        _ machine: ScriptedParticipant, _ answer: [[UInt8]], _ script: EpochScript, _ steps: [TranscriptStep]
    ) throws(VectorFault) -> VectorAnswer {
        guard let refusal = machine.refusals.first, machine.refusals.count == 1, answer.count == 1 else {
            throw VectorFault.malformed("the frame is accepted")
        }
        let frame = try mappingAbort { () throws(Abort) in try Frame(answer[0]) }
        let participants = Set(steps.filter { $0.type == .advertise }.map(\.from)).count
        let receipt = try mappingDecoding { () throws(DecodingFailure) in
            try Receipt(decoding: frame.body, participants: participants)
        }
        return VectorAnswer(
            refused: "\(refusal.code)",
            [
                JSONMember("peer", .count(refusal.peer.rawValue)), JSONMember("stage", .string("\(refusal.stage)")),
                JSONMember("effect", "dealerExcluded"),
            ],
            expected: [
                "receiptSeats": .array(receipt.dealers.indices.map { .count($0) }), "receiptFrame": .hex(answer[0]),
            ])
    }

    private func coordinator(
        _ script: EpochScript, _ steps: [TranscriptStep], after: Int, _ frame: [UInt8]
    ) throws(VectorFault) -> VectorAnswer {
        let run = CoordinatorRun(script, try ScriptedCoordinator(script))
        for step in steps[..<after] { try run.play(step) }
        do throws(VectorFault) {
            try run.machine.receive(frame, at: run.now)
        } catch {
            guard case .refused(let name, let details) = error else { throw error }
            for step in steps[after...] { try run.play(step) }
            return VectorAnswer(refused: name, details + [JSONMember("effect", "frameRefused")])
        }
        throw VectorFault.malformed("the frame is accepted")
    }
}

/// A coordinator that is led through a transcript and must send what is in it.
final class CoordinatorRun {
    let machine: ScriptedCoordinator
    private let script: EpochScript
    private(set) var now = Instant(milliseconds: 0)
    private var waiting: [(frame: [UInt8], to: [UInt32])] = []

    init(_ script: EpochScript, _ machine: ScriptedCoordinator) {
        self.script = script
        self.machine = machine
    }

    func play(_ step: TranscriptStep) throws(VectorFault) {
        if step.time > now {
            now = step.time
            try machine.tick(at: now)
        }
        guard step.from == PeerID.coordinator.rawValue else { return try machine.receive(step.bytes, at: now) }
        if step.type == .epochProposal { try machine.openEpoch() }
        if step.type == .roundConfig {
            guard let round = script.rounds.first(where: { $0.number == step.frame.header.round }) else {
                throw VectorFault.malformed("the transcript opens an unknown round")
            }
            try machine.announce(round)
        }
        waiting += machine.fetch()
        guard let index = waiting.firstIndex(where: { $0.frame == step.bytes && $0.to == step.to }) else {
            throw VectorFault.malformed("the coordinator does not send the transcript's \(step.type.vectorName)")
        }
        waiting.remove(at: index)
    }
}
