public import FederatedLearning

extension Array where Element == MaintenanceCompany {
    /// Applies `body` to every company on all cores, larger companies first, and gives the results in order.
    ///
    /// Throws the failure of the first company (in order) that failed.
    public func parallelMap<Result: Sendable>(
        _ body: @Sendable (MaintenanceCompany) throws(LearningFailure) -> Result
    ) throws(LearningFailure) -> [Result] {
        try Parallel.map(count: count, weight: { self[$0].trainingExamples }) { index throws(LearningFailure) in
            try body(self[index])
        }
    }

    /// One round of every company at once: the uploads for the secure sum, in order.
    ///
    /// Precondition: all companies have adopted a normaliser.
    public mutating func contributions(
        to strategy: FedAvg, from shared: ParameterVector, plan: RoundPlan
    ) throws(LearningFailure) -> [Upload] {
        let results = try parallelMap { company throws(LearningFailure) in
            var trained = company
            let upload = try trained.contribution(to: strategy, from: shared, plan: plan)
            return Contribution(company: trained, upload: upload)
        }
        self = results.map(\.company)
        return results.map(\.upload)
    }
}

private struct Contribution: Sendable {
    var company: MaintenanceCompany
    var upload: Upload
}
