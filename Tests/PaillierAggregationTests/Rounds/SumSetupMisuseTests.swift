import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Proposals, joins and lists that nobody honest would send.
@Suite struct SumSetupMisuseTests {
    static let zero = Digest(Bytes32())
    static let other = Blake2b.hash([7], Personalisation("test other"))

    // MARK: Proposals

    @Test func proposalTerms() throws {
        let bench = try SumBench.upTo(.sumProposal, SumBench.Terms(masksInside: true)) { id, client, opening in
            switch id {
            case 0: (opening.modes, client.minimumNoiseVariance) = ([.partialDecryption], 0)
            case 1: (client.minimumColluders, opening.requiresMasksInside) = (1, true)
            default: client.maskSuites = .aes256CTR
            }
        }
        let sound = try bench.held(.sumProposal, to: bench.peer(0))
        func expect(
            _ code: AbortCode, by id: Int = 0, _ note: String,
            _ change: (inout SumParameters, inout Digest, inout Digest) -> Void
        ) throws {
            bench.expectRefusal(code, .proposal, try bench.proposal(sound, change), by: id, note)
        }
        try expect(.policyViolation, "another roster") { _, roster, _ in roster = Self.other }
        try expect(.policyViolation, "another key") { _, _, key in key = Self.other }
        try expect(.thresholdTooLow, "colluders who open") { terms, _, _ in terms.colluders = 2 }
        try expect(.policyViolation, "everybody colludes") { terms, _, _ in terms.colluders = 3 }
        try expect(.policyViolation, "too many rounds") { terms, _, _ in
            (terms.rounds, terms.masksInside) = (9, false)
        }
        try expect(.policyViolation, "two rounds with one key of masks") { terms, _, _ in terms.rounds = 2 }
        try expect(.policyViolation, "a mode it does not open") { terms, _, _ in terms.mode = .jointRoot }
        try expect(.policyViolation, by: 1, "fewer colluders than it assumes") { _, _, _ in }
        try expect(.policyViolation, by: 1, "no masks inside") { terms, _, _ in
            (terms.colluders, terms.masksInside) = (1, false)
        }
        try expect(.suiteUnavailable, by: 2, "masks that it does not run") { _, _, _ in }
        try expect(.expired, "over") { terms, _, _ in terms.joinDeadline = bench.now }
        bench.expectRefusal(.wrongContext, .proposal, try bench.resign(sound, session: Self.other), by: 0)
        bench.expectRefusal(.invalidConfiguration, .proposal, try bench.resign(sound, round: .max), by: 0)
        bench.expectRefusal(
            .wrongSender, .proposal, blaming: bench.peer(1), try bench.resign(sound, sender: bench.peer(1)), by: 0)
        bench.expectRefusal(.badSignature, .proposal, try bench.resign(sound, signer: bench.peer(1)), by: 0)
        bench.expectRefusal(.unexpectedMessage, .proposal, try bench.resign(sound, type: .epochProposal), by: 0)
        for offset in 81..<84 {
            bench.expectRefusal(
                .nonCanonical, .proposal, try bench.resign(sound) { $0[offset] = 9 }, by: 0, "\(offset)")
        }
    }

    /// Rounds of nought, a mode that there is not.
    @Test func proposalFields() throws {
        let bench = try SumBench.upTo(.sumProposal)
        let sound = try bench.held(.sumProposal, to: bench.peer(0))
        let none = try bench.resign(sound) { body in for place in 72..<76 { body[place] = 0 } }
        bench.expectRefusal(.invalidConfiguration, .proposal, none, by: 0, "no rounds")
        for mode: UInt8 in [0, 3] {
            bench.expectRefusal(.invalidConfiguration, .proposal, try bench.resign(sound) { $0[80] = mode }, by: 0)
        }
        try bench.finishExactly([0, 1, 2])
    }

