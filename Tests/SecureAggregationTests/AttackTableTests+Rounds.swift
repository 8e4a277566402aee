import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Rows 6 to 12: settings, cohorts, inputs, sessions, keys and masks over several rounds.
extension AttackTableTests {
    // MARK: Row 6, weaker settings

    static let downgrades: [(String, AbortCode, @Sendable (inout RoundConfig) -> Void)] = [
        ("threshold lowered", .thresholdTooLow, { $0.threshold -= 1 }),
        ("threshold of one", .thresholdTooLow, { $0.threshold = 1 }),
        ("quorum lowered", .thresholdTooLow, { $0.quorum -= 1 }),
        ("threshold raised", .thresholdTooHigh, { $0.threshold += 1 }),
        ("quorum raised", .thresholdTooHigh, { $0.quorum = .max }),
        ("fewer survivors", .policyViolation, { $0.minimumSurvivors -= 1 }),
        ("one survivor", .policyViolation, { $0.minimumSurvivors = 1 }),
        ("more survivors than members", .tooFewParticipants, { $0.minimumSurvivors = 7 }),
        ("ring too narrow", .overflowPossible, { $0.ringBits = 20 }),
        ("weight cap raised", .overflowPossible, { $0.weightCap = 2 }),
        ("noise beyond the head-room", .overflowPossible, { $0.noiseTail = 1 << 40 }),
        ("receipts below the threshold", .policyViolation, { $0.receiptsRequired = $0.threshold - 1 }),
        ("a generator nobody has", .suiteUnavailable, { $0.maskSuite = .aes256CTR }),
        ("two members", .tooFewParticipants, { $0.cohort = Bitmap(count: 6, indices: [0, 1]) }),
        ("without the reader", .falselyDropped, { $0.cohort = Bitmap(count: 6, indices: 1..<6) }),
        ("closed before it opened", .expired, { $0.inputDeadline = Instant(milliseconds: 1_000) }),
    ]

    @Test(arguments: downgrades.indices)
    func row06Downgrade(index: Int) throws {
        let (kind, code, change) = Self.downgrades[index]
        let bench = try ProtocolBench.upTo(.roundConfig)
        let honest = try bench.held(.roundConfig, to: 0)
        var config = try bench.config(in: honest)
        change(&config)
        bench.expectRefusal(
            code, bench.forge(.roundConfig, round: 1, config.encoded()), by: 0, blaming: .coordinator, kind)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func row06NoiseAndSettingsOfThePolicy() throws {
        let other = Blake2b.hash([9], Personalisation("other"))
        let changes: [(AbortCode, (inout ClientPolicy) -> Void)] = [
            (.policyViolation, { $0.minimumNoiseVariance = 1 }), (.policyViolation, { $0.schemaDigest = other }),
            (.policyViolation, { $0.parametersDigest = other }), (.vectorTooLarge, { $0.maximumDimension = 8 }),
            (.unexpectedModel, { $0.requiresExpectedModel = true }), (.policyViolation, { $0.minimumHonest = 4 }),
        ]
        for (code, change) in changes {
            let bench = try ProtocolBench(policy: { if $0 == 0 { change(&$1) } })
            try bench.setUp()
            try bench.announce()
            bench.settle()
            #expect(bench.refusals.contains { $0.by == 0 && $0.abort.code == code }, "\(code)")
            bench.expectExact([1, 2, 3, 4, 5])
        }
    }

    // MARK: Row 7, differences of sums

    @Test func row07OneSurvivorSetForOneModel() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        try bench.announce(1, model: "same")
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        bench.withholding = [5]
        try bench.announce(2, model: "same")
        bench.settle()
        #expect(bench.outcome == nil, "the difference of the two sums would be one input")
        for id in 0..<6 { #expect(bench.refused(.conflictingUnmask, by: PeerID(rawValue: UInt32(id)))) }
        #expect(bench.sent.count { $0.type == .unmaskShares } == 6, "those of round 1 only")
    }

    @Test func row07RoundsOnOneCohort() throws {
        let bench = try ProtocolBench(policy: { $1.maximumRoundsOnOneCohort = 1 })
        try bench.setUp()
        try bench.announce(1)
        bench.settle()
        bench.expectExact()
        try bench.announce(2)
        bench.settle()
        #expect(bench.outcome == nil)
        for id in 0..<6 { #expect(bench.refused(.cohortOverused, by: PeerID(rawValue: UInt32(id)))) }
    }

    // MARK: Row 8, one update twice

    @Test func row08OneTokenOneRound() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        try bench.announce(1)
        bench.settle()
        let used = try #require(bench.tokens[0])
        bench.withholding = [0]
        try bench.announce(2)
        #expect(throws: Abort(.inputReused, .input)) { try bench.submit(bench.inputs[0], by: 0, token: used) }
        // Also after a restart, and in the next epoch.
        try bench.restore(0)
        #expect(throws: Abort(.inputReused, .input)) { try bench.submit(bench.inputs[0], by: 0, token: used) }
        bench.settle()
        bench.expectExact([1, 2, 3, 4, 5])
        bench.withholding = []
        try bench.setUp(2, firstRound: 3)
        bench.withholding = [0]
        try bench.announce(3)
        #expect(throws: Abort(.inputReused, .input)) { try bench.submit(bench.inputs[0], by: 0, token: used) }
        try bench.submit(bench.inputs[0], by: 0)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func row08OneInputOneRound() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        #expect(throws: Abort(.roundBurnt, .input)) { try bench.submit(bench.inputs[1], by: 0) }
        try bench.finishExactly()
        #expect(throws: Abort(.unexpectedMessage, .input)) { try bench.submit(bench.inputs[0], by: 0) }
    }

    // MARK: Row 9, small sums

    @Test func row09TooFewSurvivors() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.held(.survivors, to: 0)
        for count in 1..<4 {
            let few = try bench.survivors(like: honest) { $0.removeLast(6 - count) }
            bench.expectRefusal(.tooFewSurvivors, few, by: 0, "\(count)")
        }
        let nobody = Agreement(
            configDigest: try SurvivorList(decoding: Frame(honest).body, participants: 6).agreement.configDigest,
            survivors: Bitmap(count: 6), root: Digest(Bytes32()))
        bench.expectRefusal(
            .tooFewSurvivors, bench.forge(.survivors, round: 1, SurvivorList.encoded(nobody, inputs: [])), by: 0)
        try bench.finishExactly()
    }

