import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Parts of an opening from shareholders that lie.
@Suite struct SumPartMisuseTests {
    @Test func promisesOfParts() throws {
        let bench = try SumBench(SumBench.Terms(participants: 5))
        bench.mangle = { $0.type == .survivorStatement && $0.from == bench.peer(2) ? [] : [$0] }
        try bench.setUp()
        bench.holding = [.openingShare]
        try bench.announce()
        bench.settle(until: .unmask)
        let (sound, id) = (try bench.held(.openingShare, to: .coordinator, from: 0), bench.peer(0))
        let parts = bench.held.filter { $0.from == id }.map(\.bytes)
        func expect(_ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], _ note: String = "") {
            bench.expectServerRefusal(code, .unmask, blaming: peer, bytes, note)
        }
        expect(.configMismatch, id, try bench.resign(sound) { $0[0] ^= 1 }, "another set")
        expect(.dimensionMismatch, id, try bench.resign(sound) { $0[32] ^= 1 })
        expect(.dimensionMismatch, id, try bench.resign(sound) { $0[39] = 0x80 }, "a huge count")
        expect(.badSignature, id, try bench.resign(sound, signer: bench.peer(1)))
        expect(.wrongContext, id, try bench.resign(sound, round: 2))
        expect(.roundReplayed, id, try bench.resign(sound, round: 0))
        expect(.truncated, id, try bench.resign(sound) { $0.removeLast() })
        expect(.trailingData, id, try bench.resign(sound) { $0.append(0) })
        expect(.impossibleTransition, bench.peer(3), try bench.resign(sound, sender: bench.peer(3)), "holds no share")
        expect(.impossibleTransition, bench.peer(2), try bench.resign(sound, sender: bench.peer(2)), "did not sign")
        expect(.unknownParticipant, bench.peer(9), try bench.resign(sound, sender: bench.peer(9)))
        expect(.unexpectedMessage, id, parts[1], "roots before the promise")
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 3_000)
        expect(.late, id, sound)
        bench.now = start
        #expect(try bench.server.machine.handle(sound, at: start).isEmpty)
        #expect(try bench.server.machine.handle(sound, at: start).isEmpty)
        let twice = bench.expectServerRefusal(
            .equivocation, .unmask, blaming: id, try bench.resign(sound) { $0[40] ^= 1 })
        try bench.expectProof(twice, by: id)
        expect(.unexpectedMessage, id, parts[2], "a chunk before the roots")
        expect(.digestMismatch, id, try bench.resign(parts[1]) { $0[4] ^= 1 })
        _ = try bench.server.machine.handle(parts[1], at: start)
        expect(.digestMismatch, id, try bench.resign(parts[2]) { $0[9] ^= 1 })
        try bench.finishExactly([0, 1, 2, 3, 4])
    }

    /// What a lying shareholder may give in place of its part.
    enum Lie: CaseIterable {
        case value, anothers, otherSet, otherHolder, malformed, otherMode, shortCount

        var code: AbortCode {
            switch self {
            case .malformed, .otherMode: .nonCanonical
            case .shortCount: .dimensionMismatch
            default: .proofRejected
            }
        }
    }

    static func part(_ lie: Lie, _ bench: SumBench) throws -> [UInt8] {
        let context = try bench.openRound().context
        let key = bench.parties.key
        let own = try bench.uploaded(0, after: .openingShare)
        let opening = try PartialOpening(bytes: own, key: key, count: context.ciphertextCount)
        switch lie {
        case .value:
            var values = opening.values
            values[0] ^= 2
            return opening.changed(values: values).bytes()
        case .anothers: return try bench.uploaded(1, after: .openingShare)
        case .otherSet: return opening.changed(statement: SumSetupMisuseTests.other).bytes()
        case .otherHolder: return opening.changed(holder: 2).bytes()
        case .malformed: return [UInt8](repeating: 0, count: own.count)
        case .otherMode: return own[..<2] + [9] + own[3...]
        case .shortCount: return own[..<69] + [0] + own[70...]
        }
    }

    /// Who lies is named, its signed promise kept, and the sum opens without it.
    @Test(arguments: OpeningMode.allCases, Lie.allCases)
    func aLyingShareholder(_ mode: OpeningMode, _ lie: Lie) throws {
        let bench = try SumBench.upTo(.openingShare, SumBench.Terms(mode: mode))
        let forged = try bench.upload(Self.part(lie, bench), by: 0, as: .openingShare)
        bench.held = bench.held.filter { $0.from != bench.peer(0) }
        bench.send(forged, by: 0)
        bench.queue += bench.held
        (bench.held, bench.holding) = ([], [])
        bench.pump()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
        #expect(
            bench.server.machine.refusals
                == [Abort(lie.code, .unmask, peer: bench.peer(0), evidence: Evidence(frames: [forged[0]]))])
    }

    @Test(arguments: OpeningMode.allCases)
    func tooManyLie(_ mode: OpeningMode) throws {
        let bench = try SumBench.upTo(.openingShare, SumBench.Terms(mode: mode))
        let lies = try [
            bench.upload(Self.part(.value, bench), by: 0, as: .openingShare),
            bench.upload([UInt8](repeating: 1, count: Self.part(.value, bench).count), by: 1, as: .openingShare),
        ]
        bench.held = bench.held.filter { $0.from == bench.peer(2) }
        bench.send(lies[0], by: 0)
        bench.send(lies[1], by: 1)
        bench.pump()
        bench.release()
        try bench.expectAbort(.abortedInsufficientShares, .unmask, told: [0, 1, 2])
        #expect(Set(bench.server.machine.refusals.map(\.peer)) == [bench.peer(0), bench.peer(1)])
    }
}
