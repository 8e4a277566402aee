/// Brings each sensor to mean 0 and deviation 1 within its group (such as an operating regime), clipped to -8...8.
///
/// A group without rows uses the moments over all groups; a sensor without spread becomes 0.
/// Source: federated-statistics section 3
public struct GroupNormaliser: Sendable, Equatable {
    /// The largest magnitude that comes out.
    public static let limit = 8.0

    /// How many sensors.
    public let sensors: Int
    /// How many groups.
    public let groups: Int
    /// Group-major means that are taken away.
    public let means: [Double]
    /// Group-major factors after that: 1 / deviation, or 0 where there is no spread.
    public let factors: [Double]

    /// Takes the cohort's moments.
    public init(_ moments: GroupMoments) {
        sensors = moments.sensors
        groups = moments.groups
        var means: [Double] = []
        var factors: [Double] = []
        for (group, count) in moments.counts.enumerated() {
            for sensor in 0..<moments.sensors {
                let place = group * moments.sensors + sensor
                let variance = count > 0 ? moments.variances[place] : moments.globalVariances[sensor]
                means.append(count > 0 ? moments.means[place] : moments.globalMeans[sensor])
                factors.append(variance > 0 ? 1 / variance.squareRoot() : 0)
            }
        }
        self.means = means
        self.factors = factors
    }

    /// Public ranges alone: the centre becomes 0 and the half-width `spread`; nobody's data enter it.
    public init(ranges statistics: FederatedStatistics, spread: Double) {
        precondition(spread > 0 && spread.isFinite, "a spread is positive")
        sensors = statistics.sensors
        groups = statistics.groups
        means = statistics.ranges.map(\.centre)
        factors = statistics.ranges.map { spread / $0.halfWidth }
    }

    /// One normalised value; `sensor` and `group` must be in range. A NaN comes out as a NaN.
    public func normalise(_ value: Double, sensor: Int, group: Int) -> Double {
        precondition(sensor >= 0 && sensor < sensors && group >= 0 && group < groups, "an index out of range")
        let place = group * sensors + sensor
        if factors[place] == 0 && value.isFinite { return 0 }
        let z = (value - means[place]) * factors[place]
        return z < -Self.limit ? -Self.limit : z > Self.limit ? Self.limit : z
    }

    /// A whole row-major table in place.
    ///
    /// Throws `dimensionMismatch`, `groupOutOfRange` or `nonFinite` (the place in the table); then nothing changes.
    public func normalise(_ values: inout [Double], groupOfRow: [Int]) throws(LearningFailure) {
        guard values.count == groupOfRow.count * sensors else {
            throw .dimensionMismatch(expected: groupOfRow.count * sensors, found: values.count)
        }
        if let row = groupOfRow.firstIndex(where: { $0 < 0 || $0 >= groups }) {
            throw .groupOutOfRange(row: row, groups: groups)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        for (row, group) in groupOfRow.enumerated() {
            for sensor in 0..<sensors {
                let place = row * sensors + sensor
                values[place] = normalise(values[place], sensor: sensor, group: group)
            }
        }
    }
}