    @Test func row09SmallRosters() throws {
        let keys = (0..<3).map { ProtocolBench.identity(PeerID(rawValue: UInt32($0)), 1).verifyingKey }
        #expect(throws: Abort(.tooFewParticipants, .proposal)) {
            try Roster(participants: Array(keys[..<2]), coordinator: keys[2])
        }
        #expect(throws: Abort(.duplicateKey, .proposal)) {
            try Roster(participants: [keys[0], keys[1], keys[0]], coordinator: keys[2])
        }
        #expect(throws: Abort(.duplicateKey, .proposal)) { try Roster(participants: keys, coordinator: keys[2]) }
    }

    @Test func row09ThreeMembersWithoutOne() throws {
        var terms = ProtocolBench.Terms()
        (terms.participants, terms.minimumHonest) = (3, 2)
        let bench = try ProtocolBench(terms)
        bench.withholding = [2]
        try bench.setUp()
        try bench.announce()
        bench.settle()
        #expect(bench.aborts.first?.abort == Abort(.tooFewSurvivors, .survivors))
        #expect(!bench.sent.contains { $0.type == .survivorStatement })
    }

    // MARK: Row 10, replays and mixtures

    @Test func row10OldFramesAreRefused() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        try bench.announce(1)
        bench.settle()
        bench.holding = [.survivors]
        try bench.announce(2)
        let old = bench.sent.filter { $0.to == 0 && (try? Frame($0.bytes))?.header.round == 1 }
        for message in old {
            guard let type = message.type else { continue }
            let code: AbortCode =
                switch type {
                case .epochProposal, .roundConfig, .survivors, .acknowledgement: .roundReplayed
                case .advertiseList, .delivery: .unexpectedMessage
                case .unmaskRequest, .result, .chunkRoots, .chunk: .unexpectedMessage
                default: .unexpectedMessage
                }
            bench.expectRefusal(code, message.bytes, by: 0, "\(type)")
        }
        #expect(Set(old.compactMap(\.type)).count == 10)
        // And the participants' own old frames at the coordinator.
        for message in try bench.sent.filter({ try $0.from == 1 && Frame($0.bytes).header.round == 1 }) {
            let before = bench.server.machine.fingerprint
            _ = try? bench.server.machine.handle(message.bytes, at: bench.now)
            #expect(bench.server.machine.fingerprint == before, "\(String(describing: message.type))")
        }
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func row10ARepeatedHonestFrameAccusesNobody() throws {
        let bench = try ProtocolBench()
        var seen: [Message] = []
        bench.mangle = { [unowned bench] message in
            // Everything that 0 has ever got from the coordinator comes again before each new frame.
            guard message.to == 0 else { return [message] }
            let again = seen
            seen.append(message)
            for old in again {
                let refusal = bench.refusal(of: old.bytes, by: 0)
                #expect(refusal?.code != .equivocation, "\(String(describing: old.type))")
                #expect(refusal?.evidence == nil, "\(String(describing: old.type))")
            }
            return [message]
        }
        try bench.setUp()
        for round in [UInt64(1), 2] {
            try bench.announce(round)
            bench.settle()
            bench.expectExact([0, 1, 2, 3, 4, 5])
            #expect(bench.outcomes.count == 6)
        }
    }

    @Test func row10FramesOfAnotherSession() throws {
        let one = try ProtocolBench.upTo(.survivors)
        var terms = ProtocolBench.Terms()
        terms.rounds = 3  // the same identities, another session
        for type in [FrameType.delivery, .roundConfig, .survivors, .unmaskRequest] {
            let other = try ProtocolBench.upTo(type, terms)
            let here = try ProtocolBench.upTo(type)
            let foreign = try other.held(type, to: 0)
            here.expectRefusal(.wrongContext, foreign, by: 0, blaming: .coordinator, "\(type)")
            // Under this session's header the content still belongs to the other one.
            let moved = try here.resign(foreign, session: here.session.id)
            let before = here.parties[0].machine.fingerprint
            let refusal = here.refusal(of: moved, by: 0)
            if type == .delivery {
                #expect(here.parties[0].machine.refusals.count == 5)
                #expect(Set(here.parties[0].machine.refusals.map(\.code)) == [.invalidShareLength])
            } else if type != .roundConfig {
                #expect(refusal != nil, "\(type)")
                #expect(here.parties[0].machine.fingerprint == before)
            }
        }
        try one.finishExactly()
    }

    @Test func row10BoxesOfAnEarlierEpoch() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        let old = try Delivery(decoding: Frame(bench.sent(.delivery, from: .coordinator, to: 0)).body, limit: 6)
        bench.holding = [.delivery]
        try bench.openEpoch(2, firstRound: 3)
        let new = try Delivery(decoding: Frame(bench.held(.delivery, to: 0)).body, limit: 6)
        let items = zip(old.items, new.items).map { stale, fresh in
            Delivery.Item(dealer: fresh.dealer, commitments: fresh.commitments, box: stale.box)
        }
        let mixed = bench.forge(.delivery, round: 3, Delivery(recipient: 0, items: items).encoded())
        #expect(bench.refusal(of: mixed, by: 0) == nil)
        #expect(bench.parties[0].machine.refusals.map(\.code) == Array(repeating: .authenticationFailed, count: 5))
    }

    // MARK: Row 11, keys used twice

    @Test func row11FreshKeysAndErasedSecrets() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        let first = try bench.session.advertisements
        #expect(bench.parties[0].machine.secrets.exchangeSeed.withUnsafeBytes { $0.allSatisfy { $0 == 0 } })
        try bench.announce(1)
        bench.settle()
        // Round 1 is erased, round 2 still there.
        #expect(throws: CryptoFailure.self) {
            try bench.parties[0].machine.secrets.scalar(.pairwise, round: 0).publicElement()
        }
        #expect(throws: CryptoFailure.self) {
            try bench.parties[0].machine.secrets.scalar(.selfMask, round: 0).publicElement()
        }
        for dealer in 0..<6 {
            for kind in SecretKind.allCases {
                #expect(bench.parties[0].machine.secrets.revealShare(kind, round: 0, dealer: dealer) == Bytes32())
                #expect(bench.parties[0].machine.secrets.revealShare(kind, round: 1, dealer: dealer) != Bytes32())
            }
        }
        try bench.announce(2)
        bench.settle()
        bench.expectExact()
        #expect(bench.parties[0].machine.secrets.rounds == 0, "the epoch is over and everything is gone")
        try bench.setUp(2, firstRound: 3)
        let second = try bench.session.advertisements
        let keys = (first + second).flatMap { advertisement in
            [advertisement.exchangeKey.value, advertisement.nonce]
                + advertisement.points.flatMap { [$0.pairwise.value, $0.selfMask.value] }
        }
        #expect(Set(keys).count == keys.count)
    }

    @Test func row11ASkippedRoundIsErased() throws {
        var terms = ProtocolBench.Terms()
        terms.rounds = 4
        let bench = try ProtocolBench(terms)
        try bench.setUp()
        try bench.announce(3)
        for round in 0..<2 {
            #expect(throws: CryptoFailure.self) {
                try bench.parties[0].machine.secrets.scalar(.pairwise, round: round).publicElement()
            }
        }
        bench.settle()
        bench.expectExact()
        #expect(throws: Abort.self) { try bench.announce(2) }
    }

    // MARK: Row 12, masks

    @Test func row12SeedsDifferInEverythingTheyAreBoundTo() throws {
        var source = ProtocolBench.random(5, "seeds")
        let one = SecretScalar(random: &source)
        let two = SecretScalar(random: &source)
        let point = two.publicElement()
        let digests = (0..<3).map { Blake2b.hash([UInt8($0)], Personalisation("other")) }
        var seeds: [[UInt8]] = []
        for session in digests[..<2] {
            for round in [UInt64(1), 2] {
                for config in digests[1...] {
                    let context = MaskContext(session: session, round: round, configDigest: config)
                    for (low, high) in [(PeerID(rawValue: 0), PeerID(rawValue: 1)), (0, 2), (1, 2)] {
                        let seed = try MaskSeed(pairwise: one, with: point, between: low, and: high, context: context)
                        let other = try MaskSeed(
                            pairwise: two, with: one.publicElement(), between: high, and: low, context: context)
                        let bytes = seed.withUnsafeBytes { [UInt8]($0) }
                        #expect(bytes == other.withUnsafeBytes { [UInt8]($0) }, "both ends agree")
                        seeds.append(bytes)
                        seeds.append(
                            MaskSeed(selfMask: one, of: high, context: context).withUnsafeBytes { [UInt8]($0) })
                    }
                }
            }
        }
        // Self seeds of peers 1, 2, 2: one repetition a context.
        #expect(Set(seeds).count == seeds.count - 8)
        #expect(seeds.allSatisfy { $0.count == 32 })
    }
}
