public import FederatedLearning

extension CompanyCohort: AsynchronousCohort {
    /// Trains several companies, each from its own base.
    public func updates(_ jobs: [AsynchronousJob]) throws(LearningFailure) -> [LocalUpdate] {
        try Parallel.map(count: jobs.count) { place throws(LearningFailure) in
            let job = jobs[place]
            var participant = members[job.company].participant
            return try participant.update(
                from: RoundStart(round: job.version, model: job.base), plan: terms.plan(round: job.version))
        }
    }

    /// A company's mean validation loss of a model.
    public func reading(
        _ company: Int, of model: ParameterVector
    ) throws(LearningFailure) -> WeightedMetric.Reading {
        try members[company].participant.reading(of: model)
    }
}
