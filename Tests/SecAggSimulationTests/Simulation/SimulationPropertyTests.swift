import CryptoPrimitives
import SecAggSimulation
import Testing

/// Seeds of the fault simulator, as many as a test command bears; `secagg-bench simulate` runs the rest.
@Suite struct SimulationPropertyTests {
    /// Four stretches of 50 seeds, modes by turns: no promise breaks, whatever is lost, late, changed or lied about.
    @Test(arguments: [UInt64(0), 50, 100, 150])
    func noPromiseBreaks(from first: UInt64) {
        var faults = FaultCounts()
        var opened = 0
        for seed in first..<first + 50 {
            let report = Simulation.run(seed: seed, mode: .rotating(seed))
            for violation in report.violations {
                Issue.record(
                    """
                    \(violation.check) \(violation.detail); replay with secagg-bench simulate --seeds 1 \
                    --from \(seed) --mode \(report.mode.rawValue)
                    """)
            }
            faults.add(report.faults)
            opened += report.opened
        }
        #expect(opened > 30, "a simulator in which nothing succeeds shows nothing")
        #expect(faults.total > 1_000)
    }

    /// Every kind of fault strikes somewhere in 60 seeds of a mode that has all of them.
    @Test func everyFaultIsInjected() {
        var faults = FaultCounts()
        var missing = Set(FaultKind.allCases)
        for seed in UInt64(1_000)..<1_060 where !missing.isEmpty {
            let report = Simulation.run(seed: seed, mode: .safety)
            #expect(report.violations.isEmpty, "seed \(seed)")
            faults.add(report.faults)
            missing = missing.filter { faults[$0] == 0 }
        }
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test(arguments: [SimulationMode.safety, .liveness, .swarm, .exhaustive])
    func equalSeedsGiveEqualTraces(mode: SimulationMode) {
        var traces: Set<Digest> = []
        for seed in UInt64(7)..<10 {
            let (first, second) = (Simulation.run(seed: seed, mode: mode), Simulation.run(seed: seed, mode: mode))
            #expect(first.trace == second.trace && first.events == second.events, "seed \(seed)")
            #expect(first.faults == second.faults && first.opened == second.opened)
            traces.insert(first.trace)
        }
        #expect(traces.count == 3, "other seeds give other traces")
    }

    /// Each party's process ends once at points spread over all commits and frames: there is always a sum in the end.
    @Test func crashesAtCountedPoints() {
        let sweep = CrashSweep.shared(.masking)
        #expect(sweep.singles > 200, "commits and frames of five parties")
        #expect(sweep.count == sweep.singles + sweep.singles * sweep.singles)
        for number in stride(from: UInt64(0), to: UInt64(sweep.singles), by: 17) {
            let report = sweep.run(number)
            #expect(report.violations.isEmpty, "run \(number): \(report.violations)")
            #expect(report.faults.total == 1, "run \(number): the one crash has struck")
            #expect(report.opened >= 1)
        }
    }

    /// Two processes end, or one twice.
    @Test func pairsOfCrashes() {
        let sweep = CrashSweep.shared(.masking)
        for number in stride(from: UInt64(sweep.singles), to: UInt64(sweep.count), by: 7_919) {
            let report = sweep.run(number)
            #expect(report.violations.isEmpty, "run \(number): \(report.violations)")
        }
    }

    /// A lying coordinator is caught with proof, and each proof holds with the roster alone.
    @Test func liesLeaveProof() throws {
        var proofs = 0
        var kinds: Set<FaultKind> = []
        for seed in UInt64(0)..<120 where proofs < 8 {
            let report = Simulation.run(seed: seed, mode: .safety)
            if report.faults[.byzantineCoordinator] > 0 { kinds.insert(.byzantineCoordinator) }
            if report.faults[.byzantineCoordinator] == 0 {
                #expect(report.evidence.isEmpty, "seed \(seed): nobody can be convicted whom nobody corrupted")
            }
            for file in report.evidence {
                let proof = try file.verify(roster: report.roster.roster)
                #expect(proof.peer == .coordinator)
                proofs += 1
            }
        }
        #expect(proofs >= 8 && kinds.contains(.byzantineCoordinator))
    }
}
