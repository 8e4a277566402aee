internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

extension MaintenanceRun {
    /// Every company's test of the shared model and of its own.
    func judge(
        _ cohort: CompanyCohort, model: ParameterVector, bestRound: Int, losses: [Double?], tally: SumTally
    ) throws(FederationFailure) -> FederationOutcome {
        try FederationFailure.learning { () throws(LearningFailure) in
            var outcome = FederationOutcome(
                model: model, bestRound: bestRound, losses: losses, tally: tally, federated: [])
            outcome.federated = try cohort.reports { member throws(LearningFailure) in
                try member.participant.model(from: model)
            }
            outcome.personal = try personal(cohort, model, shared: outcome.federated)
            outcome.attack = try attack(cohort, model)
            return outcome
        }
    }

    private func personal(
        _ cohort: CompanyCohort, _ model: ParameterVector, shared: [CompanyReport]
    ) throws(LearningFailure) -> PersonalOutcome? {
        let choice = settings.method.personal
        if choice == .none { return nil }
        if choice.keepsHead {
            let method: PersonalMethod = choice == .fedPer ? .fedPer : .fedRep
            return PersonalOutcome(
                choice: choice, methods: shared.map { _ in method }, reports: shared,
                byMethod: [(method, .mean(shared.map(\.metrics)))])
        }
        let picked = try cohort.personalReports(from: model)
        var byMethod: [(PersonalMethod, WorkloadMetrics)] = [(.shared, .mean(shared.map(\.metrics)))]
        for (method, reports) in picked.tried { byMethod.append((method, .mean(reports.map(\.metrics)))) }
        return PersonalOutcome(
            choice: choice, methods: picked.methods, reports: picked.chosen(shared: shared),
            byMethod: byMethod.map { (method: $0.0, mean: $0.1) })
    }

    private func attack(_ cohort: CompanyCohort, _ model: ParameterVector) throws(LearningFailure) -> AttackOutcome? {
        guard let sabotage = cohort.sabotage else { return nil }
        let kind = settings.method.attack
        let honest = cohort.members.indices.filter { !sabotage.members.contains($0) }
            .map { cohort.members[$0].company }
        return AttackOutcome(
            kind: kind, saboteurs: sabotage.members.sorted(),
            backdoorSuccess: kind == .backdoor ? try scenario.backdoorSuccess(model, in: honest) : nil,
            detectionAUC: nil)
    }
}
