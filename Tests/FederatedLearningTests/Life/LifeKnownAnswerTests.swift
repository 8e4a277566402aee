import Testing

@testable import FederatedLearning

@Suite("Life after training: figures are the script's") struct LifeKnownAnswerTests {
    static let tails: [(Int, Int, Double)] = [
        (0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.3), (7, 10, 0.5), (61, 1000, 0.05), (39, 1000, 0.05),
        (5, 1_000_000, 1e-6), (25, 1_000_000, 1e-6), (50500, 1_000_000, 0.05), (49500, 1_000_000, 0.05),
        (999, 1000, 0.99), (20, 37, 0.61),
    ]
    static let intervals: [(Int, Int, Double)] = [
        (0, 20, 0.95), (20, 20, 0.95), (1, 20, 0.95), (7, 50, 0.9), (50, 1000, 0.99), (12, 1_000_000, 0.95),
        (15, 16, 0.999), (480, 500, 0.9966666666666667),
    ]
    static let bins = FeatureBins([[-0.375, -0.25, -0.125, 0, 0.125, 0.25, 0.375]])
    static let samples = [
        sample(150, 12), sample(150, 13).map { $0 + 0.2 }, sample(200, 14).map { 0.4 * $0 }, sample(5, 15),
    ]

    private func relative(_ found: [Double], _ wanted: [Double]) -> Double {
        zip(found, wanted).reduce(found.count == wanted.count ? 0 : .infinity) {
            max($0, ($1.0 - $1.1).magnitude / max($1.1.magnitude, 1e-300))
        }
    }

    @Test func binomialTails() {
        let upper = Self.tails.map { BinomialLaw.upperTail($0.0, of: $0.1, rate: $0.2) }
        let lower = Self.tails.map { BinomialLaw.lowerTail($0.0, of: $0.1, rate: $0.2) }
        #expect(relative(upper, LifeKnownAnswers.upperTails) < 1e-9)
        #expect(relative(lower, LifeKnownAnswers.lowerTails) < 1e-9)
    }

    @Test func exactIntervals() {
        let ends = Self.intervals.flatMap { successes, trials, confidence in
            let interval = BinomialLaw.interval(successes, of: trials, confidence: confidence)
            return [interval.lowerBound, interval.upperBound]
        }
        #expect(distance(ends, LifeKnownAnswers.intervals) < 1e-12)
    }

    @Test(arguments: 0..<4) func driftOfAFeature(_ index: Int) throws {
        let sum = HistogramSum(bins: Self.bins, maximumRows: 400, minimumRows: 1, minimumCohort: 4)
        let past = sample(800, 11)
        let uploads = try (0..<4).map { try sum.upload(Array(past[($0 * 200)..<($0 * 200 + 200)])) }
        let reference = try sum.reference(from: clearSum(uploads))
        #expect(reference.rows == 800 && reference.cohortSize == 4)
        let report = try DriftReport(
            present: Self.samples[index], against: reference, criterion: DriftCriterion())
        let feature = try #require(report.features.first)
        #expect((feature.stabilityIndex - LifeKnownAnswers.indices[index]).magnitude < 1e-12)
        #expect((feature.statistic - LifeKnownAnswers.binnedStatistics[index]).magnitude < 1e-12)
        #expect(feature.statistic <= LifeKnownAnswers.statistics[index] + 1e-12)
        #expect(feature.statisticBound >= LifeKnownAnswers.statistics[index] - 1e-12)
        #expect(feature.statisticBound < 1)
        #expect((feature.pValue - LifeKnownAnswers.pValues[index]).magnitude < 1e-12)
        #expect(report.isDrifted == (index == 1 || index == 2))
    }

    @Test func kolmogorovsLaw() {
        let found = [0.2, 0.4, 0.7, 0.9999, 1, 1.36, 2, 3].map(BinnedDistance.kolmogorovTail)
        #expect(distance(found, LifeKnownAnswers.kolmogorov) < 1e-13)
        #expect(BinnedDistance.kolmogorovTail(0) == 1 && BinnedDistance.kolmogorovTail(1e-9) == 1)
    }

    @Test func cumulativeSum() {
        var sum = AlertCUSUM(usual: 0.05, raised: 0.2, meanWindowsToFalseSignal: 1000)
        let path = sample(40, 16).map { value in
            _ = sum.add(alert: value > 0.42)
            return sum.value
        }
        #expect(distance(path, LifeKnownAnswers.cusum) < 1e-12)
    }

    @Test func signTestsDecideVotes() {
        let cases = [(9, 1), (60, 40), (55, 45)]
        for (pair, value) in zip(cases, LifeKnownAnswers.signTests) {
            var ahead = ShadowTrial()
            var behind = ShadowTrial()
            for index in 0..<(pair.0 + pair.1) {
                ahead.add(candidate: index < pair.0, incumbent: index >= pair.0, isPositive: true)
                behind.add(candidate: index >= pair.0, incumbent: index < pair.0, isPositive: true)
            }
            #expect(ahead.vote(significance: value * 1.000001) == 1 && ahead.vote(significance: value * 0.999999) == 0)
            #expect(behind.vote(significance: value * 1.000001) == -1)
            #expect(behind.vote(significance: value * 0.999999) == 0)
        }
    }

    @Test func simultaneousIntervalsOfGroups() throws {
        let tables = [(95, 30, 470, 5), (30, 18, 280, 12), (60, 70, 600, 40)].map {
            ConfusionCounts(truePositives: $0.0, falsePositives: $0.1, trueNegatives: $0.2, falseNegatives: $0.3)
        }
        let report = GroupReport(tables.enumerated().map { ($0.offset, $0.element) }, cohortSize: 9, confidence: 0.95)
        let found = try report.groups.flatMap { group in
            try [group.recall, group.falseAlarmRate, group.accuracy].flatMap {
                [try #require($0.value), $0.interval.lowerBound, $0.interval.upperBound]
            }
        }
        #expect(distance(found, LifeKnownAnswers.groups) < 1e-12)
        let wanted = LifeKnownAnswers.groups
        #expect((try #require(report.recallGap.value) - (wanted[0] - wanted[18])).magnitude < 1e-12)
        #expect((report.recallGap.interval.lowerBound - (wanted[1] - wanted[20])).magnitude < 1e-12)
        #expect((report.recallGap.interval.upperBound - (wanted[2] - wanted[19])).magnitude < 1e-12)
        #expect(report.recallGap.isCertain && !report.falseAlarmGap.isCertain)
    }
}
