import Testing

@testable import FederatedLearning

/// One row a refusal; beside the error, the state must be as before.
@Suite struct StrategyMisuseTests {
    static let layout = ParameterLayout([(name: "w", shape: [2])])
    static let other = ParameterLayout([(name: "v", shape: [2])])
    static let nova = FedNova(layout: layout, clip: 1, maximumExamples: 10, maximumProgress: 5)
    static let buffered = BufferedAveraging(
        layout: layout, clip: 1, staleness: .constant, maximumStaleness: 3)

    static func update(_ delta: [Float], _ examples: Int = 1) -> LocalUpdate {
        LocalUpdate(delta: delta, exampleCount: examples, steps: 1, trainingLoss: 0)
    }

    static let rows: [LearningMisuseTests.Row] = [
        .init("nova: another length", .dimensionMismatch(expected: 2, found: 1)) {
            _ = try FedNova.Participant(nova).upload(update([1]), progress: 1)
        },
        .init("nova: more examples than the cap", .exampleCountOutOfRange(found: 11, maximum: 10)) {
            _ = try FedNova.Participant(nova).upload(update([1, 1], 11), progress: 1)
        },
        .init("nova: no progress", .valueOutOfBound(index: 3)) {
            _ = try FedNova.Participant(nova).upload(update([1, 1]), progress: 0)
        },
        .init("nova: progress beyond the cap", .valueOutOfBound(index: 3)) {
            _ = try FedNova.Participant(nova).upload(update([1, 1]), progress: 5.1)
        },
        .init("nova: progress not a number", .valueOutOfBound(index: 3)) {
            _ = try FedNova.Participant(nova).upload(update([1, 1]), progress: .nan)
        },
        .init("nova: NaN", .nonFinite(index: 1)) {
            _ = try FedNova.Participant(nova).upload(update([1, .nan]), progress: 1)
        },
        .init("nova: nobody had an example", .zeroTotalWeight) {
            var model = ParameterVector(zeros: layout)
            try FedNova.Coordinator(nova).absorb(LearningMisuseTests.zero(nova.schema), into: &model)
        },
        .init("nova: another schema", .schemaMismatch) {
            var model = ParameterVector(zeros: layout)
            try FedNova.Coordinator(nova).absorb(LearningMisuseTests.zero(buffered.schema), into: &model)
        },
        .init("nova: another model", .layoutMismatch) {
            var model = ParameterVector(zeros: other)
            try FedNova.Coordinator(nova).absorb(LearningMisuseTests.zero(nova.schema), into: &model)
        },
        .init("buffered: too stale", .valueOutOfBound(index: 0)) {
            _ = try BufferedAveraging.Participant(buffered).upload(update([1, 1]), staleness: 4)
        },
        .init("buffered: from the future", .valueOutOfBound(index: 0)) {
            _ = try BufferedAveraging.Participant(buffered).upload(update([1, 1]), staleness: -1)
        },
        .init("buffered: infinite", .nonFinite(index: 0)) {
            _ = try BufferedAveraging.Participant(buffered).upload(update([.infinity, 1]), staleness: 0)
        },
        .init("server step: another model", .layoutMismatch) {
            let averaging = FedAvg(layout: layout, clip: 1, maxExamples: 1)
            var strategy = FedOpt(averaging, step: ServerAverage())
            var model = ParameterVector(zeros: other)
            try strategy.absorb(LearningMisuseTests.zero(averaging.schema), into: &model)
        },
        .init("server step: no weight", .zeroTotalWeight) {
            let averaging = FedAvg(layout: layout, clip: 1, maxExamples: 1)
            var strategy = FedOpt(averaging, step: ServerAverage())
            var model = ParameterVector(zeros: layout)
            try strategy.absorb(LearningMisuseTests.zero(averaging.schema), into: &model)
        },
        .init("server step: change of another length", .dimensionMismatch(expected: 2, found: 3)) {
            var strategy = FedOpt(FedAvg(layout: layout, clip: 1, maxExamples: 1), step: ServerAverage())
            var model = ParameterVector(zeros: layout)
            try strategy.advance(&model, along: [1, 2, 3])
        },
        .init("scaffold: more in the sum than there are", .cohortOutOfRange(found: 3, allowed: 1...2)) {
            let terms = Scaffold(layout: layout, clip: 1, participants: 2, localSteps: 1, localRate: 1)
            var coordinator = Scaffold.Coordinator(terms)
            var model = ParameterVector(zeros: layout)
            try coordinator.absorb(LearningMisuseTests.zero(terms.schema), into: &model)
        },
        .init("scaffold: another model's data", .layoutMismatch) {
            let terms = Scaffold(layout: layout, clip: 1, participants: 2, localSteps: 1, localRate: 1)
            _ = try ScaffoldParticipant(terms, regressionProblem(0), participant: 0)
        },
        .init("scaffold: a plan of another step size", .invalidPlan) {
            let problem = try regressionProblem(0)
            let terms = Scaffold(layout: problem.layout, clip: 1, participants: 2, localSteps: 1, localRate: 0.5)
            var party = try ScaffoldParticipant(terms, problem, participant: 0)
            let zero = ParameterVector(zeros: problem.layout)
            _ = try party.contribution(from: zero, control: zero, plan: LearningMisuseTests.plan)
        },
        .init("proximal training of another model", .layoutMismatch) {
            _ = try FedProx(regressionProblem(0), participant: 0, proximal: 0, optimiser: .sgd(SGD()))
                .train(from: ParameterVector(zeros: other), plan: LearningMisuseTests.plan)
        },
    ]

