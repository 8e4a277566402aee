internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// The transcripts of whole epochs in `round/`.
struct EpochVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let script = try EpochScript(inputs)
        let replay = try EpochReplay(script)
        try replay.run()
        let values = try EpochValues(replay)
        var participants: [JSONValue] = []
        for member in script.members { participants.append(try values.participant(member)) }
        var rounds: [JSONValue] = []
        for round in script.rounds { rounds.append(try values.round(round)) }
        return VectorAnswer([
            "rosterDigest": .hex(script.roster.digest), "coordinatorPublicKey": .hex(script.roster.coordinator.value),
            "proposalDigest": .hex(values.proposal.digest), "sessionId": .hex(values.list.header.session),
            "n": .count(values.ids.count), "seats": .array(values.ids.map { .count($0) }),
            "quorum": .count(values.quorum), "threshold": .count(values.threshold),
            "participants": .array(participants), "rounds": .array(rounds),
            "transcript": .array(replay.transcript.enumerated().map { $1.json(number: $0) }),
        ])
    }
}

/// What follows from an epoch's inputs and frames, computed by the layers below the state machines.
struct EpochValues {
    let replay: EpochReplay
    let proposal: Frame
    let list: Frame
    /// The ids by seat.
    let ids: [UInt32]
    let advertisements: [UInt32: Advertisement]
    let quorum: UInt32
    let threshold: UInt32

    init(_ replay: EpochReplay) throws(VectorFault) {
        self.replay = replay
        proposal = try Self.frame(replay, .epochProposal)
        list = try Self.frame(replay, .advertiseList)
        let config = try Self.frame(replay, .roundConfig)
        let frames = replay.transcript.filter { $0.type == .advertise }.map(\.frame)
        ids = frames.map(\.header.sender.rawValue).sorted()
        let rounds = replay.script.parameters.rounds
        var advertisements: [UInt32: Advertisement] = [:]
        for frame in frames {
            advertisements[frame.header.sender.rawValue] = try mappingAbort { () throws(Abort) in
                try Advertisement(frame, rounds: rounds)
            }
        }
        self.advertisements = advertisements
        let count = ids.count
        let first = try mappingDecoding { () throws(DecodingFailure) in
            try RoundConfig(decoding: config.body, participants: count)
        }
        quorum = first.quorum
        threshold = first.threshold
    }

    var script: EpochScript { replay.script }
    var session: Digest { list.header.session }

    /// The frames of a type, of one round when one is given.
    func frames(_ type: FrameType, round: UInt64? = nil) -> [Frame] {
        replay.transcript.filter { $0.type == type && (round == nil || $0.frame.header.round == round) }.map(\.frame)
    }

    /// The first frame of a type from a sender, nil when there is none.
    func frame(_ type: FrameType, from sender: UInt32, round: UInt64? = nil) -> Frame? {
        frames(type, round: round).first { $0.header.sender.rawValue == sender }
    }

    private static func frame(_ replay: EpochReplay, _ type: FrameType) throws(VectorFault) -> Frame {
        guard let step = replay.transcript.first(where: { $0.type == type }) else {
            throw VectorFault.malformed("the epoch has no \(type.vectorName)")
        }
        return step.frame
    }
}

/// Decodes a body that one of the machines has made.
func mappingDecoding<R>(_ body: () throws(DecodingFailure) -> R) throws(VectorFault) -> R {
    do throws(DecodingFailure) {
        return try body()
    } catch {
        throw VectorFault.malformed("a frame of the epoch does not decode: \(error)")
    }
}
