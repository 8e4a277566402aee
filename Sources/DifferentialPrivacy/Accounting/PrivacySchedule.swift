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

    /// The square of mu of Gaussian privacy, rounded up: the sum of 1/z^2, noise rounded as for the upper end. nil unless
    /// every step is Gaussian noise without sampling.
    /// Source: privacy-accounting section 2
    public var muSquared: Double? {
        guard steps.allSatisfy({ !$0.isLaplace && $0.rate == 1 }) else { return nil }
        return steps.reduce(Enclosure(0)) {
            $0 + Enclosure(Double($1.count)) / (Enclosure($1.noise) * Enclosure($1.noise))
        }.upper
    }
}
