#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A list of events fixed before any of them happens, with the unit and the adjacency that its figures refer to.
///
/// The upper end of every interval is the least of the sound bounds that apply (closed form, Rényi, loss lattice), the
/// lower end the greatest. Choosing events after seeing outputs is not covered.
/// Source: privacy-accounting section 3
public struct PrivacySchedule: Hashable, Sendable {
    /// Whom the figures protect.
    public let unit: PrivacyUnit
    /// Which data sets are neighbours.
    public let adjacency: Adjacency
    /// The events, in any order.
    public let events: [PrivacyEvent]

    let steps: [Step]
    /// Log-ratio between the discrete noise and its continuous stand-in over all releases.
    let upperSlack: Double
    let lowerSlack: Double

    /// One mechanism in the terms of the accountants: multipliers relative to how far neighbours differ.
    struct Step: Hashable, Sendable {
        /// For the upper end.
        var noise: Double
        /// For the lower end; nil when the step is left out there.
        var lowerNoise: Double?
        var rate: Double
        var isLaplace: Bool
        var count: Int
    }

    /// Refuses an empty list, fixed-size sampling under add/remove, Poisson sampling under replace-one.
    /// Fixed-size sampling under replace-one is billed without amplification.
    /// Source: privacy-accounting section 3
    public init(unit: PrivacyUnit, adjacency: Adjacency, events: [PrivacyEvent]) throws(AccountingRefusal) {
        guard !events.isEmpty else { throw .emptySchedule }
        var steps: [Step] = []
        var slack = (upper: 0.0, lower: 0.0)
        var total = 0
        for event in events {
            total += event.count
            guard total <= 1 << 40 else { throw .countOutOfRange }
            var step: Step
            switch event.mechanism {
            case .gaussian(let noise):
                step = Step(noise: noise.value, lowerNoise: noise.value, rate: 1, isLaplace: false, count: event.count)
            case .laplace(let noise):
                step = Step(noise: noise.value, lowerNoise: noise.value, rate: 1, isLaplace: true, count: event.count)
            case .discreteGaussian(let sum):
                step = Step(
                    noise: sum.upperMultiplier, lowerNoise: sum.lowerMultiplier, rate: 1, isLaplace: false,
                    count: event.count)
                slack.upper = (slack.upper + (sum.upperSlack * Double(event.count)).nextUp).nextUp
                slack.lower = (slack.lower + (sum.lowerSlack * Double(event.count)).nextUp).nextUp
            }
            switch (event.sampling, adjacency) {
            case (.none, _): break
            case (.poisson(let rate), .addRemove): step.rate = rate.value
            case (.poisson(let rate), .replaceOne):
                if rate.value < 1 { throw .poissonNeedsAddRemove }
            case (.fixedSize, .addRemove): throw .fixedSizeNeedsReplaceOne
            case (.fixedSize(let sample), .replaceOne):
                if sample.size < sample.population { step.lowerNoise = nil }
            }
            if adjacency == .replaceOne {
                step.noise *= 0.5
                step.lowerNoise = step.lowerNoise.map { $0 * 0.5 }
            }
            steps.append(step)
        }
        self.unit = unit
        self.adjacency = adjacency
        self.events = events
        self.steps = steps
        upperSlack = slack.upper
        lowerSlack = slack.lower
    }

    /// The closed-form curve when every step is Gaussian without sampling: (for the upper end, for the lower end).
    var gaussian: (upper: GaussianCurve, lower: GaussianCurve?)? {
        guard steps.allSatisfy({ !$0.isLaplace && $0.rate == 1 }) else { return nil }
        var upper = Enclosure(0)
        var lower = Enclosure(0)
        for step in steps {
            let count = Enclosure(Double(step.count))
            upper = upper + count / (Enclosure(step.noise) * Enclosure(step.noise))
            if let noise = step.lowerNoise { lower = lower + count / (Enclosure(noise) * Enclosure(noise)) }
        }
        return (GaussianCurve(muSquared: upper), lower.lower > 0 ? GaussianCurve(muSquared: lower) : nil)
    }

