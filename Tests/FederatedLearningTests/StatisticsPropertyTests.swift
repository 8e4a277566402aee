import FederatedLearning
import Testing

@Suite struct StatisticsPropertyTests {
    static let rows = 90
    let values = sample(90 * 3, 9).map { 500 + 40 * $0 }
    let groupOfRow = (0..<90).map { ($0 * $0) % 5 % 3 }
    let statistics = FederatedStatistics(
        groups: 3, sensorRanges: Array(repeating: .init(lower: 400, upper: 620), count: 3), maximumRows: 200)

    func uploads(_ statistics: FederatedStatistics, _ values: [Double], parts: [Range<Int>]) throws -> [Upload] {
        try parts.map { part in
            try statistics.upload(
                values: Array(values[(part.lowerBound * 3)..<(part.upperBound * 3)]),
                groupOfRow: Array(groupOfRow[part]))
        }
    }

    @Test func momentsEqualNumPysOverAllRows() throws {
        let sum = clearSum(
            try uploads(statistics, values, parts: [0..<20, 20..<21, 21..<90]), step: 0x1p-48)
        let moments = try statistics.moments(from: sum)
        #expect(statistics.schema.dimension == 3 * (1 + 2 * 3))
        #expect(moments.counts.reduce(0, +) == 90)
        #expect(moments.counts[2] == 0)
        #expect(distance(Array(moments.means.prefix(6)), KnownAnswers.groupMeans) < 1e-8)
        #expect(distance(Array(moments.variances.prefix(6)), KnownAnswers.groupVariances) < 1e-7)
        #expect(distance(moments.globalMeans + moments.globalVariances, KnownAnswers.globalMoments) < 1e-7)
    }

    @Test func splittingAndOrderDoNotMatter() throws {
        let whole = try statistics.moments(from: clearSum(uploads(statistics, values, parts: [0..<90])))
        let parts = try uploads(statistics, values, parts: [0..<1, 1..<44, 44..<90])
        let split = try statistics.moments(from: clearSum(parts.reversed()))
        #expect(whole.counts == split.counts)
        #expect(distance(whole.means, split.means) < 1e-9)
        #expect(distance(whole.variances, split.variances) < 1e-8)
    }

    @Test func aSmallSpreadFarFromZeroSurvives() throws {
        // Deviation 0.012 around 9000: sums of raw squares would keep four digits of the variance at best.
        let small = sample(90 * 3, 9).map { 9000 + 0.04 * $0 }
        let wide = FederatedStatistics(
            groups: 3, sensorRanges: Array(repeating: .init(lower: 8950, upper: 9050), count: 3), maximumRows: 200)
        let sum = clearSum(try uploads(wide, small, parts: [0..<45, 45..<90]), step: 0x1p-48)
        let moments = try wide.moments(from: sum)
        for (found, known) in zip(moments.variances.prefix(6), KnownAnswers.groupVariances) {
            #expect((found * 1e6 / known - 1).magnitude < 1e-4)
        }
    }

    @Test func aSpreadBelowTheResolutionIsNone() throws {
        let constant = (0..<(90 * 3)).map { $0 % 3 == 1 ? 517.3 : values[$0] }
        let sum = clearSum(try uploads(statistics, constant, parts: [0..<30, 30..<60, 60..<90]), step: 0x1p-30)
        let moments = try statistics.moments(from: sum, resolution: 0x1p-30)
        #expect(moments.variances[1] == 0)
        #expect(moments.variances[4] == 0)
        #expect((moments.means[1] - 517.3).magnitude < 1e-4)
        #expect(moments.variances[0] > 100)
        let normaliser = GroupNormaliser(moments)
        #expect(normaliser.normalise(517.3, sensor: 1, group: 0) == 0)
        #expect(normaliser.normalise(900, sensor: 1, group: 1) == 0)
    }

    @Test func aSensorThatNeverMovesHasNoSpreadAfterManyRows() throws {
        let long = FederatedStatistics(
            groups: 1, sensorRanges: [.init(lower: 0, upper: 1)], maximumRows: 70_000)
        for value in [0.9, 0.123456789, 0.999] {
            let upload = try long.upload(
                values: Array(repeating: value, count: 60_000), groupOfRow: Array(repeating: 0, count: 60_000))
            let moments = try long.moments(from: clearSum([upload, upload], step: 0x1p-48))
            #expect(moments.variances == [0])
            #expect(moments.counts == [120_000])
        }
    }

    @Test func normalisedGroupsHaveMeanZeroAndDeviationOne() throws {
        let sum = clearSum(try uploads(statistics, values, parts: [0..<50, 50..<90]))
        let moments = try statistics.moments(from: sum)
        let normaliser = GroupNormaliser(moments)
        var table = values
        try normaliser.normalise(&table, groupOfRow: groupOfRow)
        for group in 0..<2 {
            for sensor in 0..<3 {
                let column = (0..<90).filter { groupOfRow[$0] == group }.map { table[$0 * 3 + sensor] }
                let mean = column.reduce(0, +) / Double(column.count)
                let square = column.reduce(0) { $0 + $1 * $1 } / Double(column.count)
                #expect(mean.magnitude < 1e-7)
                #expect((square - 1).magnitude < 1e-6)
            }
        }
        // Nobody was in group 2: it is normalised by the moments over all rows.
        let expected = (510 - moments.globalMeans[0]) / moments.globalVariances[0].squareRoot()
        #expect((normaliser.normalise(510, sensor: 0, group: 2) - expected).magnitude < 1e-12)
        #expect(normaliser.normalise(1e9, sensor: 0, group: 0) == 8)
        #expect(normaliser.normalise(-1e9, sensor: 0, group: 0) == -8)
    }

    @Test func valuesBeyondThePublicRangeAreClippedAndCounted() throws {
        var tally = statistics.makeTally()
        try tally.add([399, 510, 700], group: 0)
        #expect(tally.clipped == 2)
        #expect(tally.rows == 1)
        let upload = try tally.upload()
        #expect(upload.values[3] == -1.0 / 200)
        #expect(upload.values[5] == 1.0 / 200)
        #expect(upload.values.allSatisfy { $0.magnitude <= 1 })
    }
}
