extension Scenario {
    /// How much every simulated company records.
    /// Source: sensor-simulator section 4
    public struct SimulatedSize: Hashable, Sendable {
        /// Machines the model is fitted on.
        public var trainingMachines: Int
        /// Machines that choose the round and the alarm threshold.
        public var validationMachines: Int
        /// Unseen machines.
        public var testMachines: Int
        /// Recordings of each machine.
        public var recordings: Int

        /// The default: 12, 5 and 30 machines of 16 recordings each.
        public init(
            trainingMachines: Int = 12, validationMachines: Int = 5, testMachines: Int = 30, recordings: Int = 16
        ) {
            self.trainingMachines = trainingMachines
            self.validationMachines = validationMachines
            self.testMachines = testMachines
            self.recordings = recordings
        }
    }

    /// `companies` simulated companies; needs no files. The same arguments give the same scenario on every call.
    ///
    /// Precondition: at least one company, every size positive. Cost: about 0.12 s a company at the default size.
    /// Source: sensor-simulator section 4
    public static func simulated(
        companies count: Int = 5, seed: UInt64 = 0, heterogeneity: PlantHeterogeneity = .mild,
        size: SimulatedSize = SimulatedSize()
    ) -> Scenario {
        precondition(count > 0, "a scenario without companies")
        precondition(
            min(size.trainingMachines, size.validationMachines, size.testMachines, size.recordings) > 0,
            "a company without recordings")
        let workloads = Parallel.map(count: count) { company in
            let plant = SimulatedPlant(company: company, seed: seed, heterogeneity: heterogeneity)
            func fleet(_ purpose: SimulatedFleet.Purpose, _ machines: Int) -> SimulatedFleet {
                SimulatedFleet(plant, seed: seed, purpose: purpose, machines: machines, recordings: size.recordings)
            }
            return MachineStateWorkload(
                training: fleet(.training, size.trainingMachines),
                validation: fleet(.validation, size.validationMachines), test: fleet(.test, size.testMachines))
        }
        let companies = workloads.enumerated().map { index, workload in
            MaintenanceCompany(name: "plant \(index + 1)", participant: UInt64(index), workload: workload)
        }
        let pooled = MaintenanceCompany(
            name: "pooled", participant: UInt64(count), workload: MachineStateWorkload.pooling(workloads))
        return Scenario(
            name: "simulated", measure: .machineState, companies: companies, pooled: pooled,
            terms: TrainingTerms(
                rounds: 40, localEpochs: 2, batchSize: 32, learningRate: 4e-3, updateClip: 0.5,
                maximumExamples: max(size.trainingMachines, size.validationMachines) * size.recordings, lossBound: 8,
                seed: seed))
    }
}
