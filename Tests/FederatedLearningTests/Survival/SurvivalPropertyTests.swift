import Foundation
import Testing

@testable import FederatedLearning

@Suite struct SurvivalPropertyTests {
    static let range = PublicRange(lower: -2, upper: 8)

    static func statistics(_ law: SurvivalDistribution, rows: Int = 4000) -> AcceleratedFailureStatistics {
        AcceleratedFailureStatistics(law, featureBounds: [4, 5], logTimes: range, maximumRows: rows)
    }

    @Test(arguments: SurvivalDistribution.allCases, [true, false])
    func termsAreTheirOwnDerivatives(_ law: SurvivalDistribution, _ failed: Bool) {
        let h = 1e-5
        for r in [-5, -1, 0.2, 1.7, 6, 7.99, 8.5, 12, 29.5, 30.5] as [Double] {
            let (up, down) = (law.terms(residual: r + h, failed: failed), law.terms(residual: r - h, failed: failed))
            let here = law.terms(residual: r, failed: failed)
            let scale = 1 + here.loss.magnitude
            #expect(((up.loss - down.loss) / (2 * h) - here.slope).magnitude < 1e-7 * scale, "at \(r)")
            #expect(((up.slope - down.slope) / (2 * h) - here.curvature).magnitude < 1e-7 * scale, "at \(r)")
        }
    }

    @Test(arguments: SurvivalDistribution.allCases) func wildResidualsStayFinite(_ law: SurvivalDistribution) {
        for r in [-1e4, 60, 1e4] as [Double] {
            let terms = law.terms(residual: r, failed: false)
            #expect(terms.loss.isFinite && terms.slope.isFinite && terms.curvature.isFinite && terms.curvature >= 0)
        }
    }

    @Test(arguments: SurvivalDistribution.allCases) func sumsAreTheFiniteDifferences(_ law: SurvivalDistribution) throws
    {
        let statistics = Self.statistics(law)
        let table = try survivalSample()
        let point = [0.9, -0.6, 0.4, 3.1]
        let here = try statistics.sums(table, at: point)
        let h = 1e-5
        var place = 0
        for i in 0..<4 {
            var (up, down) = (point, point)
            up[i] += h
            down[i] -= h
            let (above, below) = (try statistics.sums(table, at: up), try statistics.sums(table, at: down))
            #expect(
                ((above.loss - below.loss) / (2 * h) - here.slope[i]).magnitude < 1e-6 * (1 + here.slope[i].magnitude))
            for j in i..<4 {
                let curvature = here.curvature[place]
                let difference = (above.slope[j] - below.slope[j]) / (2 * h)
                #expect((difference - curvature).magnitude < 1e-6 * (1 + curvature.magnitude), "\(i) \(j)")
                place += 1
            }
        }
    }

    @Test(arguments: SurvivalDistribution.allCases)
    func federatedFitEqualsThePooledOne(_ law: SurvivalDistribution) throws {
        let table = try survivalSample()
        let statistics = Self.statistics(law, rows: 64)
        let parts = try [0..<3, 3..<21, 21..<40].map { try table.part($0) }
        for (step, tolerance, close) in [(nil as Double?, 1e-15, 1e-8), (0x1p-44, 1e-11, 2e-5)] {
            var fit = AcceleratedFailureFit(statistics, tolerance: tolerance)
            while !fit.isConverged {
                try #require(fit.evaluations < 40)
                let point = fit.point
                try fit.absorb(clearSum(parts.map { try statistics.upload($0, at: point) }, step: step))
            }
            #expect(fit.evaluations < 20)
            let pooled = try AcceleratedFailureFit.fit(law, table)
            #expect((fit.model.intercept - pooled.intercept).magnitude < close)
            #expect(distance(fit.model.slopes, pooled.slopes) < close)
            #expect((fit.model.scale - pooled.scale).magnitude < close)
        }
    }

    @Test(arguments: SurvivalDistribution.allCases)
    func uploadsStayWithinTheirBounds(_ law: SurvivalDistribution) throws {
        let statistics = Self.statistics(law, rows: 40)
        let table = try survivalSample()
        for point in [[0, 0, 0, 1], [3, -2, 1, 9], [-20, 5, -8, 30], [0, 0, 12, 0.01]] as [[Double]] {
            let upload = try statistics.upload(table, at: point)
            var place = 0
            for block in upload.schema.blocks {
                for value in upload.values[place..<(place + block.count)] { #expect(value.magnitude <= block.bound) }
                place += block.count
            }
        }
    }

    @Test(arguments: SurvivalDistribution.allCases)
    func intervalsCoverAndTheTruthIsFound(_ law: SurvivalDistribution) throws {
        let truth = AcceleratedFailureModel(distribution: law, intercept: 3, slopes: [0.4, -0.2], scale: 0.5)
        let table = try simulatedSurvival(truth, rows: 4000, seed: 5)
        #expect((1500..<3900).contains(table.failures))
        let model = try AcceleratedFailureFit.fit(law, table)
        #expect((model.intercept - 3).magnitude < 0.04)
        #expect(distance(model.slopes, truth.slopes) < 0.04)
        #expect((model.scale - 0.5).magnitude < 0.03)
        var generator = SeededGenerator(seed: 6)
        var inside = 0
        for _ in 0..<4000 {
            let x = [generator.gaussian(), generator.gaussian()]
            let time = truth.quantile(x, at: min(max(generator.uniform(), 1e-12), 1 - 1e-12))
            let interval = model.interval(x, coverage: 0.9)
            if interval.contains(time) { inside += 1 }
            #expect(interval.contains(model.quantile(x, at: 0.5)))
        }
        #expect((0.87...0.93).contains(Double(inside) / 4000))
        // taking the censored rows for failures is wrong, and visibly so
        let naive = try AcceleratedFailureFit.fit(
            law,
            SurvivalTable(
                features: table.features, width: 2, times: table.logTimes.map { exp($0) },
                failed: [Bool](repeating: true, count: table.rows)))
        #expect(naive.intercept < model.intercept - 0.05)
    }

    @Test func penaltyShrinksTheSlopes() throws {
        let table = try survivalSample()
        let free = try AcceleratedFailureFit.fit(.logNormal, table)
        let held = try AcceleratedFailureFit.fit(.logNormal, table, lambda: 10)
        func size(_ model: AcceleratedFailureModel) -> Double {
            model.slopes.reduce(0) { $0 + $1 * $1 } / (model.scale * model.scale)
        }
        #expect(size(held) < 0.5 * size(free))
    }
}
