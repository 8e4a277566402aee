import CryptoPrimitives
import RoundProtocol
import Testing

@testable import SecAggSimulation

/// Seeds of the fault simulator over sums under encryption; `secagg-bench simulate --backend paillier` runs the rest.
@Suite struct SumSimulationPropertyTests {
    /// Three stretches of 30 seeds, modes by turns: no promise breaks.
    @Test(arguments: [UInt64(0), 30, 60])
    func noPromiseBreaks(from first: UInt64) {
        var faults = FaultCounts()
        var opened = 0
        for seed in first..<first + 30 {
            let report = Simulation.run(seed: seed, mode: .rotating(seed), sum: .paillier)
            for violation in report.violations {
                Issue.record(
                    """
                    \(violation.check) \(violation.detail); replay with secagg-bench simulate --backend paillier \
                    --seeds 1 --from \(seed) --mode \(report.mode.rawValue)
                    """)
            }
            faults.add(report.faults)
            opened += report.opened
        }
        #expect(opened > 20, "a simulator in which nothing succeeds shows nothing")
        #expect(faults.total > 600)
    }

    @Test(arguments: [SimulationMode.safety, .liveness, .swarm, .exhaustive])
    func equalSeedsGiveEqualTraces(mode: SimulationMode) {
        var traces: Set<Digest> = []
        for seed in UInt64(7)..<9 {
            let first = Simulation.run(seed: seed, mode: mode, sum: .paillier)
            let second = Simulation.run(seed: seed, mode: mode, sum: .paillier)
            #expect(first.trace == second.trace && first.events == second.events, "seed \(seed)")
            #expect(first.faults == second.faults && first.opened == second.opened)
            traces.insert(first.trace)
        }
        #expect(traces.count == 2, "other seeds give other traces")
    }

    /// Each party's process ends once at points spread over all commits and frames: there is always a sum in the end.
    @Test func crashesAtCountedPoints() {
        let sweep = CrashSweep.shared(.paillier)
        #expect(sweep.singles > 200, "commits and frames of five parties")
        for number in stride(from: UInt64(0), to: UInt64(sweep.singles), by: 11) {
            let report = sweep.run(number)
            #expect(report.violations.isEmpty, "run \(number): \(report.violations)")
            #expect(report.faults.total == 1, "run \(number): the one crash has struck")
            #expect(report.opened >= 1)
        }
        for number in stride(from: UInt64(sweep.singles), to: UInt64(sweep.count), by: 9_973) {
            let report = sweep.run(number)
            #expect(report.violations.isEmpty, "run \(number): \(report.violations)")
        }
    }

    /// Every lie and every way of opening is drawn by some seed of a few hundred.
    @Test func everythingIsDrawn() {
        var shareholders: Set<Int> = []
        var coordinators: Set<SumCoordinatorMisbehaviour> = []
        var companies: Set<SumParticipantMisbehaviour> = []
        var (modes, inside) = (Set<UInt8>(), Set<Bool>())
        for seed in UInt64(0)..<400 {
            var chance = SimulatedChance(seed: seed, stream: 0)
            let terms = SimulatedTerms(seed: seed, &chance).opened(by: OpeningTerms(seed: seed))
            shareholders.insert(terms.opening.dealt.key.shareholders)
            modes.insert(terms.opening.mode.rawValue)
            inside.insert(terms.opening.masksInside)
            #expect(!terms.opening.masksInside || terms.roundsPerEpoch == 1)
            coordinators.formUnion(SumCoordinatorAdversary(terms).acts)
            companies.formUnion(SumParticipantAdversary(PeerID(rawValue: 0), terms).acts)
        }
        #expect(coordinators.count == SumCoordinatorMisbehaviour.allCases.count)
        #expect(companies.count == SumParticipantMisbehaviour.allCases.count)
        #expect(shareholders == [3, 4] && modes.count == 2 && inside.count == 2)
    }
}
