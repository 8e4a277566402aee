#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How loud a procedure's noise is beside what it sums, before anything is run.
///
/// The figure is z sqrt(d) / N times the surplus that colluders and dropouts ask for: the norm of the noise of the mean
/// over N units, in clip norms. Far above 1 nothing can be learnt; well below 1 something can. It depends on public numbers
/// alone.
/// Source: private-procedures section 4
public struct ProcedureForecast: Hashable, Sendable {
    /// How the sums are made.
    public let procedure: PrivateProcedure
    /// Noised events of the whole run.
    public let events: Int
    /// Coordinates of one noised vector.
    public let dimension: Int
    /// z = sigma / Delta that spends the budget over all events.
    public let multiplier: Double
    /// z sqrt(d) / N, times the root of what is added beyond the floor: n / (n - t - k) shares, or n in full.
    public let noiseToSignal: Double

    /// Above this figure a model cannot be expected to learn; a rule of thumb.
    public static let usable = 2.0
    /// Up to this figure a network trained over rounds can be expected to outdo one-shot statistics; a rule of thumb.
    public static let quiet = 0.5
    /// With fewer sums a network learns nothing worth its noise, however quiet they are.
    public static let fewestRounds = 10

    /// Works out the noise that a budget asks for, by the exact curve of the unsampled Gaussian.
    ///
    /// - Parameters:
    ///   - events: noised sums (or local steps, for `companySGD`) of the run, 1...2^40.
    ///   - units: units that are summed over in one event, at least 1; all companies together.
    ///   - companies: members that add noise, n, more than colluders t and dropouts k together.
    /// Throws `countOutOfRange`, `noCoordinates`, `budgetUnreachable`. Cost: some hundred evaluations of the curve.
    public init(
        _ procedure: PrivateProcedure, events: Int, dimension: Int, units: Int, companies: Int, colluders: Int,
        dropouts: Int, budget: PrivacyBudget, unit: PrivacyUnit, adjacency: Adjacency
    ) throws(AccountingRefusal) {
        precondition(units >= 1 && colluders >= 0 && dropouts >= 0, "a sum over nobody")
        precondition(companies > colluders + dropouts, "nobody honest is left")
        guard dimension >= 1 else { throw .noCoordinates }
        let noise = try budget.leastNoise { (noise) throws(AccountingRefusal) in
            try PrivacySchedule(
                unit: unit, adjacency: adjacency,
                events: [PrivacyEvent(.gaussian(noise), sampling: .none, count: events)])
        }
        self.procedure = procedure
        self.events = events
        self.dimension = dimension
        multiplier = noise.value
        let shares = procedure.needsFullNoise ? 1 : companies - colluders - dropouts
        let excess = (Double(companies) / Double(shares)).squareRoot()
        noiseToSignal = noise.value * Double(dimension).squareRoot() * excess / Double(units)
    }

    /// The procedure to take: local training (A) or gradients (B) where they are `quiet` over
    /// at least `fewestRounds`, else the quietest of all, which
    /// in a small fleet is one-shot statistics (C). nil for none.
    /// Source: private-procedures section 4
    public static func choice(_ forecasts: [ProcedureForecast]) -> ProcedureForecast? {
        for procedure in [PrivateProcedure.unitFedAvg, .unitFedSGD] {
            if let network = forecasts.first(where: {
                $0.procedure == procedure && $0.noiseToSignal <= quiet && $0.events >= fewestRounds
            }) {
                return network
            }
        }
        return forecasts.min { $0.noiseToSignal < $1.noiseToSignal }
    }
}
