import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Frames that nobody honest would send, and what a test looks for afterwards.
extension ProtocolBench {
    /// Signs a frame as anybody.
    func forge(
        _ type: FrameType, from sender: PeerID = .coordinator, session: Digest? = nil, round: UInt64, _ body: [UInt8]
    ) -> [UInt8] {
        let header = FrameHeader(
            type, sender: sender, session: session ?? server.machine.session ?? Digest(Bytes32()), round: round)
        return type.isSigned
            ? Frame(header, body: body, key: Self.identity(sender, terms.seed)).bytes
            : Frame(unsigned: header, body: body).bytes
    }

    /// The same frame with another body, session, round or sender, signed again by `signer`, else by its sender.
    func resign(
        _ bytes: [UInt8], type: FrameType? = nil, sender: PeerID? = nil, session: Digest? = nil, round: UInt64? = nil,
        signer: PeerID? = nil, _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws(Abort) -> [UInt8] {
        let frame = try Frame(bytes)
        var body = [UInt8](frame.body)
        change(&body)
        let header = FrameHeader(
            type ?? frame.header.type, sender: sender ?? frame.header.sender,
            session: session ?? frame.header.session, round: round ?? frame.header.round)
        return header.type.isSigned
            ? Frame(header, body: body, key: Self.identity(signer ?? header.sender, terms.seed)).bytes
            : Frame(unsigned: header, body: body).bytes
    }

    /// The configuration that a RoundConfig frame carries.
    func config(in bytes: [UInt8]) throws -> RoundConfig {
        try RoundConfig(decoding: try Frame(bytes).body, participants: terms.participants)
    }

    /// The held frame of a type to a peer.
    func held(_ type: FrameType, to peer: PeerID) throws -> [UInt8] {
        try #require(held.first { $0.type == type && $0.to == peer }).bytes
    }

    /// The first frame of a type that a peer sent.
    func sent(_ type: FrameType, from peer: PeerID, to other: PeerID? = nil) throws -> [UInt8] {
        try #require(sent.first { $0.type == type && $0.from == peer && (other == nil || $0.to == other) }).bytes
    }

    /// Runs honestly up to the point where frames of this type are on the way, and no further.
    static func upTo(
        _ type: FrameType, _ terms: Terms = Terms(), policy: (Int, inout ClientPolicy) -> Void = { _, _ in },
        store: (Int?) throws -> any StateStore = { _ in MemoryStateStore() },
        spool: any InputSpool = MemorySpool(capacityBytes: 1 << 24)
    ) throws -> ProtocolBench {
        let bench = try ProtocolBench(terms, policy: policy, store: store, spool: spool)
        bench.holding = [type]
        try bench.openEpoch()
        if bench.server.machine.expectedStage == .announce { try bench.announce() }
        return bench
    }

    /// Gives back what was held and ends with an exact sum of round 1, announcing it if need be.
    func finishExactly(_ survivors: [Int]? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        release()
        if server.machine.expectedStage == .announce, outcome == nil { try announce() }
        settle()
        expectExact(survivors, sourceLocation: sourceLocation)
    }

    /// The opened sum is the clear sum of the survivors, at the coordinator and at everyone who got it.
    func expectExact(_ survivors: [Int]? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let outcome else {
            Issue.record(
                "no sum: \(aborts.map { "\($0.abort) at \($0.by)" }), \(refusals.map { "\($0.abort) at \($0.by)" })",
                sourceLocation: sourceLocation)
            return
        }
        let clear = clearSum(outcome.survivors.map { Int($0.rawValue) })
        let isExact = outcome.sum == clear
        #expect(isExact, "the opened sum is not the clear sum", sourceLocation: sourceLocation)
        for (id, other) in outcomes {
            let isExact = other.sum == clear
            #expect(isExact, "participant \(id)", sourceLocation: sourceLocation)
            #expect(other.survivors == outcome.survivors, "participant \(id)", sourceLocation: sourceLocation)
        }
        if let survivors {
            #expect(outcome.survivors.map { Int($0.rawValue) } == survivors, sourceLocation: sourceLocation)
        }
    }

    /// The sum of what some participants handed in, in the clear: element by element over integers.
    func clearSum(_ ids: [Int]) -> PackedVector {
        var values = [Int64](repeating: 0, count: terms.dimension)
        for id in ids {
            for (index, value) in (masked[id] ?? inputs[id]).signedValues().enumerated() { values[index] += value }
        }
        guard let packed = try? PackedVector(packing: values, layout: layout) else {
            preconditionFailure("the clear sum of a bench fits its ring")
        }
        return packed
    }

    /// Whether somebody refused something with this code, blaming this peer if one is given.
    func refused(_ code: AbortCode, by peer: PeerID? = nil, blaming: PeerID? = nil) -> Bool {
        refusals.contains {
            $0.abort.code == code && (peer == nil || $0.by == peer) && (blaming == nil || $0.abort.peer == blaming)
        }
    }

    /// A participant refuses a frame with just this code, and is as it was.
    func expectRefusal(
        _ code: AbortCode, _ bytes: [UInt8], by id: Int, blaming peer: PeerID? = nil, _ note: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = parties[id].machine.fingerprint
        var thrown: Abort?
        do throws(Abort) {
            _ = try parties[id].machine.handle(bytes, at: now)
        } catch {
            thrown = error
        }
        #expect(thrown?.code == code, "\(note) \(String(describing: thrown))", sourceLocation: sourceLocation)
        if let peer { #expect(thrown?.peer == peer, "\(note)", sourceLocation: sourceLocation) }
        #expect(parties[id].machine.fingerprint == before, "\(note): state changed", sourceLocation: sourceLocation)
    }

    /// The coordinator refuses a frame with just this code, and is as it was.
    func expectServerRefusal(
        _ code: AbortCode, _ bytes: [UInt8], blaming peer: PeerID? = nil, _ note: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = server.machine.fingerprint
        var thrown: Abort?
        do throws(Abort) {
            _ = try server.machine.handle(bytes, at: now)
        } catch {
            thrown = error
        }
        #expect(thrown?.code == code, "\(note) \(String(describing: thrown))", sourceLocation: sourceLocation)
        if let peer { #expect(thrown?.peer == peer, "\(note)", sourceLocation: sourceLocation) }
        #expect(server.machine.fingerprint == before, "\(note): state changed", sourceLocation: sourceLocation)
    }

    /// What a participant throws at a frame; nil when it takes it.
    func refusal(of bytes: [UInt8], by id: Int) -> Abort? {
        do throws(Abort) {
            try hand(bytes, to: PeerID(rawValue: UInt32(id)))
            return nil
        } catch {
            return error
        }
    }

    /// Two different frames in evidence, both signed by `signer`.
    func expectProof(_ abort: Abort?, by signer: PeerID, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let evidence = try #require(abort?.evidence, sourceLocation: sourceLocation)
        let frames = try evidence.frames.map { try Frame($0) }
        #expect(frames.count == 2, sourceLocation: sourceLocation)
        let key = try #require(roster.key(of: signer))
        #expect(frames.allSatisfy { $0.isSigned(by: key) }, sourceLocation: sourceLocation)
        #expect(Set(frames.map(\.digest)).count == 2, "two different statements", sourceLocation: sourceLocation)
    }
}

extension PeerID: ExpressibleByIntegerLiteral {
    /// A roster index written as a number.
    public init(integerLiteral value: UInt32) {
        self.init(rawValue: value)
    }
}
