import Foundation
import Testing

@testable import FederatedLearning

@Suite struct SurvivalKnownAnswerTests {
    func numbers(_ model: AcceleratedFailureModel) -> [Double] {
        [model.intercept] + model.slopes + [model.scale]
    }

    @Test(arguments: SurvivalDistribution.allCases) func fitMatchesMpmath(_ law: SurvivalDistribution) throws {
        let table = try survivalSample()
        #expect(table.failures == SurvivalKnownAnswers.failures)
        let expected =
            switch law {
            case .logNormal: SurvivalKnownAnswers.logNormal
            case .weibull: SurvivalKnownAnswers.weibull
            case .logLogistic: SurvivalKnownAnswers.logLogistic
            }
        let model = try AcceleratedFailureFit.fit(law, table)
        #expect(distance(numbers(model), Array(expected.prefix(4))) < 1e-7)
        #expect(try (model.loss(table) - expected[4]).magnitude < 1e-12)
    }

    @Test func normalTailsMatchMpmath() {
        let places = [-6, -1.5, 0, 0.3, 2, 7.5, 29, 31, 60]
        for (index, r) in places.enumerated() {
            let terms = SurvivalDistribution.logNormal.terms(residual: r, failed: false)
            let (loss, hazard) = (SurvivalKnownAnswers.normalCensored[index], SurvivalKnownAnswers.normalHazard[index])
            #expect((terms.loss / loss - 1).magnitude < 1e-6, "at \(r)")
            #expect((terms.slope / hazard - 1).magnitude < 1e-10, "at \(r)")
            #expect(terms.curvature >= 0 && terms.curvature < 1)
        }
    }

    @Test func quantilesMatchSciPy() {
        for (index, p) in [1e-9, 0.001, 0.05, 0.3, 0.5, 0.9, 0.9999].enumerated() {
            let normal = SurvivalDistribution.logNormal.quantile(p)
            let extreme = SurvivalDistribution.weibull.quantile(p)
            #expect((normal - SurvivalKnownAnswers.normalQuantiles[index]).magnitude < 1e-11, "at \(p)")
            #expect((extreme - SurvivalKnownAnswers.extremeQuantiles[index]).magnitude < 1e-11, "at \(p)")
            let logistic = SurvivalDistribution.logLogistic.quantile(p)
            #expect((logistic - SurvivalKnownAnswers.logisticQuantiles[index]).magnitude < 1e-11, "at \(p)")
            #expect((SurvivalDistribution.logLogistic.survival(logistic) - (1 - p)).magnitude < 1e-12)
            #expect((SurvivalDistribution.weibull.survival(extreme) - (1 - p)).magnitude < 1e-12)
            #expect((SurvivalDistribution.logNormal.survival(normal) - (1 - p)).magnitude < 1e-12)
        }
    }

    /// Weibull with shape k and size L by its textbook formula: S(t) = exp(-(t / L)^k).
    @Test func weibullSurvivalIsTheTextbookForm() {
        let model = AcceleratedFailureModel(
            distribution: .weibull, intercept: log(90), slopes: [0.5], scale: 1 / 2.5)
        for time in [10, 60, 90, 200] as [Double] {
            let expected = exp(-pow(time / (90 * exp(0.5 * 0.3)), 2.5))
            #expect((model.survival([0.3], at: time) - expected).magnitude < 1e-12)
        }
    }
}
