import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Rows 13 to 23: shares, overflow, leaks beside the sum, weak points, results, rollback.
///
/// Row 17 and row 18 concern what an honest sum says and have nothing to refuse here; constant time (row 20) is not seen by
/// a test of messages, the wiping is.
extension AttackTableTests {
    // MARK: Row 13, shares

    @Test func row13NoHolderSitsAtZeroOrTwice() throws {
        // The point of holder i is i + 1, so no share is the secret; a set of holders with a repetition has no weights.
        #expect(throws: ShamirFailure.self) { try Shamir.Weights(holders: [1, 1, 2]) }
        let bench = try ProtocolBench.upTo(.survivors)
        for dealer in 0..<6 {
            for kind in SecretKind.allCases {
                let secret = try bench.parties[dealer].machine.secrets.scalar(kind, round: 0)
                let bytes = secret.withUnsafeBytes { Bytes32(copying: $0) }
                for holder in 0..<6 {
                    #expect(bench.parties[holder].machine.secrets.revealShare(kind, round: 0, dealer: dealer) != bytes)
                }
            }
        }
        try bench.finishExactly()
    }

    // MARK: Row 14, overflow

    @Test func row14NoHeadRoomNoRound() throws {
        let bench = try ProtocolBench()
        try bench.setUp()
        let before = bench.server.machine.fingerprint
        let bound = ProtocolBench.valueBound(bench.terms)
        #expect(throws: Abort(.overflowPossible, .announce, peer: .coordinator)) {
            try bench.announce { $0.valueBound = bound + 1 }
        }
        #expect(throws: Abort(.overflowPossible, .announce, peer: .coordinator)) {
            try bench.announce { $0.noiseTail = 10 }
        }
        #expect(throws: Abort(.emptyVector, .announce, peer: .coordinator)) { try bench.announce { $0.dimension = 0 } }
        #expect(throws: Abort.self) { try bench.announce { $0.minimumSurvivors = 7 } }
        #expect(bench.server.machine.fingerprint == before)
        try bench.announce()
        bench.settle()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    // MARK: Row 15, what travels beside the sum

    @Test func row15SizesDoNotDependOnTheInput() throws {
        func shape(_ input: (ProtocolBench, Int) throws -> PackedVector) throws -> [[Int]] {
            let bench = try ProtocolBench()
            bench.withholding = Set(0..<6)
            try bench.setUp()
            try bench.announce()
            for id in 0..<6 { try bench.submit(input(bench, id), by: id) }
            bench.settle()
            #expect(bench.outcome != nil)
            return bench.sent.map { [Int($0.type?.rawValue ?? 0), Int($0.from.rawValue), $0.bytes.count] }
        }
        let zeros = try shape { bench, _ in PackedVector(zeros: 9, layout: bench.layout) }
        let values = try shape { bench, id in bench.inputs[id] }
        #expect(zeros == values)
    }

    // MARK: Row 16, numbers that are none

    @Test func row16NoNaNAndNoSilentClipping() throws {
        let codec = try FixedPointCodec.levels(valueBound: 1 << 15, clip: 1)
        var random = ProtocolBench.random(3, "rounding")
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(throws: RingFailure.nonFiniteInput(index: 1)) { try codec.quantise([0, bad], from: &random) }
        }
        let result = try codec.quantise([0.5, 2, -3, 1], from: &random)
        #expect(result.clipped == 2)
        #expect(result.values[1] == 1 << 15 && result.values[2] == -(1 << 15))
        for clip in [Double.nan, 0, -1, .infinity] {
            #expect(throws: RingFailure.self) { try FixedPointCodec.levels(valueBound: 1 << 15, clip: clip) }
        }
    }

    // MARK: Row 19, weak points

    @Test(arguments: HostileContributionMisuseTests.smallOrder)
    func row19SmallOrderKeysGiveNoSharedSecret(key: [UInt8]) throws {
        var random = ProtocolBench.random(3, "exchange")
        let own = KeyExchangeKey(from: &random)
        let weak = KeyExchangePublicKey(try #require(Bytes32(key)))
        for role in [KeyExchangeKey.Role.client, .server] {
            var thrown: CryptoFailure?
            do throws(CryptoFailure) { _ = try own.sessionKeys(with: weak, role: role) } catch { thrown = error }
            #expect(thrown == .weakKey)
        }
    }

    @Test func row19TheIdentityIsNoPoint() throws {
        #expect(throws: CryptoFailure.self) { try GroupElement(Bytes32()) }
        #expect(throws: CryptoFailure.self) {
            try GroupElement(try #require(Bytes32([UInt8](repeating: 0xFF, count: 32))))
        }
    }

    // MARK: Row 20, remnants

    @Test func row20NothingSecretInAnErrorOrDescription() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let upload = bench.parties[0].machine.upload
        let words = try #require(upload)
        let abort = Abort(.reconstructionFailed, .unmask, peer: 3, evidence: Evidence(frames: [words]))
        #expect(abort.description == "reconstructionFailed in unmask (#3)")
        #expect("\(Abort(.badSignature, .deal))" == "badSignature in deal (nobody)")
        try bench.finishExactly()
    }

    @Test func row20AnAbandonedEpochIsWiped() throws {
        let bench = try ProtocolBench.upTo(.delivery)
        bench.now = bench.now.advanced(byMilliseconds: 1)
        #expect(bench.parties[0].machine.secrets.rounds == 2)
        let notice = bench.forge(
            .abort, round: 1, AbortNotice(Abort(.tooFewParticipants, .deal)).encoded())
        #expect(bench.refusal(of: notice, by: 0) == nil)
        #expect(bench.parties[0].machine.secrets.rounds == 0)
        #expect(bench.parties[0].machine.expectedStage == .proposal)
        #expect(bench.aborts.contains { $0.by == 0 && $0.abort.code == .coordinatorAborted })
    }

    @Test func row20AnAbortOfOneRoundKeepsTheEpoch() throws {
        // Round 1 ends without a sum, seen by its members and by one that never entered it.
        let bench = try ProtocolBench(policy: { if $0 == 5 { $1.requiresExpectedModel = true } })
        try bench.setUp()
        bench.withholding = [0, 1, 2, 3]
        try bench.announce(1)
        bench.settle()
        #expect(bench.aborts.first?.abort == Abort(.tooFewSurvivors, .survivors))
        let notice = try bench.sent(.abort, from: .coordinator)
        for id in 0..<6 { #expect(bench.parties[id].machine.expectedStage == .announce, "\(id)") }
        // The old notice again, between rounds: no new word.
        for id in 0..<6 {
            _ = bench.refusal(of: notice, by: id)
            #expect(bench.parties[id].machine.expectedStage == .announce, "\(id)")
        }
        bench.withholding = []
        bench.parties[5].machine.expectModel(bench.roundParameters(model: "model 2").modelDigest)
        bench.holding = [.survivors]
        try bench.announce(2)
        for id in 0..<6 { _ = bench.refusal(of: notice, by: id) }
        bench.release()
        bench.expectExact([0, 1, 2, 3, 4, 5])
    }

    // MARK: Row 21, malformed messages, is CoordinatorMisuseTests and the tests of hostile clients.

    // MARK: Row 22, results

    @Test func row22ForgedResults() throws {
        let bench = try ProtocolBench.upTo(.result)
        bench.holding = [.result, .chunkRoots, .chunk]
        let honest = try bench.held(.result, to: 0)
        // Offsets: configuration 0, agreement 32, words 64, sum 72, contributors 104.
        for (offset, code) in [
            (0, AbortCode.configMismatch), (32, .conflictingUnmask), (64, .dimensionMismatch),
            (104, .dimensionMismatch),
        ] {
            bench.expectRefusal(code, try bench.resign(honest) { $0[offset] ^= 1 }, by: 0, blaming: .coordinator)
        }
        let parts = bench.sent.filter { $0.to == 0 && ($0.type == .chunkRoots || $0.type == .chunk) }.map(\.bytes)
        #expect(parts.count == 2)
        #expect(bench.refusal(of: honest, by: 0) == nil)
        // A second sum under the coordinator's signature is proof.
        let second = try bench.resign(honest) { $0[72] ^= 1 }
        let refusal = bench.refusal(of: second, by: 0)
        #expect(refusal?.code == .equivocation)
        try bench.expectProof(refusal, by: .coordinator)
        // The words must be the ones under the signed digest.
        bench.expectRefusal(.unexpectedMessage, parts[1], by: 0, "chunk before its root")
        bench.expectRefusal(.digestMismatch, try bench.resign(parts[0]) { $0[10] ^= 1 }, by: 0)
        #expect(bench.refusal(of: parts[0], by: 0) == nil)
        bench.expectRefusal(.digestMismatch, try bench.resign(parts[1]) { $0[10] ^= 1 }, by: 0)
        bench.expectRefusal(.dimensionMismatch, try bench.resign(parts[1]) { $0.append(0) }, by: 0)
        bench.expectRefusal(.dimensionMismatch, try bench.resign(parts[1]) { $0.removeLast() }, by: 0)
        bench.expectRefusal(.dimensionMismatch, try bench.resign(parts[1]) { $0[0] = 1 }, by: 0)
        #expect(bench.refusal(of: parts[1], by: 0) == nil)
        #expect(bench.outcomes[0]?.sum == bench.clearSum(Array(0..<6)))
    }

    @Test func row22WordsOutsideTheRing() throws {
        let bench = try ProtocolBench.upTo(.result)
        let honest = try Frame(bench.held(.result, to: 0))
        var words = bench.clearSum(Array(0..<6)).littleEndianBytes()
        words[7] |= 0x80
        let roots = words.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let header = try ResultHeader(decoding: honest.body)
        let forged = bench.forge(
            .result, round: 1,
            ResultHeader(
                configDigest: header.configDigest, agreementDigest: header.agreementDigest,
                wordCount: header.wordCount, sumDigest: UploadDigest.root(of: roots), contributors: header.contributors
            ).encoded())
        #expect(bench.refusal(of: forged, by: 0) == nil)
        let session = try bench.session.id
        for part in UploadFrames.frames(of: words, roots: roots, sender: .coordinator, session: session, round: 1) {
            #expect(bench.refusal(of: part.bytes, by: 0) == nil)
        }
        let abort = try #require(bench.aborts.first { $0.by == 0 }).abort
        #expect(abort.code == .elementOutOfRange && abort.peer == .coordinator)
        #expect(abort.evidence?.frames.first == forged)
        #expect(bench.outcomes[0] == nil)
    }
}
