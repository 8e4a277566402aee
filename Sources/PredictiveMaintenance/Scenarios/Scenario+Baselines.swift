public import FederatedLearning

/// What federated training is measured against.
/// Source: cmapss section 4
public struct Baselines: Sendable {
    /// Each company with a model of its own, trained on its own data with its own normaliser.
    public let solo: [CompanyReport]
    /// Each company with one model that was trained on everybody's data in one place.
    public let pooled: [CompanyReport]
}

extension Scenario {
    /// Trains all solo models and the pooled one, on all cores.
    ///
    /// Each run makes as many epochs as a federated run, keeps its optimiser's state throughout, and keeps the round with
    /// the least validation loss. `rounds` overrides the terms.
    /// Source: cmapss section 4
    public func baselines(rounds: Int? = nil) throws(LearningFailure) -> Baselines {
        let total = rounds ?? terms.rounds
        let normaliser = try ReferenceFederation(self).normaliser()
        // the longest job first: on two cores the solo runs together take as long as the pooled one
        let jobs = [pooledCompany] + companies
        let reports = try Parallel.map(count: jobs.count) { index throws(LearningFailure) -> [CompanyReport] in
            guard index == 0 else { return [try soloReport(jobs[index], rounds: total)] }
            let model = try trainAlone(pooledCompany, normaliser: normaliser, rounds: total).model
            return try evaluateEverywhere(model, normaliser: normaliser)
        }
        return Baselines(solo: reports.dropFirst().flatMap(\.self), pooled: reports[0])
    }

    /// One company alone: its own normaliser, its own model, its own test.
    public func soloReport(_ company: MaintenanceCompany, rounds: Int? = nil) throws(LearningFailure) -> CompanyReport {
        let outcome = try trainAlone(
            company, normaliser: company.ownNormaliser(), rounds: rounds ?? terms.rounds)
        return try outcome.company.evaluate(outcome.model)
    }

    /// Trains one company by itself and keeps the model of the round with the least validation loss.
    func trainAlone(
        _ company: MaintenanceCompany, normaliser: GroupNormaliser, rounds: Int
    ) throws(LearningFailure) -> (company: MaintenanceCompany, model: ParameterVector) {
        var company = company
        try company.adopt(normaliser, keepsOptimiserState: true)
        var model = initialParameters()
        var best = model
        var least = Double.infinity
        for round in 0...rounds {
            let loss = try company.validationLoss(of: model).loss
            if loss < least {
                least = loss
                best = model
            }
            if round == rounds { break }
            let update = try company.train(from: model, plan: terms.plan(round: round))
            var values = model.values
            for index in values.indices { values[index] += update.delta[index] }
            model.values = values
        }
        return (company, best)
    }

    private func evaluateEverywhere(
        _ model: ParameterVector, normaliser: GroupNormaliser
    ) throws(LearningFailure) -> [CompanyReport] {
        var reports: [CompanyReport] = []
        for company in companies {
            var prepared = company
            try prepared.adopt(normaliser)
            reports.append(try prepared.evaluate(model))
        }
        return reports
    }
}
