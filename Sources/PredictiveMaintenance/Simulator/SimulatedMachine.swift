#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One machine: what wears out in it, and how loudly.
/// Source: sensor-simulator section 1
struct SimulatedMachine: Sendable {
    /// What is wearing out.
    let mechanism: WearMechanism
    /// How strongly wear shows, relative to the usual machine.
    let sensitivity: Double
    /// Amplitude of the turn frequency of a new machine.
    let unbalance: Double
    /// Amplitude of twice the turn frequency of a new machine.
    let misalignment: Double
    /// Resonance that impulses excite, in cycles a sample.
    let resonance: Double
    /// Factor by which a ring-down shrinks from one sample to the next.
    let decay: Double

    /// Draws a machine with the given mechanism.
    init(mechanism: WearMechanism, from noise: inout SimulationNoise) {
        self.mechanism = mechanism
        sensitivity = exp(0.05 * noise.gaussian())
        unbalance = 0.5 * exp(0.3 * noise.gaussian())
        misalignment = 0.25 * exp(0.3 * noise.gaussian())
        let nominal: Double
        switch mechanism {
        case .outerRace: nominal = 0.23
        case .innerRace: nominal = 0.31
        case .looseness: nominal = 0.09
        }
        resonance = nominal * exp(0.06 * noise.gaussian())
        decay = 0.93 + 0.03 * noise.uniform()
    }
}

/// One recording of a machine: the vibration window and the slow channels beside it.
/// Source: sensor-simulator section 1
struct SimulatedRecording: Sendable {
    /// Samples of the vibration sensor.
    let vibration: [Float]
    /// Bearing temperature in degrees Celsius.
    let temperature: Double
    /// Shaft speed in turns a second.
    let speed: Double
    /// Load from 0.4 to 1 of the rating.
    let load: Double
    /// The hidden wear level's state.
    let state: MachineState

    /// Samples in a window.
    static let length = 2048
    /// Samples a second.
    static let sampleRate = 12_800.0

    /// Records `machine` at `plant` with the wear level drawn within `state`.
    ///
    /// Impulses pass a two-pole resonator; their spacing jitters by 1 %, as rolling elements slip.
    init(of machine: SimulatedMachine, at plant: SimulatedPlant, state: MachineState, from noise: inout SimulationNoise)
    {
        self.state = state
        let wear = noise.uniform(state.wear)
        speed = noise.uniform(plant.speeds)
        load = noise.uniform(0.4...1)
        let severity = machine.sensitivity * pow(wear, 1.4) * (0.6 + 0.5 * load) * exp(0.05 * noise.gaussian())
        temperature =
            plant.ambient + 18 * load + 0.25 * speed
            + 16 * machine.sensitivity * wear + 3 * noise.gaussian()

        let turn = speed / Self.sampleRate
        let phase = noise.uniform()
        var excitation = [Double](repeating: 0, count: Self.length)
        let impulse: (rate: Double, size: Double)
        switch machine.mechanism {
        case .outerRace: impulse = (3.58, 8)
        case .innerRace: impulse = (5.42, 9)
        case .looseness: impulse = (1, 9)
        }
        let spacing = 1 / (impulse.rate * turn)
        var position = noise.uniform() * spacing
        while position < Double(Self.length) {
            var size = impulse.size * severity * (1 + 0.15 * noise.gaussian())
            if machine.mechanism == .innerRace {
                size *= 0.4 + 0.6 * (1 + cos(2 * .pi * (turn * position + phase)))
            }
            excitation[Int(position)] += size
            position += max(spacing * (1 + 0.01 * noise.gaussian()), 1)
        }

        let first = 2 * machine.decay * cos(2 * .pi * machine.resonance)
        let second = machine.decay * machine.decay
        let loose = machine.mechanism == .looseness ? severity : 0
        let amplitudes = [
            0.7 * loose, machine.unbalance + 0.6 * loose, machine.misalignment + 0.9 * loose, 0.6 * loose, 0.4 * loose,
        ]
        let orders = [0.5, 1, 2, 3, 4]
        let phases = orders.map { _ in noise.uniform() }
        var oneBack = 0.0
        var twoBack = 0.0
        var samples: [Float] = []
        samples.reserveCapacity(Self.length)
        let background = plant.noise * (1 + 0.6 * severity)
        for index in 0..<Self.length {
            let ringing = first * oneBack - second * twoBack + excitation[index]
            twoBack = oneBack
            oneBack = ringing
            var value = ringing + background * noise.gaussian()
            for part in 0..<orders.count where amplitudes[part] > 0 {
                value += amplitudes[part] * cos(2 * .pi * (orders[part] * turn * Double(index) + phases[part]))
            }
            samples.append(Float(plant.gain * value + plant.offset))
        }
        vibration = samples
    }
}
