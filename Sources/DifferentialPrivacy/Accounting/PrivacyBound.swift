/// Which bounds may be used.
/// Source: privacy-accounting section 7
public enum Accountant: String, CaseIterable, Sendable {
    /// The least of those that cover the schedule.
    case best
    /// Privacy loss distributions.
    case pld
    /// Rényi divergences.
    case rdp
    /// The closed form of unsampled Gaussian noise.
    case gaussian
}

/// How the upper end of an interval was proven.
/// Source: privacy-accounting section 7
public enum AccountingMethod: String, CaseIterable, Sendable {
    case gaussian
    case rdp
    case pld
    case zcdp
}

/// An interval and how its upper end was found.
/// Source: privacy-accounting section 7
public struct PrivacyBound: Hashable, Sendable {
    /// The ends; epsilon or delta, whichever was asked for.
    public let interval: PrivacyInterval
    /// What the upper end rests on.
    public let method: AccountingMethod
    /// Width of the loss lattice, nats; nil where there is none.
    public let mesh: Double?
    /// What transform, window and truncation added to delta at the upper end; it is inside the interval. nil where there
    /// is no lattice.
    public let numericError: Double?
}

extension PrivacySchedule {
    /// epsilon at a delta, upper end by one accountant; the lower end is the greatest that is known.
    ///
    /// Throws `closedFormNeedsUnsampledGaussian` and `latticeNeedsIndependentSampling` when the accountant does not cover
    /// the schedule. Cost: microseconds for unsampled Gaussian noise, else milliseconds to a second within `limits`.
    /// Source: privacy-accounting section 7
    public func bound(
        at delta: Delta, by accountant: Accountant, limits: AccountingLimits = AccountingLimits()
    ) throws(AccountingRefusal) -> PrivacyBound {
        try check(accountant)
        let upperDelta = (Enclosure(delta.value) * (-Enclosure(upperSlack)).exponential).lower
        let lowerDelta = (Enclosure(delta.value) * Enclosure(lowerSlack).exponential).upper
        let found = figure(
            accountant,
            closed: {
                PrivacyInterval(
                    lower: $0.lower?.epsilonInterval(at: lowerDelta).lower ?? 0,
                    upper: $0.upper.epsilonInterval(at: upperDelta).upper)
            },
            renyi: { $0.epsilon(atDelta: upperDelta) },
            lattice: { LossComposition(self, limits: limits).epsilon(upperDelta: upperDelta, lowerDelta: lowerDelta) })
        let upper = Enclosure(found.interval.upper) + Enclosure(2) * Enclosure(upperSlack)
        let lower = Enclosure(found.interval.lower) - Enclosure(2) * Enclosure(lowerSlack)
        return found.replacing(
            lower: max(0, lowerSlack == 0 ? found.interval.lower : lower.lower),
            upper: upperSlack == 0 ? found.interval.upper : upper.upper)
    }

    /// delta at an epsilon; errors and cost as for `bound(at:by:limits:)` of a delta.
    /// Source: privacy-accounting section 7
    public func bound(
        at epsilon: Epsilon, by accountant: Accountant, limits: AccountingLimits = AccountingLimits()
    ) throws(AccountingRefusal) -> PrivacyBound {
        try check(accountant)
        let upperEpsilon = max(0, (Enclosure(epsilon.value) - Enclosure(2) * Enclosure(upperSlack)).lower)
        let lowerEpsilon = (Enclosure(epsilon.value) + Enclosure(2) * Enclosure(lowerSlack)).upper
        let found = figure(
            accountant,
            closed: {
                PrivacyInterval(
                    lower: $0.lower?.delta(Enclosure(lowerEpsilon)).lower ?? 0,
                    upper: $0.upper.delta(Enclosure(upperEpsilon)).upper)
            },
            renyi: { $0.delta(atEpsilon: upperEpsilon) },
            lattice: {
                LossComposition(self, limits: limits).delta(upperEpsilon: upperEpsilon, lowerEpsilon: lowerEpsilon)
            })
        // Below 2K nothing is subtracted from epsilon, hence the total variation 2K is added instead.
        let shortfall = upperSlack > 0 && upperEpsilon == 0 ? 4 * upperSlack : 0
        let upper = Enclosure(found.interval.upper) * Enclosure(upperSlack).exponential + Enclosure(shortfall)
        let lower = Enclosure(found.interval.lower) * (-Enclosure(lowerSlack)).exponential
        return found.replacing(
            lower: lowerSlack == 0 ? found.interval.lower : max(0, lower.lower),
            upper: min(1, upperSlack == 0 ? found.interval.upper : upper.upper))
    }

