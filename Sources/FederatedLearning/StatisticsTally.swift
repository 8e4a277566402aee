/// One company's running counts, sums and sums of squares; in clear, so it stays on that company's machine.
public struct StatisticsTally: Sendable {
    /// What is counted.
    public let statistics: FederatedStatistics
    /// Rows added so far.
    public private(set) var rows = 0
    /// Values that lay beyond their public range and were clipped to it; many of them mean that the range is wrong.
    public private(set) var clipped = 0

    private var counts: [Int]
    private var sums: [CompensatedSum]
    private var squares: [CompensatedSum]

    init(for statistics: FederatedStatistics) {
        self.statistics = statistics
        counts = [Int](repeating: 0, count: statistics.groups)
        sums = [CompensatedSum](repeating: CompensatedSum(), count: statistics.ranges.count)
        squares = sums
    }

    /// Adds one row of sensor values.
    ///
    /// Throws `dimensionMismatch`, `groupOutOfRange`, `nonFinite` (the sensor's index) or `exampleCountOutOfRange`;
    /// then nothing is added.
    public mutating func add(_ values: some Collection<Double>, group: Int) throws(LearningFailure) {
        guard values.count == statistics.sensors else {
            throw .dimensionMismatch(expected: statistics.sensors, found: values.count)
        }
        guard (0..<statistics.groups).contains(group) else {
            throw .groupOutOfRange(row: rows, groups: statistics.groups)
        }
        guard rows < statistics.maximumRows else {
            throw .exampleCountOutOfRange(found: rows + 1, maximum: statistics.maximumRows)
        }
        for (sensor, value) in values.enumerated() where !value.isFinite { throw .nonFinite(index: sensor) }
        var place = group * statistics.sensors
        for value in values {
            let range = statistics.ranges[place]
            let scaled = (value - range.centre) / range.halfWidth
            let u = min(max(scaled, -1), 1)
            if u != scaled { clipped += 1 }
            sums[place].add(u)
            squares[place].add(u * u)
            place += 1
        }
        counts[group] += 1
        rows += 1
    }

    /// The upload of what was added; all its values are within their blocks' bounds.
    public func upload() throws(LearningFailure) -> Upload {
        let cap = Double(statistics.maximumRows)
        let values = counts.map { Double($0) / cap } + (sums + squares).map { $0.value / cap }
        return try Upload(schema: statistics.schema, values: values)
    }
}

/// A running sum that carries what rounding lost (Kahan), so that its error does not grow with the rows: else a sensor
/// that never moves would seem to have a spread after some thousands of rows.
private struct CompensatedSum: Sendable {
    private(set) var value = 0.0
    private var lost = 0.0

    mutating func add(_ term: Double) {
        let corrected = term - lost
        let next = value + corrected
        lost = (next - value) - corrected
        value = next
    }
}
