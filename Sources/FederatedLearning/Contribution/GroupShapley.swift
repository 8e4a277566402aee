/// Why a contribution cannot be computed.
public enum ContributionRefusal: Error, Equatable, Sendable {
    /// No group, or more than a coalition's 63 bits hold.
    case groupsOutOfRange(found: Int)
    /// Exact values of more than 10 groups would need more than 1024 models.
    case tooManyForExact(found: Int)
    /// A coalition's value is no finite number.
    case nonFinite
    /// Values or members of another number than the partition's.
    case lengthMismatch(expected: Int, found: Int)
    /// Fewer rounds than a trend with an uncertainty needs.
    case tooFewRounds(found: Int, needed: Int)
    /// The groupings do not tell the companies apart.
    case groupingsTooAlike
}

/// A set of groups, one bit each.
public struct Coalition: Hashable, Sendable {
    /// Bit g stands for group g.
    public let bits: UInt64

    /// Takes the bits.
    public init(bits: UInt64) { self.bits = bits }

    /// The groups, ascending.
    public var groups: [Int] { (0..<64).filter { bits >> UInt64($0) & 1 == 1 } }
}

/// What each group is worth to the model, from the value of coalitions of groups; only group sums are looked at.
///
/// The value of a coalition is the caller's: usually the fall of a validation loss when the model moves by the coalition's
/// weighted mean, 0 for the empty one. Evaluating coalitions needs the group sums in clear (a release each) and either public
/// validation data or one secure sum of losses a coalition (a release each): see `releases`.
/// Source: group-shapley section 1
public struct GroupShapley: Sendable, Equatable {
    /// One value a group; they add up to `total` when they are exact.
    public let values: [Double]
    /// One standard error a group; zero when the values are exact.
    public let errors: [Double]
    /// The value of all groups together.
    public let total: Double
    /// How many distinct coalitions were valued.
    public let evaluations: Int

    /// The exact values over all 2^g coalitions: `phi_i = sum_S |S|! (g - |S| - 1)! / g! (v(S + i) - v(S))`.
    ///
    /// Throws `groupsOutOfRange`, `tooManyForExact` above 10 groups, `nonFinite`, or what `value` throws.
    public static func exact(
        groups g: Int, value: (Coalition) throws -> Double
    ) throws -> GroupShapley {
        guard g >= 1, g <= 63 else { throw ContributionRefusal.groupsOutOfRange(found: g) }
        guard g <= 10 else { throw ContributionRefusal.tooManyForExact(found: g) }
        var worth: [Double] = []
        for bits in 0..<(UInt64(1) << UInt64(g)) {
            let found = try value(Coalition(bits: bits))
            guard found.isFinite else { throw ContributionRefusal.nonFinite }
            worth.append(found)
        }
        // 1 / (g C(g - 1, s)), the weight of a coalition of s others.
        var weights = [Double](repeating: 1 / Double(g), count: g)
        var choose = 1.0
        for s in 1..<max(g, 1) {
            choose = choose * Double(g - s) / Double(s)
            weights[s] = 1 / (Double(g) * choose)
        }
        var values = [Double](repeating: 0, count: g)
        for bits in worth.indices {
            let size = bits.nonzeroBitCount
            for i in 0..<g where bits >> i & 1 == 0 {
                values[i] += weights[size] * (worth[bits | 1 << i] - worth[bits])
            }
        }
        return GroupShapley(
            values: values, errors: [Double](repeating: 0, count: g), total: worth[worth.count - 1] - worth[0],
            evaluations: worth.count)
    }

    /// An estimate from random orders of the groups; once a growing coalition's value is within `tolerance` of the value of
    /// all, the rest of the order counts as zero (truncation, which biases late joiners by at most the tolerance).
    ///
    /// At least two orders; a valued coalition is never valued again. Throws `groupsOutOfRange`, `nonFinite`, or what
    /// `value` throws.
    public static func sampled(
        groups g: Int, orders: Int, tolerance: Double, seed: UInt64, value: (Coalition) throws -> Double
    ) throws -> GroupShapley {
        precondition(orders >= 2 && tolerance >= 0, "too few orders for an error, or a negative tolerance")
        guard g >= 1, g <= 63 else { throw ContributionRefusal.groupsOutOfRange(found: g) }
        var known: [UInt64: Double] = [:]
        func worth(_ bits: UInt64) throws -> Double {
            if let found = known[bits] { return found }
            let found = try value(Coalition(bits: bits))
            guard found.isFinite else { throw ContributionRefusal.nonFinite }
            known[bits] = found
            return found
        }
        let none = try worth(0)
        let all = try worth(UInt64(1) << UInt64(g) - 1)
        var generator = SeededGenerator(seed: seed)
        var order = Array(0..<g)
        var sums = [Double](repeating: 0, count: g)
        var squares = sums
        for _ in 0..<orders {
            generator.shuffle(&order)
            var bits: UInt64 = 0
            var before = none
            for group in order {
                if (all - before).magnitude <= tolerance { break }
                bits |= 1 << UInt64(group)
                let after = try worth(bits)
                sums[group] += after - before
                squares[group] += (after - before) * (after - before)
                before = after
            }
        }
        let count = Double(orders)
        let errors = (0..<g).map { group in
            let mean = sums[group] / count
            return (max(0, squares[group] / count - mean * mean) / (count - 1)).squareRoot()
        }
        return GroupShapley(
            values: sums.map { $0 / count }, errors: errors, total: all - none, evaluations: known.count)
    }

    /// What all lose without each group: `v(all) - v(all but i)`; g + 1 coalitions.
    public static func leaveOneOut(groups g: Int, value: (Coalition) throws -> Double) throws -> GroupShapley {
        guard g >= 1, g <= 63 else { throw ContributionRefusal.groupsOutOfRange(found: g) }
        let everybody = UInt64(1) << UInt64(g) - 1
        let all = try value(Coalition(bits: everybody))
        let none = try value(Coalition(bits: 0))
        guard all.isFinite, none.isFinite else { throw ContributionRefusal.nonFinite }
        var values: [Double] = []
        for group in 0..<g {
            let rest = try value(Coalition(bits: everybody & ~(1 << UInt64(group))))
            guard rest.isFinite else { throw ContributionRefusal.nonFinite }
            values.append(all - rest)
        }
        return GroupShapley(
            values: values, errors: [Double](repeating: 0, count: g), total: all - none,
            evaluations: g == 1 ? 2 : g + 2)
    }
}
