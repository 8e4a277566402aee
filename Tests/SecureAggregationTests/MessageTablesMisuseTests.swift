import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Well-signed messages of a coordinator with one bad field, a row each: proposal, configuration, agreement, request,
/// result.
@Suite struct MessageTablesMisuseTests {
    // MARK: Proposal

    static let proposals: [(String, AbortCode, @Sendable (inout EpochProposal) -> Void)] = [
        ("another roster", .policyViolation, { $0.rosterDigest = Digest(Bytes32()) }),
        ("no colluders", .policyViolation, { $0.colluders = 0 }),
        ("everybody colludes", .policyViolation, { $0.colluders = 6 }),
        ("colluders beyond all", .policyViolation, { $0.colluders = Int(UInt32.max) }),
        ("too many rounds", .policyViolation, { $0.rounds = 9 }),
        ("rounds beyond the format", .invalidConfiguration, { $0.rounds = 1 << 16 + 1 }),
        ("no rounds", .invalidConfiguration, { $0.rounds = 0 }),
        ("no suite", .suiteUnavailable, { $0.maskSuites = [] }),
        ("a suite of the future", .suiteUnavailable, { $0.maskSuites = MaskSuites(rawValue: 0x8001) }),
        ("AES only", .suiteUnavailable, { $0.maskSuites = .aes256CTR }),
        ("a suite of the future beside", .suiteUnavailable, { $0.maskSuites = MaskSuites(rawValue: 5) }),
        ("a sparse graph", .policyViolation, { $0.graph = .regular(neighbours: 4, windowFloor: 1) }),
        ("threshold one", .thresholdTooLow, { $0.thresholdRule = .explicit(1) }),
        ("threshold zero", .thresholdTooLow, { $0.thresholdRule = .explicit(0) }),
        ("closed before it opened", .expired, { $0.advertiseDeadline = Instant(milliseconds: 1_000) }),
    ]

