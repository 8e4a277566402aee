public import FederatedLearning

/// All companies of a scenario in a federation, played by one process: strategy, personal models, and perhaps saboteurs.
///
/// Companies train on all cores. Nothing is secret to the caller; the uploads must go into the secure sum.
/// Source: cmapss section 4
public struct CompanyCohort: JudgingCohort, Sendable {
    /// One company and its side of the strategy.
    public struct Member: Sendable {
        /// The company, which has adopted the normaliser.
        public let company: MaintenanceCompany
        /// Its side of the strategy.
        public internal(set) var participant: RoundParticipant<NetworkProblem>
    }

    /// The companies in order.
    public internal(set) var members: [Member]
    /// What they agreed on.
    public let strategy: StrategyTerms
    /// Rounds, epochs, batch and step size.
    public let terms: TrainingTerms
    /// Who attacks and how; nil when nobody does.
    public let sabotage: Sabotage?
    private var waiting: [LocalUpdate] = []
    private var start: ParameterVector?
    private var lastChange: [Float] = []

    /// Companies that have adopted one normaliser, at the start of a federation.
    ///
    /// - Parameters:
    ///   - initial: the model everybody starts from, over the whole layout.
    ///   - personal: which models of their own they keep.
    /// - Throws: `layoutMismatch` when strategy and what travels differ; `noExamples`.
    public init(
        _ companies: [MaintenanceCompany], strategy: StrategyTerms, terms: TrainingTerms, initial: ParameterVector,
        personal: PersonalChoice = .none, personalTerms: PersonalTerms = PersonalTerms(), sabotage: Sabotage? = nil
    ) throws(LearningFailure) {
        var members: [Member] = []
        for (index, company) in companies.enumerated() {
            let own = try company.problem()
            let problem = try sabotage?.poisoned(own, member: index) ?? own
            var head: PrivateHead<NetworkProblem>?
            if personal.keepsHead {
                head = try PrivateHead(
                    problem, share: .privateHeads(problem.layout),
                    schedule: personal == .fedPer ? .together : .headFirst(epochs: personalTerms.headEpochs),
                    participant: company.participant, optimiser: .adam(Adam()), initial: initial)
            }
            let participant = try RoundParticipant(
                strategy, problem, participant: company.participant, optimiser: .adam(Adam()), head: head,
                beside: personalTerms.beside(
                    personal, problem, participant: company.participant, plan: terms.plan(round: 0)))
            members.append(Member(company: company, participant: participant))
        }
        self.members = members
        self.strategy = strategy
        self.terms = terms
        self.sabotage = sabotage
    }

    /// The terms of the averaging methods.
    public var averaging: FedAvg { strategy.averaging }

    /// One round of everybody: an upload a company, in order.
    public mutating func contributions(from start: RoundStart) throws(LearningFailure) -> [Upload] {
        if sabotage?.changesUpdates == true {
            try train(from: start)
            return try uploads(clippedToNorm: nil)
        }
        let plan = terms.plan(round: start.round)
        let rounds = try map { member throws(LearningFailure) in
            var trained = member
            let upload = try trained.participant.contribution(from: start, plan: plan)
            return Trained(member: trained, result: upload)
        }
        members = rounds.map(\.member)
        return rounds.map(\.result)
    }

    /// Uploads that move nothing and score the model.
    public func scores(of model: ParameterVector) throws(LearningFailure) -> [Upload] {
        try map { member throws(LearningFailure) in try member.participant.scoreOnly(model) }
    }

    /// Ends a round.
    public mutating func settle(counted: [Int]) {
        let present = Set(counted)
        for index in members.indices { members[index].participant.settle(counted: present.contains(index)) }
    }

    /// One round of local training; saboteurs then change their updates.
    public mutating func train(from start: RoundStart) throws(LearningFailure) {
        let plan = terms.plan(round: start.round)
        let rounds = try map { member throws(LearningFailure) in
            var trained = member
            let update = try trained.participant.update(from: start, plan: plan)
            return Trained(member: trained, result: update)
        }
        members = rounds.map(\.member)
        waiting = rounds.map(\.result)
        if let before = self.start, before.layout == start.model.layout {
            lastChange = zip(start.model.values, before.values).map { $0 - $1 }
        } else {
            lastChange = [Float](repeating: 0, count: start.model.values.count)
        }
        self.start = start.model
        if let sabotage {
            waiting = sabotage.sabotaged(waiting, model: start.model.values, lastChange: lastChange, round: start.round)
        }
    }

    /// The norms of the waiting updates; a saboteur says what an honest one would.
    public var statedNorms: [Double] {
        let norms = waiting.map(\.norm)
        guard let sabotage else { return norms }
        let honest = norms.indices.filter { !sabotage.members.contains($0) }.map { norms[$0] }.sorted()
        return norms.indices.map { sabotage.members.contains($0) ? honest[honest.count / 2] : norms[$0] }
    }

    /// The waiting updates as uploads; saboteurs do not keep to a bound.
    public func uploads(clippedToNorm bound: Double?) throws(LearningFailure) -> [Upload] {
        guard let start else { preconditionFailure("uploads before training") }
        var uploads: [Upload] = []
        for (index, update) in waiting.enumerated() {
            var update = update
            if let bound, sabotage?.members.contains(index) != true { update = update.clipped(toNorm: bound) }
            uploads.append(try members[index].participant.upload(update, from: start))
        }
        return uploads
    }

    /// Everybody's ballot; saboteurs vote against what they find.
    public func ballots(
        _ vote: ValidationVote, current: ParameterVector, candidates: GroupMeans
    ) throws(RobustnessRefusal) -> [Upload] {
        var models = [current]
        for row in 0..<candidates.count { models.append(try candidates.candidate(row: row, from: current)) }
        let scored = models
        let losses = Parallel.map(count: members.count) { index in
            scored.map { self.members[index].participant.validationLoss(of: $0) }
        }
        var ballots: [Upload] = []
        for (index, own) in losses.enumerated() {
            var found = [Double?](repeating: nil, count: vote.groups)
            for (row, group) in candidates.groups.enumerated() { found[group] = own[row + 1] }
            let ballot = try vote.ballot(current: own[0], candidates: found)
            ballots.append(sabotage?.members.contains(index) == true ? sabotage?.inverted(ballot) ?? ballot : ballot)
        }
        return ballots
    }

    /// Each company's mean validation loss of each model.
    public func losses(of models: [ParameterVector]) throws(LearningFailure) -> [(losses: [Double], examples: Int)] {
        let found = Parallel.map(count: members.count) { index in
            models.map { self.members[index].participant.validationLoss(of: $0) ?? 0 }
        }
        return zip(members, found).map { ($1, $0.company.validationExamples) }
    }

    private struct Trained<Result: Sendable>: Sendable {
        var member: Member
        var result: Result
    }

    /// Applies `body` to every member on all cores, larger companies first.
    func map<Result: Sendable>(
        _ body: @Sendable (Member) throws(LearningFailure) -> Result
    ) throws(LearningFailure) -> [Result] {
        try Parallel.map(
            count: members.count, weight: { members[$0].company.trainingExamples }
        ) { index throws(LearningFailure) in try body(members[index]) }
    }
}
