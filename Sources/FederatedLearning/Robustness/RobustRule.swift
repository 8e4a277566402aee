/// A mean of groups that a bounded number of attackers cannot move far.
///
/// With g groups and b attackers, who may all sit in different groups: median and geometric median need `g >= 2 b + 1`, the
/// trimmed mean `g >= 2 b + 1`, Multi-Krum `g >= 2 b + 3` and it keeps at most `g - b - 2`. Fewer groups are refused when the
/// rule is made and, since groups may fail, again at each round. Every group counts alike, whatever weight it claims.
/// Source: robust-sums section 3
public struct RobustRule: Hashable, Sendable {
    /// How groups are brought to one.
    public enum Method: Hashable, Sendable {
        /// The median of each coordinate.
        case median
        /// The mean of each coordinate without its b least and b greatest.
        case trimmedMean
        /// The point with the least sum of distances to all groups.
        case geometricMedian
        /// The mean of the `kept` groups that lie nearest to their `g - b - 2` nearest; nil keeps `g - b - 2`.
        case multiKrum(kept: Int?)
    }

    /// How groups are brought to one.
    public let method: Method
    /// b, not negative.
    public let attackers: Int

    /// Fixes a rule for so many groups; throws `tooFewGroups` or `keptOutOfRange` when it could not hold.
    public init(_ method: Method, attackers: Int, groups: Int) throws(RobustnessRefusal) {
        precondition(attackers >= 0, "a negative number of attackers")
        self.method = method
        self.attackers = attackers
        try check(groups: groups)
    }

    /// The fewest groups with which the rule withstands its attackers.
    public var neededGroups: Int {
        switch method {
        case .median, .trimmedMean, .geometricMedian: 2 * attackers + 1
        case .multiKrum: 2 * attackers + 3
        }
    }

    /// Throws unless the rule holds with so many groups.
    public func check(groups: Int) throws(RobustnessRefusal) {
        guard groups >= neededGroups else { throw .tooFewGroups(found: groups, needed: neededGroups) }
        if case .multiKrum(let kept?) = method {
            let largest = groups - attackers - 2
            guard (1...largest).contains(kept) else { throw .keptOutOfRange(found: kept, largest: largest) }
        }
    }

    /// The robust mean update; throws as `check` does for the groups that are there.
    ///
    /// Median and trimmed mean: one pass, a sort of g numbers a coordinate. The others: `g^2 / 2` passes.
    public func combine(_ means: GroupMeans) throws(RobustnessRefusal) -> [Double] {
        try check(groups: means.count)
        let g = means.count
        switch method {
        case .median:
            return coordinates(of: means, from: (g - 1) / 2, through: g / 2)
        case .trimmedMean:
            return coordinates(of: means, from: attackers, through: g - 1 - attackers)
        case .geometricMedian:
            return blend(means, GeometricMedian.weights(squaredDistances: means.squaredDistances, count: g))
        case .multiKrum(let kept):
            let rows = krum(means.squaredDistances, count: g)[0..<(kept ?? g - attackers - 2)]
            var weights = [Double](repeating: 0, count: g)
            for row in rows { weights[row] = 1 / Double(rows.count) }
            return blend(means, weights)
        }
    }

    /// Rows from the least Krum score to the greatest; equal scores by number.
    private func krum(_ distances: [Double], count g: Int) -> [Int] {
        let near = g - attackers - 2
        let scores = (0..<g).map { row in
            (0..<g).filter { $0 != row }.map { distances[row * g + $0] }.sorted().prefix(near).reduce(0, +)
        }
        return (0..<g).sorted { scores[$0] != scores[$1] ? scores[$0] < scores[$1] : $0 < $1 }
    }

    private func blend(_ means: GroupMeans, _ weights: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: means.dimension)
        for (row, weight) in weights.enumerated() where weight != 0 {
            let start = row * means.dimension
            for index in 0..<means.dimension { result[index] += weight * means.values[start + index] }
        }
        return result
    }

    /// For each coordinate the mean of its order statistics `first...last`.
    private func coordinates(of means: GroupMeans, from first: Int, through last: Int) -> [Double] {
        let g = means.count
        let dimension = means.dimension
        var result = [Double](repeating: 0, count: dimension)
        var column = [Double](repeating: 0, count: g)
        let share = 1 / Double(last - first + 1)
        unsafe means.values.withUnsafeBufferPointer { values in
            unsafe column.withUnsafeMutableBufferPointer { column in
                unsafe result.withUnsafeMutableBufferPointer { result in
                    for index in 0..<dimension {
                        for row in 0..<g {
                            let value = unsafe values[row &* dimension &+ index]
                            var place = row
                            while place > 0, unsafe column[place &- 1] > value {
                                unsafe column[place] = column[place &- 1]
                                place &-= 1
                            }
                            unsafe column[place] = value
                        }
                        var sum = 0.0
                        for place in first...last { unsafe sum += column[place] }
                        unsafe result[index] = sum * share
                    }
                }
            }
        }
        return result
    }
}
