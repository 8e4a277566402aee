/// What an event costs in the currency of a filter, rounded up.
enum ChargeCost {
    /// count (shift / sigma)^2 for an unsampled Gaussian event; sigma^2 less r^2 = 9 for shares.
    static func gaussian(_ event: ChargedEvent, _ adjacency: Adjacency) throws(LedgerRefusal) -> Double {
        guard event.sampling == .none else { throw .notGaussian }
        let shift = Enclosure(adjacency == .replaceOne ? 4 : 1)
        let square: Enclosure
        switch event.noise {
        case .gaussian(let multiplier): square = Enclosure(multiplier.value) * Enclosure(multiplier.value)
        case .discreteGaussian(let shares):
            let share = enclosure(shares.share.numerator) / enclosure(shares.share.denominator)
            let sensitivity = enclosure(shares.squaredSensitivity)
            square = (share * Enclosure(Double(shares.honest)) - Enclosure(9)) / sensitivity
        case .laplace: throw .notGaussian
        case .unnoised: throw .unnoisedRelease
        }
        return (shift * Enclosure(Double(event.count)) / square).upper
    }

    /// The Rényi divergence of the event at one of the served orders.
    static func renyi(
        _ event: ChargedEvent, order: Double, unit: PrivacyUnit, _ adjacency: Adjacency
    ) throws(LedgerRefusal) -> Double {
        var isLaplace = false
        if case .laplace = event.noise { isLaplace = true }
        if event.sampling == .none, !isLaplace {
            let square = try gaussian(event, adjacency)
            return (Enclosure(order) * Enclosure(square) / Enclosure(2)).upper
        }
        let schedule = try PrivacySchedule.charged(unit: unit, adjacency: adjacency, [event])
        guard let index = RenyiCurve.orders.firstIndex(of: order) else { throw .boundOutOfRange }
        return RenyiCurve(schedule).divergences[index]
    }

    private static func enclosure(_ integer: UInt64) -> Enclosure { enclosure(UInt128(integer)) }

    private static func enclosure(_ integer: UInt128) -> Enclosure {
        let value = Double(integer)
        return integer <= 1 << 53 ? Enclosure(value) : Enclosure(outward: value, value)
    }
}
