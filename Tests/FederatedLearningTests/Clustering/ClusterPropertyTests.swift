import Testing

@testable import FederatedLearning

@Suite struct ClusterPropertyTests {
    /// Random preferences, colluders who vote falsely and leave the slot they voted for, and the worst dropouts: no open
    /// slot may ever be summed with fewer honest members than the minimum.
    @Test func noSlotBelowTheMinimumIsEverOpened() throws {
        var generator = SeededGenerator(seed: 5)
        var opened = 0
        var closed = 0
        var fallbacks = 0
        for _ in 0..<4000 {
            let slots = 1 + generator.index(below: 5)
            let members = 3 + generator.index(below: 25)
            let colluders = generator.index(below: 3)
            let dropouts = generator.index(below: 3)
            var gate = CountGate(
                slots: slots, minimum: 3 + generator.index(below: 2), colluders: colluders, dropouts: dropouts)
            var rankings: [[Int]] = []
            for _ in 0..<members {
                var ranking = Array(0..<slots)
                generator.shuffle(&ranking)
                // A lean towards slot 0, so that sizes differ.
                if generator.uniform() < 0.4 { ranking.sort() }
                rankings.append(ranking)
            }
            let honest = Array(colluders..<members)
            var votes = try honest.map { try gate.vote(for: rankings[$0][0]) }
            // Colluders all add to one slot of their choice.
            let victim = generator.index(below: slots)
            for _ in 0..<min(colluders, members) { votes.append(try gate.vote(for: victim)) }
            let permission: CountGate.OpenSlots
            do throws(GateRefusal) {
                permission = try gate.absorb(clearSum(votes))
            } catch {
                #expect(gate.stage == .closed)
                #expect(error == .cohortTooSmall(counted: votes.count, needed: gate.threshold))
                #expect(votes.count < gate.threshold)
                continue
            }
            #expect(gate.stage == .open(permission))
            var sizes = [Int](repeating: 0, count: slots)
            for member in honest { sizes[try permission.first(in: rankings[member])] += 1 }
            for slot in permission.open {
                // The worst dropouts are all from this slot; colluders send their vectors elsewhere.
                #expect(sizes[slot] - dropouts >= gate.minimum)
                opened += 1
            }
            let votesBySlot = (0..<slots).map { slot in votes.filter { $0.values[slot] == 1 }.count }
            for slot in 0..<slots where !permission.open.contains(slot) {
                #expect(sizes[slot] == 0)
                #expect(votesBySlot[slot] < gate.threshold)
                closed += 1
            }
            fallbacks += votesBySlot.allSatisfy { $0 < gate.threshold } ? 1 : 0
            #expect(throws: GateRefusal.tooManyLeft(counted: votes.count, summed: votes.count - dropouts - 1)) {
                try permission.admit(cohortSize: votes.count - dropouts - 1)
            }
            #expect(throws: GateRefusal.tooManyLeft(counted: votes.count, summed: votes.count + 1)) {
                try permission.admit(cohortSize: votes.count + 1)
            }
            try permission.admit(cohortSize: votes.count - dropouts)
        }
        #expect(opened > 1000 && closed > 1000 && fallbacks > 100)
    }

    @Test func aNoisedCountNeedsTheMargin() throws {
        var gate = CountGate(slots: 2, minimum: 3, colluders: 0, dropouts: 0, noiseMargin: 4)
        let noised = AggregateSum(schema: gate.schema, values: [6.4, 9.2], cohortSize: 12)
        #expect(try gate.absorb(noised).open == [1])
        gate.reset()
        let alone = AggregateSum(schema: gate.schema, values: [6.4, 6.1], cohortSize: 12)
        #expect(try gate.absorb(alone).open == [0])
    }

    static func problem(_ slope: Double, _ salt: Int) throws -> NetworkProblem {
        let network = MLP(inputs: 1, hidden: [], heads: [.init(name: "y", width: 1, loss: .meanSquaredError)])
        let x = sample(30, salt).map { 2 * $0 }
        let table = try ExampleTable(
            inputs: floats(x), inputWidth: 1, targets: floats(x.map { slope * $0 }), targetWidth: 1)
        return try NetworkProblem(network: network, training: table, validation: table)
    }

    @Test func slotsFindTheTwoKindsOfCompaniesAndALonerJoinsTheNextBest() throws {
        // Four companies of slope 1, four of slope -1, one of slope -3: the loner must never have a slot to itself.
        let slopes: [Double] = [1, 1, 1, 1, -1, -1, -1, -1, -3]
        let problems = try slopes.enumerated().map { try Self.problem($1, $0) }
        let layout = problems[0].layout
        let terms = ClusterSlots(layout: layout, slots: 3, clip: 10, maximumExamples: 30)
        let party = ClusterSlots.Participant(terms)
        var starts: [ParameterVector] = []
        for slope: Float in [0.3, -0.3, -2.5] {
            starts.append(try ParameterVector(values: [slope, 0], layout: layout))
        }
        var coordinator = try ClusterSlots.Coordinator(terms, models: starts)
        var gate = CountGate(slots: 3, minimum: 3, colluders: 1, dropouts: 0)
        for round in 0..<40 {
            gate.reset()
            let models = coordinator.models
            let rankings = try problems.map { problem in
                try party.ranking(losses: models.map { problem.validationLossSum(of: $0.values) })
            }
            #expect(rankings[8][0] == 2)
            let permission = try gate.absorb(clearSum(try rankings.map { try gate.vote(for: $0[0]) }))
            #expect(permission.open == [0, 1])
            var uploads: [Upload] = []
            for (index, problem) in problems.enumerated() {
                let slot = try permission.first(in: rankings[index])
                #expect(slot == (slopes[index] > 0 ? 0 : 1))
                let plan = RoundPlan(round: round, localEpochs: 2, batchSize: 100, learningRate: 0.3, seed: 1)
                let update = try FedProx(problem, participant: UInt64(index), proximal: 0, optimiser: .sgd(SGD()))
                    .train(from: models[slot], plan: plan)
                let upload = try party.upload(update, slot: slot, permission: permission)
                for other in 0..<3 where other != slot {
                    #expect(upload.values[(other * 2)..<(other * 2 + 2)].allSatisfy { $0 == 0 })
                }
                uploads.append(upload)
            }
            try coordinator.absorb(clearSum(uploads), permission: permission)
        }
        #expect((coordinator.models[0].values[0] - 1).magnitude < 0.01)
        #expect((coordinator.models[1].values[0] + 1.4).magnitude < 0.1)
        #expect(coordinator.models[2] == starts[2])
    }

    @Test func aClosedClusterIsNeverSummed() throws {
        let terms = SecureLloyd(dimension: 1, clusters: 2, bound: 1)
        let parties = try [-0.9, 0.5, 0.6, 0.7, 0.8].map { try SecureLloyd.Participant(terms, embedding: [$0]) }
        var coordinator = try SecureLloyd.Coordinator(terms, centroids: [[-0.9], [0.6]])
        var gate = CountGate(slots: 2, minimum: 3, colluders: 0, dropouts: 0)
        let centroids = coordinator.centroids
        let permission = try gate.absorb(
            clearSum(try parties.map { try gate.vote(for: $0.ranking(centroids)[0]) }))
        #expect(permission.open == [1])
        let sum = clearSum(try parties.map { try $0.upload(centroids, permission: permission) })
        #expect(sum.block("sum0") == [0] && sum.block("members") == [0, 5])
        try coordinator.absorb(sum, permission: permission)
        #expect(coordinator.centroids[0] == [-0.9])
        #expect((coordinator.centroids[1][0] - 0.34).magnitude < 1e-12)
    }

    @Test func sketchesKeepDistancesAndSharesKeepTheirCaps() throws {
        let models = (0..<10).map { floats(sample(3000, 400 + $0 % 3).map { $0 * 0.1 }) }
        let sketches = models.map { PairwiseCollaboration.sketch($0, size: 64, seed: 9) }
        let apart = zip(models[0], models[1]).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let sketched = zip(sketches[0], sketches[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(sketched > 0.5 * apart && sketched < 1.6 * apart)
        let gram = sketches.flatMap { a in sketches.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
        for pull in [0.01, 0.5, 20] {
            let shares = try PairwiseCollaboration(pull: pull, width: 0.5).shares(gram: gram, companies: 10)
            for (k, row) in shares.enumerated() {
                #expect((row.reduce(0, +) - 1).magnitude < 1e-12)
                #expect(row.allSatisfy { $0 >= 0 })
                for (l, share) in row.enumerated() where l != k { #expect(share <= 1.0 / 3 + 1e-12) }
                let partners = row.indices.filter { $0 != k && row[$0] > 0 }.count
                #expect(partners == 0 || partners >= 3)
            }
        }
    }

    @Test func misuseIsRefused() throws {
        let terms = ClusterSlots(layout: LearningMisuseTests.layout, slots: 2, clip: 1, maximumExamples: 5)
        let party = ClusterSlots.Participant(terms)
        var gate = CountGate(slots: 2, minimum: 3, colluders: 0, dropouts: 0)
        #expect(throws: GateRefusal.slotNotOpen(2)) { try gate.vote(for: 2) }
        #expect(throws: GateRefusal.slotNotOpen(-1)) { try gate.vote(for: -1) }
        func refusal(_ values: [Double], _ cohort: Int) -> GateRefusal? {
            var fresh = CountGate(slots: 2, minimum: 3, colluders: 0, dropouts: 0)
            do throws(GateRefusal) {
                try fresh.absorb(AggregateSum(schema: fresh.schema, values: values, cohortSize: cohort))
                return nil
            } catch {
                return fresh.stage == .closed ? error : nil
            }
        }
        #expect(refusal([1, 1], 2) == .cohortTooSmall(counted: 2, needed: 3))
        #expect(refusal([4, 4], 7) == .countsInconsistent)
        #expect(refusal([8, -1], 7) == .countsInconsistent)
        #expect(refusal([3.5, 3.5], 7) == .countsInconsistent)
        #expect(refusal([.infinity, 0], 7) == .countsInconsistent)
        #expect(refusal([1e300, 0], 7) == .countsInconsistent)
        #expect(refusal([.nan, 0], 7) == .countsInconsistent)
        #expect(refusal([3, 4], 7) == nil)
        #expect(throws: GateRefusal.schemaMismatch) { try gate.absorb(LearningMisuseTests.zero(terms.schema)) }
        #expect(throws: GateRefusal.wrongStage) {
            try gate.absorb(AggregateSum(schema: gate.schema, values: [3, 4], cohortSize: 7))
        }
        gate.reset()
        let permission = try gate.absorb(AggregateSum(schema: gate.schema, values: [2, 5], cohortSize: 7))
        #expect(throws: GateRefusal.rankingIncomplete) { try permission.first(in: [1]) }
        #expect(throws: GateRefusal.rankingIncomplete) { try permission.first(in: [1, 1]) }
        let update = LearningMisuseTests.update([0.5, 2], 5)
        #expect(throws: ClusterFailure.gate(.slotNotOpen(0))) {
            try party.upload(update, slot: 0, permission: permission)
        }
        #expect(try party.upload(update, slot: 1, permission: permission).values == [0, 0, 0.5, 1, 0, 1])
        #expect(throws: ClusterFailure.learning(.exampleCountOutOfRange(found: 6, maximum: 5))) {
            try party.upload(LearningMisuseTests.update([0, 0], 6), slot: 1, permission: permission)
        }
        #expect(throws: ClusterFailure.learning(.nonFinite(index: 1))) {
            try party.upload(LearningMisuseTests.update([0, .nan], 5), slot: 1, permission: permission)
        }
        #expect(throws: LearningFailure.dimensionMismatch(expected: 2, found: 1)) { try party.ranking(losses: [1]) }
        #expect(try party.ranking(losses: [.nan, 1]) == [1, 0])
        var coordinator = try ClusterSlots.Coordinator(
            terms, models: [ParameterVector(zeros: terms.layout), ParameterVector(zeros: terms.layout)])
        #expect(throws: ClusterFailure.gate(.tooManyLeft(counted: 7, summed: 3))) {
            try coordinator.absorb(LearningMisuseTests.zero(terms.schema), permission: permission)
        }
        #expect(throws: ClusterFailure.learning(.schemaMismatch)) {
            try coordinator.absorb(LearningMisuseTests.zero(gate.schema), permission: permission)
        }
        let lloyd = SecureLloyd(dimension: 2, clusters: 2, bound: 1)
        #expect(throws: LearningFailure.valueOutOfBound(index: 1)) {
            try SecureLloyd.Participant(lloyd, embedding: [0, 1.5])
        }
        #expect(throws: LearningFailure.dimensionMismatch(expected: 2, found: 1)) {
            try SecureLloyd.Coordinator(lloyd, centroids: [[0], [1, 1]])
        }
        #expect(throws: LearningFailure.dimensionMismatch(expected: 4, found: 3)) {
            try PairwiseCollaboration(pull: 1, width: 1).shares(gram: [1, 2, 3], companies: 2)
        }
    }
}
