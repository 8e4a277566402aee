public import FederatedLearning

extension CompanyCohort {
    /// How the model that `model` gives for each company does on its own test recordings.
    public func reports(
        _ model: @Sendable (Member) throws(LearningFailure) -> ParameterVector
    ) throws(LearningFailure) -> [CompanyReport] {
        try map { member throws(LearningFailure) in try member.company.evaluate(model(member)) }
    }

    /// What the methods beside the shared model came to.
    public struct PersonalReports: Sendable {
        /// What each company picked by its own validation examples.
        public let methods: [PersonalMethod]
        /// Every method in every company.
        public let tried: [(method: PersonalMethod, reports: [CompanyReport])]

        /// The picked method's report of each company.
        public func chosen(shared: [CompanyReport]) -> [CompanyReport] {
            methods.enumerated().map { index, method in
                tried.first { $0.method == method }?.reports[index] ?? shared[index]
            }
        }
    }

    /// Tests every method beside the shared model in every company; empty when there are none.
    public func personalReports(from shared: ParameterVector) throws(LearningFailure) -> PersonalReports {
        let found = try map { member throws(LearningFailure) -> Found in
            guard let beside = member.participant.beside else { return Found(method: .shared, reports: []) }
            var reports: [Tried] = []
            for candidate in beside.candidates {
                let model = try candidate.personalModel(from: shared)
                reports.append(Tried(method: candidate.method, report: try member.company.evaluate(model)))
            }
            return Found(method: try beside.choose(from: shared).method, reports: reports)
        }
        let count = found.first?.reports.count ?? 0
        return PersonalReports(
            methods: found.map(\.method),
            tried: (0..<count).map { place in
                (found[0].reports[place].method, found.map { $0.reports[place].report })
            })
    }

    private struct Tried: Sendable {
        var method: PersonalMethod
        var report: CompanyReport
    }

    private struct Found: Sendable {
        var method: PersonalMethod
        var reports: [Tried]
    }
}