    /// Zero-concentrated privacy, rho, rounded up: the sum of (shift)^2 / (2 sigma^2). nil with sampling, Laplace
    /// noise, or noise summed from several shares, which is not exactly discrete Gaussian.
    /// Source: privacy-accounting section 4
    public var zeroConcentrated: Double? {
        var rho = Enclosure(0)
        let shift = Enclosure(adjacency == .replaceOne ? 2 : 1)
        for event in events {
            let multiplierSquared: Enclosure
            if case .poisson(let rate) = event.sampling, rate.value < 1 { return nil }
            switch event.mechanism {
            case .gaussian(let noise): multiplierSquared = Enclosure(noise.value) * Enclosure(noise.value)
            case .discreteGaussian(let sum):
                guard sum.variances.count == 1 else { return nil }
                let sensitivity = Enclosure(Double(sum.sensitivity.value))
                multiplierSquared = sum.variance / (sensitivity * sensitivity)
            case .laplace: return nil
            }
            rho = rho + shift * shift * Enclosure(Double(event.count)) / (Enclosure(2) * multiplierSquared)
        }
        return rho.upper
    }
}

extension PrivacySchedule {
    /// epsilon at a delta. Cost: microseconds for unsampled Gaussian noise, else up to a second or two within `limits`.
    /// Source: privacy-accounting section 5
    public func epsilon(at delta: Delta, limits: AccountingLimits = AccountingLimits()) -> PrivacyInterval {
        let upperDelta = (Enclosure(delta.value) * (-Enclosure(upperSlack)).exponential).lower
        let lowerDelta = (Enclosure(delta.value) * Enclosure(lowerSlack).exponential).upper
        var interval: PrivacyInterval
        if let gaussian {
            interval = PrivacyInterval(
                lower: gaussian.lower?.epsilonInterval(at: lowerDelta).lower ?? 0,
                upper: gaussian.upper.epsilonInterval(at: upperDelta).upper)
        } else {
            let renyi = RenyiCurve(self).epsilon(atDelta: upperDelta)
            let found = LossComposition(self, limits: limits).epsilon(upperDelta: upperDelta, lowerDelta: lowerDelta)
            interval = PrivacyInterval(lower: found.lower, upper: min(renyi, found.upper))
        }
        let upper = Enclosure(interval.upper) + Enclosure(2) * Enclosure(upperSlack)
        let lower = Enclosure(interval.lower) - Enclosure(2) * Enclosure(lowerSlack)
        return PrivacyInterval(
            lower: max(0, lowerSlack == 0 ? interval.lower : lower.lower),
            upper: upperSlack == 0 ? interval.upper : upper.upper)
    }

    /// delta at an epsilon; the same cost.
    /// Source: privacy-accounting section 5
    public func delta(at epsilon: Epsilon, limits: AccountingLimits = AccountingLimits()) -> PrivacyInterval {
        let upperEpsilon = max(0, (Enclosure(epsilon.value) - Enclosure(2) * Enclosure(upperSlack)).lower)
        let lowerEpsilon = (Enclosure(epsilon.value) + Enclosure(2) * Enclosure(lowerSlack)).upper
        var interval: PrivacyInterval
        if let gaussian {
            interval = PrivacyInterval(
                lower: gaussian.lower?.delta(Enclosure(lowerEpsilon)).lower ?? 0,
                upper: gaussian.upper.delta(Enclosure(upperEpsilon)).upper)
        } else {
            let renyi = RenyiCurve(self).delta(atEpsilon: upperEpsilon)
            let found = LossComposition(self, limits: limits).delta(
                upperEpsilon: upperEpsilon, lowerEpsilon: lowerEpsilon)
            interval = PrivacyInterval(lower: found.lower, upper: min(renyi, found.upper))
        }
        // Below 2K nothing is subtracted from epsilon, hence the total variation 2K is added instead.
        let shortfall = upperSlack > 0 && upperEpsilon == 0 ? 4 * upperSlack : 0
        let upper = Enclosure(interval.upper) * Enclosure(upperSlack).exponential + Enclosure(shortfall)
        let lower = Enclosure(interval.lower) * (-Enclosure(lowerSlack)).exponential
        return PrivacyInterval(
            lower: lowerSlack == 0 ? interval.lower : max(0, lower.lower),
            upper: min(1, upperSlack == 0 ? interval.upper : upper.upper))
    }
}
