/// An (epsilon, delta) that a schedule may not exceed, and the searches for the schedule that just fits.
///
/// Every answer was itself checked to fit; tolerances decide only how much is left unspent.
/// Source: privacy-accounting section 6
public struct PrivacyBudget: Hashable, Sendable {
    /// Nats.
    public let epsilon: Epsilon
    /// A probability.
    public let delta: Delta

    /// Names the budget.
    /// Source: privacy-accounting section 6
    public init(epsilon: Epsilon, delta: Delta) {
        self.epsilon = epsilon
        self.delta = delta
    }

    /// Whether the proven upper end of the schedule stays within the budget. Cost: loss lattices on coarse meshes, finer ones
    /// only near the budget; a Rényi bound where those do not decide.
    /// Source: privacy-accounting section 6
    public func holds(_ schedule: PrivacySchedule, limits: AccountingLimits = AccountingLimits()) -> Bool {
        if schedule.gaussian != nil || schedule.hasNarrowGrid {
            return schedule.epsilon(at: delta).upper <= epsilon.value
        }
        let slack = Enclosure(schedule.upperSlack)
        let inner = (Enclosure(delta.value) * (-slack).exponential).lower
        let room = schedule.upperSlack == 0 ? epsilon.value : (Enclosure(epsilon.value) - Enclosure(2) * slack).lower
        if let decided = LossComposition(schedule, limits: limits).holds(epsilon: room, delta: inner) { return decided }
        return RenyiCurve(schedule).epsilon(atDelta: inner) <= room
    }

    /// The least noise multiplier found, within `tolerance` of the least (relative, at least 1e-12), that fits.
    ///
    /// Throws `budgetUnreachable`, `budgetNeverSpent`, and what `make` throws. Cost: some forty checks at most.
    /// Source: privacy-accounting section 6
    public func leastNoise(
        tolerance: Double = 5e-5, limits: AccountingLimits = AccountingLimits(),
        _ make: (NoiseMultiplier) throws(AccountingRefusal) -> PrivacySchedule
    ) throws(AccountingRefusal) -> NoiseMultiplier {
        func fits(_ value: Double) throws(AccountingRefusal) -> Bool {
            guard let noise = try? NoiseMultiplier(value) else { return false }
            return holds(try make(noise), limits: limits)
        }
        var good = 1.0
        while !(try fits(good)) {
            guard good < NoiseMultiplier.range.upperBound else { throw .budgetUnreachable }
            good = min(2 * good, NoiseMultiplier.range.upperBound)
        }
        var bad = 0.5 * good
        while try fits(bad) {
            good = bad
            bad *= 0.5
            guard bad >= NoiseMultiplier.range.lowerBound else { throw .budgetNeverSpent }
        }
        while good - bad > max(tolerance, 1e-12) * good {
            let middle = 0.5 * (good + bad)
            if try fits(middle) { good = middle } else { bad = middle }
        }
        guard let noise = try? NoiseMultiplier(good) else { throw .budgetUnreachable }
        return noise
    }

    /// The most steps, 1 ... `most`, found to fit.
    ///
    /// Throws `budgetUnreachable` when not even one does, `budgetNeverSpent` when `most` do, and what `make` throws.
    /// Source: privacy-accounting section 6
    public func mostSteps(
        upTo most: Int, limits: AccountingLimits = AccountingLimits(),
        _ make: (Int) throws(AccountingRefusal) -> PrivacySchedule
    ) throws(AccountingRefusal) -> Int {
        guard most >= 1 else { throw .countOutOfRange }
        guard holds(try make(1), limits: limits) else { throw .budgetUnreachable }
        guard !holds(try make(most), limits: limits) else { throw .budgetNeverSpent }
        var good = 1
        var bad = most
        while bad - good > 1 {
            // Orders of magnitude first.
            let root = Int((Double(good) * Double(bad)).squareRoot())
            let middle = bad > 4 * good ? min(max(root, good + 1), bad - 1) : good + (bad - good) / 2
            if holds(try make(middle), limits: limits) { good = middle } else { bad = middle }
        }
        return good
    }

    /// The highest sampling rate found, within `tolerance` (relative, at least 1e-9) of the highest, that fits.
    ///
    /// Throws `budgetUnreachable` when not even 1e-9 does, `budgetNeverSpent` when 1 does, and what `make` throws.
    /// Source: privacy-accounting section 6
    public func highestRate(
        tolerance: Double = 1e-4, limits: AccountingLimits = AccountingLimits(),
        _ make: (SamplingRate) throws(AccountingRefusal) -> PrivacySchedule
    ) throws(AccountingRefusal) -> SamplingRate {
        func fits(_ value: Double) throws(AccountingRefusal) -> Bool {
            guard let rate = try? SamplingRate(value) else { return false }
            return holds(try make(rate), limits: limits)
        }
        guard try fits(SamplingRate.smallest) else { throw .budgetUnreachable }
        if try fits(1) { throw .budgetNeverSpent }
        var good = SamplingRate.smallest
        var bad = 1.0
        while bad - good > max(tolerance, 1e-9) * good {
            let middle = bad > 4 * good ? (good * bad).squareRoot() : 0.5 * (good + bad)
            if try fits(middle) { good = middle } else { bad = middle }
        }
        guard let rate = try? SamplingRate(good) else { throw .budgetUnreachable }
        return rate
    }
}
