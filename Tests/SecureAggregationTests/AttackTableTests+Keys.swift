import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Rows 4 to 6: keys, models and settings of the coordinator's choosing.
extension AttackTableTests {
    // MARK: Row 4, swapped keys

    /// What the coordinator does to the list of keys, and what every client but the one concerned answers.
    static let keySwaps: [(String, AbortCode, PeerID)] = [
        ("body altered under the old signature", .badSignature, 3), ("signed by the coordinator", .badSignature, 3),
        ("signed by another client", .badSignature, 3), ("another client's frame under this id", .badSignature, 3),
        ("a key of small order", .weakKey, 3), ("the reader's own exchange key", .duplicateKey, 3),
        ("the reader's own point", .duplicateKey, 3), ("one client's key twice", .duplicateKey, 3),
        ("for another proposal", .wrongContext, 3), ("for another round", .wrongContext, 3),
        ("for a session", .wrongContext, 3), ("an outsider", .unknownParticipant, 9),
        ("the coordinator as a member", .unknownParticipant, .coordinator),
        ("one client twice", .duplicateParticipant, 3),
        ("not sorted", .duplicateParticipant, 3), ("an invalid point", .invalidPoint, 3),
        ("not an advertisement", .unexpectedMessage, 3), ("the reader altered", .ownKeyAltered, .coordinator),
        ("the reader left out", .ownKeyAltered, .coordinator), ("the reader twice", .ownKeyAltered, .coordinator),
        ("only two members", .tooFewParticipants, .nobody), ("a session id of its own", .wrongContext, .coordinator),
    ]

    @Test(arguments: keySwaps)
    func row04KeySwap(kind: String, code: AbortCode, peer: PeerID) throws {
        let bench = try ProtocolBench.upTo(.advertiseList)
        let honest = try bench.held(.advertiseList, to: 0)
        var frames = try AdvertiseList.frames(in: Frame(honest).body, limit: 6)
        let victim = frames[3].bytes
        func key(_ id: Int, _ offset: Int) throws -> [UInt8] { Array(Array(frames[id].body)[offset..<offset + 32]) }
        func put(_ bytes: [UInt8]) throws { frames[3] = try Frame(bytes) }
        switch kind {
        case "body altered under the old signature":
            var bytes = victim
            bytes[60 + 64] ^= 1
            try put(bytes)
        case "signed by the coordinator": try put(bench.resign(victim, signer: .coordinator) { $0[64] ^= 1 })
        case "signed by another client": try put(bench.resign(victim, signer: 4) { $0[64] ^= 1 })
        case "another client's frame under this id": try put(bench.resign(frames[4].bytes, sender: 3, signer: 4))
        case "a key of small order":
            try put(bench.resign(victim) { $0.replaceSubrange(64..<96, with: [UInt8](repeating: 0, count: 32)) })
        case "the reader's own exchange key":
            let own = try key(0, 64)
            try put(bench.resign(victim) { $0.replaceSubrange(64..<96, with: own) })
        case "the reader's own point":
            let own = try key(0, 102)
            try put(bench.resign(victim) { $0.replaceSubrange(102..<134, with: own) })
        case "one client's key twice":
            let other = try key(1, 134)
            try put(bench.resign(victim) { $0.replaceSubrange(134..<166, with: other) })
        case "for another proposal": try put(bench.resign(victim) { $0[0] ^= 1 })
        case "for another round": try put(bench.resign(victim, round: 2))
        case "for a session": try put(bench.resign(victim, session: Blake2b.hash([1], Personalisation("other"))))
        case "an outsider": frames[5] = try Frame(bench.resign(victim, sender: 9))
        case "the coordinator as a member": frames[5] = try Frame(bench.resign(victim, sender: .coordinator))
        case "one client twice":
            frames[4] = try Frame(bench.resign(victim) { $0.replaceSubrange(64..<96, with: [UInt8](32..<64)) })
            frames[4] = try Frame(bench.resign(frames[4].bytes) { Self.freshPoints(&$0) })
        case "not sorted": frames.swapAt(3, 4)
        case "an invalid point":
            try put(bench.resign(victim) { $0.replaceSubrange(102..<134, with: [UInt8](repeating: 0xFF, count: 32)) })
        case "not an advertisement": try put(bench.resign(victim, type: .receipt))
        case "the reader altered": frames[0] = try Frame(bench.resign(frames[0].bytes) { $0[32] ^= 1 })
        case "the reader left out": frames.removeFirst()
        case "the reader twice": frames[1] = frames[0]
        case "only two members": frames.removeLast(4)
        default: break
        }
        let session =
            kind == "a session id of its own"
            ? Blake2b.hash([1], Personalisation("other")) : try bench.sessionID(of: frames)
        let forged = bench.forge(.advertiseList, session: session, round: 1, AdvertiseList.encoded(frames))
        bench.expectRefusal(code, forged, by: 0, blaming: peer, kind)
        try bench.finishExactly()
    }

