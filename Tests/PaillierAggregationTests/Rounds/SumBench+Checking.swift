import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing

@testable import PaillierAggregation

/// What a test looks for afterwards.
extension SumBench {
    func peer(_ id: Int) -> PeerID { PeerID(rawValue: UInt32(id)) }

    /// Runs honestly up to the point where frames of this type are on the way, and no further.
    static func upTo(
        _ type: FrameType, _ terms: Terms = Terms(),
        policy: (Int, inout ClientPolicy, inout OpeningPolicy) -> Void = { _, _, _ in }
    ) throws -> SumBench {
        let bench = try SumBench(terms, policy: policy)
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
    func expectExact(
        _ survivors: [Int]? = nil, at receivers: [Int]? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let outcome else {
            Issue.record("no sum: \(trouble)", sourceLocation: sourceLocation)
            return
        }
        #expect(lateRecords == 0, "a frame left before its record", sourceLocation: sourceLocation)
        let clear = clearSum(outcome.survivors.map { Int($0.rawValue) })
        #expect(outcome.sum.signedValues() == clear, "the opened sum", sourceLocation: sourceLocation)
        for (id, other) in outcomes {
            #expect(other.sum.signedValues() == clear, "participant \(id)", sourceLocation: sourceLocation)
            #expect(other.survivors == outcome.survivors, "participant \(id)", sourceLocation: sourceLocation)
        }
        if let survivors {
            #expect(outcome.survivors.map { Int($0.rawValue) } == survivors, sourceLocation: sourceLocation)
        }
        if let receivers {
            #expect(outcomes.keys.sorted() == receivers, "\(trouble)", sourceLocation: sourceLocation)
        }
    }

    /// The sum of what some participants handed in, in the clear: element by element over integers.
    func clearSum(_ ids: [Int]) -> [Int64] {
        var values = [Int64](repeating: 0, count: terms.dimension)
        for id in ids {
            for (index, value) in (encrypted[id] ?? inputs[id]).signedValues().enumerated() { values[index] += value }
        }
        return values
    }

    /// All that was refused or given up, for messages.
    var trouble: String {
        "\(aborts.map { "\($0.abort) at \($0.by)" }), \(refusals.map { "\($0.abort) at \($0.by)" }), "
            + "\(server.machine.refusals)"
    }

    /// The round was given up by the coordinator for just this reason, and everybody in it was told so.
    func expectAbort(
        _ code: AbortCode, _ stage: Stage, blaming peer: PeerID = .nobody, told: [Int],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(outcome == nil && outcomes.isEmpty, sourceLocation: sourceLocation)
        let own = aborts.filter { $0.by == .coordinator }.map(\.abort)
        #expect(own.count == 1, "\(trouble)", sourceLocation: sourceLocation)
        #expect(own.first?.code == code && own.first?.stage == stage, "\(trouble)", sourceLocation: sourceLocation)
        #expect(own.first?.peer == peer, sourceLocation: sourceLocation)
        for id in told {
            let heard = aborts.filter { $0.by == self.peer(id) }.map(\.abort)
            let notices = try heard.compactMap { try $0.evidence?.frames.first.map { try Frame($0) } }
            #expect(heard.map(\.code) == [.coordinatorAborted], "\(id): \(trouble)", sourceLocation: sourceLocation)
            #expect(notices.allSatisfy { $0.isSigned(by: roster.coordinator) }, sourceLocation: sourceLocation)
            #expect(
                try notices.map { try AbortNotice(decoding: $0.body).code } == [code.rawValue],
                sourceLocation: sourceLocation)
        }
    }

    /// Nobody refused anything but parts of an opening that were not needed any more.
    func expectCalm(sourceLocation: SourceLocation = #_sourceLocation) {
        let isCalm = refusals.allSatisfy { $0.by == .coordinator && $0.abort.code == .late }
        #expect(
            isCalm && aborts.isEmpty && server.machine.refusals.isEmpty, "\(trouble)", sourceLocation: sourceLocation)
    }

    /// Whether somebody refused something with this code, blaming this peer if one is given.
    func refused(_ code: AbortCode, by peer: PeerID? = nil, blaming: PeerID? = nil) -> Bool {
        refusals.contains {
            $0.abort.code == code && (peer == nil || $0.by == peer) && (blaming == nil || $0.abort.peer == blaming)
        }
    }

    /// A participant refuses a frame with just this code, stage and peer, and is as it was.
    @discardableResult func expectRefusal(
        _ code: AbortCode, _ stage: Stage, blaming peer: PeerID = .coordinator, _ bytes: [UInt8], by id: Int,
        _ note: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) -> Abort? {
        let before = companies[id].machine.fingerprint
        var thrown: Abort?
        do throws(Abort) {
            _ = try companies[id].machine.handle(bytes, at: now)
        } catch {
            thrown = error
        }
        expect(thrown, code, stage, peer, note, sourceLocation)
        #expect(
            companies[id].machine.fingerprint == before, "\(note): state changed", sourceLocation: sourceLocation)
        return thrown
    }

    /// The coordinator refuses a frame with just this code, stage and peer, and is as it was.
    @discardableResult func expectServerRefusal(
        _ code: AbortCode, _ stage: Stage, blaming peer: PeerID, _ bytes: [UInt8], _ note: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Abort? {
        let before = server.machine.fingerprint
        var thrown: Abort?
        do throws(Abort) {
            _ = try server.machine.handle(bytes, at: now)
        } catch {
            thrown = error
        }
        expect(thrown, code, stage, peer, note, sourceLocation)
        #expect(server.machine.fingerprint == before, "\(note): state changed", sourceLocation: sourceLocation)
        return thrown
    }

    private func expect(
        _ thrown: Abort?, _ code: AbortCode, _ stage: Stage, _ peer: PeerID, _ note: String, _ location: SourceLocation
    ) {
        let wanted = Abort(code, stage, peer: peer)
        #expect(
            thrown.map { Abort($0.code, $0.stage, peer: $0.peer) } == wanted, "\(note)", sourceLocation: location)
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
