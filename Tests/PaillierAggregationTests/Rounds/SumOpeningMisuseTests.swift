import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Contributions that a lying coordinator shows to shareholders.
@Suite struct SumOpeningMisuseTests {
    @Test func partsShownToAShareholder() throws {
        let bench = try SumBench.upTo(.unmaskRequest, SumBench.Terms(participants: 4))
        let shown = bench.held.filter { $0.to == bench.peer(0) }.map(\.bytes)
        #expect(shown.count == 9)
        func expect(
            _ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], _ note: String = "", in stage: Stage = .unmask
        ) {
            bench.expectRefusal(code, stage, blaming: peer, bytes, by: 0, note)
        }
        let (roots, chunk) = (shown[1], shown[2])
        expect(.unexpectedMessage, bench.peer(0), roots, "before the quorum")
        #expect(try bench.answer(shown[0], by: 0).isEmpty)
        expect(.unexpectedMessage, bench.peer(1), shown[3], "out of order")
        expect(.unexpectedMessage, bench.peer(3), shown[8], "out of order")
        expect(.unexpectedMessage, bench.peer(0), chunk, "a chunk before the roots")
        expect(.unknownParticipant, bench.peer(9), try bench.resign(roots, sender: bench.peer(9)), "a stranger")
        expect(.wrongContext, .coordinator, try bench.resign(roots, round: 2), in: .input)
        expect(.roundReplayed, .coordinator, try bench.resign(roots, round: 0), in: .input)
        expect(.wrongContext, .coordinator, try bench.resign(roots, session: SumSetupMisuseTests.other), in: .input)
        expect(.digestMismatch, bench.peer(0), try bench.resign(roots) { $0[4] ^= 1 })
        expect(.digestMismatch, bench.peer(0), try bench.resign(shown[3], sender: bench.peer(0)), "another's roots")
        expect(
            .messageTooLarge, bench.peer(0),
            try bench.resign(roots) { $0.replaceSubrange(0..<4, with: [255, 255, 255, 255]) })
        #expect(try bench.answer(roots, by: 0).isEmpty)
        expect(.digestMismatch, bench.peer(0), try bench.resign(chunk) { $0[100] ^= 1 })
        expect(.digestMismatch, bench.peer(0), try bench.resign(shown[4], sender: bench.peer(0)), "another's chunk")
        expect(.dimensionMismatch, bench.peer(0), try bench.resign(chunk) { $0[0] = 1 })
        expect(.dimensionMismatch, bench.peer(0), try bench.resign(chunk) { $0.removeLast() })
        // Everything but the last contribution: nothing is opened, whatever is shown again.
        for frame in shown[2..<8] + shown[1..<7] { #expect(try bench.answer(frame, by: 0).isEmpty) }
        #expect(bench.companies[0].machine.openings.openedSets == 0)
        let last = bench.now
        bench.now = last.advanced(byMilliseconds: 3_000)
        expect(.expired, .coordinator, shown[8], "too late to open")
        bench.now = last
        #expect(try bench.answer(shown[8], by: 0).count == 3)
        #expect(try bench.answer(shown[8], by: 0).isEmpty)
        #expect(bench.companies[0].machine.openings.openedSets == 1)
    }

