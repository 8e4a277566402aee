import CryptoPrimitives
import FederatedLearning
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import Testing

@testable import SecureFederation

/// Sessions of small sets with replayable randomness.
private func cohorts(minimum: Int = 3, seed: UInt64 = 11) -> CohortSummation {
    CohortSummation(.init(companies: 3, colluders: 1, roundsPerEpoch: 4), minimumSize: minimum) {
        SeededRandomSource(seed: seed, label: $0.label)
    }
}

private let schema = UploadSchema([.init(name: "x", count: 2, bound: 1)])

private func uploads(_ count: Int) throws -> [Upload] {
    try (0..<count).map { try Upload(schema: schema, values: [Double($0) / 16, -0.25]) }
}

@Suite("No slot, group or count below the minimum is ever opened")
struct SmallSumsMisuseTests {
    @Test("a set of two is refused before a key is dealt", arguments: [1, 2])
    func smallSet(_ members: Int) throws {
        let sums = cohorts()
        #expect(throws: FederationFailure.cohortTooSmall(found: members, minimum: 3)) {
            try sums.sum(over: Array(0..<members), uploads(members), bits: 24, rounding: .nearest)
        }
        #expect(sums.sessionCount == 0)
    }

    @Test("a set is summed exactly, and its session serves it again")
    func sets() throws {
        let sums = cohorts()
        for members in [[4, 1, 7], [0, 2, 3, 5], [4, 1, 7]] {
            let summed = try sums.sum(
                over: members, members.map { try Upload(schema: schema, values: [Double($0) / 16, -0.25]) }, bits: 32,
                rounding: .nearest)
            #expect(summed.isExact && summed.sum.cohortSize == members.count)
            let wanted = Double(members.reduce(0, +)) / 16
            #expect((summed.sum.values[0] - wanted).magnitude < 1e-6)
        }
        #expect(sums.sessionCount == 2)
    }

    @Test("a member missing from a group of three leaves the sum shut")
    func groupOfThree() throws {
        let sums = cohorts()
        #expect {
            try sums.sum(over: [0, 1, 2], uploads(3), bits: 24, rounding: .nearest, dropouts: [1: .input])
        } throws: { error in
            if case .round? = error as? FederationFailure { true } else { false }
        }
    }

    @Test("companies demand more survivors than a coordinator announces: nobody hands over an input")
    func lowAnnouncement() throws {
        let sums = cohorts()
        #expect(throws: FederationFailure.round(Abort(.policyViolation, .announce, peer: .coordinator))) {
            try sums.sum(
                over: Array(0..<6), uploads(6), bits: 24, rounding: .nearest,
                survivors: SurvivorDemand(announced: 4, demanded: 6))
        }
        // what is announced binds: with one member missing the sum stays shut
        #expect {
            try sums.sum(
                over: Array(0..<6), uploads(6), bits: 24, rounding: .nearest, dropouts: [2: .input],
                survivors: SurvivorDemand(6))
        } throws: { error in
            if case .round? = error as? FederationFailure { true } else { false }
        }
        let whole = try sums.sum(
            over: Array(0..<6), uploads(6), bits: 24, rounding: .nearest, survivors: SurvivorDemand(6))
        #expect(whole.isExact && whole.sum.cohortSize == 6)
    }

    /// Slots of nine companies: a count, then a sum over the open ones.
    private struct Slots {
        let terms = ClusterSlots(
            layout: ParameterLayout([(name: "w", shape: [2])]), slots: 3, clip: 1, maximumExamples: 10)
        var gate = CountGate(slots: 3, minimum: 3, colluders: 1, dropouts: 0)

        func votes(_ choices: [Int]) throws -> [Upload] { try choices.map { try gate.vote(for: $0) } }

        func vectors(_ choices: [Int], _ permission: CountGate.OpenSlots) throws -> [Upload] {
            try choices.enumerated().map { company, choice in
                let ranking = [choice] + (0..<3).filter { $0 != choice }
                let update = LocalUpdate(
                    delta: [Float(company) / 16, 0.5], exampleCount: 10, steps: 1, trainingLoss: 0)
                return try ClusterSlots.Participant(terms).upload(
                    update, slot: permission.first(in: ranking), permission: permission)
            }
        }
    }

    @Test("a slot with one member closes; its member goes elsewhere and no sum ever holds it alone")
    func lonelySlot() throws {
        var slots = Slots()
        let choices = [0, 0, 0, 0, 1, 1, 1, 1, 2]
        let sums = SlotSummation(companies: 9, cohorts: cohorts())
        let counted = try sums.sum(SlotSum(slots.votes(choices), .count))
        let counts = counted.values.map { Int($0.rounded()) }
        #expect(counts == [4, 4, 1])
        let permission = try slots.gate.absorb(counted)
        #expect(permission.open == [0, 1])
        let opened = try sums.sum(SlotSum(slots.vectors(choices, permission), .slots(permission)))
        let weights = opened.values.suffix(3)
        let members = weights.map { Int($0.rounded()) }
        #expect(members == [5, 4, 0])
        #expect(opened.values[4..<6].allSatisfy { $0.magnitude < 1e-6 })
        #expect(sums.tally.isExact)
    }

    @Test("a sum over slots needs a count, and of the same companies")
    func noCount() throws {
        var slots = Slots()
        let choices = [0, 0, 0, 0, 0, 1, 1, 1, 1]
        let counting = SlotSummation(companies: 9, cohorts: cohorts())
        let permission = try slots.gate.absorb(counting.sum(SlotSum(slots.votes(choices), .count)))
        let vectors = try slots.vectors(choices, permission)
        let fresh = SlotSummation(companies: 9, cohorts: cohorts())
        #expect(throws: FederationFailure.gate(.wrongStage)) {
            try fresh.sum(SlotSum(vectors, .slots(permission)))
        }
        // one company misses the second count: the old permission counts nine
        let later = SlotSummation(
            companies: 9, schedule: DropoutSchedule(rounds: [0: [3: .input]]), cohorts: cohorts())
        _ = try later.sum(SlotSum(slots.votes(choices), .count))
        #expect(throws: FederationFailure.gate(.tooManyLeft(counted: 9, summed: 8))) {
            try later.sum(SlotSum(vectors, .slots(permission)))
        }
    }

    @Test("who was not counted is not in the sum over slots")
    func uncounted() throws {
        var slots = Slots()
        let choices = [0, 0, 0, 0, 0, 1, 1, 1, 1]
        let sums = SlotSummation(
            companies: 9, schedule: DropoutSchedule(rounds: [0: [0: .input]]), cohorts: cohorts())
        let permission = try slots.gate.absorb(sums.sum(SlotSum(slots.votes(choices), .count)))
        #expect(permission.counted == 8)
        let opened = try sums.sum(SlotSum(slots.vectors(choices, permission), .slots(permission)))
        #expect(opened.cohortSize == 8)
        let members = opened.values.suffix(3).map { Int($0.rounded()) }
        #expect(members == [4, 4, 0])
    }

    @Test("a company that leaves between count and sum leaves the slots shut, whatever is announced")
    func leaver() throws {
        let choices = [0, 0, 0, 0, 0, 1, 1, 1, 1]
        for announced in [nil, 4] as [Int?] {
            var slots = Slots()
            let sums = SlotSummation(
                companies: 9, schedule: DropoutSchedule(rounds: [1: [5: .input]]), cohorts: cohorts())
            let permission = try slots.gate.absorb(sums.sum(SlotSum(slots.votes(choices), .count)))
            let vectors = try slots.vectors(choices, permission)
            #expect {
                try sums.sum(SlotSum(vectors, .slots(permission)), announcing: announced)
            } throws: { error in
                guard case .round(let abort)? = error as? FederationFailure else { return false }
                return announced == nil || abort.code == .policyViolation
            }
        }
    }

    @Test("Lloyd's clusters are behind the same gate")
    func lloyd() throws {
        var embeddings: [[Double]] = []
        for company in 0..<10 {
            // the last company sits apart from two groups
            let centre = company == 9 ? [0.9, 0.9] : company % 2 == 0 ? [-0.8, 0] : [0.8, -0.4]
            embeddings.append([centre[0] + 0.01 * Double(company), centre[1]])
        }
        let outcome = try SecureClusters(
            SecureLloyd(dimension: 2, clusters: 3, bound: 1), colluders: 1, iterations: 6, starts: 3, seed: 4
        ).run(embeddings, cohorts: cohorts())
        #expect(outcome.tally.isExact)
        let first = outcome.rankings.map { $0[0] }
        let even = Set([0, 2, 4, 6, 8].map { first[$0] })
        #expect(even.count == 1)
        #expect(first[0] != first[1])
        #expect(throws: FederationFailure.gate(.cohortTooSmall(counted: 3, needed: 4))) {
            try SecureClusters(
                SecureLloyd(dimension: 2, clusters: 2, bound: 1), colluders: 1, iterations: 1, starts: 1, seed: 4
            ).run(Array(embeddings.prefix(3)), cohorts: cohorts())
        }
    }

    @Test("groups below the minimum are refused before the first round, and a rule that cannot hold as well")
    func grouping() throws {
        let federation = try GroupedFederation(companies: 8)
        #expect(throws: FederationFailure.robustness(.groupsTooSmall(smallest: 2, minimum: 3))) {
            _ = try federation.run(groups: 4, defence: .mean)
        }
        #expect(throws: FederationFailure.robustness(.tooFewGroups(found: 2, needed: 3))) {
            _ = try federation.run(groups: 2, defence: .rule(.median, attackers: 1))
        }
    }
}
