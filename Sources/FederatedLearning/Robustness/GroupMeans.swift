/// The mean updates of the groups of a round: all that a robust rule sees.
///
/// Made from one opened sum a group; a single participant's update has no way in, since a sum over fewer than `minimumSize`
/// is refused.
/// Source: robust-sums section 2
public struct GroupMeans: Sendable, Equatable {
    /// Which group of the partition each row is, ascending; groups whose sum failed are missing.
    public let groups: [Int]
    /// Numbers a mean.
    public let dimension: Int
    /// Each row's total weight, in units of the cap on examples.
    public let weights: [Double]
    /// Row-major means.
    var values: [Double]

    /// Takes the opened sums of a round, nil where a group's sum failed.
    ///
    /// Throws `lengthMismatch` unless there is one entry a group, and for an entry `schemaMismatch`, `cohortOutOfRange`,
    /// `zeroTotalWeight`, `nonFinite`; `tooFewGroups` when all failed.
    public init(
        _ sums: [AggregateSum?], terms: FedAvg, partition: JointGroups, minimumSize: Int
    ) throws(RobustnessRefusal) {
        precondition(minimumSize >= 2, "no privacy")
        guard sums.count == partition.count else {
            throw .lengthMismatch(expected: partition.count, found: sums.count)
        }
        dimension = terms.layout.parameterCount
        var groups: [Int] = []
        var weights: [Double] = []
        var values: [Double] = []
        values.reserveCapacity(sums.count * dimension)
        for (group, entry) in sums.enumerated() {
            guard let sum = entry else { continue }
            guard (minimumSize...max(minimumSize, partition.members[group].count)).contains(sum.cohortSize) else {
                throw .cohortOutOfRange(group: group, found: sum.cohortSize)
            }
            guard sum.schema == terms.schema else { throw .schemaMismatch }
            let total = sum.values[dimension]
            guard total > 0 else { throw .zeroTotalWeight(group: group) }
            for index in 0..<dimension {
                let mean = sum.values[index] / total
                guard mean.isFinite else { throw .nonFinite(group: group) }
                values.append(mean)
            }
            groups.append(group)
            weights.append(total)
        }
        guard !groups.isEmpty else { throw .tooFewGroups(found: 0, needed: 1) }
        self.groups = groups
        self.weights = weights
        self.values = values
    }

    /// How many rows.
    public var count: Int { groups.count }

    /// One row's mean; an index out of range is a programming error.
    public func mean(row: Int) -> [Double] { Array(values[(row * dimension)..<((row + 1) * dimension)]) }

    /// The model moved by one row's mean: what companies score before they vote.
    public func candidate(row: Int, from model: ParameterVector) throws(RobustnessRefusal) -> ParameterVector {
        guard model.layout.parameterCount == dimension else {
            throw .lengthMismatch(expected: dimension, found: model.layout.parameterCount)
        }
        guard (0..<count).contains(row) else { throw .unknownGroup(row) }
        var moved = model
        var parameters = model.values
        for index in 0..<dimension {
            parameters[index] = Float(Double(parameters[index]) + values[row * dimension + index])
        }
        moved.values = parameters
        return moved
    }

    /// The weighted mean of the chosen rows; throws `keptOutOfRange` when none is chosen, `unknownGroup`.
    public func mean(of rows: [Int]) throws(RobustnessRefusal) -> [Double] {
        guard !rows.isEmpty else { throw .keptOutOfRange(found: 0, largest: count) }
        var result = [Double](repeating: 0, count: dimension)
        var total = 0.0
        for row in rows {
            guard (0..<count).contains(row) else { throw .unknownGroup(row) }
            total += weights[row]
        }
        for row in rows {
            let share = weights[row] / total
            let start = row * dimension
            for index in 0..<dimension { result[index] += share * values[start + index] }
        }
        return result
    }

    /// The norm of each row's mean.
    public var norms: [Double] {
        (0..<count).map { row in
            var sum = 0.0
            for index in (row * dimension)..<((row + 1) * dimension) { sum += values[index] * values[index] }
            return sum.squareRoot()
        }
    }

    /// How far each row goes along the mean of all, 1 on average: `<m_g, m> / |m|^2`; zeros when the mean of all is zero.
    ///
    /// Linear in the members' updates, so that companies can be told apart by it over several groupings.
    public var alignments: [Double] {
        var whole = [Double](repeating: 0, count: dimension)
        for row in 0..<count {
            for index in 0..<dimension { whole[index] += values[row * dimension + index] / Double(count) }
        }
        let square = whole.reduce(0) { $0 + $1 * $1 }
        guard square > 0 else { return [Double](repeating: 0, count: count) }
        return (0..<count).map { row in
            var product = 0.0
            for index in 0..<dimension { product += values[row * dimension + index] * whole[index] }
            return product / square
        }
    }

    /// Rows whose norm exceeds the bound are scaled down to it; the bound must be finite and positive.
    public func clipped(toNorm bound: Double) -> GroupMeans {
        precondition(bound > 0 && bound.isFinite, "a bound must be finite and positive")
        var copy = self
        for (row, norm) in norms.enumerated() where norm > bound {
            let factor = bound / norm
            for index in (row * dimension)..<((row + 1) * dimension) { copy.values[index] *= factor }
        }
        return copy
    }

    /// Squared distances of all pairs of rows, row-major; `count^2 / 2` passes.
    var squaredDistances: [Double] {
        var result = [Double](repeating: 0, count: count * count)
        for a in 0..<count {
            for b in 0..<a {
                var sum = 0.0
                let first = a * dimension
                let second = b * dimension
                for index in 0..<dimension {
                    let gap = values[first + index] - values[second + index]
                    sum += gap * gap
                }
                result[a * count + b] = sum
                result[b * count + a] = sum
            }
        }
        return result
    }
}