    /// A coordinator that hides a company's refusal: every shareholder checks the proof itself.
    @Test func shareholdersVerifyProofs() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        (bench.withholding, bench.holding) = ([3], [.survivors])
        try bench.announce()
        bench.settle(until: .survivors)
        let promises = try (0..<3).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        for trick in SumContributionMisuseTests.Trick.allCases {
            let bad = try bench.upload(SumContributionMisuseTests.contribution(trick, bench), by: 3)
            try Self.expectRefused(trick.code, bad, bench, promises, "\(trick)")
            #expect(bench.companies[0].machine.openings.openedSets == 0)
        }
        try bench.finishExactly([0, 1, 2])
    }

    /// Has companies 0 to 2 sign a set with a contribution of company 3 that the coordinator should not have taken, and
    /// shows all of it to company 0, which refuses the last part.
    static func expectRefused(
        _ code: AbortCode, _ bad: [[UInt8]], _ bench: SumBench, _ promises: [[UInt8]], _ note: String
    ) throws {
        let round = try Frame(bad[0]).header.round
        let set = try bench.survivors(promises + [bad[0]])
        // Company 3 is in it: it signs what it likes.
        let agreement = try SurvivorList(decoding: try Frame(set).body, participants: 4).agreement
        let statements =
            try bench.answer(set, by: 0) + bench.answer(set, by: 1) + bench.answer(set, by: 2) + [
                bench.forge(.survivorStatement, from: bench.peer(3), round: round, agreement.encoded())
            ]
        #expect(try bench.answer(bench.request(statements), by: 0).isEmpty)
        for id in 0..<3 {
            for frame in try bench.sent.filter({ $0.from == bench.peer(id) }).map({ try Frame($0.bytes) })
            where !frame.header.type.isSigned && frame.header.round == round {
                #expect(try bench.answer(frame.bytes, by: 0).isEmpty)
            }
        }
        #expect(try bench.answer(bad[1], by: 0).isEmpty)
        let refusal = bench.expectRefusal(code, .unmask, blaming: bench.peer(3), bad[2], by: 0, note)
        #expect(refusal?.evidence == Evidence(frames: [bad[0]]), "\(note)")
        // Back to before the set, as the store remembers them.
        for id in 0..<3 { try bench.restore(bench.peer(id)) }
    }

    /// A contribution of an earlier round in place of this round's: by the server alone, and by its sender.
    @Test func contributionsOfAnEarlierRound() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4, rounds: 3))
        try bench.setUp()
        bench.withholding = [3]
        bench.holding = [.acknowledgement]
        try bench.announce()
        let values = bench.inputs[3].signedValues()
        let first = try bench.upload(bench.contribution(values, by: 3).bytes(), by: 3)
        bench.send(first, by: 3)
        bench.release()
        bench.expectExact([0, 1, 2, 3])
        let earlier = bench.sent.filter { $0.from == bench.peer(1) && $0.type == .chunk }.map(\.bytes)[0]

        bench.holding = [.unmaskRequest]
        try bench.announce(2)
        bench.settle(until: .unmask)
        let shown = bench.held.filter { $0.to == bench.peer(0) }.map(\.bytes)
        for frame in shown[..<4] { #expect(try bench.answer(frame, by: 0).isEmpty) }
        bench.expectRefusal(
            .digestMismatch, .unmask, blaming: bench.peer(1), try bench.resign(earlier, round: 2), by: 0,
            "the server swaps bytes")
        bench.expectRefusal(.roundReplayed, .input, earlier, by: 0, "as it was sent")
        try bench.finishExactly([0, 1, 2])

        // Company 3 sends its ciphertexts of round 1 again, with a fresh proof of what is in them.
        bench.holding = [.survivors]
        try bench.announce(3)
        let again = try bench.upload(bench.contribution(values, by: 3).bytes(), by: 3)
        let context = try bench.openRound().context
        func ciphertexts(_ frames: [[UInt8]]) throws -> [UInt64] {
            try Contribution.decode(bench.parts(frames), context, key: bench.parties.key.publicKey).ciphertexts.limbs
        }
        #expect(try ciphertexts(again) == ciphertexts(first))
        bench.send(again, by: 3)
        bench.settle(until: .survivors)
        let reused = Abort(.inputReused, .input, peer: bench.peer(3), evidence: Evidence(frames: [again[0]]))
        #expect(bench.server.machine.refusals == [reused])
        // Were the coordinator to hide it, no shareholder would open two sets that share a contribution.
        let promises = try (0..<3).map { id in
            try #require(bench.sent.last { $0.from == bench.peer(id) && $0.type == .maskedInput }).bytes
        }
        try Self.expectRefused(.inputReused, again, bench, promises, "of an earlier round")
        try bench.finishExactly([0, 1, 2])
        #expect(bench.companies[0].machine.openings.openedSets == 3)
    }

    /// Of two companies that send the very same ciphertexts the second is named and left out.
    @Test func twoOfOne() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        (bench.withholding, bench.holding) = ([2, 3], [.survivors])
        try bench.announce()
        let values = bench.inputs[2].signedValues()
        let twins = try (2...3).map { id in
            try bench.upload(bench.contribution(values, by: 2, sender: id).bytes(), by: id)
        }
        for id in 2...3 { bench.send(twins[id - 2], by: id) }
        bench.settle(until: .survivors)
        let reused = Abort(.inputReused, .input, peer: bench.peer(3), evidence: Evidence(frames: [twins[1][0]]))
        #expect(bench.server.machine.refusals == [reused])
        bench.release()
        bench.expectExact([0, 1, 2])
    }

    /// A shareholder that is shown a part of the set never opens, and one that missed the end hears the result.
    @Test func aSubsetIsNotOpened() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        bench.mangle = { message in
            let isLast = message.from == .coordinator && bench.server.machine.expectedStage == .unmask
            guard isLast, message.type == .chunk, let frame = try? Frame(message.bytes) else { return [message] }
            return message.to == bench.peer(0) && frame.header.sender == bench.peer(3) ? [] : [message]
        }
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
        #expect(bench.companies[0].machine.openings.openedSets == 0)
        #expect(!bench.sent.contains { $0.from == bench.peer(0) && $0.type == .openingShare })
    }

    @Test func lostUploadsAreShownAgain() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        bench.mangle = { message in
            let isLost = message.from == .coordinator && message.to.rawValue < 2 && message.type == .chunk
            return isLost && bench.server.machine.expectedStage == .unmask ? [] : [message]
        }
        try bench.announce()
        #expect(bench.server.machine.expectedStage == .unmask)
        bench.mangle = { [$0] }
        for id in 0..<2 { bench.carryOut(bench.companies[id].machine.resume(), by: bench.peer(id)) }
        bench.pump()
        bench.expectExact([0, 1, 2, 3], at: [0, 1, 2, 3])
    }

    /// A shareholder that signs after the quorum was closed still helps to open; one that keeps asking is not heard for ever.
    @Test func aLateShareholderHelps() throws {
        let bench = try SumBench(SumBench.Terms(participants: 5))
        bench.mangle = { message in
            let isLost = message.from == bench.peer(2) && message.type == .survivorStatement
            return isLost || message.from == bench.peer(0) && message.type == .openingShare ? [] : [message]
        }
        try bench.setUp()
        try bench.announce()
        bench.settle(until: .unmask)
        #expect(bench.server.machine.round?.openings.keys.sorted() == [1])
        let statement = try bench.sent(.survivorStatement, from: bench.peer(0))
        for repeats in 0..<12 {
            let shown = try bench.server.machine.handle(statement, at: bench.now).sentFrames.count
            #expect(shown == (repeats < 8 ? 1 + 2 * 5 : 0))
        }
        bench.mangle = { [$0] }
        bench.carryOut(bench.companies[2].machine.resume(), by: bench.peer(2))
        bench.pump()
        bench.expectExact([0, 1, 2, 3, 4], at: [0, 1, 2, 3, 4])
    }
}