    @Test func proposalsReplayed() throws {
        let bench = try SumBench.upTo(.joinList)
        let first = try bench.sent(.sumProposal, from: .coordinator)
        // The same words again are answered with the same words.
        #expect(try bench.answer(first, by: 0) == [bench.sent(.join, from: bench.peer(0))])
        bench.expectRefusal(
            .roundReplayed, .proposal, try bench.proposal(first) { terms, _, _ in terms.rounds = 1 }, by: 0)
        try bench.finishExactly([0, 1, 2])
        bench.expectRefusal(.roundReplayed, .proposal, first, by: 0)
        let next = try bench.resign(first) { $0[0] = 2 }
        bench.expectRefusal(.roundReplayed, .proposal, next, by: 0, "a new session with an old round")
        #expect(throws: Abort(.roundReplayed, .proposal)) { try bench.openEpoch(1, firstRound: 9) }
        #expect(throws: Abort(.roundReplayed, .proposal)) { try bench.openEpoch(2, firstRound: 1) }
        #expect(throws: Abort(.invalidConfiguration, .proposal)) { try bench.openEpoch(2, firstRound: .max) }
        var terms = bench.sumParameters()
        terms.masksInside = true
        #expect(throws: Abort(.invalidConfiguration, .proposal)) {
            _ = try bench.server.machine.openEpoch(2, firstRound: 2, parameters: terms)
        }
        (terms.masksInside, terms.colluders) = (false, 2)
        #expect(throws: Abort(.thresholdTooLow, .proposal)) {
            _ = try bench.server.machine.openEpoch(2, firstRound: 2, parameters: terms)
        }
        try bench.setUp(2, firstRound: 2)
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
    }

    // MARK: Joins

    @Test func joinsAtTheCoordinator() throws {
        let bench = try SumBench.upTo(.join, SumBench.Terms(masksInside: true))
        let joins = try (0..<3).map { try bench.held(.join, to: .coordinator, from: $0) }
        let id = bench.peer(0)
        func expect(_ code: AbortCode, _ peer: PeerID, _ bytes: [UInt8], _ note: String = "") {
            bench.expectServerRefusal(code, .advertise, blaming: peer, bytes, note)
        }
        expect(.unknownParticipant, bench.peer(9), try bench.resign(joins[0], sender: bench.peer(9)))
        expect(.unknownParticipant, .coordinator, try bench.resign(joins[0], sender: .coordinator))
        expect(.badSignature, id, try bench.resign(joins[0], signer: bench.peer(1)))
        expect(.wrongContext, id, try bench.resign(joins[0], session: Self.other), "session")
        expect(.wrongContext, id, try bench.resign(joins[0], round: 2), "round")
        expect(.wrongContext, id, try bench.resign(joins[0]) { $0[0] ^= 1 }, "proposal")
        expect(.invalidPoint, id, try bench.resign(joins[0]) { for i in 64..<96 { $0[i] = 0 } }, "identity")
        expect(.invalidPoint, id, try bench.resign(joins[0]) { $0[95] = 0xFF }, "not a point")
        expect(.unexpectedMessage, id, try bench.resign(joins[0], type: .joinList))
        bench.deliver(bench.held[0])
        let point = try Frame(joins[0]).body.suffix(32)
        expect(
            .duplicateKey, bench.peer(1), try bench.resign(joins[1]) { $0.replaceSubrange(64..<96, with: point) })
        #expect(try bench.server.machine.handle(joins[0], at: bench.now).isEmpty)
        let twice = bench.expectServerRefusal(
            .equivocation, .advertise, blaming: id, try bench.resign(joins[0]) { $0[32] ^= 1 })
        try bench.expectProof(twice, by: id)
        let before = bench.now
        bench.now = before.advanced(byMilliseconds: 1_000)
        expect(.late, bench.peer(1), joins[1])
        bench.now = before
        try bench.finishExactly([0, 1, 2])
        // Who asks again is sent the list, so many times.
        let list = try bench.sent(.joinList, from: .coordinator)
        for repeats in 0..<12 {
            let shown = try bench.server.machine.handle(joins[0], at: bench.now).sentFrames
            #expect(shown == (repeats < 8 ? [list] : []))
        }
        expect(.equivocation, id, try bench.resign(joins[0]) { $0[32] ^= 1 })
    }

    @Test func joinLists() throws {
        let bench = try SumBench.upTo(.joinList, SumBench.Terms(participants: 5))
        let joins = try (0..<5).map { try bench.sent(.join, from: bench.peer($0)) }
        let sound = try bench.held(.joinList, to: bench.peer(0))
        func expect(
            _ code: AbortCode, _ peer: PeerID, _ frames: [[UInt8]], _ note: String, by id: Int = 0
        ) throws {
            let body = AdvertiseList.encoded(try frames.map { try Frame($0) })
            bench.expectRefusal(
                code, .advertise, blaming: peer, try bench.resign(sound) { $0 = body }, by: id, note)
        }
        let altered = try bench.resign(joins[0]) { $0[40] ^= 1 }
        try expect(.ownKeyAltered, .coordinator, Array(joins[1...]), "without me")
        try expect(.ownKeyAltered, .coordinator, [altered] + joins[1...], "altered")
        try expect(.ownKeyAltered, .coordinator, [joins[0], joins[0], joins[1], joins[2]], "twice")
        try expect(.duplicateParticipant, bench.peer(1), [joins[0], joins[1], joins[1]], "another twice")
        try expect(.duplicateParticipant, bench.peer(1), [joins[0], joins[2], joins[1]], "out of order")
        let stranger = try bench.resign(joins[1], sender: bench.peer(9))
        try expect(.unknownParticipant, bench.peer(9), joins.dropLast() + [stranger], "a stranger")
        try expect(
            .badSignature, bench.peer(1), [joins[0], try bench.resign(joins[1], signer: bench.peer(2)), joins[2]],
            "not its own")
        try expect(
            .wrongContext, bench.peer(1), [joins[0], try bench.resign(joins[1]) { $0[0] ^= 1 }, joins[2]],
            "of another proposal")
        try expect(
            .wrongContext, bench.peer(1), [joins[0], try bench.resign(joins[1], round: 2), joins[2]],
            "of another round")
        try expect(
            .unexpectedMessage, bench.peer(1), [joins[0], try bench.resign(joins[1], type: .maskedInput), joins[2]],
            "no join")
        try expect(.tooFewParticipants, .nobody, [joins[0], joins[1]], "two")
        try expect(.thresholdTooHigh, .coordinator, [joins[0], joins[3], joins[4]], "one shareholder")
        try expect(.wrongContext, .coordinator, Array(joins[..<4]), "a session that does not follow from it")
        bench.expectRefusal(.wrongContext, .advertise, try bench.resign(sound, round: 2), by: 0, "round")
        bench.expectRefusal(.wrongContext, .advertise, try bench.resign(sound, session: Self.other), by: 0, "session")
        let many = try bench.resign(sound) { $0.replaceSubrange(0..<4, with: [255, 255, 255, 255]) }
        bench.expectRefusal(.messageTooLarge, .advertise, many, by: 0)
        // Configurations do not come before the list.
        let early = bench.forge(.roundConfig, [])
        bench.expectRefusal(.unexpectedMessage, .announce, early, by: 0)
        try bench.finishExactly([0, 1, 2, 3, 4])
    }

    @Test func twoLists() throws {
        let bench = try SumBench.upTo(.roundConfig, SumBench.Terms(participants: 4))
        let (joins, sound) = (
            try (0..<4).map { try Frame(bench.sent(.join, from: bench.peer($0))) },
            try bench.sent(.joinList, from: .coordinator)
        )
        #expect(try bench.answer(sound, by: 0).isEmpty)
        let shorter = try bench.resign(sound) { $0 = AdvertiseList.encoded(Array(joins[..<3])) }
        let twice = bench.expectRefusal(.equivocation, .advertise, shorter, by: 0)
        try bench.expectProof(twice, by: .coordinator)
        let elsewhere = bench.expectRefusal(
            .equivocation, .advertise, try bench.resign(shorter, session: Self.other), by: 0)
        try bench.expectProof(elsewhere, by: .coordinator)
    }

    /// A session in which a quorum of the roster cannot come together.
    @Test func listBelowTheQuorum() throws {
        let bench = try SumBench.upTo(.joinList, SumBench.Terms(participants: 6))
        let joins = try (0..<3).map { try Frame(bench.sent(.join, from: bench.peer($0))) }
        let short = try bench.resign(bench.held(.joinList, to: bench.peer(0))) { $0 = AdvertiseList.encoded(joins) }
        bench.expectRefusal(.thresholdTooHigh, .advertise, short, by: 0)
        let few = try SumDropoutPropertyTests.bench(
            SumBench.Terms(participants: 6), losing: .join, from: [3, 4, 5])
        #expect(few.aborts.map(\.abort) == [Abort(.thresholdTooHigh, .advertise, peer: .coordinator)])
    }

    @Test func listsOfPoints() throws {
        let bench = try SumBench.upTo(.joinList, SumBench.Terms(masksInside: true))
        let joins = try (0..<3).map { try bench.sent(.join, from: bench.peer($0)) }
        let sound = try bench.held(.joinList, to: bench.peer(0))
        let point = try Frame(joins[0]).body.suffix(32)
        for (code, changed) in [
            (AbortCode.duplicateKey, try bench.resign(joins[1]) { $0.replaceSubrange(64..<96, with: point) }),
            (.invalidPoint, try bench.resign(joins[1]) { for i in 64..<96 { $0[i] = 0 } }),
            (.truncated, try bench.resign(joins[1]) { $0.removeLast(32) }),
        ] {
            let body = AdvertiseList.encoded(try [joins[0], changed, joins[2]].map { try Frame($0) })
            bench.expectRefusal(
                code, .advertise, blaming: bench.peer(1), try bench.resign(sound) { $0 = body }, by: 0)
        }
    }
}
