/// Some simulated machines of one company and their recordings, as features and states.
/// Source: sensor-simulator section 2
public struct SimulatedFleet: Sendable {
    /// Features a recording: 22.
    public static let featureCount = VibrationFeatures.count

    /// The machine each recording comes from: a number unique among all machines of one master seed.
    public private(set) var machines: [UInt64]
    /// Raw features, row-major, `featureCount` a recording.
    public private(set) var features: [Float]
    /// The state of each recording, as `MachineState.rawValue`.
    public private(set) var states: [Int]

    /// The number of recordings.
    public var count: Int { states.count }

    /// Which of a company's machines a fleet holds.
    enum Purpose {
        /// Machines the model is fitted on; mechanisms and states as the company meets them.
        case training
        /// Machines that choose the model and the alarm threshold; drawn as for training.
        case validation
        /// Unseen machines; all mechanisms alike, states at their nominal shares.
        case test

        var area: SimulationSeed.Area {
            switch self {
            case .training: .trainingAsset
            case .validation: .validationAsset
            case .test: .testAsset
            }
        }
    }

    /// Simulates `machines` machines of `plant`, `recordings` recordings each.
    ///
    /// Cost: about 0.2 ms a recording.
    init(_ plant: SimulatedPlant, seed: UInt64, purpose: Purpose, machines count: Int, recordings: Int) {
        let features = VibrationFeatures()
        let companySeed = SimulationSeed(seed).child(.company, plant.company)
        var identities: [UInt64] = []
        var rows: [Float] = []
        var states: [Int] = []
        rows.reserveCapacity(count * recordings * Self.featureCount)
        for index in 0..<count {
            let machineSeed = companySeed.child(purpose.area, index)
            var noise = SimulationNoise(machineSeed)
            let mechanisms = WearMechanism.allCases
            let mechanism: WearMechanism
            switch purpose {
            case .training, .validation: mechanism = mechanisms[noise.draw(plant.mechanismShares)]
            case .test: mechanism = mechanisms[index % mechanisms.count]
            }
            let machine = SimulatedMachine(mechanism: mechanism, from: &noise)
            for _ in 0..<recordings {
                let all = MachineState.allCases
                let state: MachineState
                switch purpose {
                case .training, .validation: state = all[noise.draw(plant.stateShares)]
                case .test: state = all[noise.draw(SimulatedPlant.nominalStateShares)]
                }
                features.append(SimulatedRecording(of: machine, at: plant, state: state, from: &noise), to: &rows)
                states.append(state.rawValue)
                identities.append(machineSeed.value)
            }
        }
        machines = identities
        self.features = rows
        self.states = states
    }

    /// Those recordings of another fleet whose place is chosen.
    init(_ other: SimulatedFleet, where chosen: (Int) -> Bool) {
        let places = other.states.indices.filter(chosen)
        machines = places.map { other.machines[$0] }
        features = places.flatMap { other.features[$0 * Self.featureCount..<($0 + 1) * Self.featureCount] }
        states = places.map { other.states[$0] }
    }

    /// Puts the recordings of another fleet behind these.
    public mutating func append(_ other: SimulatedFleet) {
        machines += other.machines
        features += other.features
        states += other.states
    }
}
