import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

/// A loopback session over random ring vectors, for tests.
struct Rehearsal {
    let consortium: LoopbackConsortium
    let inputs: [PackedVector]
    let layout: LaneLayout
    let bound: UInt64

    init(
        participants: Int, dimension: Int = 50, bits: Int = 21, colluders: Int = 1, minimumHonest: Int = 3,
        rounds: Int = 1, rule: ThresholdRule = .quorum, neighbours: NeighbourChoice = .auto,
        server: ServerModel = .active, seed: UInt64 = 1
    ) throws {
        let bound = (UInt64(1) << (bits - 1) - 1) / UInt64(participants)
        let plan = try Planner.plan(
            PlanRequest(
                participants: participants, colluders: colluders, dimension: dimension, valueBound: bound,
                neighbours: neighbours, server: server, thresholdRule: rule, minimumHonest: minimumHonest,
                requestedBits: bits))
        layout = try LaneLayout(bits: bits)
        self.bound = bound
        consortium = try LoopbackConsortium(
            LoopbackConsortium.Settings(plan: plan, roundsPerEpoch: rounds), spool: MemorySpool(capacityBytes: 1 << 26),
            random: { SeededRandomSource(seed: seed, label: $0.label) }, cpuSeconds: { 0 })
        var generator = SystemRandomNumberGenerator()
        let (layout, limit) = (layout, Int64(bound))
        inputs = try (0..<participants).map { _ in
            try PackedVector(
                packing: (0..<dimension).map { _ in Int64.random(in: -limit...limit, using: &generator) },
                layout: layout)
        }
    }

    func run(_ dropouts: [Int: DropoutStep] = [:], model: UInt64 = 1) throws -> LoopbackRound {
        var hash = Blake2b(Personalisation("test model"))
        hash.update(littleEndian: model)
        let digest = hash.finalize()
        return try consortium.round(
            inputs: inputs, valueBound: bound, modelDigest: digest, schemaDigest: digest, parametersDigest: digest,
            dropouts: dropouts)
    }
}

@Suite("Loopback sessions: the opened sum is the clear sum of the survivors")
struct LoopbackPropertyTests {
    @Test(arguments: [(3, 2), (5, 3), (10, 3), (32, 3)])
    func everybodyStays(participants: Int, minimumHonest: Int) throws {
        let rehearsal = try Rehearsal(participants: participants, minimumHonest: minimumHonest)
        let round = try rehearsal.run()
        #expect(round.isExact)
        #expect(round.outcome.survivors.count == participants)
        #expect(round.receivers == participants)
        #expect(rehearsal.consortium.refusals.allSatisfy { $0.code == .late && $0.stage == .unmask })
    }

    @Test(arguments: DropoutStep.allCases)
    func oneDropsAtEachStep(step: DropoutStep) throws {
        let rehearsal = try Rehearsal(participants: 10, rule: .explicit(4))
        let round = try rehearsal.run([3: step, 7: step])
        #expect(round.isExact)
        let losesInput = ![DropoutStep.survivors, .unmask].contains(step)
        #expect(round.outcome.survivors.contains(PeerID(rawValue: 3)) != losesInput)
        #expect(round.outcome.survivors.count == (losesInput ? 8 : 10))
        #expect(round.outcome.dropped.count == ([.input, .upload].contains(step) ? 2 : 0))
    }

    @Test(arguments: [8, 12, 16, 21, 32, 62, 64], [1, 2, 7, 300])
    func everyRing(bits: Int, dimension: Int) throws {
        let rehearsal = try Rehearsal(participants: 5, dimension: dimension, bits: bits)
        #expect(try rehearsal.run([4: .input]).isExact)
    }

    @Test
    func epochsOfSeveralRounds() throws {
        let rehearsal = try Rehearsal(participants: 6, rounds: 3)
        for model in 0..<7 {
            let dropouts: [Int: DropoutStep] = model % 2 == 1 ? [model % 6: .input] : [:]
            let round = try rehearsal.run(dropouts, model: UInt64(model))
            #expect(round.isExact)
            #expect(round.outcome.dropped.count == dropouts.count)
        }
    }

    @Test
    func tooFewSurvivorsAbort() throws {
        let rehearsal = try Rehearsal(participants: 5)
        #expect(throws: Abort(.tooFewSurvivors, .survivors)) {
            try rehearsal.run([0: .input, 1: .upload])
        }
    }

    @Test
    func noQuorumAborts() throws {
        let rehearsal = try Rehearsal(participants: 5)
        #expect(throws: Abort(.quorumNotReached, .survivors)) {
            try rehearsal.run([0: .survivors, 1: .survivors])
        }
    }

    @Test
    func tooFewSharesAbort() throws {
        let rehearsal = try Rehearsal(participants: 5)
        #expect(throws: Abort(.abortedInsufficientShares, .unmask)) {
            try rehearsal.run([0: .unmask, 1: .unmask])
        }
    }

    @Test
    func severalChunks() throws {
        let rehearsal = try Rehearsal(participants: 5, dimension: 500_000)
        #expect(try rehearsal.run([2: .upload]).isExact)
    }
}
