import Testing

@testable import FederatedLearning

@Suite struct PersonalPropertyTests {
    typealias Known = PersonalKnownAnswerTests
    static let share = SegmentShare(Known.layout) { $0.name.hasSuffix("bias") }

    static func everyMethod() throws -> [any Personaliser] {
        let problem = try regressionProblem(2)
        let start = try Known.shared(0)
        let adam = Optimiser.adam(Adam())
        return [
            LocalFineTuning(problem, participant: 1, optimiser: adam, tuning: Known.plan(0)),
            try PrivateHead(
                problem, share: share, schedule: .together, participant: 1, optimiser: adam, initial: start),
            try PrivateHead(
                problem, share: share, schedule: .headFirst(epochs: 2), participant: 1, optimiser: adam, initial: start),
            Ditto(problem, pull: 0.3, participant: 1, optimiser: adam),
            Ditto(problem, pull: 0, participant: 1, optimiser: adam),
            AdaptiveMixture(problem, participant: 1, optimiser: adam, mixing: 0.5, mixingRate: 0.1),
            EarlyStopped(Ditto(problem, pull: 0.3, participant: 1, optimiser: adam)),
            EarlyStopped(AdaptiveMixture(problem, participant: 1, optimiser: adam, mixing: 0.5, mixingRate: 0.1)),
        ]
    }

    static func start(_ layout: ParameterLayout) -> ParameterVector {
        var model = ParameterVector(zeros: layout)
        model.values = floats(sample(layout.parameterCount, 1))
        return model
    }

    @Test(arguments: 0..<8) func aRestartChangesNothing(_ index: Int) throws {
        var steady = try Self.everyMethod()[index]
        var shared = Self.start(steady.sharedLayout)
        for round in 0..<4 {
            // Every round in a new process: only the stored bytes are carried over.
            var revived = try Self.everyMethod()[index]
            try revived.restore(PersonalState(bytes: steady.state.bytes))
            let update = try steady.train(from: shared, plan: Known.plan(round))
            #expect(try revived.train(from: shared, plan: Known.plan(round)) == update)
            #expect(revived.state == steady.state)
            #expect(try revived.personalModel(from: shared) == steady.personalModel(from: shared))
            for place in update.delta.indices { shared.values[place] += update.delta[place] }
        }
    }

