/// The event that sums over overlapping windows are billed as, with the record unit and add/remove.
///
/// - Without sampling: sensitivity k Delta, exact.
/// - One coin a block: rate q, sensitivity Delta of the block's one clip.
/// - One coin a window: the number of a sample's windows that are in is binomial(k, q); billed as rate 1 - (1 - q)^k with
///   sensitivity k Delta. Rate q with sensitivity k Delta is below the truth and cannot be asked for.
///
/// Source: release-charges section 5
public struct WindowBilling: Hashable, Sendable {
    /// How windows overlap.
    public let overlap: WindowOverlap
    /// Whose coin.
    public let sampling: WindowSampling
    /// Delta: the clip of one window, or of one block, grid units.
    public let clip: L2Sensitivity
    /// How far one unit moves a sum, grid units.
    public let sensitivity: L2Sensitivity
    /// The rate at which one unit takes part at all, rounded up; nil without sampling.
    public let rate: SamplingRate?

    /// Throws `blockTooShort`, `fixedSizeOfWindows`, `sensitivityTooLarge`.
    /// Source: release-charges section 5
    public init(_ overlap: WindowOverlap, sampling: WindowSampling, clip: L2Sensitivity) throws(WindowRefusal) {
        self.overlap = overlap
        self.sampling = sampling
        self.clip = clip
        let windows = UInt64(overlap.windowsPerSample)
        let reach = try? L2Sensitivity(clip.value * windows)
        switch sampling {
        case .fixedSize: throw .fixedSizeOfWindows
        case .blockCoins(let rate, let length):
            guard length >= overlap.length else { throw .blockTooShort(minimum: overlap.length) }
            sensitivity = clip
            self.rate = rate
        case .none:
            guard let reach else { throw .sensitivityTooLarge }
            sensitivity = reach
            rate = nil
        case .windowCoins(let rate):
            guard let reach else { throw .sensitivityTooLarge }
            sensitivity = reach
            self.rate = Self.rateOfAny(rate, windows: overlap.windowsPerSample)
        }
    }

    /// `rounds` sums under noise whose shares have the given variances (exact or rounded towards zero).
    ///
    /// Throws `accounting` for shares below 18, no coordinates, a count out of range.
    /// Source: release-charges section 5
    public func event(variances: [Double], coordinates: Int, rounds: Int) throws(WindowRefusal) -> PrivacyEvent {
        do throws(AccountingRefusal) {
            let sum = try DiscreteGaussianSum(
                variances: variances, sensitivity: sensitivity, coordinates: coordinates)
            let scheme: SamplingScheme = rate.map { $0.value < 1 ? .poisson($0) : .none } ?? .none
            return try PrivacyEvent(.discreteGaussian(sum), sampling: scheme, count: rounds)
        } catch {
            throw .accounting(error)
        }
    }

    /// 1 - (1 - q)^k, rounded up, at most 1.
    static func rateOfAny(_ rate: SamplingRate, windows: Int) -> SamplingRate? {
        let missed = Enclosure(Double(windows)) * Enclosure(-rate.value).logarithmOfOnePlus
        let any = windows == 1 ? rate.value : min(1, (-missed.exponentialMinusOne).upper)
        return try? SamplingRate(any.isNaN ? 1 : max(any, rate.value))
    }
}
