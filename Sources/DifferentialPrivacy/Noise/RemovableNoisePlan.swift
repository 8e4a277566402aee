/// Noise that fits the members who are really there: a base share and components that survivors take off again.
///
/// With j silent members (0...k) a survivor keeps the base and components 1...j, together L_j >= z^2 Delta^2 / (n - t -
/// j), rounded up; components j + 1...k are revealed and taken off. The honest survivors' noise is then (n - t - j) L_j,
/// at least z^2 Delta^2 and above it by less than (n - t) / 64 squared grid units (by n - t for shares above 2^32).
/// Source: removable-noise section 1
public struct RemovableNoisePlan: Hashable, Sendable {
    /// The most components: 256.
    public static let largestComponents = 256
    /// The most components of all honest members together: 2^20.
    static let largestCount = 1 << 20

    /// The plan without removal: what a member draws altogether, the head-room, the floor.
    public let total: NoisePlan
    /// The variance of the base share, never revealed.
    public let base: NoiseVariance
    /// The variances of components 1...k.
    public let components: [NoiseVariance]

    /// L_0...L_k over `parts`.
    private let levels: [UInt64]
    private let parts: UInt64

    /// Works out base and components.
    ///
    /// Throws as `NoisePlan`, `invalidField(.dropouts)` for more than 256 or 2^20 components in all, and
    /// `shareTooSmall` when a component would be below 18: then use a finer grid or plan without removal.
    /// Source: removable-noise section 1
    public init(_ request: NoiseRequest) throws(NoiseRefusal) {
        total = try NoisePlan(request)
        let dropouts = request.dropouts
        let honest = request.participants - request.colluders
        guard dropouts <= Self.largestComponents else { throw .invalidField(.dropouts) }
        guard (0...dropouts).allSatisfy({ (honest - $0) * ($0 + 1) <= Self.largestCount }) else {
            throw .invalidField(.dropouts)
        }
        let (ratio, squared) = (request.multiplier, request.squaredSensitivity)
        parts = try NoisePlan.parts(ratio, squared, honest: UInt64(honest - dropouts))
        var levels: [UInt64] = []
        for silent in 0...dropouts {
            levels.append(try NoisePlan.level(ratio, squared, honest: UInt64(honest - silent), parts: parts))
        }
        self.levels = levels
        base = try Self.variance(levels[0], over: parts)
        var components: [NoiseVariance] = []
        for (less, more) in zip(levels, levels.dropFirst()) {
            components.append(try Self.variance(more - less, over: parts))
        }
        self.components = components
    }

    /// The noise of the honest survivors when `silent` members are missing and components silent + 1...k are gone.
    ///
    /// Throws `belowFloor` for more than k, `tooManySurvivors` for fewer than none.
    public func honestVariance(silent: Int) throws(NoiseRefusal) -> ExactVariance {
        try total.requireFloor(survivors: total.request.participants - silent)
        return left(
            silent: silent, survivors: total.request.participants - total.request.colluders - silent, keepAll: 0)
    }

    /// What the schedule is billed at, whatever happens: the least of `honestVariance` in as many shares as there can be.
    ///
    /// Throws `shareTooSmall` if those shares fall below 18 on average, `invalidField(.sensitivity)` for Delta above
    /// 2^51.
    /// Source: removable-noise section 2
    public func billedSum() throws(NoiseRefusal) -> DiscreteGaussianSum {
        let (least, parts, count) = bill
        guard let sensitivity = total.request.sensitivity else { throw .invalidField(.sensitivity) }
        let share = (Double(least).nextDown / Double(parts) / Double(count)).nextDown
        do throws(AccountingRefusal) {
            return try DiscreteGaussianSum(
                variances: [Double](repeating: share, count: count), sensitivity: sensitivity,
                coordinates: total.request.dimension)
        } catch {
            throw .shareTooSmall(minimum: NoisePlan.smallestShare)
        }
    }

    /// The least honest noise whoever is silent, over `parts`, and the most independent draws that it can be made of.
    var bill: (least: UInt128, parts: UInt64, draws: Int) {
        let honest = total.request.participants - total.request.colluders
        var least = UInt128.max
        var draws = 1
        for (silent, level) in levels.enumerated() {
            least = min(least, UInt64(honest - silent).multipliedFullWidth128(by: level))
            draws = max(draws, (honest - silent) * (silent + 1))
        }
        return (least, parts, draws)
    }

    /// `survivors` members that keep L_j and, on top, `keepAll` that keep L_k.
    func left(silent: Int, survivors: Int, keepAll: Int) -> ExactVariance {
        let kept = UInt64(survivors).multipliedFullWidth128(by: levels[silent])
        let whole = UInt64(keepAll).multipliedFullWidth128(by: levels[levels.count - 1])
        return ExactVariance(numerator: kept + whole, denominator: parts)
    }

    private static func variance(_ scaled: UInt64, over parts: UInt64) throws(NoiseRefusal) -> NoiseVariance {
        guard let variance = try? NoiseVariance(scaled, over: parts), variance.isAtLeast(NoisePlan.smallestShare)
        else { throw .shareTooSmall(minimum: NoisePlan.smallestShare) }
        return variance
    }
}
