import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Two cohorts in one round, the attack that a quorum over the whole session stops: n = 10, c = 1, t = 2.
///
/// Every client of {0-5} and of {0, 1, 6-9} is honest but 1, who works for the coordinator. In the first cohort 0 is
/// alive, so its self secret is opened; in the second it would be called dropped, which opens its pairwise secret: two
/// holders of each kind would be enough. Client 0 enters the round once and signs once, so the second cohort never
/// has six signatures.
@Suite struct CohortAttackMisuseTests {
    @Test func bothSecretsOfAClientNeverFall() throws {
        var terms = ProtocolBench.Terms()
        (terms.participants, terms.rule, terms.rounds) = (10, .minimum, 1)
        let bench = try ProtocolBench(terms)
        try bench.setUp()
        #expect(try bench.session.threshold == 2)
        #expect(try bench.session.quorum == 6)
        bench.holding = Set(FrameType.allCases)
        try bench.announce()
        let honest = try bench.held(.roundConfig, to: 0)
        let (first, second) = ([0, 1, 2, 3, 4, 5], [0, 1, 6, 7, 8, 9])
        let configs = try [first, second].map { cohort in
            var config = try bench.config(in: honest)
            config.cohort = Bitmap(count: 10, indices: cohort)
            config.receiptsRequired = 3
            return bench.forge(.roundConfig, round: 1, config.encoded())
        }
        // Everybody enters what it is shown; 0 enters once, and has proof when it is shown the second.
        for id in first { #expect(bench.refusal(of: configs[0], by: id) == nil, "\(id)") }
        for id in second[2...] { #expect(bench.refusal(of: configs[1], by: id) == nil, "\(id)") }
        let refusal = bench.refusal(of: configs[1], by: 0)
        #expect(refusal?.code == .equivocation)
        try bench.expectProof(refusal, by: .coordinator)

        // The first cohort runs as it should, all six alive.
        let uploads = try bench.queue.filter { $0.type == .maskedInput }.map { try Frame($0.bytes) }
        #expect(uploads.count == 10)
        let alive = uploads.filter { first.contains(Int($0.header.sender.rawValue)) }
        let open = try bench.list(over: alive, config: try Frame(configs[0]).digest)
        for id in first { #expect(bench.refusal(of: open, by: id) == nil, "\(id)") }

        // In the second one 0 is called dropped; 1 signs whatever it is told to.
        var others = uploads.filter { [6, 7, 8, 9].contains($0.header.sender) }
        let promise = try MaskedInput(decoding: others[0].body)
        others.append(try Frame(bench.forge(.maskedInput, from: 1, round: 1, promise.encoded())))
        let closed = try bench.list(over: others, config: try Frame(configs[1]).digest)
        for id in [6, 7, 8, 9] { #expect(bench.refusal(of: closed, by: id) == nil, "\(id)") }
        bench.expectRefusal(.equivocation, closed, by: 0)

        let request = try bench.unmaskRequest(for: open, signers: (0..<6).map { PeerID(rawValue: $0) })
        for id in first { #expect(bench.refusal(of: request, by: id) == nil, "\(id)") }
        let five = try bench.unmaskRequest(for: closed, signers: [1, 6, 7, 8, 9])
        for id in [6, 7, 8, 9] { bench.expectRefusal(.quorumNotReached, five, by: id) }
        // The statement that 0 did sign is for the other set; nobody counts twice; outsiders do not count.
        let statements = bench.sent.filter { $0.type == .survivorStatement }.map(\.bytes)
        let zero = try #require(statements.first { (try? Frame($0))?.header.sender == 0 })
        let signed = try #require(try Frame(five).body.isEmpty ? nil : bench.signatures(in: five))
        let stolen = [(id: PeerID(rawValue: 0), signature: try #require(try Frame(zero).signature))] + signed
        for (code, entries) in [
            (AbortCode.badSignature, stolen), (.duplicateParticipant, [signed[0]] + signed),
            (.unknownParticipant, signed + [(id: PeerID(rawValue: 10), signature: signed[0].signature)]),
        ] {
            let forged = try bench.request(like: five, signatures: entries)
            for id in [6, 7, 8, 9] { bench.expectRefusal(code, forged, by: id) }
        }

        // What was opened: the self secrets of the first cohort, and no pairwise secret of anybody.
        let opened = try bench.sent.filter { $0.type == .unmaskShares }.map { message in
            (from: message.from, shares: try UnmaskShares(decoding: Frame(message.bytes).body, participants: 10))
        }
        #expect(opened.count == 6)
        for answer in opened {
            #expect(answer.shares.shares.map(\.dealer.rawValue) == [0, 1, 2, 3, 4, 5])
            for (dealer, share) in answer.shares.shares {
                #expect(try bench.isShare(share, of: .selfMask, dealer: dealer, holder: answer.from))
                #expect(try !bench.isShare(share, of: .pairwise, dealer: dealer, holder: answer.from))
            }
        }
    }

    /// Two sessions for one model whose honest signers have nothing in common: r = 10, c = 3. Over its own six members a
    /// session of 4-9 would find a quorum of five; over the roster it takes seven.
    @Test func aSmallSessionHasNoQuorum() throws {
        var terms = ProtocolBench.Terms()
        (terms.participants, terms.colluders) = (10, 3)
        let bench = try ProtocolBench(terms)
        bench.mangle = { $0.type == .advertise && $0.from.rawValue < 4 ? [] : [$0] }
        try bench.openEpoch()
        bench.settle()
        #expect(bench.aborts.map(\.abort) == [Abort(.thresholdTooHigh, .advertise, peer: .coordinator)])
        // A coordinator that goes on all the same is refused; with one member more a quorum can be.
        let frames = try (3..<10).map { id in try Frame(bench.sent(.advertise, from: PeerID(rawValue: id))) }
        let six = bench.forge(.advertiseList, round: 1, AdvertiseList.encoded(Array(frames[1...])))
        for id in 4..<10 { bench.expectRefusal(.thresholdTooHigh, six, by: id) }
        let proposal = try Frame(bench.sent(.epochProposal, from: .coordinator, to: 4))
        let session = try Session(
            proposal: try EpochProposal(decoding: proposal.body), proposalDigest: proposal.digest, firstRound: 1,
            frames: frames, roster: bench.roster, regularGraphSecurity: nil)
        #expect(session.quorum == 7)
        let seven = bench.forge(.advertiseList, session: session.id, round: 1, AdvertiseList.encoded(frames))
        for id in 4..<10 { #expect(bench.refusal(of: seven, by: id) == nil, "\(id)") }
    }

    /// The same with the second configuration after a restart of the client.
    @Test func aRestartedClientStillEntersOnce() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.sent(.roundConfig, from: .coordinator, to: 0)
        let second = try bench.resign(honest) { $0[0] ^= 1 }
        try bench.restore(0)
        let refusal = bench.refusal(of: second, by: 0)
        #expect(refusal?.code == .equivocation)
        try bench.expectProof(refusal, by: .coordinator)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
        #expect(bench.refusal(of: second, by: 0)?.code == .roundReplayed)
    }
}

extension ProtocolBench {
    /// A survivor proposal over these inputs.
    func list(over inputs: [Frame], config: Digest) throws -> [UInt8] {
        let sorted = inputs.sorted { $0.header.sender < $1.header.sender }
        let agreement = Agreement(
            configDigest: config,
            survivors: Bitmap(count: terms.participants, indices: sorted.map { Int($0.header.sender.rawValue) }),
            root: Agreement.root(of: sorted.map { ($0.header.sender, $0.digest) }))
        let round = try #require(sorted.first).header.round
        return forge(.survivors, round: round, SurvivorList.encoded(agreement, inputs: sorted))
    }

    /// The signatures in a request for shares.
    func signatures(in bytes: [UInt8]) throws -> [(id: PeerID, signature: Signature)] {
        try UnmaskRequest(decoding: Frame(bytes).body, participants: terms.participants).signatures
    }

    /// The same request with other signatures.
    func request(like bytes: [UInt8], signatures: [(id: PeerID, signature: Signature)]) throws -> [UInt8] {
        let frame = try Frame(bytes)
        let request = try UnmaskRequest(decoding: frame.body, participants: terms.participants)
        return forge(
            .unmaskRequest, round: frame.header.round,
            UnmaskRequest(agreement: request.agreement, signatures: signatures).encoded())
    }

    /// Whether an opened share is the holder's share of this secret of the dealer in round 1, by the commitments.
    func isShare(_ share: Bytes32, of kind: SecretKind, dealer: PeerID, holder: PeerID) throws -> Bool {
        let session = try session
        let seat = try #require(session.seat(of: dealer))
        let commitments = try DealCommitments(
            Frame(sent(.commitments, from: dealer)), threshold: session.threshold,
            advertised: session.advertisements[seat].points
        ).rounds[0]
        return share.withUnsafeBytes {
            Shamir.isConsistent(
                share: $0, holder: holder.rawValue,
                commitments: kind == .selfMask ? commitments.selfMask : commitments.pairwise)
        }
    }
}