    /// Points that nobody has used: those of a fresh pair of scalars.
    static func freshPoints(_ body: inout [UInt8]) {
        var source = ProtocolBench.random(77, "fresh points")
        for offset in stride(from: 102, to: body.count, by: 32) {
            body.replaceSubrange(offset..<offset + 32, with: SecretScalar(random: &source).publicElement().value.bytes)
        }
    }

    @Test func row04SecondListAndDifferentLists() throws {
        // A second list is a contradiction with proof.
        let bench = try ProtocolBench.upTo(.advertiseList)
        let honest = try bench.held(.advertiseList, to: 0)
        #expect(bench.refusal(of: honest, by: 0) == nil)
        let frames = try AdvertiseList.frames(in: Frame(honest).body, limit: 6)
        let second = bench.forge(.advertiseList, round: 1, AdvertiseList.encoded([Frame](frames[..<5])))
        let refusal = bench.refusal(of: second, by: 0)
        #expect(refusal?.code == .equivocation)
        try bench.expectProof(refusal, by: .coordinator)
        try bench.finishExactly()

        // Clients that were shown different lists are in different sessions: no box of one opens in the other.
        let split = try ProtocolBench.upTo(.advertiseList)
        let all = try split.held(.advertiseList, to: 0)
        let some = [Frame](try AdvertiseList.frames(in: Frame(all).body, limit: 6)[..<5])
        let opened = split.server.machine.epoch?.proposalFrame
        let proposal = try #require(opened)
        let other = try Session(
            proposal: EpochProposal(decoding: proposal.body), proposalDigest: proposal.digest, firstRound: 1,
            frames: some, roster: split.roster, regularGraphSecurity: nil)
        let short = split.forge(.advertiseList, session: other.id, round: 1, AdvertiseList.encoded(some))
        #expect(split.refusal(of: all, by: 0) == nil)
        #expect(split.refusal(of: short, by: 1) == nil)
        let commitments = try split.sent(.commitments, from: 0)
        let box = try #require(
            try ShareBoxes(
                decoding: Frame(split.sent(.shares, from: 0)).body, limit: 6, boxBytes: ShareBoxes.boxBytes(rounds: 2)
            ).boxes.first { $0.recipient == 1 }
        ).box
        let item = Delivery.Item(dealer: 0, commitments: commitments, box: box)
        let delivery = split.forge(
            .delivery, session: other.id, round: 1, Delivery(recipient: 1, items: [item]).encoded())
        #expect(split.refusal(of: delivery, by: 1) == nil)
        #expect(split.parties[1].machine.refusals == [Abort(.authenticationFailed, .deal, peer: 0)])
    }

    @Test func row04AnotherRoster() throws {
        let bench = try ProtocolBench.upTo(.epochProposal)
        let honest = try bench.held(.epochProposal, to: 0)
        bench.expectRefusal(.policyViolation, try bench.resign(honest) { $0[8] ^= 1 }, by: 0, blaming: .coordinator)
        // A coordinator that the roster does not know.
        bench.expectRefusal(.badSignature, try bench.resign(honest, signer: 1), by: 0)
        bench.expectRefusal(.wrongSender, try bench.resign(honest, sender: 1), by: 0, blaming: 1)
        try bench.finishExactly()
    }

    @Test func row04CommitmentsOfAnotherDealer() throws {
        let bench = try ProtocolBench.upTo(.delivery)
        let honest = try Delivery(decoding: Frame(bench.held(.delivery, to: 0)).body, limit: 6)
        let kinds: [(AbortCode, (Delivery.Item) throws -> [UInt8])] = [
            (.wrongSender, { _ in honest.items[2].commitments }),
            (.badSignature, { try bench.resign($0.commitments, signer: 4) }),
            (.inconsistentShare, { try bench.resign($0.commitments) { $0[40] ^= 1 } }),
            (.wrongContext, { try bench.resign($0.commitments, round: 2) }),
            (.policyViolation, { Array(try Frame($0.commitments).digest.value.bytes) }), (.truncated, { _ in [] }),
            (.truncated, { Array($0.commitments.dropLast()) }),
        ]
        for (code, change) in kinds {
            let copy = try ProtocolBench.upTo(.delivery)
            var items = honest.items
            items[1] = Delivery.Item(dealer: 2, commitments: try change(items[1]), box: items[1].box)
            let forged = copy.forge(.delivery, round: 1, Delivery(recipient: 0, items: items).encoded())
            #expect(copy.refusal(of: forged, by: 0) == nil)
            #expect(copy.parties[0].machine.refusals.map(\.code) == [code])
            try copy.finishExactly()
        }
    }

    // MARK: Row 5, another model for one client

    @Test func row05AnotherModelForOneClient() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        bench.holding = [.roundConfig, .maskedInput, .chunkRoots, .chunk, .survivors, .acknowledgement]
        try bench.announce()
        let honest = try bench.held(.roundConfig, to: 2)
        let poisoned = try bench.resign(honest) { $0[0] ^= 1 }
        for id in 0..<6 { #expect(bench.refusal(of: id == 2 ? poisoned : honest, by: id) == nil) }
        bench.pump()
        // The coordinator's own machine refuses the odd input.
        let odd = try #require(bench.held.first { $0.from == 2 && $0.type == .maskedInput })
        bench.expectServerRefusal(.configMismatch, odd.bytes, blaming: 2)
        // A lying one lists it: the others see the other configuration, and it sees theirs.
        let inputs = try bench.held.filter { $0.type == .maskedInput }.map { try Frame($0.bytes) }
        let context = try RoundContext(Frame(honest), session: bench.session)
        let agreement = Agreement(
            configDigest: context.configDigest, survivors: Bitmap(count: 6, indices: 0..<6),
            root: Agreement.root(of: inputs.map { ($0.header.sender, $0.digest) }))
        let list = bench.forge(.survivors, round: 1, SurvivorList.encoded(agreement, inputs: inputs))
        for id in [0, 1, 3, 4, 5] { bench.expectRefusal(.configMismatch, list, by: id, blaming: 2) }
        bench.expectRefusal(.configMismatch, list, by: 2, blaming: .coordinator)
        try row05MasksDoNotCancel(bench, odd: 2)
    }

    /// Even with every self mask in hand the words of the odd client stay hidden, and so does the sum.
    private func row05MasksDoNotCancel(_ bench: ProtocolBench, odd: Int) throws {
        func unmasked(_ ids: [Int]) throws -> PackedVector {
            var sum = PackedVector(zeros: bench.terms.dimension, layout: bench.layout)
            for id in ids {
                let upload = bench.parties[id].machine.upload
                let bytes = try #require(upload)
                try bytes.withUnsafeBytes { try sum.add(littleEndianBytes: $0, atWord: 0) }
                let open = bench.parties[id].machine.stage.context
                let context = try #require(open)
                let seed = MaskSeed(
                    selfMask: try bench.parties[id].machine.secrets.scalar(.selfMask, round: 0),
                    of: PeerID(rawValue: UInt32(id)),
                    context: MaskContext(
                        session: try bench.session.id, round: 1, configDigest: context.configDigest))
                seed.withUnsafeBytes { sum.subtractMask(seed: $0) }
            }
            return sum
        }
        let sum = try unmasked(Array(0..<6))
        let clear = bench.clearSum(Array(0..<6))
        let equal = zip(sum.signedValues(), clear.signedValues()).count { $0 == $1 }
        #expect(equal == 0, "nine elements of 21 bits: one equal by chance once in 230,000 runs")
        let single = try unmasked([odd])
        #expect(zip(single.signedValues(), bench.inputs[odd].signedValues()).allSatisfy { $0 != $1 })

        // The same arithmetic over an honest round is the clear sum: the test sees what it should.
        let honest = try ProtocolBench()
        try honest.setUp()
        honest.holding = [.survivors]
        try honest.announce()
        var total = PackedVector(zeros: honest.terms.dimension, layout: honest.layout)
        for id in 0..<6 {
            let upload = honest.parties[id].machine.upload
            try #require(upload).withUnsafeBytes { try total.add(littleEndianBytes: $0, atWord: 0) }
            let open = honest.parties[id].machine.stage.context
            let seed = MaskSeed(
                selfMask: try honest.parties[id].machine.secrets.scalar(.selfMask, round: 0),
                of: PeerID(rawValue: UInt32(id)),
                context: MaskContext(
                    session: try honest.session.id, round: 1, configDigest: try #require(open).configDigest))
            seed.withUnsafeBytes { total.subtractMask(seed: $0) }
        }
        #expect(total == honest.clearSum(Array(0..<6)))
    }
}

extension ProtocolBench {
    /// The session id that belongs to a list, whatever is wrong with the list.
    func sessionID(of frames: [Frame]) throws -> Digest {
        let opened = server.machine.epoch?.proposalFrame
        var hash = Blake2b(Personalisation("QSA1 session"))
        hash.update(try #require(opened).digest)
        hash.update(littleEndian: UInt32(frames.count))
        for frame in frames { hash.update(frame.digest) }
        return hash.finalize()
    }

    /// The session as the coordinator derived it.
    var session: Session {
        get throws {
            let opened = server.machine.epoch?.session
            return try #require(opened)
        }
    }
}
