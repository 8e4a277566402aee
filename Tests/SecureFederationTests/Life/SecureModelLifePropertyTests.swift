import FederatedLearning
import PredictiveMaintenance
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

/// Twelve small plants and their session: eight survivors or more, of which one may lie.
struct ModelLifeFederation {
    let plants: [MachineStateWorkload]
    let life: SecureModelLife
    let bins: FeatureBins

    init(companies: Int = 12, minimumSurvivors: Int = 8) throws {
        let scenario = Scenario.simulated(
            companies: companies, seed: 5, heterogeneity: .none,
            size: .init(trainingMachines: 6, validationMachines: 2, testMachines: 6, recordings: 8))
        plants = scenario.companies.compactMap { $0.workload as? MachineStateWorkload }
        bins = FeatureBins(ranges: Array(scenario.statistics.ranges.prefix(4)), bins: 10)
        var settings = SecureSummation.Settings(companies: companies, colluders: 1, roundsPerEpoch: 4)
        settings.minimumSurvivors = minimumSurvivors
        life = SecureModelLife(
            through: try SecureSummation(settings) { SeededRandomSource(seed: 9, label: $0.label) })
    }

    /// The first four features of a plant's recordings; a drifting plant's sensors have moved by three tenths of their range.
    func table(_ plant: Int, _ fleet: KeyPath<MachineStateWorkload, SimulatedFleet>, drifted: Bool = false) -> [Double]
    {
        let features = plants[plant][keyPath: fleet].features
        return features.indices.filter { $0 % SimulatedFleet.featureCount < 4 }.map { place in
            let line = bins.edges[place % SimulatedFleet.featureCount]
            return Double(features[place]) + (drifted ? 3 * (line[1] - line[0]) : 0)
        }
    }
}

@Suite("Life after training through the secure sum: sums and votes alone come out") struct SecureModelLifePropertyTests
{
    @Test func driftIsCountedAndNobodyIsNamed() throws {
        let federation = try ModelLifeFederation()
        let histogram = HistogramSum(bins: federation.bins, maximumRows: 64, minimumRows: 20, minimumCohort: 5)
        let reference = try federation.life.reference(histogram) { (company) throws(LifeRefusal) in
            try histogram.upload(federation.table(company, \.training))
        }
        #expect(reference.tally.isExact && reference.survivors.count == 12)
        let pooled = (0..<12).flatMap { federation.table($0, \.training) }
        #expect(try reference.value.counts == federation.bins.counts(of: pooled))
        let drifting: Set<Int> = [2, 7, 8]
        let tables = (0..<12).map { federation.table($0, \.test, drifted: drifting.contains($0)) }
        let reports = try tables.map {
            try DriftReport(present: $0, against: reference.value, criterion: DriftCriterion())
        }
        #expect(reports.map(\.isDrifted) == (0..<12).map(drifting.contains))
        let counted = try federation.life.drift(DriftVote(with: histogram)) { (company) throws(LifeRefusal) in
            try DriftVote(with: histogram).ballot(reports[company], present: tables[company])
        }
        #expect(counted.value.voters == 12 && counted.value.drifting == 3)
        #expect(try counted.value.present?.counts == federation.bins.counts(of: tables.flatMap(\.self)))
        // votes alone: one number a company, and a company that falls silent is not in it
        let vote = DriftVote(minimumCohort: 5)
        #expect(vote.schema.dimension == 1)
        let fewer = try federation.life.drift(vote, dropouts: [7: .upload]) { (company) throws(LifeRefusal) in
            try vote.ballot(reports[company], present: [])
        }
        #expect(fewer.value.voters == 11 && fewer.value.drifting == 2 && fewer.value.present == nil)
    }