    @Test(arguments: proposals.indices)
    func badProposal(index: Int) throws {
        let (kind, code, change) = Self.proposals[index]
        let bench = try ProtocolBench.upTo(.epochProposal)
        var proposal = try EpochProposal(decoding: Frame(bench.held(.epochProposal, to: 0)).body)
        change(&proposal)
        bench.expectRefusal(
            code, bench.forge(.epochProposal, session: Digest(Bytes32()), round: 1, proposal.encoded()), by: 0,
            blaming: .coordinator, kind)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func proposalsOfThePast() throws {
        let bench = try ProtocolBench()
        try bench.setUp(5, firstRound: 10)
        try bench.announce(10)
        bench.settle()
        let proposal = try EpochProposal(decoding: Frame(bench.sent(.epochProposal, from: .coordinator)).body)
        for (epoch, round, code) in [
            (UInt64(5), UInt64(12), AbortCode.roundReplayed), (4, 12, .roundReplayed), (0, 12, .roundReplayed),
            (6, 10, .roundReplayed), (6, 9, .roundReplayed), (6, 0, .roundReplayed),
            (6, .max, .invalidConfiguration), (6, .max - 1, .invalidConfiguration),
        ] {
            var changed = proposal
            changed.epoch = epoch
            bench.expectRefusal(
                code, bench.forge(.epochProposal, session: Digest(Bytes32()), round: round, changed.encoded()), by: 0,
                "\(epoch), \(round)")
        }
        bench.expectRefusal(
            .wrongContext, bench.forge(.epochProposal, session: try bench.session.id, round: 12, proposal.encoded()),
            by: 0)
        try bench.announce(11)
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func thresholdBeyondTheMembers() throws {
        var terms = ProtocolBench.Terms()
        terms.rule = .explicit(7)
        let bench = try ProtocolBench(terms)
        try bench.setUp()
        #expect(bench.aborts.first?.abort.code == .thresholdTooHigh)
        #expect(bench.outcome == nil)
    }

    @Test func reservedFieldsOfAProposal() throws {
        let bench = try ProtocolBench.upTo(.epochProposal)
        let honest = try bench.held(.epochProposal, to: 0)
        // Offsets: rule 48, explicit 49, suites 53, graph 55, neighbours 56, floor 60, share check 64.
        for (offset, value, code) in [
            (48, UInt8(3), AbortCode.invalidConfiguration), (49, 1, .nonCanonical), (52, 1, .nonCanonical),
            (55, 2, .invalidConfiguration), (56, 1, .nonCanonical), (60, 1, .nonCanonical),
            (64, 2, .invalidConfiguration),
        ] {
            bench.expectRefusal(code, try bench.resign(honest) { $0[offset] = value }, by: 0, "\(offset)")
        }
        try bench.finishExactly()
    }

    // MARK: Configuration

    static let configurations: [(String, AbortCode, @Sendable (inout RoundConfig) -> Void)] = [
        ("no element", .emptyVector, { $0.dimension = 0 }),
        ("beyond the policy", .vectorTooLarge, { $0.dimension = 1 << 20 + 1 }),
        ("beyond the format", .vectorTooLarge, { $0.dimension = RoundConfig.maximumDimension + 1 }),
        ("beyond all", .vectorTooLarge, { $0.dimension = .max }),
        ("63 bits", .invalidConfiguration, { $0.ringBits = 63 }),
        ("7 bits", .invalidConfiguration, { $0.ringBits = 7 }),
        ("no bits", .invalidConfiguration, { $0.ringBits = 0 }),
        ("255 bits", .invalidConfiguration, { $0.ringBits = 255 }),
        ("wraps", .overflowPossible, { $0.valueBound += 200_000 }),
        ("wraps beyond 64 bits", .overflowPossible, { ($0.valueBound, $0.weightCap) = (.max, .max) }),
        ("noise beyond 64 bits", .overflowPossible, { $0.noiseTail = .max }),
        ("A above t + c", .policyViolation, { $0.receiptsRequired = $0.threshold + 2 }),
        ("A of all", .policyViolation, { $0.receiptsRequired = .max }),
        ("A of none", .policyViolation, { $0.receiptsRequired = 0 }),
        ("quorum of none", .thresholdTooLow, { $0.quorum = 0 }),
        ("threshold of none", .thresholdTooLow, { $0.threshold = 0 }),
        ("survivors of none", .policyViolation, { $0.minimumSurvivors = 0 }),
        ("an empty cohort", .tooFewParticipants, { $0.cohort = Bitmap(count: 6) }),
        ("cohort too small", .tooFewParticipants, { $0.cohort = Bitmap(count: 6, indices: 0..<3) }),
        ("without the reader", .falselyDropped, { $0.cohort = Bitmap(count: 6, indices: 1..<6) }),
        ("input closed", .expired, { $0.inputDeadline = Instant(milliseconds: 0) }),
        ("survivors before inputs", .invalidConfiguration, { $0.survivorDeadline = Instant(milliseconds: 1_500) }),
        ("unmasking before survivors", .invalidConfiguration, { $0.unmaskDeadline = Instant(milliseconds: 2_500) }),
    ]

    @Test(arguments: configurations.indices)
    func badConfiguration(index: Int) throws {
        let (kind, code, change) = Self.configurations[index]
        let bench = try ProtocolBench.upTo(.roundConfig)
        var config = try bench.config(in: bench.held(.roundConfig, to: 0))
        change(&config)
        bench.expectRefusal(
            code, bench.forge(.roundConfig, round: 1, config.encoded()), by: 0, blaming: .coordinator, kind)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    @Test func fieldsOfAConfigurationThatNobodyUses() throws {
        let bench = try ProtocolBench.upTo(.roundConfig)
        let honest = try bench.held(.roundConfig, to: 0)
        // Offsets: dimension 96, bits 104, reserved 105, suite 106; the cohort is the last byte.
        bench.expectRefusal(.nonCanonical, try bench.resign(honest) { $0[105] = 1 }, by: 0)
        bench.expectRefusal(.invalidConfiguration, try bench.resign(honest) { $0[106] = 0 }, by: 0)
        bench.expectRefusal(.invalidConfiguration, try bench.resign(honest) { $0[106] = 3 }, by: 0)
        bench.expectRefusal(.nonCanonical, try bench.resign(honest) { $0[$0.count - 1] |= 0x40 }, by: 0)
        bench.expectRefusal(.trailingData, try bench.resign(honest) { $0.append(0) }, by: 0)
        try bench.finishExactly()
    }

    @Test func expectedModel() throws {
        let bench = try ProtocolBench(policy: { $1.requiresExpectedModel = true })
        try bench.setUp()
        let model = bench.roundParameters(model: "announced").modelDigest
        for party in bench.parties { party.machine.expectModel(model) }
        bench.holding = [.roundConfig]
        try bench.announce(1, model: "announced")
        let honest = try bench.held(.roundConfig, to: 0)
        bench.expectRefusal(.unexpectedModel, try bench.resign(honest) { $0[0] ^= 1 }, by: 0)
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    @Test func roundsThatAreNotTheNext() throws {
        let bench = try ProtocolBench()
        try bench.setUp(1, firstRound: 5)
        bench.holding = [.roundConfig, .survivors]
        try bench.announce(5)
        let honest = try bench.held(.roundConfig, to: 0)
        for (round, code) in [
            (UInt64(0), AbortCode.wrongContext), (4, .wrongContext), (7, .wrongContext), (.max, .wrongContext),
        ] {
            bench.expectRefusal(code, try bench.resign(honest, round: round), by: 0, "\(round)")
        }
        #expect(bench.refusal(of: honest, by: 0) == nil)
        // A second configuration of the round, before and after the input has left.
        let second = try bench.resign(honest) { $0[0] ^= 1 }
        let refusal = bench.refusal(of: second, by: 0)
        #expect(refusal?.code == .equivocation)
        try bench.expectProof(refusal, by: .coordinator)
        bench.expectRefusal(.roundReplayed, try bench.resign(honest, round: 4), by: 0)
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
        bench.expectRefusal(.roundReplayed, second, by: 0)
        bench.expectRefusal(.roundReplayed, honest, by: 0)
    }

    // MARK: Survivors

    @Test func badSurvivorList() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let honest = try bench.held(.survivors, to: 0)
        func list(_ change: @escaping (inout [Frame]) throws -> Void) throws -> [UInt8] {
            try bench.survivors(like: honest, change)
        }
        let other = Blake2b.hash([1], Personalisation("other"))
        let rows: [(String, AbortCode, PeerID, [UInt8])] = [
            ("root", .digestMismatch, .coordinator, try bench.resign(honest) { $0[40] ^= 1 }),
            ("configuration", .configMismatch, .coordinator, try bench.resign(honest) { $0[0] ^= 1 }),
            (
                "own header", .ownKeyAltered, .coordinator,
                try list { $0[0] = try Frame(bench.resign($0[0].bytes) { $0[50] ^= 1 }) }
            ),
            (
                "another's header unsigned", .badSignature, 3,
                try list { $0[3] = try Frame(bench.resign($0[3].bytes, signer: .coordinator) { $0[50] ^= 1 }) }
            ),
            (
                "another configuration", .configMismatch, 3,
                try list { $0[3] = try Frame(bench.resign($0[3].bytes) { $0[0] ^= 1 }) }
            ),
            (
                "another length", .dimensionMismatch, 3,
                try list { $0[3] = try Frame(bench.resign($0[3].bytes) { $0[32] ^= 1 }) }
            ),
            ("another round", .wrongContext, 3, try list { $0[3] = try Frame(bench.resign($0[3].bytes, round: 2)) }),
            (
                "another session", .wrongContext, 3,
                try list { $0[3] = try Frame(bench.resign($0[3].bytes, session: other)) }
            ),
            ("without the reader", .excludedAfterAcknowledgement, .coordinator, try list { $0.removeFirst() }),
            ("a frame of another type", .wrongSender, 3, try Self.withStatement(bench, honest)),
            ("a header too many", .trailingData, .coordinator, try bench.resign(honest) { $0 += $0.suffix(196) }),
            ("a header too few", .truncated, .coordinator, try bench.resign(honest) { $0.removeLast(196) }),
        ]
        for (kind, code, peer, bytes) in rows { bench.expectRefusal(code, bytes, by: 0, blaming: peer, kind) }
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }

    /// A signed frame of 3 that is as long as an input header and is none.
    private static func withStatement(_ bench: ProtocolBench, _ honest: [UInt8]) throws -> [UInt8] {
        try bench.survivors(like: honest) { $0[3] = try Frame(bench.resign($0[3].bytes, type: .survivorStatement)) }
    }

    // MARK: Request for shares

    @Test func badRequest() throws {
        let bench = try ProtocolBench.upTo(.unmaskRequest)
        let honest = try bench.held(.unmaskRequest, to: 0)
        let all = try bench.signatures(in: honest)
        #expect(all.count == 6)
        let rows: [(String, AbortCode, PeerID, [(id: PeerID, signature: Signature)])] = [
            ("one short", .quorumNotReached, .coordinator, Array(all[..<3])),
            ("none", .quorumNotReached, .coordinator, []),
            ("one twice", .duplicateParticipant, 0, [all[0]] + all[..<3]),
            ("not sorted", .duplicateParticipant, 0, [all[1], all[0]] + all[2...]),
            ("an outsider", .unknownParticipant, 6, Array(all[..<5]) + [(id: 6, signature: all[5].signature)]),
            (
                "the coordinator", .unknownParticipant, .coordinator,
                Array(all[..<5]) + [(id: .coordinator, signature: all[5].signature)]
            ),
            (
                "another's signature", .badSignature, 2,
                all.map { ($0.id, $0.id == 2 ? all[3].signature : $0.signature) }
            ),
            (
                "a bad one beside a quorum", .badSignature, 5,
                all.map { ($0.id, $0.id == 5 ? all[4].signature : $0.signature) }
            ),
        ]
        for (kind, code, peer, signatures) in rows {
            bench.expectRefusal(
                code, try bench.request(like: honest, signatures: signatures), by: 0, blaming: peer, kind)
        }
        bench.expectRefusal(.messageTooLarge, try bench.request(like: honest, signatures: all + [all[5]]), by: 0)
        // Another agreement, with a quorum of real signatures under it.
        let survivors = try bench.survivors(without: 5, like: bench.sent(.survivors, from: .coordinator))
        let other = try bench.unmaskRequest(for: survivors, signers: [0, 1, 2, 3, 4])
        let refusal = bench.refusal(of: other, by: 0)
        #expect(refusal?.code == .conflictingUnmask)
        try bench.expectProof(refusal, by: .coordinator)
        // Exactly a quorum is enough, and a second request is answered once only.
        let quorum = try bench.request(like: honest, signatures: Array(all[..<4]))
        #expect(bench.refusal(of: quorum, by: 0) == nil)
        bench.expectRefusal(.unexpectedMessage, honest, by: 0)
        let second = bench.refusal(of: other, by: 0)
        #expect(second?.code == .conflictingUnmask)
        try bench.expectProof(second, by: .coordinator)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
        #expect(bench.sent.count { $0.from == 0 && $0.type == .unmaskShares } == 1)
    }

    @Test func requestBeforeTheStatement() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let survivors = try bench.held(.survivors, to: 0)
        let request = try bench.unmaskRequest(for: survivors, signers: (0..<6).map { PeerID(rawValue: $0) })
        bench.expectRefusal(.unexpectedMessage, request, by: 0)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }
}
