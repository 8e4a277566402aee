import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing

@testable import SecureAggregation

/// One bad input: its number and name, and how it must be refused.
///
/// The numbers are those of the table in Papers/bad-inputs.md, which says where a code of ours has another name.
struct BadInput: Sendable, CustomTestStringConvertible {
    /// What becomes of it.
    enum Effect: Sendable {
        /// The call throws, and the machine is as it was.
        case refused
        /// The call throws with two signed frames that prove the fault, and the machine is as it was.
        case proven
        /// The frame is taken, one peer's part of it is not, and the machine says whose and why.
        case leftOut
        /// The round is over.
        case ends
    }

    let number: Int
    let name: String
    let code: AbortCode
    let stage: Stage
    let peer: PeerID
    let effect: Effect
    let prepare: @Sendable () throws -> BadInputTrial

    init(
        _ number: Int, _ name: String, _ code: AbortCode, _ stage: Stage, _ peer: PeerID, _ effect: Effect = .refused,
        _ prepare: @escaping @Sendable () throws -> BadInputTrial
    ) {
        (self.number, self.name, self.code, self.stage, self.peer, self.effect) =
            (number, name, code, stage, peer, effect)
        self.prepare = prepare
    }

    var testDescription: String { "case \(number), \(name): \(code) in \(stage) (\(peer))" }
}

/// A session in which somebody is about to be handed something bad.
struct BadInputTrial {
    let bench: ProtocolBench
    /// Who must refuse it.
    let receiver: PeerID
    let act: (ProtocolBench) throws -> Void

    /// A frame for one machine.
    init(_ bench: ProtocolBench, _ frame: [UInt8], to receiver: PeerID = 0) {
        self.init(bench, by: receiver) { try $0.hand(frame, to: receiver) }
    }

    /// A call.
    init(_ bench: ProtocolBench, by receiver: PeerID, _ act: @escaping (ProtocolBench) throws -> Void) {
        self.bench = bench
        self.receiver = receiver
        self.act = act
    }

    var fingerprint: Digest {
        receiver == .coordinator
            ? bench.server.machine.fingerprint : bench.parties[Int(receiver.rawValue)].machine.fingerprint
    }

    var refusals: [Abort] {
        receiver == .coordinator
            ? bench.server.machine.refusals : bench.parties[Int(receiver.rawValue)].machine.refusals
    }

    /// Plays the input and compares everything with its row.
    func check(_ row: BadInput) throws {
        let before = fingerprint
        var thrown: Abort?
        do {
            try act(bench)
        } catch let abort as Abort {
            thrown = abort
        }
        let found: Abort?
        switch row.effect {
        case .refused, .proven: found = thrown
        case .leftOut: found = refusals.first { $0.code == row.code } ?? refusals.first
        case .ends: found = bench.aborts.first { $0.by == receiver }?.abort
        }
        let abort = try #require(found, "nothing refused it")
        #expect(abort.code == row.code && abort.stage == row.stage && abort.peer == row.peer, "\(abort)")
        #expect("\(abort)" == "\(row.code) in \(row.stage) (\(row.peer))", "an error says code, stage and peer only")
        switch row.effect {
        case .refused:
            #expect(abort.evidence == nil, "only a proof carries frames")
            #expect(fingerprint == before, "the state is as it was, byte for byte")
        case .proven:
            #expect(fingerprint == before, "the state is as it was, byte for byte")
            try bench.expectProof(abort, by: row.peer)
        case .leftOut, .ends: #expect(thrown == nil)
        }
    }
}

extension ProtocolBench {
    /// Honest up to frames of a type on their way; the honest frame to participant 0 goes to `change`.
    static func trial(
        at type: FrameType, _ change: (ProtocolBench, [UInt8]) throws -> [UInt8]
    ) throws -> BadInputTrial {
        let bench = try upTo(type)
        return BadInputTrial(bench, try change(bench, try bench.held(type, to: 0)))
    }

    /// Honest up to a frame of participant 2 at the coordinator, which goes to `change`.
    static func serverTrial(
        at type: FrameType, _ change: (ProtocolBench, [UInt8]) throws -> [UInt8]
    ) throws -> BadInputTrial {
        let (bench, frame) = try CoordinatorMisuseTests.waiting(for: type)
        return BadInputTrial(bench, try change(bench, frame), to: .coordinator)
    }

    /// The same, with another body under the sender's own signature.
    static func serverBody(_ type: FrameType, _ change: (inout [UInt8]) -> Void) throws -> BadInputTrial {
        try serverTrial(at: type) { try $0.resign($1, change) }
    }

    /// Another configuration under the coordinator's signature.
    static func configTrial(_ change: (inout RoundConfig) -> Void) throws -> BadInputTrial {
        try trial(at: .roundConfig) { bench, honest in
            var config = try bench.config(in: honest)
            change(&config)
            return bench.forge(.roundConfig, round: 1, config.encoded())
        }
    }

    /// Another proposal under the coordinator's signature.
    static func proposalTrial(_ change: (inout EpochProposal) -> Void) throws -> BadInputTrial {
        try trial(at: .epochProposal) { bench, honest in
            var proposal = try EpochProposal(decoding: Frame(honest).body)
            change(&proposal)
            return bench.forge(.epochProposal, session: Digest(Bytes32()), round: 1, proposal.encoded())
        }
    }

    /// A list of keys in which the frame of participant 3 is another one, under the session id that belongs to it.
    static func listTrial(_ change: (ProtocolBench, inout [Frame]) throws -> Void) throws -> BadInputTrial {
        try trial(at: .advertiseList) { bench, honest in
            var frames = try AdvertiseList.frames(in: Frame(honest).body, limit: 6)
            try change(bench, &frames)
            return bench.forge(
                .advertiseList, session: try bench.sessionID(of: frames), round: 1, AdvertiseList.encoded(frames))
        }
    }

    /// A delivery to participant 0 in which the item of dealer 2 is another one.
    static func deliveryTrial(
        _ change: (ProtocolBench, Delivery.Item, Delivery) throws -> Delivery.Item
    ) throws -> BadInputTrial {
        try trial(at: .delivery) { bench, honest in
            let delivery = try Delivery(decoding: Frame(honest).body, limit: 6)
            let items = try delivery.items.map { $0.dealer == 2 ? try change(bench, $0, delivery) : $0 }
            return bench.forge(.delivery, round: 1, Delivery(recipient: 0, items: items).encoded())
        }
    }
}
