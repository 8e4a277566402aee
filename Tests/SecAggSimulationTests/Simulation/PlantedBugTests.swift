import SecAggSimulation
import Testing

/// The checkers find what was put there for them, in a build with the package trait; a build without it has no fault.
@Suite(.serialized) struct PlantedBugTests {
    #if PlantedBugs
        @Test(arguments: PlantedHunt.names)
        func found(name: String) throws {
            let report = try #require(PlantedHunt.find(name, from: 0, seeds: 2_000), "not found")
            #expect(!report.violations.isEmpty)
            // The same seed is clean when the fault is off, and fails again when it is on.
            #expect(Simulation.run(seed: report.seed, mode: report.mode).violations.isEmpty)
            let again = PlantedHunt.run(name, seed: report.seed, mode: report.mode)
            #expect(again?.violations == report.violations)
        }

        @Test func tenOfThem() {
            #expect(PlantedHunt.names.count == 10)
        }
    #else
        @Test func noneInThisBuild() {
            #expect(PlantedHunt.names.isEmpty)
            #expect(PlantedHunt.run("quorumUnchecked", seed: 0, mode: .safety) == nil)
            #expect(PlantedHunt.find("quorumUnchecked", from: 0, seeds: 1) == nil)
        }
    #endif
}
