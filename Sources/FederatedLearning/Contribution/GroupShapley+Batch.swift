extension GroupShapley {
    /// Orders of the groups that are walked when there are more than ten.
    public static let sampledOrders = 16

    /// The coalitions that must be valued, the empty one first, all in one batch: for one sum of losses.
    ///
    /// - Parameters:
    ///   - groups: 1 to 63.
    ///   - exact: Shapley values (all coalitions up to ten groups, random orders above), else leave-one-out.
    ///   - seed: decides the random orders.
    public static func coalitions(groups: Int, exact: Bool, seed: UInt64) -> [Coalition] {
        precondition((1...63).contains(groups), "groups out of range")
        var found: [Coalition] = []
        var known: Set<Coalition> = []
        // Whatever is asked for in the course of the computation is what must be valued; truncation is off.
        _ = try? compute(groups: groups, exact: exact, seed: seed) { coalition in
            if known.insert(coalition).inserted { found.append(coalition) }
            return Double(coalition.groups.count)
        }
        let empty = Coalition(bits: 0)
        return [empty] + found.filter { $0 != empty }
    }

    /// The values from coalitions that were valued in a batch; throws `nonFinite` when one is missing.
    public static func valued(
        groups: Int, exact: Bool, seed: UInt64, values: [Coalition: Double]
    ) throws(ContributionRefusal) -> GroupShapley {
        do {
            return try compute(groups: groups, exact: exact, seed: seed) { values[$0] ?? .nan }
        } catch let refusal as ContributionRefusal {
            throw refusal
        } catch {
            throw .nonFinite
        }
    }

    private static func compute(
        groups: Int, exact: Bool, seed: UInt64, value: (Coalition) throws -> Double
    ) throws -> GroupShapley {
        guard exact else { return try leaveOneOut(groups: groups, value: value) }
        if groups <= 10 { return try Self.exact(groups: groups, value: value) }
        return try sampled(groups: groups, orders: sampledOrders, tolerance: 0, seed: seed, value: value)
    }
}
