import Testing

@testable import FederatedLearning

@Suite struct PersonalKnownAnswerTests {
    static let layout = ParameterLayout([(name: "head.y.weight", shape: [1, 3]), (name: "head.y.bias", shape: [1])])

    static func shared(_ round: Int) throws -> ParameterVector {
        try ParameterVector(values: floats(sample(4, 1 + round)), layout: layout)
    }

    static func plan(_ round: Int) -> RoundPlan {
        RoundPlan(round: round, localEpochs: 3, batchSize: 100, learningRate: 0.05, seed: 1)
    }

    @Test(arguments: [0.4, 0]) func dittoMovesAsTheScriptDoes(_ pull: Double) throws {
        let expected = pull > 0 ? PersonalKnownAnswers.ditto : PersonalKnownAnswers.solo
        var ditto = Ditto(try regressionProblem(3), pull: Float(pull), participant: 0, optimiser: .sgd(SGD()))
        for round in 0..<4 { _ = try ditto.train(from: Self.shared(round), plan: Self.plan(round)) }
        #expect(distance(doubles(try ditto.personalModel(from: Self.shared(0)).values), expected) < 1e-5)
        #expect(ditto.method == (pull > 0 ? .ditto : .solo))
    }

    @Test func theMixtureMovesAsTheScriptDoes() throws {
        var mixture = AdaptiveMixture(
            try regressionProblem(3), participant: 0, optimiser: .sgd(SGD()), mixing: 0.3, mixingRate: 0.02)
        for round in 0..<4 { _ = try mixture.train(from: Self.shared(round), plan: Self.plan(round)) }
        let alpha = PersonalKnownAnswers.apfl[4]
        #expect((mixture.mixing - alpha).magnitude < 1e-5)
        let shared = try Self.shared(9)
        let expected = (0..<4).map {
            alpha * PersonalKnownAnswers.apfl[$0] + (1 - alpha) * Double(shared.values[$0])
        }
        #expect(distance(doubles(try mixture.personalModel(from: shared).values), expected) < 1e-5)
    }

    @Test func headFirstThenBodyAsTheScriptDoes() throws {
        let share = SegmentShare(Self.layout) { $0.name.hasSuffix("bias") }
        var rep = try PrivateHead(
            regressionProblem(3), share: share, schedule: .headFirst(epochs: 2), participant: 0, optimiser: .sgd(SGD()),
            initial: Self.shared(0))
        var body = ParameterVector(zeros: share.shared)
        body.values = floats(Array(sample(4, 1)[0..<3]))
        let update = try rep.train(from: body, plan: Self.plan(0))
        #expect(update.delta.count == 3)
        let model = zip(body.values, update.delta).map { Double($0 + $1) }
        #expect(distance(model, Array(PersonalKnownAnswers.fedRep[0..<3])) < 1e-5)
        let head = try rep.personalModel(from: body).values[3]
        #expect((Double(head) - PersonalKnownAnswers.fedRep[3]).magnitude < 1e-5)
    }

    static let laws: [(SurvivalDistribution, [Double], [Double])] = [
        (.logNormal, PersonalKnownAnswers.normalFit, PersonalKnownAnswers.normalTerms),
        (
            .weibull, PersonalKnownAnswers.smallestExtremeValueFit,
            PersonalKnownAnswers.smallestExtremeValueTerms
        ),
        (.logLogistic, PersonalKnownAnswers.logisticFit, PersonalKnownAnswers.logisticTerms),
    ]

    static func company(_ k: Int, _ terms: SharedSlopes) throws -> SharedSlopesParticipant {
        let rows = 14 + 5 * k
        let x = sample(rows * 2, 100 + k).map { 2 * $0 }
        let e = zip(sample(rows, 120 + k), sample(rows, 130 + k)).map { $0 + $1 }
        let y = (0..<rows).map { row in
            0.8 * x[2 * row] - 0.4 * x[2 * row + 1] + 0.7 * Double(k) + (0.5 + 0.3 * Double(k)) * e[row]
        }
        return try SharedSlopesParticipant(
            terms, features: x, targets: y, censored: sample(rows, 140 + k).map { $0 > 0.25 })
    }

    @Test(arguments: 0..<3) func slopesFromSumsAreThePooledMaximumLikelihood(_ index: Int) throws {
        let (law, expected, _) = Self.laws[index]
        let terms = SharedSlopes(
            features: 2, law: law, featureBound: 1, scales: 0.01...100, scoreBound: 100, maximumRows: 50)
        var companies = try (0..<3).map { try Self.company($0, terms) }
        var coordinator = SharedSlopes.Coordinator(terms, lambda: 0)
        var slopes = ParameterVector(zeros: terms.layout)
        for _ in 0..<40 {
            var uploads: [Upload] = []
            for place in companies.indices { uploads.append(try companies[place].contribution(at: slopes)) }
            try coordinator.absorb(clearSum(uploads), into: &slopes)
        }
        var found = doubles(slopes.values)
        for place in companies.indices {
            let own = try companies[place].fit(to: slopes)
            found += [own.intercept, own.scale]
        }
        #expect(distance(found, Array(expected[0..<8])) < 2e-5)
        let rows = companies.reduce(0) { $0 + $1.targets.count }
        #expect(((coordinator.loss ?? 0) * Double(rows) - expected[8]).magnitude < 1e-6)
    }

    @Test(arguments: 0..<3) func lawsAreScipys(_ index: Int) {
        let (law, _, expected) = Self.laws[index]
        var found: [Double] = []
        for z in [-3.0, -0.4, 0, 1.7, 4] {
            found += [law.terms(residual: z, failed: true).loss, law.terms(residual: z, failed: false).loss]
        }
        #expect(distance(found, expected) < 1e-12)
    }
}
