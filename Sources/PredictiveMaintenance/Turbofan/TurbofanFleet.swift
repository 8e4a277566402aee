/// Some engines of one subset, cut down to the 14 sensors that move: what one company owns, or one test set.
/// Source: cmapss section 2
public struct TurbofanFleet: Sendable {
    /// The sensors in use, numbered as in the file; the other seven are constant or steps.
    public static let sensors = [2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21]
    /// The number of sensors in use: 14.
    public static let sensorCount = 14

    /// One engine of a fleet.
    public struct Engine: Hashable, Sendable {
        /// The subset the engine belongs to.
        public let subset: TurbofanSubset
        /// The unit number in the file, from 1.
        public let unit: Int
        /// The engine's rows in the fleet; the first row is cycle 1.
        public let rows: Range<Int>
        /// Cycles that remain after the last row: zero for an engine run to failure.
        public let lifeAfterLastRow: Int

        /// Remaining cycles after `cycle` (from 1).
        func remainingLife(afterCycle cycle: Int) -> Int { rows.count - cycle + lifeAfterLastRow }
    }

    /// The engines.
    public private(set) var engines: [Engine] = []
    /// The operating regime of each row, 0 to 5.
    public private(set) var regimes: [UInt8] = []
    /// Readings, row-major, `sensorCount` a row.
    public private(set) var readings: [Float] = []

    /// The number of rows.
    public var rowCount: Int { regimes.count }

    /// A fleet without engines.
    public init() {}

    /// Takes the engines at `indices` out of `table`; `lives` are the cycles left after each engine's last row, nil for run to failure.
    ///
    /// Precondition: indices lie within the table, and `lives` (if given) has one entry for each engine of the table.
    /// Source: cmapss section 2
    public init(_ subset: TurbofanSubset, table: TurbofanTable, indices: [Int], lives: RemainingLifeList? = nil) {
        precondition(lives == nil || lives?.cycles.count == table.engines.count, "one remaining life an engine")
        for index in indices {
            let source = table.engines[index]
            let first = regimes.count
            for row in source {
                regimes.append(table.regimes[row])
                let base = row * TurbofanTable.valuesPerRow + 2
                for sensor in Self.sensors { readings.append(table.values[base + sensor]) }
            }
            engines.append(
                Engine(
                    subset: subset, unit: index + 1, rows: first..<regimes.count,
                    lifeAfterLastRow: lives?.cycles[index] ?? 0))
        }
    }

    /// Puts the engines of another fleet behind these.
    public mutating func append(_ other: TurbofanFleet) {
        let offset = rowCount
        regimes += other.regimes
        readings += other.readings
        for engine in other.engines {
            engines.append(
                Engine(
                    subset: engine.subset, unit: engine.unit,
                    rows: engine.rows.lowerBound + offset..<engine.rows.upperBound + offset,
                    lifeAfterLastRow: engine.lifeAfterLastRow))
        }
    }

    /// The fleet of the engines at `positions` in `engines`.
    public func selecting(_ positions: [Int]) -> TurbofanFleet {
        var result = TurbofanFleet()
        for position in positions {
            let engine = engines[position]
            result.append(engine, rows: engine.rows, life: engine.lifeAfterLastRow, of: self)
        }
        return result
    }

    /// Puts some rows of another fleet's engine behind these, with `life` cycles left after the last.
    mutating func append(_ engine: Engine, rows: Range<Int>, life: Int, of other: TurbofanFleet) {
        let first = rowCount
        regimes += other.regimes[rows]
        readings += other.readings[rows.lowerBound * Self.sensorCount..<rows.upperBound * Self.sensorCount]
        engines.append(
            Engine(subset: engine.subset, unit: engine.unit, rows: first..<rowCount, lifeAfterLastRow: life))
    }
}
