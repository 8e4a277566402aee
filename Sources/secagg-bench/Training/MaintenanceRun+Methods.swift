internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureAggregation
internal import SecureFederation

extension MaintenanceRun {
    /// Sketches that secure Lloyd clusters by: numbers, iterations, starts.
    private static let lloyd = (size: 16, iterations: 8, starts: 4)

    func trainGroups(
        _ companies: [MaintenanceCompany], _ summation: SecureSummation
    ) throws(FederationFailure) -> FederationOutcome {
        var cohort = try self.cohort(companies)
        let method = settings.method
        let terms = try method.groupedTerms(
            scenario, rounds: settings.rounds, bits: settings.ringBits, joint: jointBytes)
        let outcome = try GroupedTraining(terms).run(
            from: scenario.initialParameters(), cohort: &cohort, everybody: summation, cohorts: cohorts,
            step: method.serverStep(scenario), progress: report)
        var result = try judge(
            cohort, model: outcome.model, bestRound: outcome.bestRound, losses: outcome.losses, tally: outcome.tally)
        let scores = try? outcome.alignment?.freeRiderScores()
        result.groups = GroupOutcome(
            defence: method.robust, contribution: method.contribution, groups: terms.groups,
            meanKept: Double(outcome.keptGroups.reduce(0) { $0 + $1.count }) / Double(outcome.keptGroups.count),
            skippedRounds: outcome.keptGroups.count { $0.isEmpty }, failedGroups: outcome.failedGroups,
            groupings: outcome.groupings.count, releases: outcome.releases, worths: try? outcome.trend?.worths(),
            freeRiderScores: scores)
        if let scores, let saboteurs = result.attack?.saboteurs {
            result.attack?.detectionAUC = Self.area(scores, positives: Set(saboteurs))
        }
        return result
    }

    /// The share of pairs of a saboteur and an honest company in which the saboteur scores higher; ties count one half.
    private static func area(_ scores: [Double], positives: Set<Int>) -> Double? {
        var found = 0.0
        var pairs = 0.0
        for bad in positives {
            for good in scores.indices where !positives.contains(good) {
                pairs += 1
                found += scores[bad] > scores[good] ? 1 : scores[bad] == scores[good] ? 0.5 : 0
            }
        }
        return pairs > 0 ? found / pairs : nil
    }

    func trainBuffered(_ companies: [MaintenanceCompany]) throws(FederationFailure) -> FederationOutcome {
        let cohort = try self.cohort(companies)
        let size = max(3, companies.count / 2)
        let terms = scenario.terms
        // the pace is the work: examples, in steps of a batch
        let paces = companies.map { max(1, $0.trainingExamples / terms.batchSize) }
        let averaging = BufferedAveraging(
            layout: scenario.layout, clip: terms.updateClip, staleness: .polynomial(exponent: 0.5),
            maximumStaleness: 20)
        let outcome = try BufferedTraining(
            averaging, metrics: cohort.strategy.metrics,
            terms: .init(
                cohorts: settings.rounds, paces: paces, cohortSize: min(size, companies.count),
                ringBits: settings.ringBits)
        ).run(from: scenario.initialParameters(), cohort: cohort, cohorts: cohorts, progress: report)
        return try judge(
            cohort, model: outcome.model, bestRound: settings.rounds, losses: outcome.losses, tally: outcome.tally)
    }

    func trainClusters(
        _ companies: [MaintenanceCompany], _ summation: SecureSummation
    ) throws(FederationFailure) -> FederationOutcome {
        let method = settings.method
        let colluders = summation.plan.colluders
        let terms = ClusterTerms(slots: method.slots, warmUp: min(10, settings.rounds / 6), colluders: colluders)
        let sums = SlotSummation(companies: companies.count, ringBits: settings.ringBits, cohorts: cohorts)
        var tally = SumTally(companies: companies.count)
        var rankings: [[Int]]?
        if method.clustering == .lloyd {
            rankings = try lloydRankings(companies, terms, &tally)
        }
        let outcome: ClusteredFederation.Outcome
        do throws(ClusteredRunFailure<FederationFailure>) {
            outcome = try ClusteredFederation(scenario, terms).run(
                companies, rounds: settings.rounds,
                sum: { (asked) throws(FederationFailure) in try sums.sum(asked) }, fixed: rankings, progress: report)
        } catch {
            switch error {
            case .sum(let failure): throw failure
            case .cluster(.gate(let reason)): throw .gate(reason)
            case .cluster(.learning(let reason)): throw .learning(reason)
            }
        }
        tally.add(sums.tally)
        var result = FederationOutcome(
            model: outcome.models[0], bestRound: outcome.bestRound, losses: outcome.losses, tally: tally, federated: [])
        result.federated = try FederationFailure.learning { () throws(LearningFailure) in try outcome.reports() }
        result.clusters = ClusterOutcome(
            kind: method.clustering, slots: method.slots, counts: outcome.counts,
            secondChoices: outcome.secondChoices, slotOfCompany: outcome.choices)
        return result
    }

    private func lloydRankings(
        _ companies: [MaintenanceCompany], _ terms: ClusterTerms, _ tally: inout SumTally
    ) throws(FederationFailure) -> [[Int]] {
        let embeddings = try FederationFailure.learning { () throws(LearningFailure) in
            try ClusteredCompanies(companies, terms, in: scenario).embeddings(
                from: scenario.initialParameters(), size: Self.lloyd.size, seed: scenario.terms.seed)
        }
        let outcome = try SecureClusters(
            SecureLloyd(dimension: Self.lloyd.size, clusters: terms.slots, bound: 1), colluders: terms.colluders,
            iterations: Self.lloyd.iterations, starts: Self.lloyd.starts, seed: settings.seed
        ).run(embeddings, cohorts: cohorts)
        tally.add(outcome.tally)
        return outcome.rankings
    }
}
