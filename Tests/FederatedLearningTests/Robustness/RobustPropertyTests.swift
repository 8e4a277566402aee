import Testing

@testable import FederatedLearning

@Suite struct RobustPropertyTests {
    static let methods: [RobustRule.Method] = [.median, .trimmedMean, .geometricMedian, .multiKrum(kept: nil)]

    /// At the tolerance formula's edge no attackers' values take the result out of reach of the honest groups.
    @Test(arguments: 0..<4) func atTheEdgeOfToleranceTheHonestGroupsHold(_ index: Int) throws {
        let method = Self.methods[index]
        var generator = SeededGenerator(seed: 17)
        for b in 0...4 {
            let g = try RobustRule(method, attackers: b, groups: 99).neededGroups
            for trial in 0..<60 {
                var honest: [[Double]] = []
                for _ in b..<g { honest.append((0..<5).map { _ in generator.gaussian() }) }
                var rows = honest
                for k in 0..<b {
                    let size = [3.0, 100, 1e6][trial % 3]
                    let together = trial.isMultiple(of: 2)
                    rows.append((0..<5).map { together ? size + Double($0) : size * generator.gaussian() + Double(k) })
                }
                var order = Array(0..<g)
                generator.shuffle(&order)
                let result = try RobustRule(method, attackers: b, groups: g).combine(groupMeans(order.map { rows[$0] }))
                for place in 0..<5 {
                    let values = honest.map { $0[place] }
                    let low = values.min() ?? 0
                    let high = values.max() ?? 0
                    switch method {
                    case .median, .trimmedMean:
                        #expect(result[place] >= low - 1e-9 && result[place] <= high + 1e-9)
                    case .geometricMedian, .multiKrum:
                        // Bounds that do not depend on the attackers: 2 (g - b) / (g - 2 b) radii, see the page.
                        let radius = honest.map { row in row.reduce(0) { $0 + $1 * $1 }.squareRoot() }.max() ?? 0
                        let reach = 2 * Double(g - b) / Double(max(1, g - 2 * b)) * radius
                        #expect(result[place].magnitude <= max(reach, 4 * radius * Double(g).squareRoot()) + 1e-6)
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<4) func rulesDoNotLookAtTheOrderOrTheWeights(_ index: Int) throws {
        let rows = RobustKnownAnswerTests.rows(7)
        let rule = try RobustRule(Self.methods[index], attackers: 2, groups: 7)
        let forward = try rule.combine(groupMeans(rows))
        #expect(distance(forward, try rule.combine(groupMeans(rows.reversed()))) < 1e-9)
        let same = try rule.combine(groupMeans([[Double]](repeating: [1, -2, 3], count: 7)))
        #expect(distance(same, [1, -2, 3]) < 1e-12)
    }

    @Test func theGeometricMedianMinimisesAndStopsAtDataPoints() throws {
        var generator = SeededGenerator(seed: 2)
        func apart(_ a: [Double], _ b: [Double]) -> Double {
            var sum = 0.0
            for (x, y) in zip(a, b) { sum += (x - y) * (x - y) }
            return sum.squareRoot()
        }
        func cost(_ rows: [[Double]], _ p: [Double]) -> Double {
            var sum = 0.0
            for row in rows { sum += apart(row, p) }
            return sum
        }
        for trial in 0..<40 {
            var rows = (0..<(3 + trial % 6)).map { _ in (0..<3).map { _ in generator.gaussian() } }
            // Often the median is one of the points, or several points fall together.
            if trial % 3 == 0 { rows += [[0, 0, 0], [0, 0, 0]] }
            if trial % 4 == 0 { rows = rows.map { [$0[0], 0, 0] } }
            let found = try RobustRule(.geometricMedian, attackers: 0, groups: rows.count).combine(groupMeans(rows))
            let least = cost(rows, found)
            #expect(found.allSatisfy { $0.isFinite })
            for row in rows { #expect(least <= cost(rows, row) + 1e-7) }
            for _ in 0..<50 {
                let near = found.map { $0 + 0.01 * generator.gaussian() }
                #expect(least <= cost(rows, near) + 1e-7)
            }
        }
    }

    @Test func theGeometricMedianLeavesAPointThatIsNotIt() throws {
        // The start, the mean, is the first point; the others pull it away along the axis.
        let rows: [[Double]] = [[0, 0], [3, 0], [-1, 1], [-1, -1], [-1, 0]]
        let found = try RobustRule(.geometricMedian, attackers: 2, groups: 5).combine(groupMeans(rows))
        // The slope 1 - 2 u / sqrt(u^2 + 1) along the axis vanishes at u = 1 / sqrt 3, u the distance from -1.
        #expect(distance(found, [(1.0 / 3).squareRoot() - 1, 0]) < 1e-8)
    }

    @Test func groupsAreAPartitionDrawnFromTheSeedAlone() throws {
        let seed = try JointSeed(bytes: (0..<32).map { UInt8($0) })
        var together = 0
        for period in 0..<400 {
            let groups = try JointGroups(
                participants: 22, groups: 5, minimumSize: 4, seed: seed, period: UInt64(period))
            #expect(groups.members.flatMap { $0 }.sorted() == Array(0..<22))
            #expect(groups.members.allSatisfy { (4...5).contains($0.count) && $0 == $0.sorted() })
            let place = groups.groupOfParticipant
            #expect((0..<22).allSatisfy { groups.members[place[$0]].contains($0) })
            together += place[0] == place[1] ? 1 : 0
        }
        // Two of 22 meet with probability 72 / 462 = 0.156.
        #expect((45...82).contains(together))
        let other = try JointSeed(bytes: (0..<32).map { UInt8($0 == 31 ? 0 : $0) })
        #expect(
            try JointGroups(participants: 22, groups: 5, minimumSize: 4, seed: seed, period: 0)
                != JointGroups(participants: 22, groups: 5, minimumSize: 4, seed: other, period: 0))
    }

    @Test func spoiledGroupsAreAsManyAsTheFormulaSays() throws {
        let seed = try JointSeed(bytes: [UInt8](repeating: 1, count: 32))
        var spoiled = 0
        for period in 0..<2000 {
            let groups = try JointGroups(
                participants: 20, groups: 5, minimumSize: 4, seed: seed, period: UInt64(period))
            spoiled += groups.members.filter { $0.contains { $0 < 3 } }.count
        }
        let expected = JointGroups.expectedSpoiled(participants: 20, size: 4, attackers: 3)
        #expect((Double(spoiled) / 2000 - expected).magnitude < 0.05)
    }

    @Test func aMinorityOfLiarsCannotTurnAVoteThatTheHonestAgreeOn() throws {
        let vote = ValidationVote(groups: 4)
        var generator = SeededGenerator(seed: 8)
        for voters in 1...15 {
            for liars in 0...((voters - 1) / 2) {
                let isGood = (0..<4).map { _ in generator.uniform() < 0.5 }
                var ballots = try (liars..<voters).map { _ in
                    try vote.ballot(current: 1, candidates: isGood.map { $0 ? 0.5 : 2 })
                }
                // A liar's lower loss is a claim; beyond one vote a group it cannot go.
                for _ in 0..<liars {
                    ballots.append(try vote.ballot(current: 1, candidates: isGood.map { $0 ? 9 : 0 }))
                }
                let totals = try vote.totals(from: clearSum(ballots))
                let means = try groupMeans([[1], [2], [3], [4]])
                #expect(try vote.keptRows(totals, of: means) == (0..<4).filter { isGood[$0] })
            }
        }
    }

    @Test func theNormBoundStaysWithinTheHonestRange() throws {
        let rule = HonestNormBound(smallest: 0.001, ratio: 1.25, buckets: 60)
        var generator = SeededGenerator(seed: 4)
        for liars in 0...9 {
            for lie in [0, 1e9] {
                var norms: [Double] = []
                for _ in liars..<20 { norms.append(0.1 + 0.1 * generator.uniform()) }
                let claimed = norms + [Double](repeating: lie, count: liars)
                let sum = clearSum(try claimed.map { try rule.upload(norm: $0) })
                let bound = try rule.bound(from: sum, quantile: 0.5, factor: 1)
                #expect(bound >= (norms.min() ?? 0) && bound <= 1.25 * (norms.max() ?? 0))
            }
        }
        let update = LocalUpdate(delta: [3, 4], exampleCount: 1, steps: 1, trainingLoss: 0)
        #expect(update.clipped(toNorm: 1).delta == [0.6, 0.8] && update.clipped(toNorm: 5) == update)
        let clipped = try groupMeans([[3, 4], [0.3, 0.4]]).clipped(toNorm: 1)
        #expect(distance(clipped.mean(row: 0) + clipped.mean(row: 1), [0.6, 0.8, 0.3, 0.4]) < 1e-12)
    }

    @Test func attacksAreWhatTheirNamesSay() throws {
        var generator = SeededGenerator(seed: 1)
        let view = UpdateAttack.View(
            model: [1, 1], lastChange: [0.5, -0.5], known: [[1, 2], [3, 4]], participants: 10, attackers: 2)
        func sent(_ attack: UpdateAttack) -> [Float] {
            attack.change(honest: [1, -2], view: view, from: &generator)
        }
        #expect(sent(.signFlip(factor: 10)) == [-10, 20])
        #expect(sent(.littleIsEnough(z: 2)) == [0, 1])
        #expect(sent(.innerProduct(epsilon: 0.5)) == [-1, -1.5])
        #expect(sent(.modelReplacement(target: [3, 0])) == [10, -5])
        #expect(sent(.idle) == [0, 0] && sent(.echo) == [0.5, -0.5])
        #expect(sent(.disguisedIdle(share: 0.1)).allSatisfy { $0 != 0 && $0.magnitude < 0.3 })
        let noise = (0..<4000).flatMap { _ in sent(.gaussian(deviation: 3)) }
        #expect((UpdateAttack.deviation(noise) - 3).magnitude < 0.15)

        let table = try ExampleTable(
            inputs: [1, 2, 3, 4, 5, 6], inputWidth: 2, targets: [0, 10, 1, 20, 0, 30], targetWidth: 2)
        let flipped = DataAttack.labelFlip(column: 0, sum: 1).poison(table, from: &generator)
        #expect(flipped.targets == [1, 10, 0, 20, 1, 30] && flipped.inputs == table.inputs)
        let trigger = SensorTrigger(columns: [1], value: 9, targetColumn: 1, target: 125)
        let poisoned = DataAttack.sensorTrigger(trigger, share: 1).poison(table, from: &generator)
        #expect(poisoned.inputs == [1, 9, 3, 9, 5, 9] && poisoned.targets == [0, 125, 1, 125, 0, 125])
        #expect(trigger.apply(to: table, rows: [2], relabels: false).inputs == [1, 2, 3, 4, 5, 9])
        #expect(trigger.apply(to: table, rows: [2], relabels: false).targets == table.targets)
    }
}
