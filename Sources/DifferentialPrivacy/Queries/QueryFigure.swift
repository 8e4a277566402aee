/// What one accountant says of a schedule, and its name.
struct QueryFigure {
    var interval: PrivacyInterval
    var method: String
}

extension PrivacySchedule {
    private func checked(_ delta: Double) throws(QueryRefusal) -> Delta {
        guard delta >= Delta.smallest else { throw QueryRefusal(.belowRange, "delta") }
        guard let delta = try? Delta(delta) else { throw QueryRefusal(.aboveRange, "delta") }
        return delta
    }

    /// epsilon at a delta between 0 and 1. Only the closed form serves those outside 1e-15 ... 1/2.
    func epsilon(
        atDelta delta: Double, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        if let gaussian, accountant == .best || accountant == .gaussian, (try? Delta(delta)) == nil {
            return QueryFigure(
                interval: closedForm(gaussian, atDelta: delta), method: AccountingMethod.gaussian.rawValue)
        }
        let delta = try checked(delta)
        do throws(AccountingRefusal) {
            let bound = try bound(at: delta, by: accountant, limits: limits)
            return QueryFigure(interval: bound.interval, method: bound.method.rawValue)
        } catch {
            throw QueryRefusal(.notAccounted, "accountant")
        }
    }

    /// delta at an epsilon.
    func delta(
        atEpsilon epsilon: Epsilon, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        do throws(AccountingRefusal) {
            let bound = try bound(at: epsilon, by: accountant, limits: limits)
            return QueryFigure(interval: bound.interval, method: bound.method.rawValue)
        } catch {
            throw QueryRefusal(.notAccounted, "accountant")
        }
    }

    /// Whether the upper end of epsilon at delta is at most `epsilon`.
    func isWithin(
        epsilon: Epsilon, delta: Double, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> Bool {
        if accountant == .best, gaussian == nil {
            let budget = PrivacyBudget(epsilon: epsilon, delta: try checked(delta))
            return budget.holds(self, limits: limits)
        }
        return try self.epsilon(atDelta: delta, by: accountant, limits: limits).interval.upper <= epsilon.value
    }

    /// The exact curve at any delta between 0 and 1.
    private func closedForm(
        _ gaussian: (upper: GaussianCurve, lower: GaussianCurve?), atDelta delta: Double
    ) -> PrivacyInterval {
        let slacks = (upper: Enclosure(upperSlack), lower: Enclosure(lowerSlack))
        let inner = (Enclosure(delta) * (-slacks.upper).exponential).lower
        let outer = (Enclosure(delta) * slacks.lower.exponential).upper
        let upper = gaussian.upper.epsilonInterval(at: inner).upper
        let lower = gaussian.lower?.epsilonInterval(at: outer).lower ?? 0
        return PrivacyInterval(
            lower: max(0, lowerSlack == 0 ? lower : (Enclosure(lower) - Enclosure(2) * slacks.lower).lower),
            upper: upperSlack == 0 ? upper : (Enclosure(upper) + Enclosure(2) * slacks.upper).upper)
    }
}
