import Foundation
import Testing

@testable import FederatedLearning

/// Shared slopes over own intercepts and scales.
@Suite struct SharedSlopePropertyTests {
    static func statistics(_ law: SurvivalDistribution, minimumScale: Double = 0.01) -> SharedSlopeStatistics {
        SharedSlopeStatistics(
            AcceleratedFailureStatistics(
                law, featureBounds: [4, 5], logTimes: PublicRange(lower: -6, upper: 10), maximumRows: 1000),
            minimumScale: minimumScale)
    }

    static func fit(_ statistics: SharedSlopeStatistics, _ parts: [SurvivalTable]) throws -> [Double] {
        var fit = SharedSlopeFit(statistics, tolerance: 1e-14)
        while !fit.isConverged {
            try #require(fit.evaluations < 60)
            let slopes = fit.slopes
            try fit.absorb(clearSum(parts.map { try statistics.upload($0, at: slopes) }))
        }
        #expect(fit.evaluations < 40)
        return fit.slopes
    }

    @Test(arguments: SurvivalDistribution.allCases) func slopeIsTheFiniteDifference(_ law: SurvivalDistribution) throws
    {
        let statistics = Self.statistics(law)
        let table = try survivalSample()
        let point = [0.3, -0.2]
        let here = AggregateSum(
            schema: statistics.schema(at: point), values: try statistics.upload(table, at: point).values, cohortSize: 1)
        for i in 0..<2 {
            var (up, down) = (point, point)
            up[i] += 1e-5
            down[i] -= 1e-5
            let difference =
                (try statistics.upload(table, at: up).values[2] - statistics.upload(table, at: down).values[2]) / 2e-5
            let slope = try #require(here.block("slope"))[i]
            #expect((difference - slope).magnitude < 1e-6 * (1 + slope.magnitude))
        }
    }

    @Test(arguments: SurvivalDistribution.allCases) func oneCompanyGetsThePlainFit(_ law: SurvivalDistribution) throws {
        let table = try survivalSample()
        let statistics = Self.statistics(law)
        let slopes = try Self.fit(statistics, [table])
        let own = try statistics.ownModel(table, slopes: slopes)
        let plain = try AcceleratedFailureFit.fit(law, table)
        #expect((own.intercept - plain.intercept).magnitude < 1e-5)
        #expect(distance(own.slopes, plain.slopes) < 1e-5)
        #expect((own.scale - plain.scale).magnitude < 1e-5)
    }

    @Test(arguments: SurvivalDistribution.allCases)
    func companiesWithOwnInterceptsShareTheSlope(_ law: SurvivalDistribution) throws {
        let truths = [(1.0, 0.2), (3.0, 0.5), (4.5, 0.3)].map {
            AcceleratedFailureModel(distribution: law, intercept: $0.0, slopes: [0.6, -0.3], scale: $0.1)
        }
        let parts = try truths.enumerated().map { try simulatedSurvival($1, rows: 900, seed: UInt64($0)) }
        let statistics = Self.statistics(law)
        let slopes = try Self.fit(statistics, parts)
        for (part, truth) in zip(parts, truths) {
            let own = try statistics.ownModel(part, slopes: slopes)
            #expect(distance(own.slopes, truth.slopes) < 0.03)
            #expect((own.intercept - truth.intercept).magnitude < 0.06)
            #expect((own.scale - truth.scale).magnitude < 0.05)
        }
        // no neighbour of the answer is better for all of them together
        func loss(_ slopes: [Double]) throws -> Double {
            try clearSum(parts.map { try statistics.upload($0, at: slopes) }).block("loss")?[0] ?? .infinity
        }
        let least = try loss(slopes)
        for shift in [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]] {
            #expect(try loss(zip(slopes, shift).map(+)) > least)
        }
    }

    @Test func theScaleStopsAtItsFloor() throws {
        // a single failure fits any line exactly: without a floor its scale would go to zero
        let table = try SurvivalTable(features: [0, 1], width: 2, times: [20], failed: [true])
        let own = try Self.statistics(.logNormal, minimumScale: 0.25).ownModel(table, slopes: [0, 0])
        #expect((own.scale - 0.25).magnitude < 1e-12)
        #expect((own.quantile([0, 1], at: 0.5) - 20).magnitude < 1e-9)
    }
}