    @Test(arguments: rows) func misuseIsRefused(_ row: LearningMisuseTests.Row) {
        #expect(throws: row.failure) { try row.action() }
    }

    @Test func anOverflowingStepLeavesModelAndOptimiserAlone() throws {
        var strategy = FedOpt(
            FedAvg(layout: Self.layout, clip: 1, maxExamples: 1), step: ServerMomentum(rate: 1, decay: 0.5))
        var model = try ParameterVector(values: [3e38, 1], layout: Self.layout)
        let before = model
        #expect(throws: LearningFailure.nonFinite(index: 0)) { try strategy.advance(&model, along: [3e38, 1]) }
        #expect(model == before)
        try strategy.advance(&model, along: [0, 1])
        #expect(model.values == [3e38, 2])
    }

    @Test func aBufferRefusesWhatDoesNotFit() throws {
        var buffer = CohortBuffer(participants: 3, cohortSize: 3, maximumStaleness: 0)
        #expect(throws: CohortFailure.unknownParticipant(3)) { try buffer.checkOut(3) }
        #expect(throws: CohortFailure.unknownParticipant(-1)) { try buffer.finish(-1) }
        #expect(throws: CohortFailure.notTraining(0)) { try buffer.finish(0) }
        #expect(throws: CohortFailure.noCohort) { try buffer.settle(absorbed: true) }
        for index in 0..<3 { _ = try buffer.checkOut(index) }
        try buffer.finish(0)
        #expect(throws: CohortFailure.notTraining(0)) { try buffer.finish(0) }
        #expect(throws: CohortFailure.notReady(waiting: 1, needed: 3)) { try buffer.closeCohort() }
        try buffer.finish(1)
        try buffer.finish(2)
        _ = try buffer.closeCohort()
        #expect(throws: CohortFailure.cohortOpen) { try buffer.closeCohort() }
    }

    @Test func aControlVariateSurvivesARestartAndNothingElseDoes() throws {
        let problem = try regressionProblem(1)
        let terms = Scaffold(
            layout: problem.layout, clip: 1, participants: 2, localSteps: 2, localRate: Double(Float(0.05)))
        var party = try ScaffoldParticipant(terms, problem, participant: 0)
        let zero = ParameterVector(zeros: problem.layout)
        _ = try party.contribution(from: zero, control: zero, plan: StrategyPropertyTests.plan(0))
        var revived = try ScaffoldParticipant(terms, problem, participant: 0)
        try revived.restore(party.state)
        #expect(revived.isWaiting)
        party.settle(counted: true)
        revived.settle(counted: true)
        #expect(revived.state == party.state && revived.controlVariate.contains { $0 != 0 })
        let bytes = party.state.bytes
        for length in 0..<bytes.count {
            #expect(throws: PersonalStateFailure.self) {
                try revived.restore(PersonalState(bytes: Array(bytes.prefix(length))))
            }
        }
        #expect(throws: PersonalStateFailure.trailingBytes(count: 1)) {
            try revived.restore(PersonalState(bytes: bytes + [0]))
        }
        #expect(revived.state == party.state)
    }
}
