/// Counts, means and variances of sensors by group, and over all groups together, in the sensors' own units.
/// Source: federated-statistics section 2
public struct GroupMoments: Sendable, Equatable {
    /// How many sensors.
    public let sensors: Int
    /// Rows by group.
    public let counts: [Int]
    /// Group-major: the mean of sensor j in group g at `g * sensors + j`; without meaning in an empty group.
    public let means: [Double]
    /// Group-major, like `means`; population variances, not negative.
    public let variances: [Double]
    /// The mean of each sensor over all rows.
    public let globalMeans: [Double]
    /// The variance of each sensor over all rows: within groups plus between them.
    public let globalVariances: [Double]

    /// How many groups.
    public var groups: Int { counts.count }

    /// Joins moments of groups; the arrays must fit together, and at least one count must be positive.
    public init(sensors: Int, counts: [Int], means: [Double], variances: [Double]) {
        precondition(sensors >= 1 && counts.allSatisfy { $0 >= 0 } && counts.contains { $0 > 0 }, "no rows")
        precondition(
            means.count == sensors * counts.count && variances.count == means.count
                && variances.allSatisfy { $0 >= 0 }, "moments that do not fit their groups")
        self.sensors = sensors
        self.counts = counts
        self.means = means
        self.variances = variances
        let total = counts.reduce(0.0) { $0 + Double($1) }
        var globalMeans: [Double] = []
        var globalVariances: [Double] = []
        for sensor in 0..<sensors {
            var mean = 0.0
            for (group, count) in counts.enumerated() {
                mean += Double(count) / total * means[group * sensors + sensor]
            }
            var variance = 0.0
            for (group, count) in counts.enumerated() where count > 0 {
                let place = group * sensors + sensor
                let distance = means[place] - mean
                variance += Double(count) / total * (variances[place] + distance * distance)
            }
            globalMeans.append(mean)
            globalVariances.append(variance)
        }
        self.globalMeans = globalMeans
        self.globalVariances = globalVariances
    }
}
