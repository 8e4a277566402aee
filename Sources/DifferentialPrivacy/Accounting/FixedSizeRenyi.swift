/// Rényi divergence of the Gaussian mechanism on a uniform subset of a fixed size, neighbours by exchange of one unit.
///
/// With share g = m/n and base divergence e(j) = j/(2 z^2), z the noise over how far an exchange moves the sum, at whole
/// orders a >= 2: (a - 1) D(a) <= ln(1 + g^2 C(a,2) min(4 (e^e(2) - 1), 2 e^e(2)) + sum over j = 3...a of 2 g^j C(a,j)
/// e^((j-1) e(j))). Divergences grow with the order, so the next whole order above bounds a fractional one. The
/// unsampled divergence is a bound too.
/// Source: privacy-accounting section 4
struct FixedSizeRenyi {
    /// Rounded up, below one.
    let share: Double
    /// Rounded down.
    let noise: Double

    /// Bounds at orders above one, rounded up.
    func divergences(at orders: [Double]) -> [Enclosure] {
        let precision = Enclosure.one / (Enclosure(2) * Enclosure(noise) * Enclosure(noise))
        var known: [Int: Enclosure] = [:]
        return orders.map { order in
            let whole = max(2, Int(order.rounded(.up)))
            let plain = Enclosure(order) * precision
            let value = known[whole] ?? bound(whole, precision)
            known[whole] = value
            let least = min(plain.upper, value.upper)
            return Enclosure(between: 0, and: least)
        }
    }

    private func bound(_ order: Int, _ precision: Enclosure) -> Enclosure {
        let logShare = Enclosure(share).logarithm
        var logBinomial = Enclosure(Double(order)).logarithm
        let two = Enclosure(2)
        var terms: [Enclosure] = []
        for j in 2...order {
            logBinomial = logBinomial + (Enclosure(Double(order - j + 1)) / Enclosure(Double(j))).logarithm
            var factor = two.logarithm + Enclosure(Double(j) * Double(j - 1)) * precision
            if j == 2 {
                let power = two * precision
                let other = Enclosure(4).logarithm + power.exponentialMinusOne.logarithm
                if other.upper < factor.upper { factor = other }
            }
            terms.append(logBinomial + Enclosure(Double(j)) * logShare + factor)
        }
        let peak = terms.map(\.upper).max() ?? 0
        let sum = terms.reduce(Enclosure(0)) { $0 + ($1 - Enclosure(peak)).exponential }
        let log = Enclosure(peak) + sum.logarithm
        let moment =
            log.upper > 40
            ? log + (-log).exponential.logarithmOfOnePlus : log.exponential.logarithmOfOnePlus
        return moment / Enclosure(Double(order - 1))
    }
}

extension PrivacySchedule {
    /// An explicit instance of fixed-size sampling, for the lower end: all units but one contribute nothing, and that one
    /// is exchanged for one that contributes nothing either. The sum is then that of a sampled unit that is present or
    /// not, with the share as the rate and half the shift. nil without such sampling.
    /// Source: privacy-accounting section 4
    var fixedSizeInstance: FixedSizeInstance? {
        guard samplesFixedSize else { return nil }
        var list: [PrivacyEvent] = []
        for event in events {
            var sampling = event.sampling
            if case .fixedSize(let sample) = sampling {
                guard let rate = try? SamplingRate((Double(sample.size) / Double(sample.population)).nextDown) else {
                    return nil
                }
                sampling = .poisson(rate)
            }
            guard let event = try? PrivacyEvent(event.mechanism, sampling: sampling, count: event.count) else {
                return nil
            }
            list.append(event)
        }
        return (try? PrivacySchedule(unit: unit, adjacency: .addRemove, events: list)).map(FixedSizeInstance.init)
    }
}

/// Lower ends of an explicit instance.
struct FixedSizeInstance {
    let schedule: PrivacySchedule

    func bound(at delta: Delta, limits: AccountingLimits) -> Double {
        (try? schedule.bound(at: delta, by: .best, limits: limits))?.interval.lower ?? 0
    }

    func bound(at epsilon: Epsilon, limits: AccountingLimits) -> Double {
        (try? schedule.bound(at: epsilon, by: .best, limits: limits))?.interval.lower ?? 0
    }
}