    static func takes(_ method: inout any Personaliser, _ bytes: [UInt8]) -> Bool {
        do throws(PersonalStateFailure) {
            try method.restore(PersonalState(bytes: bytes))
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: 0..<8) func storedBytesAreCheckedToTheLast(_ index: Int) throws {
        var method = try Self.everyMethod()[index]
        _ = try method.train(from: Self.start(method.sharedLayout), plan: Known.plan(0))
        let bytes = method.state.bytes
        var target = try Self.everyMethod()[index]
        let before = target.state
        for length in 0..<bytes.count {
            #expect(throws: PersonalStateFailure.self) {
                try target.restore(PersonalState(bytes: Array(bytes.prefix(length))))
            }
        }
        #expect(throws: PersonalStateFailure.trailingBytes(count: 2)) {
            try target.restore(PersonalState(bytes: bytes + [0, 0]))
        }
        #expect(target.state == before)
        // Whatever decodes encodes to the same bytes.
        var generator = SeededGenerator(seed: UInt64(index))
        var taken = 0
        for _ in 0..<2000 {
            var changed = bytes
            changed[generator.index(below: changed.count)] ^= UInt8(1 << generator.index(below: 8))
            if Self.takes(&target, changed) {
                taken += 1
                #expect(target.state.bytes == changed)
            }
        }
        #expect(taken < 2000)
    }

    @Test func aStateFitsItsOwnMethodAndModelAlone() throws {
        let states = try Self.everyMethod().map(\.state)
        for (index, var method) in try Self.everyMethod().enumerated() {
            for (other, state) in states.enumerated() {
                // the last two are of one kind around different methods
                let sameKind = state.bytes[6] == states[index].bytes[6] && (min(index, other) < 6 || index == other)
                #expect(Self.takes(&method, state.bytes) == sameKind, "state \(other) in method \(index)")
            }
        }
        let (network, _, table) = try knownNetwork()
        var stranger = Ditto(
            try NetworkProblem(network: network, training: table), pull: 0.3, participant: 0, optimiser: .sgd(SGD()))
        #expect(throws: PersonalStateFailure.layoutMismatch) { try stranger.restore(states[3]) }
    }

    @Test func damagedHeadersAreNamed() throws {
        var ditto = Ditto(try regressionProblem(2), pull: 1, participant: 0, optimiser: .sgd(SGD()))
        _ = try ditto.train(from: Self.start(ditto.sharedLayout), plan: Known.plan(0))
        let bytes = ditto.state.bytes
        func damaged(_ place: Int, _ value: UInt8) -> PersonalState {
            var copy = bytes
            copy[place] = value
            return PersonalState(bytes: copy)
        }
        #expect(throws: PersonalStateFailure.notAState) { try ditto.restore(damaged(0, 0)) }
        #expect(throws: PersonalStateFailure.unsupportedVersion(found: 2)) { try ditto.restore(damaged(4, 2)) }
        #expect(throws: PersonalStateFailure.wrongKind(found: 9)) { try ditto.restore(damaged(6, 9)) }
        #expect(throws: PersonalStateFailure.layoutMismatch) { try ditto.restore(damaged(8, bytes[8] ^ 1)) }
        #expect(throws: PersonalStateFailure.outOfRange) { try ditto.restore(damaged(16, 2)) }
        #expect(throws: PersonalStateFailure.lengthMismatch(expected: 4, found: 260)) {
            try ditto.restore(damaged(18, 1))
        }
        var notANumber = bytes
        notANumber.replaceSubrange(21..<25, with: [0, 0, 0xC0, 0x7F])
        #expect(throws: PersonalStateFailure.nonFinite(index: 0)) {
            try ditto.restore(PersonalState(bytes: notANumber))
        }
    }

    @Test func aPrivateHeadHasNoPlaceInTheUpload() throws {
        let (network, parameters, table) = try knownNetwork()
        let share = SegmentShare.privateHeads(network.layout)
        #expect(share.shared.segments.map(\.name) == ["dense0.weight", "dense0.bias", "dense1.weight", "dense1.bias"])
        let problem = try NetworkProblem(network: network, training: table)
        var first = try PrivateHead(
            problem, share: share, schedule: .together, participant: 0, optimiser: .adam(Adam()), initial: parameters)
        let body = try ParameterVector(values: share.sharedPart(of: parameters.values), layout: share.shared)
        let update = try first.train(from: body, plan: Known.plan(0))
        let strategy = FedAvg(layout: share.shared, clip: 1, maxExamples: 100)
        #expect(try strategy.upload(update).values.count == share.shared.parameterCount + 1)
        #expect(update.delta.count + share.privateCount == network.layout.parameterCount)
        let joined = share.join(
            shared: share.sharedPart(of: parameters.values), private: share.privatePart(of: parameters.values))
        #expect(joined == parameters.values)
    }

    @Test func sidecarsUploadWhatPlainAveragingUploads() throws {
        let problem = try regressionProblem(2)
        let shared = try Known.shared(0)
        for var method in try Self.everyMethod() where method is any SidecarPersonaliser {
            let plain = try FedProx(problem, participant: 1, proximal: 0, optimiser: .adam(Adam()))
                .train(from: shared, plan: Known.plan(0))
            #expect(try method.train(from: shared, plan: Known.plan(0)) == plain)
        }
    }

    @Test func earlyStoppingKeepsTheBestRoundAndChangesNoUpload() throws {
        let problem = try regressionProblem(2)
        var plain = Ditto(problem, pull: 0, participant: 1, optimiser: .sgd(SGD()))
        var stopped = EarlyStopped(plain)
        let shared = try Known.shared(0)
        var best = (loss: Double.infinity, round: -1)
        var models: [ParameterVector] = []
        for round in 0..<12 {
            var plan = Known.plan(round)
            // small steps first, then steps so large that the model gets worse
            plan.learningRate = round < 6 ? 0.05 : 0.9
            #expect(try stopped.train(from: shared, plan: plan) == plain.train(from: shared, plan: plan))
            let found = try plain.validationLoss(from: shared)
            models.append(try plain.personalModel(from: shared))
            if found.loss < best.loss { best = (found.loss, round) }
        }
        #expect((0..<11).contains(best.round))
        #expect(try stopped.personalModel(from: shared) == models[best.round])
        #expect(try (stopped.validationLoss(from: shared).loss - best.loss).magnitude < 1e-9 * best.loss)
        #expect(try stopped.personalModel(from: shared) != plain.personalModel(from: shared))
    }

    @Test func fineTuningIsNeverWorseOnItsOwnValidation() throws {
        for k in 0..<5 {
            let problem = try regressionProblem(k)
            for rate: Float in [0.01, 0.3, 2] {
                var plan = Known.plan(0)
                plan.learningRate = rate
                let tuned = LocalFineTuning(problem, participant: 0, optimiser: .adam(Adam()), tuning: plan)
                let shared = try Known.shared(k)
                let before = problem.validationLossSum(of: shared.values)
                #expect(try tuned.validationLoss(from: shared).loss <= before)
            }
        }
    }

    @Test func automaticPicksWhatItsOwnValidationSays() throws {
        // Companies with opposite slopes: the shared model suits none of them, a model of its own does.
        let network = MLP(inputs: 1, hidden: [], heads: [.init(name: "y", width: 1, loss: .meanSquaredError)])
        func problem(_ slope: Double) throws -> NetworkProblem {
            let x = sample(40, 3).map { 2 * $0 }
            let table = try ExampleTable(
                inputs: floats(x), inputWidth: 1, targets: floats(x.map { slope * $0 }), targetWidth: 1)
            return try NetworkProblem(network: network, training: table, validation: table)
        }
        func automatic(_ slope: Double) throws -> AutomaticPersonalisation {
            let company = try problem(slope)
            return AutomaticPersonalisation(
                base: FedProx(company, participant: 0, proximal: 0, optimiser: .sgd(SGD())),
                candidates: [
                    Ditto(company, pull: 1, participant: 0, optimiser: .sgd(SGD())),
                    Ditto(company, pull: 0, participant: 0, optimiser: .sgd(SGD())),
                ], margin: 0.05)
        }
        func run(_ slopes: [Double]) throws -> (AutomaticPersonalisation, ParameterVector) {
            var companies = try slopes.map(automatic)
            var shared = ParameterVector(zeros: network.layout)
            for round in 0..<60 {
                var plan = Known.plan(round)
                plan.learningRate = 0.2
                var mean: [Float] = [0, 0]
                for index in companies.indices {
                    let update = try companies[index].train(from: shared, plan: plan)
                    for place in 0..<2 { mean[place] += update.delta[place] / Float(companies.count) }
                }
                for place in 0..<2 { shared.values[place] += mean[place] }
            }
            return (companies[0], shared)
        }
        let (torn, tornModel) = try run([1, -1, 1.5])
        let choice = try torn.choose(from: tornModel)
        #expect(choice.method == .solo && choice.candidate == 1 && choice.examples == 40)
        #expect(choice.scores.map(\.method) == [.shared, .ditto, .solo])
        #expect(choice.scores[2].loss < choice.scores[1].loss && choice.scores[1].loss < choice.scores[0].loss)
        #expect((try torn.personalModel(choice, from: tornModel).values[0] - 1).magnitude < 0.01)
        let (alike, alikeModel) = try run([1, 1, 1])
        let calm = try alike.choose(from: alikeModel)
        #expect(calm.scores.count == 3)
        #expect(calm.method == .shared || calm.scores[0].loss < 1e-6)

        var revived = try automatic(1)
        try revived.restore(torn.state)
        #expect(try revived.choose(from: tornModel) == choice)
        let empty = AutomaticPersonalisation(base: torn.base, candidates: [], margin: 0)
        #expect(throws: PersonalStateFailure.lengthMismatch(expected: 2, found: 0)) {
            try revived.restore(empty.state)
        }
    }

    @Test func aSmallGainIsPickedWithoutAMarginAlone() throws {
        let problem = try regressionProblem(2)
        let shared = try Known.shared(0)
        var tuning = Known.plan(0)
        tuning.learningRate = 0.001
        func choice(margin: Double) throws -> AutomaticPersonalisation.Choice {
            try AutomaticPersonalisation(
                base: FedProx(problem, participant: 0, proximal: 0, optimiser: .sgd(SGD())),
                candidates: [LocalFineTuning(problem, participant: 0, optimiser: .sgd(SGD()), tuning: tuning)],
                margin: margin
            ).choose(from: shared)
        }
        #expect(try choice(margin: 0).method == .fineTuned)
        #expect(try choice(margin: 0.5).method == .shared)
        #expect(try choice(margin: 0.5).scores == choice(margin: 0).scores)
    }

    @Test func slopeMisuseIsRefused() throws {
        let terms = SharedSlopes(
            features: 1, law: .logNormal, featureBound: 1, scales: 0.1...10, scoreBound: 4, maximumRows: 3)
        func refusal(_ x: [Double], _ y: [Double], _ c: [Bool]) -> LearningFailure? {
            do throws(LearningFailure) {
                _ = try SharedSlopesParticipant(terms, features: x, targets: y, censored: c)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal([0], [0, 1], [false, false]) == .dimensionMismatch(expected: 2, found: 1))
        #expect(refusal([0], [0], []) == .dimensionMismatch(expected: 1, found: 0))
        #expect(
            refusal([0, 0, 0, 0], [0, 0, 0, 0], [false, false, false, false])
                == .exampleCountOutOfRange(found: 4, maximum: 3))
        #expect(refusal([1.1], [0], [false]) == .valueOutOfBound(index: 0))
        #expect(refusal([.nan], [0], [false]) == .nonFinite(index: 0))
        #expect(refusal([0], [.infinity], [false]) == .nonFinite(index: 1))
        #expect(refusal([0, 1], [0, 1], [true, true]) == .noExamples)
        var party = try SharedSlopesParticipant(
            terms, features: [0.5, -1, 1], targets: [1, 2, 3], censored: [false, true, false])
        #expect(throws: LearningFailure.layoutMismatch) {
            try party.contribution(at: ParameterVector(zeros: Known.layout))
        }
        var coordinator = SharedSlopes.Coordinator(terms, lambda: 0)
        var model = ParameterVector(zeros: terms.layout)
        #expect(throws: LearningFailure.zeroTotalWeight) {
            try coordinator.absorb(LearningMisuseTests.zero(terms.schema), into: &model)
        }
        #expect(throws: LearningFailure.schemaMismatch) {
            try coordinator.absorb(LearningMisuseTests.zero(LearningMisuseTests.ridge.schema), into: &model)
        }
        _ = try party.contribution(at: model)
        var revived = try SharedSlopesParticipant(
            terms, features: [0.5], targets: [1], censored: [false])
        try revived.restore(party.state)
        #expect(revived.own == party.own && revived.own != nil)
    }
}