    @Test func alertsOfAllCompaniesAgainstTheBudget() throws {
        let life = try ModelLifeFederation().life
        let monitor = AlertRateMonitor(
            budget: 0.05, confidence: 0.99, maximumWindows: 500, minimumWindows: 40, minimumCohort: 5)
        // company 3 has too few windows: it does not take part, and nothing of it is in the sum
        let found = try life.alertRate(monitor) { (company) throws(LifeRefusal) in
            try monitor.upload(alerts: company + 1, windows: company == 3 ? 39 : 100)
        }
        #expect(found.survivors == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
        #expect(found.value.alerts == 74 && found.value.windows == 1100 && found.value.cohortSize == 11)
        #expect(found.value.exceedsBudget == (found.value.tail <= 0.01))
        #expect(found.value.tail < 0.02 && found.value.interval.contains(found.value.rate))
    }

    @Test func aTrainedCandidateReplacesAnUntrainedModel() throws {
        let scenario = Scenario.simulated(
            companies: 5, seed: 3,
            size: .init(trainingMachines: 4, validationMachines: 3, testMachines: 8, recordings: 8))
        let trained = try ReferenceFederation(scenario).run(rounds: 8).model
        let normaliser = try ReferenceFederation(scenario).normaliser()
        let settings = SecureSummation.Settings(companies: 5, colluders: 1)
        let life = SecureModelLife(
            through: try SecureSummation(settings) { SeededRandomSource(seed: 4, label: $0.label) })
        let shadow = ShadowComparison(
            budget: 0.2, significance: 0.2, maximumWindows: 200, minimumWindows: 20, minimumPositives: 10,
            minimumCohort: 3)
        let plants = scenario.companies.map(\.workload)
        func trial(_ company: Int, _ candidate: ParameterVector, _ incumbent: ParameterVector) throws -> ShadowTrial {
            let stream = try plants[company].examples(normaliser).validation
            func alarms(_ model: ParameterVector) throws -> [Bool] {
                let shares = try scenario.network.predict(model, on: stream, head: "state")
                return (0..<stream.rows).map { shares[4 * $0 + 2] + shares[4 * $0 + 3] > 0.5 }
            }
            var trial = ShadowTrial()
            let (ours, theirs) = (try alarms(candidate), try alarms(incumbent))
            for row in 0..<stream.rows {
                trial.add(candidate: ours[row], incumbent: theirs[row], isPositive: stream.targets[row] >= 2)
            }
            return trial
        }
        let untrained = scenario.initialParameters()
        for (candidate, incumbent, adopted) in [(trained, untrained, true), (untrained, trained, false)] {
            let trials = try (0..<5).map { try trial($0, candidate, incumbent) }
            let found = try life.shadow(shadow) { (company) throws(LifeRefusal) in try shadow.ballot(trials[company]) }
            #expect(found.value.isAdopted == adopted)
            #expect(found.value.total == trials.reduce(0) { $0 + $1.vote(significance: 0.2) })
            #expect(found.value.candidate.truePositives == trials.reduce(0) { $0 + $1.candidate.truePositives })
            #expect(found.value.incumbent.falsePositives == trials.reduce(0) { $0 + $1.incumbent.falsePositives })
            #expect(found.tally.isExact && found.tally.sums == 1)
        }
    }

    private let groups = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]

    private func counts(_ company: Int) -> ConfusionCounts {
        ConfusionCounts(
            truePositives: groups[company] == 1 ? 10 : 38, falsePositives: 3, trueNegatives: 150 + company,
            falseNegatives: groups[company] == 1 ? 30 : 2)
    }

    @Test func groupsAreComparedAndTheSmallOneStaysClosed() throws {
        let life = try ModelLifeFederation().life
        let audit = GroupAudit(groups: 3, maximumRows: 400, minimumRows: 50, minimumMembers: 3)
        let found = try life.audit(audit, confidence: 0.95) { (groups[$0], counts($0)) }
        // three members and one possible liar: closed
        #expect(found.value.groups.map(\.group) == [0, 1])
        #expect(found.value.groups[0].counts.truePositives == 190 && found.value.groups[1].counts.truePositives == 40)
        #expect(found.value.groups[1].counts.trueNegatives == 4 * 150 + 5 + 6 + 7 + 8)
        #expect(found.value.recallGap.isCertain && !found.value.falseAlarmGap.isCertain)
        #expect(found.tally.sums == 2 && found.tally.isExact)
    }
}
