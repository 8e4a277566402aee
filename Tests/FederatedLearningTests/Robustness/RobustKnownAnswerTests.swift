import Testing

@testable import FederatedLearning

/// Group means with the given rows, through sums of three members of equal updates each.
func groupMeans(_ rows: [[Double]], clip: Double = 1e6) throws -> GroupMeans {
    let layout = ParameterLayout([(name: "w", shape: [rows[0].count])])
    let terms = FedAvg(layout: layout, clip: clip, maxExamples: 10)
    let partition = try JointGroups(
        participants: 3 * rows.count, groups: rows.count, minimumSize: 3,
        seed: JointSeed(bytes: [UInt8](repeating: 7, count: 32)), period: 0)
    let sums = rows.map { row in
        AggregateSum(schema: terms.schema, values: row.map { 3 * $0 } + [3], cohortSize: 3)
    }
    return try GroupMeans(sums, terms: terms, partition: partition, minimumSize: 3)
}

@Suite struct RobustKnownAnswerTests {
    static func rows(_ count: Int) -> [[Double]] {
        (0..<count).map { k in sample(6, 500 + k).map { $0 + (k == 2 ? 4 : 0) - (k == 5 ? 9 : 0) } }
    }

    static let cases: [(RobustRule.Method, Int, Int, [Double])] = [
        (.median, 3, 7, RobustKnownAnswers.median), (.median, 2, 6, RobustKnownAnswers.medianOfSix),
        (.trimmedMean, 2, 7, RobustKnownAnswers.trimmed), (.geometricMedian, 3, 7, RobustKnownAnswers.geometric),
        (.multiKrum(kept: nil), 2, 7, RobustKnownAnswers.krum), (.multiKrum(kept: 1), 2, 7, RobustKnownAnswers.krumOne),
    ]

    @Test(arguments: 0..<6) func rulesAreTheScripts(_ index: Int) throws {
        let (method, attackers, groups, expected) = Self.cases[index]
        let rule = try RobustRule(method, attackers: attackers, groups: groups)
        let found = try rule.combine(groupMeans(Self.rows(groups)))
        #expect(distance(found, expected) < (method == .geometricMedian ? 1e-7 : 1e-12))
    }

    @Test func theNumberOfNeighboursIsTheScripts() throws {
        let rule = try RobustRule(.multiKrum(kept: 2), attackers: 3, groups: 9)
        let rows = (0..<9).map { k in sample(6, 1048 + 3 * k * k).map { $0 * (1 + 0.07 * Double(k)) } }
        let found = try rule.combine(groupMeans(rows))
        #expect(distance(found, RobustKnownAnswers.krumClose) < 1e-12)
    }

    @Test func figuresOfAttacksAreTheScripts() {
        let z = [(20, 4), (50, 12), (25, 3)].map {
            UpdateAttack.littleIsEnoughZ(participants: $0.0, attackers: $0.1)
        }
        #expect(distance(z, RobustKnownAnswers.littleIsEnough.map { max(0, $0) }) < 1e-10)
        let spoiled = [(20, 4, 2), (20, 2, 4), (24, 6, 5)].map {
            JointGroups.expectedSpoiled(participants: $0.0, size: $0.1, attackers: $0.2)
        }
        #expect(distance(spoiled, RobustKnownAnswers.spoiled) < 1e-12)
        let quantiles = [1e-9, 0.02, 0.5, 0.8, 1 - 1e-6].map(NormalQuantile.value)
        #expect(distance(quantiles, RobustKnownAnswers.quantiles) < 1e-9)
    }
}
