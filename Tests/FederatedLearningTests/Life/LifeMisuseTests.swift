import Testing

@testable import FederatedLearning

@Suite("Life after training: what is refused") struct LifeMisuseTests {
    private let histogram = HistogramSum(
        bins: FeatureBins([[0], [-0.25, 0.25]]), maximumRows: 10, minimumRows: 2, minimumCohort: 3)
    private let monitor = AlertRateMonitor(
        budget: 0.05, confidence: 0.99, maximumWindows: 1000, minimumWindows: 10, minimumCohort: 3)
    private let shadow = ShadowComparison(
        budget: 0.1, significance: 1, maximumWindows: 100, minimumWindows: 5, minimumPositives: 4, minimumCohort: 3)
    private let audit = GroupAudit(groups: 3, maximumRows: 100, minimumRows: 5, minimumMembers: 3)
    private let table = ConfusionCounts(truePositives: 3, falsePositives: 1, trueNegatives: 5, falseNegatives: 1)

    private func sum(_ schema: UploadSchema, _ values: [Double], _ cohort: Int) -> AggregateSum {
        AggregateSum(schema: schema, values: values, cohortSize: cohort)
    }

    @Test func histogramsOfTooFewCompanies() throws {
        let upload = try histogram.upload([0.1, 0.1, -0.1, 0.3])
        #expect(throws: LifeRefusal.cohortTooSmall(found: 2, needed: 3)) {
            try histogram.reference(from: clearSum([upload, upload]))
        }
        let reference = try histogram.reference(from: clearSum([upload, upload, upload]))
        #expect(reference.counts == [[3, 3], [0, 3, 3]])
    }

    @Test func tablesThatDoNotFit() {
        #expect(throws: LifeRefusal.lengthMismatch(expected: 4, found: 5)) { try histogram.upload([0, 0, 0, 0, 0]) }
        #expect(throws: LifeRefusal.nonFinite(index: 3)) { try histogram.upload([0, 0, 0, .nan]) }
        #expect(throws: LifeRefusal.tooFewRows(found: 1, needed: 2)) { try histogram.upload([0, 0]) }
        #expect(throws: LifeRefusal.tooManyRows(found: 11, maximum: 10)) {
            try histogram.upload([Double](repeating: 0, count: 22))
        }
    }

    @Test(arguments: [
        [0.25, 0.35, 0.2, 0.2, 0.2], [0.3, 0.3, 0.2, 0.2, 0.1], [-0.1, 0.7, 0.2, 0.2, 0.2], [.nan, 0.3, 0.2, 0.2, 0.2],
        [0.2, 0.2, 0.2, 0.1, 0.1], [2, 1.3, 1.1, 1.1, 1.1],
    ]) func numbersThatAreNoHistograms(values: [Double]) {
        #expect(throws: LifeRefusal.countsInconsistent) {
            try histogram.reference(from: sum(histogram.schema, values, 3))
        }
    }

    @Test func sumsOfAnotherSchema() {
        let other = sum(UploadSchema([.init(name: "x", count: 1, bound: 1)]), [0], 5)
        #expect(throws: LifeRefusal.schemaMismatch) { try histogram.reference(from: other) }
        #expect(throws: LifeRefusal.schemaMismatch) { try DriftVote(minimumCohort: 3).outcome(from: other) }
        #expect(throws: LifeRefusal.schemaMismatch) { try monitor.reading(from: other) }
        #expect(throws: LifeRefusal.schemaMismatch) { try shadow.outcome(from: other) }
        #expect(throws: LifeRefusal.gate(.schemaMismatch)) {
            try audit.open(other, gate: audit.makeGate(colluders: 0, dropouts: 0))
        }
    }

    @Test func votesThatCannotBe() {
        let vote = DriftVote(minimumCohort: 3)
        for (total, cohort) in [(1.5, 3), (-1, 3), (4, 3), (Double.infinity, 3)] {
            #expect(throws: LifeRefusal.countsInconsistent) {
                try vote.outcome(from: sum(vote.schema, [total], cohort))
            }
        }
        #expect(throws: LifeRefusal.cohortTooSmall(found: 2, needed: 3)) {
            try vote.outcome(from: sum(vote.schema, [1], 2))
        }
    }

    @Test func alertsThatCannotBe() throws {
        #expect(throws: LifeRefusal.outOfRange(index: 0)) { try monitor.upload(alerts: 11, windows: 10) }
        #expect(throws: LifeRefusal.outOfRange(index: 0)) { try monitor.upload(alerts: -1, windows: 10) }
        #expect(throws: LifeRefusal.tooFewRows(found: 9, needed: 10)) { try monitor.upload(alerts: 0, windows: 9) }
        #expect(throws: LifeRefusal.tooManyRows(found: 1001, maximum: 1000)) {
            try monitor.upload(alerts: 0, windows: 1001)
        }
        let upload = try monitor.upload(alerts: 1, windows: 20)
        #expect(throws: LifeRefusal.cohortTooSmall(found: 2, needed: 3)) {
            try monitor.reading(from: clearSum([upload, upload]))
        }
        for values in [[0.5, 0.25], [0, 0.01], [0.0005, 0.3]] {
            #expect(throws: LifeRefusal.countsInconsistent) {
                try monitor.reading(from: sum(monitor.schema, values, 3))
            }
        }
    }

    @Test func shadowsThatCannotBe() throws {
        var trial = ShadowTrial()
        for _ in 0..<4 { trial.add(candidate: true, incumbent: true, isPositive: true) }
        #expect(throws: LifeRefusal.tooFewRows(found: 4, needed: 5)) { try shadow.ballot(trial) }
        trial.add(candidate: false, incumbent: true, isPositive: false)
        let ballot = try shadow.ballot(trial)
        #expect(throws: LifeRefusal.cohortTooSmall(found: 2, needed: 3)) {
            try shadow.outcome(from: clearSum([ballot, ballot]))
        }
        for _ in 0..<96 { trial.add(candidate: true, incumbent: true, isPositive: false) }
        #expect(throws: LifeRefusal.tooManyRows(found: 101, maximum: 100)) { try shadow.ballot(trial) }
        var values = clearSum([ballot, ballot, ballot]).values
        values[5] -= 0.01
        #expect(throws: LifeRefusal.countsInconsistent) { try shadow.outcome(from: sum(shadow.schema, values, 3)) }
        values[5] += 0.01
        values[0] = 4
        #expect(throws: LifeRefusal.countsInconsistent) { try shadow.outcome(from: sum(shadow.schema, values, 3)) }
    }

    @Test func groupsBelowTheMinimumStayClosed() throws {
        let gate = audit.makeGate(colluders: 0, dropouts: 1)
        let votes = try [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2].map { try audit.vote(table, group: $0, gate: gate) }
        let permission = try audit.open(clearSum(votes), gate: gate)
        #expect(permission.groups == [0, 2])
        let closed = try audit.upload(table, group: 1, permission: permission)
        #expect(closed.values.allSatisfy { $0 == 0 })
        let uploads = try [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2].map {
            try audit.upload(table, group: $0, permission: permission)
        }
        let report = try audit.report(from: clearSum(uploads), permission: permission, confidence: 0.95)
        #expect(report.groups.map(\.group) == [0, 2])
        #expect(report.groups.map(\.counts.truePositives) == [12, 15])
        #expect(throws: LifeRefusal.gate(.tooManyLeft(counted: 12, summed: 10))) {
            try audit.report(from: clearSum(Array(uploads.dropLast(2))), permission: permission, confidence: 0.95)
        }
        var values = clearSum(uploads).values
        values[4] = 0.03
        #expect(throws: LifeRefusal.countsInconsistent) {
            try audit.report(from: sum(audit.schema, values, 12), permission: permission, confidence: 0.95)
        }
    }

    @Test func aLargestGroupBelowTheMinimumIsNotOpenedEither() throws {
        let gate = audit.makeGate(colluders: 0, dropouts: 1)
        let votes = try [0, 0, 0, 1, 1].map { try audit.vote(table, group: $0, gate: gate) }
        #expect(throws: LifeRefusal.cohortTooSmall(found: 3, needed: 4)) { try audit.open(clearSum(votes), gate: gate) }
        let weak = CountGate(slots: 2, minimum: 3, colluders: 0, dropouts: 0)
        #expect(throws: LifeRefusal.lengthMismatch(expected: 3, found: 2)) {
            try audit.open(clearSum(votes), gate: weak)
        }
    }

    @Test func groupsAndCountsThatDoNotExist() throws {
        let gate = audit.makeGate(colluders: 0, dropouts: 0)
        #expect(throws: LifeRefusal.gate(.slotNotOpen(3))) { try audit.vote(table, group: 3, gate: gate) }
        let few = ConfusionCounts(truePositives: 1, falsePositives: 0, trueNegatives: 1, falseNegatives: 0)
        #expect(throws: LifeRefusal.tooFewRows(found: 2, needed: 5)) { try audit.vote(few, group: 0, gate: gate) }
        let negative = ConfusionCounts(truePositives: 1, falsePositives: -4, trueNegatives: 1, falseNegatives: 9)
        #expect(throws: LifeRefusal.outOfRange(index: 1)) { try audit.vote(negative, group: 0, gate: gate) }
        let huge = ConfusionCounts(truePositives: .max, falsePositives: 1, trueNegatives: 1, falseNegatives: 9)
        #expect(throws: LifeRefusal.tooManyRows(found: .max, maximum: 100)) {
            try audit.vote(huge, group: 0, gate: gate)
        }
    }
}
