import FederatedLearning
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

@Suite("Life after training through the secure sum: nothing below the minimum is opened")
struct SecureModelLifeMisuseTests {
    /// Five companies, one possible liar: the session promises three honest ones and no more.
    private func life(_ companies: Int = 5) throws -> SecureModelLife {
        let settings = SecureSummation.Settings(companies: companies, colluders: 1, roundsPerEpoch: 4)
        return SecureModelLife(
            through: try SecureSummation(settings) { SeededRandomSource(seed: 6, label: $0.label) })
    }

    private let bins = FeatureBins([[0]])
    private let table = ConfusionCounts(truePositives: 5, falsePositives: 1, trueNegatives: 9, falseNegatives: 1)

    private func histogram(_ minimum: Int) -> HistogramSum {
        HistogramSum(bins: bins, maximumRows: 10, minimumRows: 2, minimumCohort: minimum)
    }

    private func monitor(_ minimum: Int) -> AlertRateMonitor {
        AlertRateMonitor(
            budget: 0.1, confidence: 0.9, maximumWindows: 50, minimumWindows: 5, minimumCohort: minimum)
    }

    private func shadow(_ minimum: Int) -> ShadowComparison {
        ShadowComparison(
            budget: 0.1, significance: 1, maximumWindows: 50, minimumWindows: 1, minimumPositives: 1,
            minimumCohort: minimum)
    }

    private func report() throws -> DriftReport {
        let terms = histogram(3)
        let reference = try life().reference(terms) { (_) throws(LifeRefusal) in try terms.upload([1, -1, 1]) }.value
        return try DriftReport(present: [1, -1], against: reference, criterion: DriftCriterion())
    }

    /// A session that would open a sum over fewer than the terms ask for is refused before anybody is asked for anything.
    @Test func sessionsThatPromiseTooLittle() throws {
        let life = try life()
        #expect(life.fewestHonest == 3)
        let expected = ModelLifeFailure.life(.cohortTooSmall(found: 3, needed: 4))
        var asked = 0
        func never(_: Int) throws(LifeRefusal) -> Upload {
            asked += 1
            return try histogram(4).upload([0, 0])
        }
        #expect(throws: expected) { try life.reference(histogram(4), upload: never) }
        #expect(throws: expected) { try life.drift(DriftVote(minimumCohort: 4), ballot: never) }
        #expect(throws: expected) { try life.drift(DriftVote(with: histogram(4)), ballot: never) }
        #expect(throws: expected) { try life.alertRate(monitor(4), upload: never) }
        #expect(throws: expected) { try life.shadow(shadow(4), ballot: never) }
        let audit = GroupAudit(groups: 2, maximumRows: 50, minimumRows: 1, minimumMembers: 4)
        #expect(throws: expected) {
            try life.audit(audit, confidence: 0.9) { _ in
                asked += 1
                return (0, table)
            }
        }
        #expect(asked == 0)
    }

    /// Two of five have too few rows: three inputs are there, four are needed, and the round ends without a sum.
    @Test func cohortsThatShrinkBelowTheMinimum() throws {
        let life = try life()
        let expected = ModelLifeFailure.federation(.round(Abort(.tooFewSurvivors, .survivors)))
        let report = try report()
        let terms = histogram(3)
        #expect(throws: expected) {
            try life.reference(terms) { (company) throws(LifeRefusal) in
                try terms.upload(company < 2 ? [0] : [0, 0])
            }
        }
        let vote = DriftVote(with: terms)
        #expect(throws: expected) {
            try life.drift(vote) { (company) throws(LifeRefusal) in
                try vote.ballot(report, present: company < 2 ? [0] : [0, 0])
            }
        }
        let monitor = monitor(3)
        #expect(throws: expected) {
            try life.alertRate(monitor) { (company) throws(LifeRefusal) in
                try monitor.upload(alerts: 0, windows: company < 2 ? 4 : 40)
            }
        }
        let shadow = shadow(3)
        var trial = ShadowTrial()
        trial.add(candidate: true, incumbent: false, isPositive: true)
        let (some, none) = (trial, ShadowTrial())
        #expect(throws: expected) {
            try life.shadow(shadow) { (company) throws(LifeRefusal) in try shadow.ballot(company < 2 ? none : some) }
        }
        let audit = GroupAudit(groups: 2, maximumRows: 50, minimumRows: 5, minimumMembers: 3)
        let few = ConfusionCounts(truePositives: 1, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)
        #expect(throws: expected) { try life.audit(audit, confidence: 0.9) { ($0 % 2, $0 < 2 ? few : table) } }
        // the session goes on
        #expect(try life.shadow(shadow) { (_) throws(LifeRefusal) in try shadow.ballot(some) }.value.isAdopted)
    }

    /// Groups of two and three with one possible liar: none may be opened, and no second sum is run.
    @Test func groupsThatAreAllTooSmall() throws {
        let audit = GroupAudit(groups: 2, maximumRows: 50, minimumRows: 1, minimumMembers: 3)
        var asked = 0
        #expect(throws: ModelLifeFailure.life(.cohortTooSmall(found: 3, needed: 4))) {
            try life().audit(audit, confidence: 0.9) {
                asked += 1
                return ($0 < 2 ? 0 : 1, table)
            }
        }
        #expect(asked == 5)
    }

    /// Somebody leaves between the two sums of an audit that allows for nobody to: the second is not run.
    @Test func membersThatLeaveBetweenTheSums() throws {
        let audit = GroupAudit(groups: 2, maximumRows: 50, minimumRows: 1, minimumMembers: 3)
        #expect(throws: ModelLifeFailure.life(.gate(.tooManyLeft(counted: 5, summed: 4)))) {
            try life().audit(audit, confidence: 0.9, dropouts: [4: .upload]) { ($0 == 0 ? 1 : 0, table) }
        }
        let found = try life(7).audit(audit, confidence: 0.9, spare: 1, dropouts: [6: .upload]) {
            ($0 == 0 ? 1 : 0, table)
        }
        #expect(found.value.groups.map(\.group) == [0] && found.value.groups[0].counts.truePositives == 25)
    }

    @Test func uploadsOfAnotherSumAreNotSummed() throws {
        let monitor = monitor(3)
        #expect(throws: ModelLifeFailure.life(.schemaMismatch)) {
            try life().alertRate(monitor) { (_) throws(LifeRefusal) in try histogram(3).upload([0, 0]) }
        }
        #expect(throws: ModelLifeFailure.life(.tooManyRows(found: 51, maximum: 50))) {
            try life().alertRate(monitor) { (_) throws(LifeRefusal) in try monitor.upload(alerts: 0, windows: 51) }
        }
    }
}
