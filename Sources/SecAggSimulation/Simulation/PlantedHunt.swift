#if PlantedBugs
    internal import DurableState
#endif

/// The search for a known fault: are the checkers worth anything?
///
/// Source: simulation section 5
public enum PlantedHunt {
    /// The names of the faults; none in a build without the package trait `PlantedBugs`.
    public static var names: [String] {
        #if PlantedBugs
            PlantedBug.allCases.map { "\($0)" }
        #else
            []
        #endif
    }

    /// Switches the fault on and runs seeds, in all modes by turns, until a check fails; nil when none did.
    ///
    /// The fault is on for the whole process while this runs.
    public static func find(_ name: String, from first: UInt64, seeds: UInt64) -> SimulationReport? {
        #if PlantedBugs
            guard let bug = PlantedBug.allCases.first(where: { "\($0)" == name }) else { return nil }
            PlantedBug.select(bug)
            defer { PlantedBug.select(nil) }
            for seed in first..<first + seeds {
                let report = Simulation.run(seed: seed, mode: .rotating(seed))
                if !report.violations.isEmpty { return report }
            }
        #endif
        return nil
    }

    /// Runs one seed under a fault, for a replay; nil when there is no such fault in this build.
    public static func run(_ name: String, seed: UInt64, mode: SimulationMode) -> SimulationReport? {
        #if PlantedBugs
            guard let bug = PlantedBug.allCases.first(where: { "\($0)" == name }) else { return nil }
            PlantedBug.select(bug)
            defer { PlantedBug.select(nil) }
            return Simulation.run(seed: seed, mode: mode)
        #else
            return nil
        #endif
    }
}

extension SimulationMode {
    /// Safety, liveness and swarm by turns.
    public static func rotating(_ seed: UInt64) -> SimulationMode {
        switch seed % 3 {
        case 0: .safety
        case 1: .liveness
        default: .swarm
        }
    }
}
