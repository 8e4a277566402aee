import Testing

@testable import FederatedLearning

@Suite struct ContributionKnownAnswerTests {
    static let game: [Double] = {
        var worth = sample(64, 700)
        worth[0] = 0
        return worth
    }()

    @Test func shapleyIsTheMeanOverAllOrders() throws {
        let found = try GroupShapley.exact(groups: 6) { Self.game[Int($0.bits)] }
        #expect(distance(found.values, ContributionKnownAnswers.shapley) < 1e-14)
        #expect((found.total - Self.game[63]).magnitude < 1e-15 && found.evaluations == 64)
        let left = try GroupShapley.leaveOneOut(groups: 6) { Self.game[Int($0.bits)] }
        #expect(distance(left.values, ContributionKnownAnswers.leaveOneOut) < 1e-15 && left.evaluations == 8)
    }

    @Test func theTrendIsTheScriptsRegression() throws {
        var trend = ContributionTrend(companies: 6)
        for round in 0..<9 {
            let keys = sample(6, 800 + round)
            let order = (0..<6).sorted { keys[$0] < keys[$1] }
            try trend.add(
                values: sample(3, 820 + round).map { $0 + 0.2 },
                members: (0..<3).map { Array(order[(2 * $0)..<(2 * $0 + 2)]) })
        }
        let worths = try trend.worths()
        #expect(distance(worths.map(\.value) + worths.map(\.error), ContributionKnownAnswers.trend) < 1e-9)
    }
}
