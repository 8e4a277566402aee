public import FederatedLearning

extension CompanyCohort: AsynchronousCohort {
    /// Trains several companies, each from its own base.
    public func updates(_ jobs: [AsynchronousJob]) throws(LearningFailure) -> [LocalUpdate] {
        let outcomes = Parallel.map(count: jobs.count) { place -> Result<LocalUpdate, LearningFailure> in
            let job = jobs[place]
            do throws(LearningFailure) {
                var participant = members[job.company].participant
                return .success(
                    try participant.update(
                        from: RoundStart(round: job.version, model: job.base), plan: terms.plan(round: job.version)))
            } catch {
                return .failure(error)
            }
        }
        var updates: [LocalUpdate] = []
        for outcome in outcomes { updates.append(try outcome.get()) }
        return updates
    }

    /// A company's mean validation loss of a model.
    public func reading(
        _ company: Int, of model: ParameterVector
    ) throws(LearningFailure) -> WeightedMetric.Reading {
        try members[company].participant.reading(of: model)
    }
}
