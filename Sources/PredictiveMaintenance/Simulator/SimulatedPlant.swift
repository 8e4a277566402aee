#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How much the simulated companies differ from one another.
/// Source: sensor-simulator section 2
public enum PlantHeterogeneity: Hashable, Sendable, CaseIterable {
    /// The same circumstances everywhere: only the machines and the noise differ.
    case none
    /// Similar machines, sensors and habits; each company still sees little of one wear mechanism.
    case mild
    /// Each company sees mostly one mechanism, through sensors of very different gain, and keeps its own share of worn machines.
    case strong

    /// The weights of a company's frequent, middling and rare mechanism.
    var mechanismWeights: [Double] {
        switch self {
        case .none: [1.0 / 3, 1.0 / 3, 1.0 / 3]
        case .mild: [0.62, 0.30, 0.08]
        case .strong: [0.84, 0.12, 0.04]
        }
    }

    /// Standard deviation of the logarithm of sensor gain and of the state shares.
    var logSpread: (gain: Double, share: Double) {
        switch self {
        case .none: (0, 0)
        case .mild: (0.04, 0.15)
        case .strong: (0.35, 0.45)
        }
    }
}

/// The circumstances of one simulated company: what its sensors do to a signal and what its machines are like.
///
/// Gain, offset and temperature are those of the company as a whole, so normalising with statistics of all companies keeps them.
/// Source: sensor-simulator section 2
public struct SimulatedPlant: Sendable, Equatable {
    /// The company's number, from 0.
    public let company: Int
    /// Amplification of the vibration sensor; 1 is nominal.
    public let gain: Double
    /// Zero offset of the vibration sensor, in units of the nominal noise.
    public let offset: Double
    /// Ambient temperature in degrees Celsius.
    public let ambient: Double
    /// Standard deviation of the background noise before amplification.
    public let noise: Double
    /// Shaft speeds in turns a second.
    public let speeds: ClosedRange<Double>
    /// Shares of the wear mechanisms among the company's machines, in the order of `WearMechanism`; they add up to one.
    public let mechanismShares: [Double]
    /// Shares of the machine states among the company's recordings, in the order of `MachineState`; they add up to one.
    public let stateShares: [Double]

    /// The shares of the machine states in the industry as a whole, in the order of `MachineState`.
    public static let nominalStateShares = [0.46, 0.27, 0.16, 0.11]

    /// The circumstances of company `company` under the master seed `seed`.
    /// Source: sensor-simulator section 2
    public init(company: Int, seed: UInt64, heterogeneity: PlantHeterogeneity) {
        precondition(company >= 0, "companies are numbered from 0")
        var noise = SimulationNoise(SimulationSeed(seed).child(.company, company))
        let spread = heterogeneity.logSpread
        self.company = company
        gain = exp(spread.gain * noise.gaussian())
        offset = 4 * spread.gain * noise.gaussian()
        ambient = 25 + 30 * spread.gain * noise.gaussian()
        self.noise = exp(0.5 * spread.gain * noise.gaussian())
        let slowest = 24 * exp(spread.gain * noise.gaussian())
        speeds = slowest...(1.7 * slowest)
        let weights = heterogeneity.mechanismWeights
        let rotation = company % WearMechanism.allCases.count
        mechanismShares = WearMechanism.allCases.map { weights[($0.rawValue + rotation) % weights.count] }
        let raw = Self.nominalStateShares.map { $0 * exp(spread.share * noise.gaussian()) }
        let total = raw.reduce(0, +)
        stateShares = raw.map { $0 / total }
    }
}
