/// A figure of a query and whose it is.
struct QueryFigure {
    var interval: PrivacyInterval
    var method: AccountingMethod
}

extension PrivacySchedule {
    /// epsilon at a delta between 0 and 1. Only the closed form of real noise serves those outside 1e-15 ... 1/2.
    func epsilon(
        at value: Double, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        if let gaussian, upperSlack == 0, !samplesFixedSize, accountant == .best || accountant == .gaussian {
            let interval = PrivacyInterval(
                lower: gaussian.lower?.epsilonInterval(at: value).lower ?? 0,
                upper: gaussian.upper.epsilonInterval(at: value).upper)
            return QueryFigure(interval: interval, method: .gaussian)
        }
        let delta = try delta(value)
        do throws(AccountingRefusal) {
            let bound = try bound(at: delta, by: accountant, limits: limits)
            return QueryFigure(interval: bound.interval, method: bound.method)
        } catch { throw QueryRefusal(error) { _ in "accountant" } }
    }

    /// delta at an epsilon.
    func delta(
        at epsilon: Epsilon, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        do throws(AccountingRefusal) {
            let bound = try bound(at: epsilon, by: accountant, limits: limits)
            return QueryFigure(interval: bound.interval, method: bound.method)
        } catch { throw QueryRefusal(error) { _ in "accountant" } }
    }

    /// Whether the upper end of epsilon at delta is at most `epsilon`; cheaper than the figure where the answer is plain.
    func isWithin(
        epsilon: Epsilon, delta value: Double, by accountant: Accountant, limits: AccountingLimits
    ) throws(QueryRefusal) -> Bool {
        let isClosed = gaussian != nil && !samplesFixedSize
        if accountant == .best, !isClosed {
            return PrivacyBudget(epsilon: epsilon, delta: try delta(value)).holds(self, limits: limits)
        }
        if accountant == .rdp || (accountant == .pld && !samplesFixedSize) {
            let slack = Enclosure(upperSlack)
            let inner = (Enclosure(try delta(value).value) * (-slack).exponential).lower
            let room = (Enclosure(epsilon.value) - Enclosure(2) * slack).lower
            let budget = upperSlack == 0 ? epsilon.value : room
            if accountant == .rdp { return RenyiCurve(self).epsilon(atDelta: inner) <= budget }
            return LossComposition(self, limits: limits).holds(epsilon: budget, delta: inner) ?? false
        }
        return try self.epsilon(at: value, by: accountant, limits: limits).interval.upper <= epsilon.value
    }

    private func delta(_ value: Double) throws(QueryRefusal) -> Delta {
        do throws(ParameterRefusal) { return try Delta(value) } catch {
            throw QueryRefusal(error == .tooLarge ? .aboveRange : .belowRange, "delta")
        }
    }
}
