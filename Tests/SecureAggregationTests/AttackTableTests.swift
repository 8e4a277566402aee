import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// What a lying coordinator tries, row by row: every client refuses with the error that names the attack, is as it was,
/// and the honest run goes on to the exact sum.
///
/// Rows 1 to 6; the rest is in the extensions. Rows 17 (sparse coordinates) and 18 (what the sum itself tells) are about
/// the content of an honest sum and have no message to refuse: they belong to differential privacy.
@Suite struct AttackTableTests {
    // MARK: Row 1, two survivor sets

    @Test func row01TwoSurvivorSetsToOneClient() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let first = try bench.held(.survivors, to: 0)
        try bench.hand(first, to: 0)
        bench.pump()
        let second = try bench.survivors(without: 5, like: first)
        let refusal = bench.refusal(of: second, by: 0)
        #expect(refusal?.code == .equivocation)
        #expect(refusal?.peer == .coordinator)
        try bench.expectProof(refusal, by: .coordinator)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func row01NoQuorumForEitherOfTwoSets() throws {
        // q = 4 of 6: three clients sign one set and two the other (the sixth is left out and has no acknowledgement).
        let bench = try ProtocolBench()
        try bench.setUp()
        bench.holding = [.survivors, .acknowledgement]
        try bench.announce()
        let all = try bench.held(.survivors, to: 0)
        let fewer = try bench.survivors(without: 5, like: all)
        for id in [0, 1, 2] { #expect(bench.refusal(of: all, by: id) == nil) }
        for id in [3, 4] { #expect(bench.refusal(of: fewer, by: id) == nil) }
        let statements = bench.queue.filter { $0.type == .survivorStatement }.map(\.bytes)
        #expect(statements.count == 5)
        for (set, ids, signers) in [(all, [0, 1, 2], [0, 1, 2]), (fewer, [3, 4], [3, 4])] {
            let request = try bench.unmaskRequest(for: set, signers: signers.map { PeerID(rawValue: UInt32($0)) })
            for id in ids { bench.expectRefusal(.quorumNotReached, request, by: id) }
            // Signatures under the other set do not help.
            let mixed = try bench.unmaskRequest(for: set, signatures: statements)
            for id in ids { bench.expectRefusal(.badSignature, mixed, by: id) }
            let other = try bench.unmaskRequest(for: set == all ? fewer : all, signatures: statements)
            for id in ids {
                let refusal = bench.refusal(of: other, by: id)
                #expect(refusal?.code == .conflictingUnmask)
                try bench.expectProof(refusal, by: .coordinator)
            }
        }
        #expect(!bench.sent.contains { $0.type == .unmaskShares })
    }

    @Test func row01NothingLeavesBeforeItIsOnRecord() throws {
        final class Refusing: StateStore {
            func commit(_ record: StateRecord) throws(StateStoreFailure) { throw .inputOutput(errno: 5) }
            func latest(_ name: RecordName) throws(StateStoreFailure) -> StateRecord? { nil }
            func remove(_ name: RecordName) throws(StateStoreFailure) {}
        }
        for type in [FrameType.epochProposal, .advertiseList, .delivery, .roundConfig, .survivors, .unmaskRequest] {
            let bench = try ProtocolBench.upTo(type)
            let frame = try bench.held(type, to: 0)
            let effects = try bench.parties[0].machine.handle(frame, at: bench.now)
            let firstSend = effects.firstIndex { if case .send = $0 { true } else { false } }
            let firstRecord = effects.firstIndex { if case .persist = $0 { true } else { false } }
            let record = try #require(firstRecord, "\(type)")
            if let firstSend { #expect(record < firstSend, "\(type)") }
            // The driver stops at the record that cannot be kept.
            let deaf = try ProtocolBench(store: { id -> any StateStore in id == 0 ? Refusing() : MemoryStateStore() })
            deaf.holding = [FrameType.advertiseList]
            try deaf.openEpoch()
            #expect(!deaf.sent.contains { $0.from == 0 })
        }
    }

    // MARK: Row 2, alive and dropped at once

    @Test func row02OneBitSaysAliveOrDropped() throws {
        // Every bitmap of six seats is one partition: alive and dropped never meet, nobody is left out, none twice.
        for pattern in UInt8(0)..<64 {
            let survivors = try Bitmap(count: 6, bytes: [pattern])
            let dropped = Bitmap(count: 6, indices: 0..<6).subtracting(survivors)
            #expect(survivors.intersection(dropped).isEmpty)
            #expect(survivors.union(dropped).population == 6)
            #expect(survivors.bytes == [pattern], "one encoding")
        }
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.held(.survivors, to: 0)
        // A set bit beyond the seats, a second bitmap behind the first, a list of ids as other protocols send it.
        let stray = try bench.resign(honest) { $0[32] |= 0x40 }
        bench.expectRefusal(.nonCanonical, stray, by: 0)
        let twoLists = try bench.resign(honest) { $0.append(0x3F) }
        bench.expectRefusal(.trailingData, twoLists, by: 0)
        let inserted = try bench.resign(honest) { $0.insert(0x01, at: 33) }
        bench.expectRefusal(.badMagic, inserted, by: 0)
        // One survivor's header twice, in the place of another's.
        let doubled = try bench.resign(honest) { body in
            body.replaceSubrange(65 + 196..<65 + 392, with: body[65..<65 + 196])
        }
        bench.expectRefusal(.wrongSender, doubled, by: 0, blaming: 1)
        try bench.finishExactly()
    }

    @Test func row02ListedWithoutHavingSent() throws {
        let bench = try ProtocolBench()
        bench.withholding = [3]
        try bench.setUp()
        bench.holding = [.survivors]
        try bench.announce()
        bench.settle(until: .survivors)
        let honest = try bench.held(.survivors, to: 0)
        // The coordinator lists 3 with a header that 3 never signed; and with one that a thief of 3's key signed.
        let listed = try bench.survivors(with: 3, like: honest)
        bench.expectRefusal(.impossibleTransition, listed, by: 3, blaming: .coordinator)
        let unsigned = try bench.survivors(with: 3, like: honest, signer: 4)
        bench.expectRefusal(.badSignature, unsigned, by: 3, blaming: 3)
        bench.expectRefusal(.badSignature, unsigned, by: 0, blaming: 3)
        try bench.finishExactly([0, 1, 2, 4, 5])
    }

    @Test func row02SurvivorOutsideTheCohort() throws {
        var terms = ProtocolBench.Terms()
        terms.participants = 7
        let bench = try ProtocolBench(terms)
        bench.mangle = { $0.from == 6 && $0.type == .receipt ? [] : [$0] }
        try bench.setUp()
        bench.holding = [.survivors]
        try bench.announce()
        let honest = try bench.held(.survivors, to: 0)
        let listed = try bench.survivors(with: 6, like: honest)
        bench.expectRefusal(.impossibleTransition, listed, by: 0, blaming: .coordinator)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func row02ExcludedAfterAcknowledgement() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.held(.survivors, to: 5)
        let without = try bench.survivors(without: 5, like: honest)
        let refusal = bench.refusal(of: without, by: 5)
        #expect(refusal?.code == .excludedAfterAcknowledgement)
        try bench.expectProof(refusal, by: .coordinator)
        let types = try refusal?.evidence?.frames.map { try Frame($0).header.type }
        #expect(types == [.acknowledgement, .survivors])
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func row02AcknowledgementOfSomebodyElse() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        bench.holding = [.acknowledgement, .survivors]
        try bench.announce()
        let mine = try bench.held(.acknowledgement, to: 0)
        bench.expectRefusal(.wrongRecipient, mine, by: 1)
        let other = try bench.resign(mine) { $0[4] ^= 1 }
        bench.expectRefusal(.wrongContext, other, by: 0)
        try bench.finishExactly()
    }

    // MARK: Row 3, shares reflected or redirected

    @Test(arguments: ["reflected", "redirected", "renamed", "swapped"])
    func row03ShareReflection(kind: String) throws {
        let bench = try ProtocolBench.upTo(.delivery)
        let me: PeerID = 0
        let own = try bench.boxes(of: me)
        let honest = try Delivery(decoding: Frame(bench.held(.delivery, to: me)).body, limit: 6)
        let forThree = try bench.boxes(of: 1)[3]
        let items = try honest.items.map { item in
            guard item.dealer == 1 || (kind == "swapped" && item.dealer == 2) else { return item }
            let box: [UInt8] =
                switch kind {
                // The client's own box for 1 comes back as if 1 had dealt it.
                case "reflected": try #require(own[1])
                // The box that 1 made for 3.
                case "redirected": try #require(forThree)
                // A box of 2 under the name of 1, or both exchanged.
                case "renamed": try #require(honest.items.first { $0.dealer == 2 }).box
                default: try #require(honest.items.first { $0.dealer == (item.dealer == 1 ? 2 : 1) }).box
                }
            return Delivery.Item(dealer: item.dealer, commitments: item.commitments, box: box)
        }
        let forged = bench.forge(.delivery, round: 1, Delivery(recipient: me, items: items).encoded())
        #expect(bench.refusal(of: forged, by: 0) == nil)
        let refusals = bench.parties[0].machine.refusals
        let expected = kind == "swapped" ? [PeerID(rawValue: 1), 2] : [1]
        #expect(refusals.map(\.peer) == expected)
        #expect(refusals.allSatisfy { $0.code == .authenticationFailed && $0.stage == .deal })
        let receipt = try Receipt(decoding: Frame(bench.sent(.receipt, from: me)).body, participants: 6)
        #expect(receipt.dealers.indices == (0..<6).filter { !expected.contains(PeerID(rawValue: UInt32($0))) })
        try bench.finishExactly()
    }

    @Test func row03DeliveryToSomebodyElse() throws {
        let bench = try ProtocolBench.upTo(.delivery)
        bench.expectRefusal(.wrongRecipient, try bench.held(.delivery, to: 1), by: 0)
        let honest = try Delivery(decoding: Frame(bench.held(.delivery, to: 0)).body, limit: 6)
        let twice = [honest.items[0]] + honest.items
        bench.expectRefusal(
            .nonCanonical, bench.forge(.delivery, round: 1, Delivery(recipient: 0, items: twice).encoded()), by: 0)
        try bench.finishExactly()
    }
}

extension ProtocolBench {
    /// The boxes that a dealer sent, by recipient.
    func boxes(of dealer: PeerID) throws -> [PeerID: [UInt8]] {
        let boxes = try ShareBoxes(
            decoding: Frame(sent(.shares, from: dealer)).body, limit: terms.participants,
            boxBytes: ShareBoxes.boxBytes(rounds: terms.rounds))
        return Dictionary(uniqueKeysWithValues: boxes.boxes.map { ($0.recipient, $0.box) })
    }

    /// A survivor proposal over other inputs, with the root that belongs to them.
    func survivors(
        like bytes: [UInt8], configDigest: Digest? = nil, _ change: (inout [Frame]) throws -> Void
    ) throws -> [UInt8] {
        let frame = try Frame(bytes)
        let list = try SurvivorList(decoding: frame.body, participants: terms.participants)
        var inputs = list.inputs
        try change(&inputs)
        inputs.sort { $0.header.sender < $1.header.sender }
        let agreement = Agreement(
            configDigest: configDigest ?? list.agreement.configDigest,
            survivors: Bitmap(count: terms.participants, indices: inputs.map { Int($0.header.sender.rawValue) }),
            root: Agreement.root(of: inputs.map { ($0.header.sender, $0.digest) }))
        return forge(.survivors, round: frame.header.round, SurvivorList.encoded(agreement, inputs: inputs))
    }

    /// The same proposal without one survivor.
    func survivors(without id: PeerID, like bytes: [UInt8]) throws -> [UInt8] {
        try survivors(like: bytes) { $0.removeAll { $0.header.sender == id } }
    }

    /// The same proposal with one more survivor, under a header that somebody signed for it.
    func survivors(with id: PeerID, like bytes: [UInt8], signer: PeerID? = nil) throws -> [UInt8] {
        try survivors(like: bytes) { inputs in
            let example = inputs[0]
            inputs.append(
                try Frame(try resign(example.bytes, sender: id, signer: signer ?? id) { $0[60] ^= 1 }))
        }
    }

    /// A request for shares under a proposed set, with signatures that these members make.
    func unmaskRequest(for survivors: [UInt8], signers: [PeerID]) throws -> [UInt8] {
        let frame = try Frame(survivors)
        let agreement = try SurvivorList(decoding: frame.body, participants: terms.participants).agreement
        return try unmaskRequest(
            for: survivors,
            signatures: signers.map {
                forge(.survivorStatement, from: $0, round: frame.header.round, agreement.encoded())
            })
    }

    /// A request for shares under a proposed set, with the signatures of these statements, right or not.
    func unmaskRequest(for survivors: [UInt8], signatures statements: [[UInt8]]) throws -> [UInt8] {
        let frame = try Frame(survivors)
        let agreement = try SurvivorList(decoding: frame.body, participants: terms.participants).agreement
        let entries = try statements.map { bytes in
            let statement = try Frame(bytes)
            return (id: statement.header.sender, signature: try #require(statement.signature))
        }
        return forge(
            .unmaskRequest, round: frame.header.round,
            UnmaskRequest(agreement: agreement, signatures: entries).encoded())
    }
}
