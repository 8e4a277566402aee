/// What one accountant says of a schedule, and its name.
struct QueryFigure {
    var interval: PrivacyInterval
    var method: String
}

extension PrivacySchedule {
    private var slacks: (upper: Enclosure, lower: Enclosure) { (Enclosure(upperSlack), Enclosure(lowerSlack)) }

    private func check(_ delta: Double) throws(QueryRefusal) {
        guard delta >= Delta.smallest else { throw QueryRefusal(.belowRange, "delta") }
        guard delta <= 0.5 else { throw QueryRefusal(.aboveRange, "delta") }
    }

    /// epsilon at a delta between 0 and 1. Only the closed form serves those outside 1e-15 ... 1/2.
    func epsilon(
        atDelta delta: Double, by method: PrivacyQuery.Method, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        let upperDelta = (Enclosure(delta) * (-slacks.upper).exponential).lower
        let lowerDelta = (Enclosure(delta) * slacks.lower.exponential).upper
        var figure: QueryFigure
        if let gaussian, method == .best || method == .gaussian {
            figure = QueryFigure(
                interval: PrivacyInterval(
                    lower: gaussian.lower?.epsilonInterval(at: lowerDelta).lower ?? 0,
                    upper: gaussian.upper.epsilonInterval(at: upperDelta).upper), method: "gaussian")
        } else {
            guard method != .gaussian else { throw QueryRefusal(.notAccounted, "accountant") }
            try check(delta)
            figure = QueryFigure(interval: PrivacyInterval(lower: 0, upper: .infinity), method: "pld")
            if method != .rdp {
                let found = LossComposition(self, limits: limits).epsilon(
                    upperDelta: upperDelta, lowerDelta: lowerDelta)
                figure.interval = PrivacyInterval(lower: found.lower, upper: found.upper)
            }
            if method != .pld {
                let renyi = RenyiCurve(self).epsilon(atDelta: upperDelta)
                if renyi < figure.interval.upper || method == .rdp {
                    figure = QueryFigure(
                        interval: PrivacyInterval(lower: figure.interval.lower, upper: renyi), method: "rdp")
                }
            }
        }
        let lower = Enclosure(figure.interval.lower) - Enclosure(2) * slacks.lower
        let upper = Enclosure(figure.interval.upper) + Enclosure(2) * slacks.upper
        figure.interval = PrivacyInterval(
            lower: max(0, lowerSlack == 0 ? figure.interval.lower : lower.lower),
            upper: upperSlack == 0 ? figure.interval.upper : upper.upper)
        return figure
    }

    /// delta at an epsilon.
    func delta(
        atEpsilon epsilon: Epsilon, by method: PrivacyQuery.Method, limits: AccountingLimits
    ) throws(QueryRefusal) -> QueryFigure {
        if gaussian != nil, method == .best || method == .gaussian {
            return QueryFigure(interval: delta(at: epsilon, limits: limits), method: "gaussian")
        }
        guard method != .gaussian else { throw QueryRefusal(.notAccounted, "accountant") }
        let upperEpsilon = max(0, (Enclosure(epsilon.value) - Enclosure(2) * slacks.upper).lower)
        let lowerEpsilon = (Enclosure(epsilon.value) + Enclosure(2) * slacks.lower).upper
        var ends = (lower: 0.0, upper: 1.0)
        var name = "pld"
        if method != .rdp {
            let found = LossComposition(self, limits: limits).delta(
                upperEpsilon: upperEpsilon, lowerEpsilon: lowerEpsilon)
            ends = (found.lower, found.upper)
        }
        if method != .pld {
            let renyi = RenyiCurve(self).delta(atEpsilon: upperEpsilon)
            if renyi < ends.upper || method == .rdp { (ends.upper, name) = (renyi, "rdp") }
        }
        // Below twice the log-ratio nothing is taken from epsilon; the total variation stands for it.
        let shortfall = upperSlack > 0 && upperEpsilon == 0 ? 4 * upperSlack : 0
        let upper = Enclosure(ends.upper) * slacks.upper.exponential + Enclosure(shortfall)
        let lower = Enclosure(ends.lower) * (-slacks.lower).exponential
        return QueryFigure(
            interval: PrivacyInterval(
                lower: lowerSlack == 0 ? ends.lower : max(0, lower.lower),
                upper: min(1, upperSlack == 0 ? ends.upper : upper.upper)), method: name)
    }

    /// Whether the upper end of epsilon at delta is at most `epsilon`.
    func isWithin(
        epsilon: Epsilon, delta: Double, by method: PrivacyQuery.Method, limits: AccountingLimits
    ) throws(QueryRefusal) -> Bool {
        let closed = gaussian != nil && (method == .best || method == .gaussian)
        if method == .best || method == .pld, !closed {
            try check(delta)
            guard let delta = try? Delta(delta) else { throw QueryRefusal(.aboveRange, "delta") }
            if method == .best { return PrivacyBudget(epsilon: epsilon, delta: delta).holds(self, limits: limits) }
            let inner = (Enclosure(delta.value) * (-slacks.upper).exponential).lower
            let room = (Enclosure(epsilon.value) - Enclosure(2) * slacks.upper).lower
            return LossComposition(self, limits: limits).holds(
                epsilon: upperSlack == 0 ? epsilon.value : room, delta: inner)
        }
        return try self.epsilon(atDelta: delta, by: method, limits: limits).interval.upper <= epsilon.value
    }
}
