import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

@Suite("Measured rounds on random input")
struct RoundTrialPropertyTests {
    private func trial(
        participants: Int, dimension: Int, bits: Int, dropouts: [Int: DropoutStep] = [:], rounds: Int = 1,
        colluders: Int = 1, neighbours: NeighbourChoice = .auto
    ) throws -> RoundTrial {
        let bound = RoundTrial.valueBound(participants: participants, bits: bits)
        let absent = dropouts.values.count { $0 == .advertise }
        let plan = try Planner.plan(
            PlanRequest(
                participants: participants - absent, colluders: colluders,
                dropouts: Dropouts(counting: dropouts.values), dimension: dimension,
                valueBound: bound, neighbours: neighbours, server: .curious, requestedBits: bits))
        return RoundTrial(plan: plan, valueBound: bound, dropouts: dropouts, rounds: rounds, inputSeed: 7)
    }

    private func run(_ trial: RoundTrial) throws -> RoundTrialReport {
        try trial.run(spool: MemorySpool(capacityBytes: 1 << 26)) {
            SeededRandomSource(seed: 5, label: $0.label)
        }
    }

    @Test(arguments: [8, 16, 21, 33, 62, 64], [1, 100])
    func exactInEveryRing(bits: Int, dimension: Int) throws {
        #expect(try run(trial(participants: 5, dimension: dimension, bits: bits)).isExact)
    }

    @Test(arguments: DropoutStep.allCases)
    func exactWithDropoutsAtEveryStep(step: DropoutStep) throws {
        let dropouts = RoundTrial.dropouts(fraction: 0.3, participants: 10, steps: [step], seed: 2)
        let report = try run(trial(participants: 10, dimension: 64, bits: 21, dropouts: dropouts, rounds: 2))
        #expect(report.isExact)
        #expect(report.survivors == (step.keepsInput ? 10 : 7))
        #expect(report.receivers == 7)
        #expect(report.recovered == (step == .input || step == .upload ? 3 : 0))
    }

    /// A sparse graph is safe for one size of session: absent members must be known to the plan.
    @Test(arguments: [DropoutStep.advertise, .receipt, .input])
    func sparseGraphs(step: DropoutStep) throws {
        let dropouts = RoundTrial.dropouts(fraction: 0.1, participants: 40, steps: [step], seed: 2)
        let trial = try trial(
            participants: 40, dimension: 8, bits: 21, dropouts: dropouts, neighbours: .count(30))
        #expect(trial.plan.graph != .complete && trial.participants == 40)
        let report = try run(trial)
        #expect(report.isExact && report.survivors == 36)
    }

    /// Clients that share verdicts send the same frames and get the same sum as if each checked for itself.
    @Test(arguments: [NeighbourChoice.complete, .count(30)])
    func aSampleThatChecksForItself(neighbours: NeighbourChoice) throws {
        let dropouts = RoundTrial.dropouts(fraction: 0.2, participants: 40, steps: [.input], seed: 2)
        var trial = try trial(
            participants: 40, dimension: 8, bits: 21, dropouts: dropouts, rounds: 2, neighbours: neighbours)
        let all = try run(trial)
        trial.verifySample = 5
        let sampled = try run(trial)
        #expect(sampled.isExact && sampled.survivors == 32 && sampled.receivers == 32)
        #expect(all.measuredClients == 32 && sampled.measuredClients == 5)
        #expect(sampled.server.receivedBytes == all.server.receivedBytes)
        #expect(sampled.client.sentInputBytes == all.client.sentInputBytes)
    }

    @Test(arguments: [MaskSuites.chaCha20, .runnable], [1, 2])
    func exactWithEitherGeneratorOnAnyNumberOfThreads(suites: MaskSuites, threads: Int) throws {
        let dropouts = RoundTrial.dropouts(fraction: 0.3, participants: 10, steps: [.input], seed: 2)
        var trial = try trial(participants: 10, dimension: 200_000, bits: 21, dropouts: dropouts)
        trial.maskSuites = suites
        trial.threads = threads
        for isPrepared in [false, true] {
            trial.preparesMasks = isPrepared
            let report = try run(trial)
            #expect(report.isExact && report.recovered == 3)
            #expect((report.client.preparationSeconds > 0) == isPrepared)
        }
    }

    @Test
    func bytesAreThoseOfTheVectorAndLittleMore() throws {
        let report = try run(trial(participants: 10, dimension: 30_000, bits: 21))
        let vector = Double(30_000 / 3 * 8)
        #expect(report.client.sentBytes > vector && report.client.sentBytes < vector + 5_000)
        #expect(report.client.receivedBytes > vector)
        #expect(report.server.sentBytes > 10 * vector)
        #expect(report.client.totalSeconds > report.client.onlineSeconds)
        #expect(report.client.onlineSeconds > 0 && report.server.onlineSeconds > 0)
    }

    @Test
    func anotherClearSumIsFound() throws {
        let layout = try LaneLayout(bits: 21)
        let plan = try Planner.plan(PlanRequest(participants: 5, dimension: 3, valueBound: 10, requestedBits: 21))
        let consortium = try LoopbackConsortium(
            LoopbackConsortium.Settings(plan: plan, roundsPerEpoch: 1), spool: MemorySpool(capacityBytes: 1 << 20),
            random: { SeededRandomSource(seed: 1, label: $0.label) }, cpuSeconds: { 0 })
        let digest = Blake2b.hash([1], Personalisation("test"))
        var asked = [Int](repeating: 0, count: 5)
        let round = try consortium.round(
            LoopbackTerms(
                dimension: 3, layout: layout, valueBound: 10, modelDigest: digest, schemaDigest: digest,
                parametersDigest: digest)
        ) { member in
            asked[member] += 1
            let changed: Int64 = member == 3 && asked[member] == 2 ? 1 : 0
            return (try? PackedVector(packing: [1, -2, 3 + changed], layout: layout))
                ?? PackedVector(zeros: 3, layout: layout)
        }
        #expect(!round.isExact)
        #expect(round.outcome.sum.signedValues() == [5, -10, 15])
        #expect(asked == [2, 2, 2, 2, 2])
    }

    @Test
    func ringsWithoutAWidthAskedFor() {
        #expect([3, 10, 32, 255, 511].allSatisfy { RoundTrial.defaultBits(participants: $0) == 21 })
        #expect(RoundTrial.defaultBits(participants: 600) == 32)
        #expect(RoundTrial.defaultBits(participants: 65_536) == 32)
        for participants in [3, 10, 300, 512, 513, 65_536] {
            let bits = RoundTrial.defaultBits(participants: participants)
            let bound = RoundTrial.valueBound(participants: participants, bits: bits)
            #expect(bound >= RoundTrial.leastLevels)
            #expect(UInt64(participants) * bound < 1 << UInt64(bits - 1))
        }
        #expect(RoundTrial.valueBound(participants: 10, bits: 63) == 1)
    }

    @Test(arguments: [(0.3, 10, 3), (0.29, 100, 29), (0.3, 5, 1), (0.0, 7, 0), (0.99, 3, 2), (0.1, 3, 0)])
    func wholeClientsFallSilent(fraction: Double, participants: Int, expected: Int) {
        let drawn = RoundTrial.dropouts(
            fraction: fraction, participants: participants, steps: DropoutStep.mixture, seed: 9)
        #expect(drawn.count == expected)
        #expect(drawn.keys.allSatisfy { (0..<participants).contains($0) })
        #expect(
            drawn
                == RoundTrial.dropouts(
                    fraction: fraction, participants: participants, steps: DropoutStep.mixture, seed: 9))
    }
}
