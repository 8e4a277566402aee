internal import CryptoPrimitives
internal import RoundProtocol

/// Every crash of every party at every commit and every frame of one set-up and one round among four; then all pairs.
///
/// Source: simulation section 3
public struct CrashSweep: Sendable {
    private let points: [(peer: PeerID, commits: Int, sends: Int)]
    private let sum: SimulatedSum

    /// Runs once without a fault and counts.
    public init(_ sum: SimulatedSum) {
        self.sum = sum
        let world = Simulation.world(SimulatedTerms(fourWithSeed: 0), .none, sum)
        _ = world.run(until: 60_000) { $0.opened > 0 }
        points = world.everybody.map { ($0.peer, $0.disk.commits, $0.sends) }
    }

    /// The sweep of a kind of sum.
    public static func shared(_ sum: SimulatedSum) -> CrashSweep {
        switch sum {
        case .masking: masking
        case .paillier: paillier
        }
    }

    private static let masking = CrashSweep(.masking)
    private static let paillier = CrashSweep(.paillier)

    /// Runs with one crash.
    public var singles: Int { points.reduce(0) { $0 + 4 * $1.commits + $1.sends } }

    /// Runs with one crash or two.
    public var count: Int { singles + singles * singles }

    /// The run with this number, from 0: first all single crashes, then all pairs, the first crash varying slowest.
    /// Numbers past the end begin again.
    public func run(_ number: UInt64) -> SimulationReport {
        let number = number % UInt64(count)
        let index = Int(number)
        let plans =
            index < singles
            ? [plan(index)] : [plan((index - singles) / singles), plan((index - singles) % singles)]
        var terms = SimulatedTerms(fourWithSeed: number)
        terms.roundsPerEpoch = 2
        terms.usesFiles = number % 8 == 7
        let world = Simulation.world(terms, .none, sum)
        world.crashPlans = plans
        // Two rounds must end; a round may be given up, an application opens the next, and in the end there is a sum.
        let trace = world.run(until: 90_000) { $0.opened > 0 && $0.opened + $0.givenUp >= 2 }
        if world.opened == 0, !world.witness.hasViolation {
            world.witness.violate(.stuck, "no sum after the crash")
        }
        return Simulation.report(world, number, .exhaustive, sum, trace)
    }

    private func plan(_ index: Int) -> CrashPlan {
        var rest = index
        for point in points {
            if rest < 4 * point.commits {
                let stop: SimulatedDisk.Stop =
                    switch rest % 4 {
                    case 0: .beforeWrite
                    case 1: .beforeSync(isKept: false)
                    case 2: .beforeSync(isKept: true)
                    default: .afterSync
                    }
                return CrashPlan(peer: point.peer, point: .commit(rest / 4, stop))
            }
            rest -= 4 * point.commits
            if rest < point.sends { return CrashPlan(peer: point.peer, point: .send(rest)) }
            rest -= point.sends
        }
        preconditionFailure("the index of a crash is below their number")
    }
}
