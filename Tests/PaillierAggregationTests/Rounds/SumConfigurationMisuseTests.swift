import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Configurations that nobody honest would sign, and calls out of turn.
@Suite struct SumConfigurationMisuseTests {
    @Test func configurations() throws {
        let terms = SumBench.Terms(participants: 5, colluders: 1)
        let bench = try SumBench.upTo(.roundConfig, terms) { id, client, _ in
            if id == 1 { (client.minimumNoiseVariance, client.maximumDimension) = (4, 8) }
            if id == 2 { client.schemaDigest = SumSetupMisuseTests.other }
            if id == 3 { client.parametersDigest = SumSetupMisuseTests.other }
            if id == 4 { client.requiresExpectedModel = true }
        }
        let sound = try bench.held(.roundConfig, to: bench.peer(0))
        let key = bench.parties.key
        func expect(
            _ code: AbortCode, by id: Int = 0, _ note: String, _ change: (inout RoundConfig) -> Void
        ) throws {
            bench.expectRefusal(code, .announce, try bench.config(sound, change), by: id, note)
        }
        /// With the packing that follows, as a coordinator would sign it.
        func repacked(_ config: inout RoundConfig) {
            config.receiptsDigest =
                (try? SumRound.layouts(config, masksInside: false, key.publicKey.parameters).1.digest)
                ?? SumSetupMisuseTests.zero
        }
        try expect(.thresholdTooLow, "a smaller quorum") { $0.quorum -= 1 }
        try expect(.thresholdTooHigh, "a larger quorum") { $0.quorum += 1 }
        try expect(.thresholdTooLow, "fewer shares") { $0.threshold = 1 }
        try expect(.thresholdTooHigh, "more shares") { $0.threshold = 3 }
        try expect(.emptyVector, "empty") { $0.dimension = 0 }
        try expect(.vectorTooLarge, "above the library's limit") { $0.dimension = (1 << 28) + 1 }
        try expect(.vectorTooLarge, "above the policy's limit") { $0.dimension = (1 << 20) + 1 }
        try expect(.invalidConfiguration, "receipts") { $0.receiptsRequired = 1 }
        try expect(.invalidConfiguration, "another suite") { $0.maskSuite = .aes256CTR }
        try expect(.policyViolation, "few survivors") { $0.minimumSurvivors = 2 }
        try expect(.tooFewParticipants, "more survivors than members") { $0.minimumSurvivors = 6 }
        try expect(.tooFewParticipants, "a cohort below the quorum") {
            $0.cohort = Bitmap(count: 5, indices: [0, 1, 2])
            repacked(&$0)
        }
        try expect(.falselyDropped, "a cohort without me") {
            $0.cohort = Bitmap(count: 5, indices: [1, 2, 3, 4])
            repacked(&$0)
        }
        try expect(.configMismatch, "another packing") { $0.receiptsDigest = SumSetupMisuseTests.other }
        try expect(.configMismatch, "bounds of another packing") { $0.valueBound -= 1 }
        try expect(.overflowPossible, "a bound beyond the ring") { $0.valueBound = 1 << 20 }
        try expect(.overflowPossible, "a weight beyond the ring") { $0.weightCap = .max }
        try expect(.overflowPossible, "noise beyond the ring") { $0.noiseTail = .max }
        for bits: UInt8 in [0, 7, 63, 65, 255] {
            try expect(.invalidConfiguration, "\(bits) bits") { $0.ringBits = bits }
        }
        try expect(.expired, "over") { $0.inputDeadline = bench.now }
        try expect(.invalidConfiguration, "disordered") { $0.survivorDeadline = bench.now.advanced(byMilliseconds: 1) }
        try expect(.invalidConfiguration, "disordered") { $0.unmaskDeadline = bench.now }
        try expect(.policyViolation, by: 1, "too little noise") {
            ($0.noiseVariance, $0.dimension) = (3, 8)
        }
        try expect(.vectorTooLarge, by: 1, "dimension") { $0.noiseVariance = 4 }
        try expect(.policyViolation, by: 2, "schema") { _ in }
        try expect(.policyViolation, by: 3, "parameters") { _ in }
        try expect(.unexpectedModel, by: 4, "a model nobody announced") { _ in }
        for round: UInt64 in [0, 3, .max] {
            bench.expectRefusal(.wrongContext, .announce, try bench.resign(sound, round: round), by: 0, "\(round)")
        }
        bench.expectRefusal(
            .wrongContext, .announce, try bench.resign(sound, session: SumSetupMisuseTests.other), by: 0)
        bench.expectRefusal(.nonCanonical, .announce, try bench.resign(sound) { $0[105] = 1 }, by: 0)
        bench.expectRefusal(.invalidConfiguration, .announce, try bench.resign(sound) { $0[106] = 3 }, by: 0)
    }

