internal import CryptoPrimitives
internal import RoundProtocol

/// Runs of the deterministic simulator: the real state machines under faults that follow from a seed.
///
/// Source: simulation
public enum Simulation {
    /// One run.
    ///
    /// - Complexity: some 110 ms of processor time with four to six participants.
    public static func run(
        seed: UInt64, mode: SimulationMode, sum: SimulatedSum = .masking
    ) -> SimulationReport {
        switch mode {
        case .exhaustive: return CrashSweep.shared(sum).run(seed)
        case .safety, .liveness, .swarm:
            var chance = SimulatedChance(seed: seed, stream: 0)
            var terms = SimulatedTerms(seed: seed, &chance)
            if sum == .paillier { terms = terms.opened(by: OpeningTerms(seed: seed)) }
            var faults: FaultProfile
            switch mode {
            case .swarm: faults = FaultProfile(swarm: &chance)
            default: faults = FaultProfile(all: &chance)
            }
            if mode == .liveness { faults = faults.without([.byzantineCoordinator]) }
            return run(terms, faults, mode: mode, sum: sum, &chance)
        }
    }

    private static func run(
        _ terms: SimulatedTerms, _ faults: FaultProfile, mode: SimulationMode, sum: SimulatedSum,
        _ chance: inout SimulatedChance
    ) -> SimulationReport {
        let world = world(terms, faults, sum)
        if world.strikes(.byzantineCoordinator) {
            world.adversary = sum.coordinatorAdversary(terms)
            world.witness.coordinatorIsHonest = false
        }
        for _ in 0..<terms.colluders where world.strikes(.byzantineParticipant) {
            let process = world.participants[chance.below(terms.participants)]
            process.misbehaviour = sum.participantAdversary(process, terms)
            world.witness.corrupt.insert(process.peer)
        }
        if mode == .liveness {
            let healAt: UInt64 = 3_000
            let trace = world.run(until: healAt + livenessBound, healAt: healAt) { $0.hasFreshSum }
            if !world.hasFreshSum, !world.witness.hasViolation {
                world.witness.violate(.stuck, "no sum of everybody \(livenessBound) ms after the last fault")
            }
            return report(world, terms.seed, mode, sum, trace)
        }
        let goal = 2
        let trace = world.run(until: 16_000) { $0.opened + $0.givenUp >= goal }
        return report(world, terms.seed, mode, sum, trace)
    }

    /// Milliseconds after the last fault within which a new session must have given a sum: the steps of a round that
    /// was open, those of the set-up and those of a new round, and as much again for what is said twice.
    static let livenessBound: UInt64 = 30_000

    static func world(_ terms: SimulatedTerms, _ faults: FaultProfile, _ sum: SimulatedSum) -> SimulatedWorld {
        guard let cast = try? SimulatedCast(terms) else { preconditionFailure("keys of a cast differ") }
        let backend: any SimulatedBackend =
            switch sum {
            case .masking: MaskingBackend(terms: terms, cast: cast)
            case .paillier: PaillierBackend(terms: terms, cast: cast)
            }
        let world = SimulatedWorld(
            terms, cast: cast, backend: backend, faults: faults, maskChecks: sum == .masking)
        if sum == .paillier { world.witness.sums = SumWatch(terms.opening) }
        return world
    }

    static func report(
        _ world: SimulatedWorld, _ seed: UInt64, _ mode: SimulationMode, _ sum: SimulatedSum, _ trace: Digest
    ) -> SimulationReport {
        SimulationReport(
            seed: seed, mode: mode, sum: sum, violations: world.witness.violations, faults: world.counts,
            opened: world.opened,
            givenUp: world.givenUp, events: world.events, trace: trace,
            evidence: world.witness.evidence.compactMap {
                EvidenceFile($0, roster: world.cast.roster)
            }, roster: RosterFile(world.cast.roster))
    }
}
