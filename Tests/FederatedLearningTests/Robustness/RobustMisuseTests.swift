import Testing

@testable import FederatedLearning

@Suite struct RobustMisuseTests {
    @Test(arguments: 0...6) func toleranceIsEnforcedToTheGroup(_ b: Int) throws {
        for (method, needed) in [
            (RobustRule.Method.median, 2 * b + 1), (.trimmedMean, 2 * b + 1), (.geometricMedian, 2 * b + 1),
            (.multiKrum(kept: nil), 2 * b + 3),
        ] {
            let rule = try RobustRule(method, attackers: b, groups: needed)
            #expect(throws: RobustnessRefusal.tooFewGroups(found: needed - 1, needed: needed)) {
                try RobustRule(method, attackers: b, groups: needed - 1)
            }
            // Groups may fail during a round: the rule looks again.
            if needed > 1 {
                let rows = [[Double]](repeating: [1], count: needed - 1)
                #expect(throws: RobustnessRefusal.tooFewGroups(found: needed - 1, needed: needed)) {
                    try rule.combine(groupMeans(rows))
                }
            }
        }
        #expect(throws: RobustnessRefusal.keptOutOfRange(found: b + 2, largest: b + 1)) {
            try RobustRule(.multiKrum(kept: b + 2), attackers: b, groups: 2 * b + 3)
        }
        #expect(throws: RobustnessRefusal.keptOutOfRange(found: 0, largest: b + 1)) {
            try RobustRule(.multiKrum(kept: 0), attackers: b, groups: 2 * b + 3)
        }
    }

    static func seed() throws -> JointSeed { try JointSeed(bytes: [UInt8](repeating: 0, count: 32)) }

    @Test func groupsAndSumsAreChecked() throws {
        #expect(throws: RobustnessRefusal.seedLength(found: 31)) {
            try JointSeed(bytes: [UInt8](repeating: 0, count: 31))
        }
        #expect(throws: RobustnessRefusal.groupsTooSmall(smallest: 3, minimum: 4)) {
            try JointGroups(participants: 19, groups: 5, minimumSize: 4, seed: Self.seed(), period: 0)
        }
        let terms = FedAvg(layout: LearningMisuseTests.layout, clip: 1, maxExamples: 1)
        let partition = try JointGroups(participants: 8, groups: 2, minimumSize: 3, seed: Self.seed(), period: 0)
        func refusal(_ sums: [AggregateSum?]) -> RobustnessRefusal? {
            do throws(RobustnessRefusal) {
                _ = try GroupMeans(sums, terms: terms, partition: partition, minimumSize: 3)
                return nil
            } catch {
                return error
            }
        }
        func sum(_ values: [Double], _ cohort: Int) -> AggregateSum {
            AggregateSum(schema: terms.schema, values: values, cohortSize: cohort)
        }
        let good = sum([1, 1, 2], 4)
        #expect(refusal([good, good]) == nil)
        #expect(refusal([good, nil]) == nil)
        #expect(refusal([good]) == .lengthMismatch(expected: 2, found: 1))
        #expect(refusal([nil, nil]) == .tooFewGroups(found: 0, needed: 1))
        #expect(refusal([good, sum([1, 1, 2], 2)]) == .cohortOutOfRange(group: 1, found: 2))
        #expect(refusal([good, sum([1, 1, 2], 1)]) == .cohortOutOfRange(group: 1, found: 1))
        #expect(refusal([sum([1, 1, 2], 5), good]) == .cohortOutOfRange(group: 0, found: 5))
        #expect(refusal([good, sum([1, 1, 0], 4)]) == .zeroTotalWeight(group: 1))
        #expect(refusal([good, sum([1, .nan, 2], 4)]) == .nonFinite(group: 1))
        let other = LearningMisuseTests.ridge.schema
        let stranger = AggregateSum(
            schema: other, values: [Double](repeating: 1, count: other.dimension), cohortSize: 4)
        #expect(refusal([good, stranger]) == .schemaMismatch)
        let means = try GroupMeans([nil, good], terms: terms, partition: partition, minimumSize: 3)
        #expect(means.groups == [1] && means.mean(row: 0) == [0.5, 0.5])
        #expect(throws: RobustnessRefusal.keptOutOfRange(found: 0, largest: 1)) { try means.mean(of: []) }
        #expect(throws: RobustnessRefusal.unknownGroup(1)) { try means.mean(of: [1]) }
        #expect(throws: RobustnessRefusal.lengthMismatch(expected: 2, found: 4)) {
            try means.candidate(row: 0, from: ParameterVector(zeros: PersonalKnownAnswerTests.layout))
        }
    }

    @Test func votesAndCountsAreChecked() throws {
        let vote = ValidationVote(groups: 2)
        #expect(throws: RobustnessRefusal.lengthMismatch(expected: 2, found: 1)) {
            try vote.ballot(current: 1, candidates: [1])
        }
        #expect(try vote.ballot(current: nil, candidates: [1, 2]).values == [0, 0])
        #expect(try vote.ballot(current: 1, candidates: [1, 0.9]).values == [-1, 1])
        #expect(try vote.ballot(current: 1, candidates: [nil, .nan]).values == [0, -1])
        #expect(try vote.ballot(current: .infinity, candidates: [1, .infinity]).values == [1, -1])
        #expect(
            try ValidationVote(groups: 2, margin: 0.2).ballot(current: 1, candidates: [0.9, 0.7]).values == [-1, 1])
        func tally(_ values: [Double], noised: Bool = false) throws -> [Double] {
            try vote.totals(
                from: AggregateSum(schema: vote.schema, values: values, cohortSize: 3), isNoised: noised)
        }
        #expect(try tally([3, -3]) == [3, -3])
        #expect(try tally([3.5, -7], noised: true) == [3.5, -7])
        #expect(throws: RobustnessRefusal.tallyOutOfRange(group: 0)) { try tally([4, 0]) }
        #expect(throws: RobustnessRefusal.tallyOutOfRange(group: 1)) { try tally([0, 0.5]) }
        #expect(throws: RobustnessRefusal.tallyOutOfRange(group: 1)) { try tally([0, .nan], noised: true) }
        #expect(throws: RobustnessRefusal.schemaMismatch) {
            try vote.totals(from: LearningMisuseTests.zero(LearningMisuseTests.ridge.schema))
        }
        let bound = HonestNormBound(smallest: 1, ratio: 2, buckets: 3)
        #expect(throws: RobustnessRefusal.normOutOfRange) { try bound.upload(norm: .nan) }
        #expect(throws: RobustnessRefusal.normOutOfRange) { try bound.upload(norm: -1) }
        let places = try [0, 1, 1.01, 2, 3, 1e30].map { norm in
            try bound.upload(norm: norm).values.firstIndex(of: 1)
        }
        #expect(places == [0, 0, 1, 1, 2, 2])
        for values in [[1, 1, 0], [4, -1, 0], [1.5, 1.5, 0], [.nan, 1, 2], [1e300, 0, 0]] as [[Double]] {
            #expect(throws: RobustnessRefusal.countsInconsistent) {
                try bound.bound(
                    from: AggregateSum(schema: bound.schema, values: values, cohortSize: 3), quantile: 0.5, factor: 1)
            }
        }
        let sum = AggregateSum(schema: bound.schema, values: [1, 1, 1], cohortSize: 3)
        #expect(try bound.bound(from: sum, quantile: 0.5, factor: 1.5) == 3)
    }
}
