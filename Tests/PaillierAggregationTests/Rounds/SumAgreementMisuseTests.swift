import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Survivor sets, statements and quorums that nobody honest would send.
@Suite struct SumAgreementMisuseTests {
    // MARK: Survivor sets

    @Test func survivorSets() throws {
        let bench = try SumBench.upTo(.survivors, SumBench.Terms(participants: 4, colluders: 1))
        let sound = try bench.held(.survivors, to: bench.peer(0))
        let promises = try (0..<4).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        func expect(
            _ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], by id: Int = 0, _ note: String = ""
        ) {
            bench.expectRefusal(code, .survivors, blaming: peer, bytes, by: id, note)
        }
        /// The sound set with another promise of company 1.
        func changed(_ promise: [UInt8]) throws -> [UInt8] {
            try bench.survivors([promises[0], promise, promises[2], promises[3]], seats: [0, 1, 2, 3])
        }
        let one = bench.peer(1)
        expect(.configMismatch, .coordinator, try bench.resign(sound) { $0[0] ^= 1 })
        expect(.tooFewSurvivors, .coordinator, try bench.survivors(Array(promises[..<2])), "two")
        expect(.digestMismatch, .coordinator, try bench.survivors(promises, root: SumSetupMisuseTests.other))
        expect(.wrongSender, one, try changed(promises[2]), "another's promise")
        expect(.wrongContext, one, try changed(bench.resign(promises[1], session: SumSetupMisuseTests.other)))
        expect(.wrongContext, one, try changed(bench.resign(promises[1], round: 2)), "of another round")
        expect(.badSignature, one, try changed(bench.resign(promises[1], signer: bench.peer(2))))
        expect(.configMismatch, one, try changed(bench.resign(promises[1]) { $0[0] ^= 1 }))
        expect(.dimensionMismatch, one, try changed(bench.resign(promises[1]) { $0[32] ^= 1 }))
        let other = try bench.resign(promises[0]) { $0[40] ^= 1 }
        expect(.ownKeyAltered, .coordinator, try bench.survivors([other] + promises[1...], seats: [0, 1, 2, 3]))
        expect(.wrongContext, .coordinator, try bench.resign(sound, round: 2))
        expect(.roundReplayed, .coordinator, try bench.resign(sound, round: 0))
        expect(.wrongContext, .coordinator, try bench.resign(sound, session: SumSetupMisuseTests.other))
        expect(.truncated, .coordinator, try bench.resign(sound) { $0.removeLast() })
        expect(.trailingData, .coordinator, try bench.resign(sound) { $0.append(0) })
        expect(
            .truncated, .coordinator, try bench.survivors(Array(promises[..<3]), seats: [0, 1, 2, 3]),
            "a promise is missing")
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 2_000)
        expect(.expired, .coordinator, sound)
        bench.now = start
        // Company 0 has the coordinator's word that it is in.
        let without = bench.expectRefusal(
            .excludedAfterAcknowledgement, .survivors, try bench.survivors(Array(promises[1...])), by: 0)
        try bench.expectProof(without, by: .coordinator)
        try bench.finishExactly([0, 1, 2, 3])
    }

    @Test func theFloorOfThePolicy() throws {
        let bench = try SumBench.upTo(.survivors, SumBench.Terms(participants: 5)) { id, client, _ in
            if id == 4 { client.minimumColluders = 0 }
        }
        let promises = try (0..<5).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        bench.expectRefusal(.tooFewSurvivors, .survivors, try bench.survivors([promises[0]]), by: 0, "one alone")
        bench.expectRefusal(
            .tooFewSurvivors, .survivors, try bench.survivors([], root: SumSetupMisuseTests.other), by: 0, "nobody")
        // Two are the announced minimum here, but who was acknowledged is not left out.
        bench.expectRefusal(
            .excludedAfterAcknowledgement, .survivors, try bench.survivors(Array(promises[..<2])), by: 4)
        try bench.finishExactly([0, 1, 2, 3, 4])
    }

    @Test func listedWithoutHavingSent() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        (bench.withholding, bench.holding) = ([3], [.survivors])
        try bench.announce()
        bench.settle(until: .survivors)
        let forged = try bench.upload([UInt8](repeating: 1, count: 1_536), by: 3)[0]
        let promises = try (0..<3).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        bench.expectRefusal(.impossibleTransition, .survivors, try bench.survivors(promises + [forged]), by: 3)
        try bench.finishExactly([0, 1, 2])
        // It signed for the others, and learns their sum if it was not the last to sign.
        #expect(Set(0..<3).isSubset(of: bench.outcomes.keys))
        #expect(bench.sent.contains { $0.from == bench.peer(3) && $0.type == .survivorStatement })
    }

    @Test func masksInsideTolerateNoSubset() throws {
        let bench = try SumBench(SumBench.Terms(participants: 4, masksInside: true))
        try bench.setUp()
        bench.holding = [.acknowledgement]
        try bench.announce()
        let promises = try (0..<4).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        bench.expectRefusal(.tooFewSurvivors, .survivors, try bench.survivors(Array(promises[..<3])), by: 0)
        bench.expectRefusal(.tooFewSurvivors, .survivors, try bench.survivors(Array(promises[1...])), by: 0)
        try bench.finishExactly([0, 1, 2, 3])
    }

    @Test func twoSurvivorSets() throws {
        let bench = try SumBench.upTo(.survivorStatement, SumBench.Terms(participants: 4))
        let promises = try (0..<4).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        let (first, second) = (
            try bench.sent(.survivors, from: .coordinator), try bench.survivors(Array(promises[..<3]))
        )
        let twice = bench.expectRefusal(.equivocation, .survivors, second, by: 0)
        try bench.expectProof(twice, by: .coordinator)
        #expect(try bench.answer(first, by: 0) == [bench.held(.survivorStatement, to: .coordinator, from: 0)])
        bench.advance(to: .openingShare)
        bench.expectRefusal(.equivocation, .survivors, second, by: 0, "after the part has left")
        bench.expectRefusal(.unexpectedMessage, .survivors, first, by: 0, "after the part has left")
        try bench.finishExactly([0, 1, 2, 3])
        bench.expectRefusal(.roundReplayed, .survivors, first, by: 0)
        bench.holding = [.survivors]
        try bench.announce(2)
        bench.expectRefusal(.roundReplayed, .survivors, first, by: 0, "in the next round")
        try bench.finishExactly([0, 1, 2, 3])
    }

    @Test func oneSetForOneModel() throws {
        let bench = try SumBench(SumBench.Terms(participants: 5, rounds: 4)) { id, client, _ in
            if id == 4 { client.maximumRoundsOnOneCohort = 2 }
        }
        try bench.setUp()
        for round: UInt64 in 1...2 {
            try bench.announce(round, model: "the same")
            bench.settle()
            bench.expectExact([0, 1, 2, 3, 4], at: [0, 1, 2, 3, 4])
        }
        // The third sum over the same five is one too many for company 4; the others open it.
        try bench.announce(3)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4], at: [0, 1, 2, 3])
        #expect(bench.refused(.cohortOverused, by: bench.peer(4), blaming: .coordinator))
        // Another set for the first model would be the difference of two sums: nobody signs it.
        bench.withholding = [3]
        try bench.announce(4, model: "the same")
        bench.settle()
        try bench.expectAbort(.quorumNotReached, .survivors, told: [0, 1, 2, 3, 4])
        #expect(bench.refusals.count { $0.abort == Abort(.conflictingUnmask, .survivors, peer: .coordinator) } == 5)
        // Nor in another session, nor after a restart.
        bench.aborts = []
        try bench.restore(bench.peer(0))
        try bench.setUp(2, firstRound: 5)
        try bench.announce(5, model: "the same")
        bench.settle()
        try bench.expectAbort(.quorumNotReached, .survivors, told: [0, 1, 2, 3, 4])
        #expect(bench.refusals.count { $0.abort == Abort(.conflictingUnmask, .survivors, peer: .coordinator) } == 10)
    }

    // MARK: Statements

    @Test func statements() throws {
        let bench = try SumBench.upTo(.survivorStatement, SumBench.Terms(participants: 4))
        let (sound, id) = (try bench.held(.survivorStatement, to: .coordinator, from: 0), bench.peer(0))
        func expect(_ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], _ note: String = "") {
            bench.expectServerRefusal(code, .survivors, blaming: peer, bytes, note)
        }
        expect(.configMismatch, id, try bench.resign(sound) { $0[0] ^= 1 })
        expect(.configMismatch, id, try bench.resign(sound) { $0 = [] })
        expect(.badSignature, id, try bench.resign(sound, signer: bench.peer(1)))
        expect(.unknownParticipant, bench.peer(4), try bench.resign(sound, sender: bench.peer(4), signer: id))
        expect(.wrongContext, id, try bench.resign(sound, round: 2))
        expect(.roundReplayed, id, try bench.resign(sound, round: 0))
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 2_000)
        expect(.late, id, sound)
        bench.now = start
        _ = try bench.server.machine.handle(sound, at: start)
        let twice = bench.expectServerRefusal(
            .equivocation, .survivors, blaming: id, try bench.resign(sound) { $0[40] ^= 1 })
        try bench.expectProof(twice, by: id)
        try bench.finishExactly([0, 1, 2, 3])
        // Who says it again after the round has missed the result, and is sent it so many times.
        let result = bench.sent.filter { $0.from == .coordinator && $0.to == id }.suffix(3).map(\.bytes)
        for repeats in 0..<12 {
            #expect(try bench.server.machine.handle(sound, at: bench.now).sentFrames == (repeats < 8 ? result : []))
        }
        expect(.equivocation, id, try bench.resign(sound) { $0[40] ^= 1 }, "after the round")
        bench.holding = [.chunk]
        try bench.announce(2)
        expect(.roundReplayed, id, sound, "in the next round")
        expect(.unexpectedMessage, id, try bench.resign(sound, round: 2), "before there is a set")
    }

    // MARK: Quorums

    @Test func quorums() throws {
        let bench = try SumBench.upTo(.unmaskRequest, SumBench.Terms(participants: 5, colluders: 1))
        let sound = try bench.held(.unmaskRequest, to: bench.peer(0))
        let statements = try (0..<5).map { try bench.sent(.survivorStatement, from: bench.peer($0)) }
        func expect(_ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], _ note: String = "") {
            bench.expectRefusal(code, .unmask, blaming: peer, bytes, by: 0, note)
        }
        let promises = try (0..<5).map { try bench.sent(.maskedInput, from: bench.peer($0)) }
        expect(.quorumNotReached, .coordinator, try bench.request(Array(statements[..<3])), "three of four")
        expect(
            .quorumNotReached, .coordinator,
            try bench.resign(bench.request([statements[0]])) { body in
                body.removeLast(68)
                body.replaceSubrange(body.count - 4..<body.count, with: [0, 0, 0, 0])
            }, "nobody")
        let (first, last) = (statements[0], bench.peer(0))
        expect(.duplicateParticipant, last, try bench.request([first, first] + statements[1..<4]), "twice")
        expect(
            .duplicateParticipant, bench.peer(1),
            try bench.request([first, statements[2], statements[1], statements[3]]),
            "out of order")
        let stranger = try bench.resign(statements[3], sender: bench.peer(9), signer: bench.peer(3))
        expect(.unknownParticipant, bench.peer(9), try bench.request(statements[..<3] + [stranger]), "a stranger")
        let own = try bench.resign(statements[3], sender: .coordinator)
        expect(.unknownParticipant, .coordinator, try bench.request(statements[..<3] + [own]), "the coordinator")
        let forged = try bench.resign(statements[2], signer: bench.peer(3))
        expect(.badSignature, bench.peer(2), try bench.request([first, statements[1], forged, statements[3]]))
        let elsewhere = try bench.resign(statements[2], round: 2)
        expect(.badSignature, bench.peer(2), try bench.request([first, statements[1], elsewhere, statements[3]]))
        // A quorum of signatures under a subset: who did not sign it shows both frames.
        let subset = try bench.survivors(Array(promises[..<4]))
        let agreement = try SurvivorList(decoding: try Frame(subset).body, participants: 5).agreement
        let signed = try (1..<5).map { try bench.resign(statements[$0]) { $0 = agreement.encoded() } }
        let other = bench.expectRefusal(.conflictingUnmask, .unmask, try bench.request(signed), by: 0)
        try bench.expectProof(other, by: .coordinator)
        expect(
            .messageTooLarge, .coordinator,
            try bench.resign(sound) { body in
                let place = agreement.encoded().count
                body.replaceSubrange(place..<place + 4, with: [255, 255, 255, 255])
            })
        expect(.truncated, .coordinator, try bench.resign(sound) { $0.removeLast() })
        expect(.trailingData, .coordinator, try bench.resign(sound) { $0.append(0) })
        expect(.wrongContext, .coordinator, try bench.resign(sound, round: 2))
        expect(.roundReplayed, .coordinator, try bench.resign(sound, round: 0))
        let start = bench.now
        bench.now = start.advanced(byMilliseconds: 3_000)
        expect(.expired, .coordinator, sound)
        bench.now = start
        // Taken once; a quorum for the same set with other signatures is nothing new, one for another set a contradiction.
        #expect(try bench.answer(sound, by: 0).isEmpty)
        expect(.unexpectedMessage, .coordinator, try bench.request(Array(statements[..<4])))
        let late = bench.expectRefusal(.conflictingUnmask, .unmask, try bench.request(signed), by: 0)
        try bench.expectProof(late, by: .coordinator)
        #expect(try bench.answer(sound, by: 0).isEmpty)
        try bench.finishExactly([0, 1, 2, 3, 4])
    }

    @Test func quorumBeforeTheSet() throws {
        let bench = try SumBench.upTo(.survivors, SumBench.Terms(participants: 4))
        let statement = try Frame(bench.held(.survivors, to: bench.peer(1)))
        let list = try SurvivorList(decoding: statement.body, participants: 4)
        let signed = (1..<4).map { id in
            bench.forge(.survivorStatement, from: bench.peer(id), list.agreement.encoded())
        }
        bench.expectRefusal(.unexpectedMessage, .unmask, try bench.request(signed), by: 0)
        try bench.finishExactly([0, 1, 2, 3])
        bench.expectRefusal(.roundReplayed, .unmask, try bench.request(signed), by: 0)
    }
}