    /// epsilon at a delta by the best accountant.
    /// Source: privacy-accounting section 5
    public func epsilon(at delta: Delta, limits: AccountingLimits = AccountingLimits()) -> PrivacyInterval {
        (try? bound(at: delta, by: .best, limits: limits))?.interval ?? PrivacyInterval(lower: 0, upper: .infinity)
    }

    /// delta at an epsilon by the best accountant.
    /// Source: privacy-accounting section 5
    public func delta(at epsilon: Epsilon, limits: AccountingLimits = AccountingLimits()) -> PrivacyInterval {
        (try? bound(at: epsilon, by: .best, limits: limits))?.interval ?? PrivacyInterval(lower: 0, upper: 1)
    }

    private func check(_ accountant: Accountant) throws(AccountingRefusal) {
        switch accountant {
        case .best, .rdp: return
        case .gaussian: if gaussian == nil || samplesFixedSize { throw .closedFormNeedsUnsampledGaussian }
        case .pld: if samplesFixedSize { throw .latticeNeedsIndependentSampling }
        }
    }

    /// Whether any step draws a proper subset of a fixed size.
    var samplesFixedSize: Bool {
        events.contains { event in
            if case .fixedSize(let sample) = event.sampling { return sample.size < sample.population }
            return false
        }
    }

    /// The bounds that an accountant may use, and the least of their upper ends.
    private func figure(
        _ accountant: Accountant, closed: ((upper: GaussianCurve, lower: GaussianCurve?)) -> PrivacyInterval,
        renyi: (RenyiCurve) -> Double, lattice: () -> LossComposition.Answer
    ) -> PrivacyBound {
        func byRenyi() -> Double { renyi(RenyiCurve(self)) }
        let renyiMethod: AccountingMethod = zeroConcentrated == nil ? .rdp : .zcdp
        if let gaussian, accountant != .pld {
            let interval = closed(gaussian)
            // Fixed subsets: what holds for every one of them holds for their mixture; Rényi may know better.
            guard accountant == .rdp || samplesFixedSize else {
                return PrivacyBound(interval: interval, method: .gaussian, mesh: nil, numericError: nil)
            }
            let bound = byRenyi()
            let method = accountant == .rdp || bound < interval.upper ? renyiMethod : .gaussian
            let upper = accountant == .rdp ? bound : min(bound, interval.upper)
            return PrivacyBound(
                interval: PrivacyInterval(lower: interval.lower, upper: max(upper, interval.lower)), method: method,
                mesh: nil, numericError: nil)
        }
        let found = lattice()
        let narrow = found.upper - found.lower <= 1e-3 * found.upper
        // A narrow interval leaves Rényi bounds nothing to gain.
        let bound = accountant == .rdp || (accountant == .best && !narrow) ? byRenyi() : .infinity
        if accountant == .rdp || bound < found.upper {
            return PrivacyBound(
                interval: PrivacyInterval(lower: found.lower, upper: bound), method: renyiMethod, mesh: nil,
                numericError: nil)
        }
        return PrivacyBound(
            interval: PrivacyInterval(lower: found.lower, upper: found.upper), method: .pld, mesh: found.mesh,
            numericError: found.numericError)
    }
}

extension PrivacyBound {
    fileprivate func replacing(lower: Double, upper: Double) -> Self {
        Self(
            interval: PrivacyInterval(lower: lower, upper: upper), method: method, mesh: mesh,
            numericError: numericError)
    }
}
