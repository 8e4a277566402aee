public import FederatedLearning

/// Companies that attack, and how: for measuring how rules hold, in simulations alone.
///
/// Saboteurs know one another's honest updates, the shared model and its last change, state honest norms, keep to no bound and
/// vote against what they find.
/// Source: robust-sums section 7
public struct Sabotage: Sendable {
    /// How.
    public enum Kind: Sendable {
        /// They send something else than their update.
        case update(UpdateAttack)
        /// They train on poisoned examples.
        case data(DataAttack)
    }

    /// How.
    public let kind: Kind
    /// Who, by place among the companies.
    public let members: Set<Int>
    /// How many companies there are.
    public let companies: Int
    /// Decides an attack's own noise.
    public let seed: UInt64

    /// Joins the parts; at least one saboteur, and somebody honest.
    public init(_ kind: Kind, members: Set<Int>, companies: Int, seed: UInt64) {
        precondition(!members.isEmpty && members.count < companies, "nobody attacks, or everybody")
        precondition(members.allSatisfy { (0..<companies).contains($0) }, "a saboteur that is no company")
        self.kind = kind
        self.members = members
        self.companies = companies
        self.seed = seed
    }

    /// So many saboteurs, chosen by a seed.
    public init(_ kind: Kind, count: Int, companies: Int, seed: UInt64) {
        var order = Array(0..<companies)
        var generator = SeededGenerator(mixing: seed, 0x7361_626F_7465_7572)
        generator.shuffle(&order)
        self.init(kind, members: Set(order.prefix(count)), companies: companies, seed: seed)
    }

    /// Whether anybody sends something else than what training gave.
    var changesUpdates: Bool {
        if case .update = kind { return true }
        return false
    }

    /// A saboteur that only wants to gain votes as anybody: free riders.
    private var votesHonestly: Bool {
        if case .update(let attack) = kind { return attack.isFreeRiding }
        return false
    }

    func poisoned(_ problem: NetworkProblem, member: Int) throws(LearningFailure) -> NetworkProblem {
        guard case .data(let attack) = kind, members.contains(member) else { return problem }
        var generator = SeededGenerator(mixing: seed, UInt64(member), 0x706F_6973_6F6E)
        return try NetworkProblem(
            network: problem.network, training: attack.poison(problem.training, from: &generator),
            validation: problem.validation)
    }

    func sabotaged(_ honest: [LocalUpdate], model: [Float], lastChange: [Float], round: Int) -> [LocalUpdate] {
        guard case .update(let attack) = kind else { return honest }
        let known = members.sorted().map { honest[$0].delta }
        let view = UpdateAttack.View(
            model: model, lastChange: lastChange, known: known, participants: companies, attackers: members.count)
        var result = honest
        for member in members.sorted() {
            var generator = SeededGenerator(mixing: seed, UInt64(member), UInt64(round))
            result[member].delta = attack.change(honest: honest[member].delta, view: view, from: &generator)
        }
        return result
    }

    func inverted(_ ballot: Upload) -> Upload {
        if votesHonestly { return ballot }
        var turned = ballot
        turned.values = ballot.values.map { -$0 }
        return turned
    }
}