    @Test func twoConfigurations() throws {
        let bench = try SumBench.upTo(.maskedInput)
        let first = try bench.sent(.roundConfig, from: .coordinator)
        let second = try bench.config(first) { $0.modelDigest = SumSetupMisuseTests.other }
        let twice = bench.expectRefusal(.equivocation, .announce, second, by: 0)
        try bench.expectProof(twice, by: .coordinator)
        // The same one again is answered with the contribution, byte for byte.
        let before = bench.sent.filter { $0.from == bench.peer(0) }.map(\.bytes).suffix(3)
        #expect(try bench.answer(first, by: 0) == Array(before))
        try bench.finishExactly([0, 1, 2])
        bench.expectRefusal(.roundReplayed, .announce, first, by: 0)
        bench.expectRefusal(.roundReplayed, .announce, second, by: 0)
        try bench.announce(2)
        bench.settle()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
    }

    @Test func coordinatorCalls() throws {
        let bench = try SumBench()
        #expect(throws: Abort(.unexpectedMessage, .announce)) { try bench.announce() }
        try bench.setUp()
        for round: UInt64 in [0, 3] {
            #expect(throws: Abort(.wrongContext, .announce)) { try bench.announce(round) }
        }
        bench.holding = [.roundConfig]
        try bench.announce(2)
        #expect(throws: Abort(.unexpectedMessage, .announce)) { try bench.announce(2) }
        bench.release()
        bench.expectExact([0, 1, 2], at: [0, 1, 2])
        #expect(throws: Abort(.roundReplayed, .announce)) { try bench.announce(1) }
        #expect(throws: Abort(.roundReplayed, .announce)) { try bench.announce(2) }
    }

    @Test func partiesOfAnotherKey() throws {
        let terms = SumBench.Terms()
        let bench = try SumBench(terms)
        let ten = try ThresholdParties.parties(6)
        func participant(_ id: Int, _ roster: Roster, _ key: ThresholdPublicKey, _ share: consuming KeyShare?) -> Abort?
        {
            do throws(Abort) {
                _ = try PaillierParticipant(
                    identity: SumBench.identity(bench.peer(id), terms.seed), roster: roster, policy: bench.policies[0],
                    openingPolicy: OpeningPolicy(), key: key, share: share,
                    sealingKey: SumBench.sealingKey(bench.peer(id), terms.seed), random: SumBench.random(1, "a"),
                    sealingRandom: SumBench.random(1, "b"))
                return nil
            } catch {
                return error
            }
        }
        let refused = Abort(.invalidConfiguration, .proposal)
        #expect(participant(0, bench.roster, bench.parties.key, bench.parties.copyOfShare(1)) == refused)
        #expect(participant(0, bench.roster, bench.parties.key, ten.copyOfShare(0)) == refused)
        #expect(participant(0, bench.roster, ten.key, ten.copyOfShare(0)) == refused)
        #expect(
            participant(5, bench.roster, bench.parties.key, nil) == Abort(.unknownParticipant, .proposal))
        #expect(participant(0, bench.roster, bench.parties.key, nil) == nil)
        #expect(participant(1, bench.roster, bench.parties.key, bench.parties.copyOfShare(1)) == nil)
    }
}
