import Foundation
import Testing

@testable import DifferentialPrivacy

/// Answers of mpmath and SciPy, made by make_known_answers.py.
@Suite struct AuditKnownAnswerTests {
    static let beta: [(x: Double, a: Double, b: Double, value: Double)] = [
        (0.5, 1, 1, 0.5),
        (0.1, 2, 3, 0.0523),
        (0.001, 1, 1000, 0.63230457522903596),
        (0.3, 30, 71, 0.53766026398463764),
        (0.9, 500, 20, 4.518628472633674e-8),
        (0.97, 500, 20, 0.84441905331644708),
        (0.31, 6200, 13801, 0.50266339735337174),
        (0.32, 6200, 13801, 0.99884403705567756),
        (0.999, 100000, 50, 1.133717892521839e-8),
    ]

    static let rates: [(errors: Int, trials: Int, confidence: Double, bound: Double)] = [
        (0, 10, 0.95, 0.2588655508930522),
        (1, 10, 0.95, 0.39416330243650466),
        (5, 10, 0.975, 0.8129139715526015),
        (9, 10, 0.95, 0.9948838031081763),
        (0, 1000, 0.975, 0.003682083896865671),
        (310, 1000, 0.9875, 0.3439471751388703),
        (6200, 20000, 0.9875, 0.3173897421585284),
        (1, 1_000_000, 0.999, 9.233375465291697e-06),
    ]

    struct Run: Sendable {
        let canaries, guesses, correct: Int
        let delta, confidence, binomial, tradeOff, mu, gaussian: Double

        init(
            _ canaries: Int, _ guesses: Int, _ correct: Int, _ delta: Double, _ confidence: Double, _ binomial: Double,
            _ tradeOff: Double, _ mu: Double, _ gaussian: Double
        ) {
            (self.canaries, self.guesses, self.correct) = (canaries, guesses, correct)
            (self.delta, self.confidence) = (delta, confidence)
            (self.binomial, self.tradeOff, self.mu, self.gaussian) = (binomial, tradeOff, mu, gaussian)
        }
    }

    static let runs = [
        Run(1000, 100, 95, 1e-05, 0.95, 2.1651758, 2.155735222, 0.7868118147, 3.323300489),
        Run(1000, 1000, 600, 1e-05, 0.95, 0.2972269537, 0.2918038374, 0.1638498079, 0.5835404731),
        Run(5000, 200, 200, 1e-06, 0.99, 3.728678443, 3.759058531, 1.117540919, 5.548052167),
        Run(100, 100, 50, 1e-05, 0.95, 0, 0, 0, 0),
        Run(300, 10, 10, 1e-10, 0.9, 1.351215162, 1.351215231, 0.4750042046, 2.934925388),
    ]

    @Test func theIncompleteBetaFunction() {
        for answer in Self.beta {
            let ours = BetaFunction.regularised(answer.x, answer.a, answer.b)
            #expect(abs(ours / answer.value - 1) < 2e-10)
            // The other side of the mean.
            let mirrored = BetaFunction.regularised(1 - answer.x, answer.b, answer.a)
            #expect(abs(mirrored - (1 - answer.value)) < 2e-10)
        }
        #expect(BetaFunction.regularised(0, 3, 4) == 0 && BetaFunction.regularised(1, 3, 4) == 1)
    }

    /// Tails are sums of masses, and masses sum to one.
    @Test func binomialTails() {
        for (n, p) in [(1, 0.3), (7, 0.5), (40, 0.01), (200, 0.93)] {
            var sum = 0.0
            for k in stride(from: n, through: 0, by: -1) {
                sum += BetaFunction.mass(k, of: n, p)
                #expect(abs(BetaFunction.upperTail(k, of: n, p) - sum) < 1e-12)
            }
            #expect(abs(sum - 1) < 1e-12)
        }
        #expect(BetaFunction.upperTail(3, of: 2, 0.5) == 0)
        #expect(BetaFunction.mass(0, of: 5, 0) == 1 && BetaFunction.mass(5, of: 5, 1) == 1)
        #expect(BetaFunction.mass(-1, of: 5, 0.5) == 0 && BetaFunction.mass(6, of: 5, 0.5) == 0)
    }

    @Test func clopperAndPearson() throws {
        for answer in Self.rates {
            let rate = try ErrorRate(errors: answer.errors, trials: answer.trials)
            let bound = rate.upperBound(confidence: answer.confidence)
            #expect(bound >= answer.bound * (1 - 1e-13) && bound < answer.bound * (1 + 1e-7))
            let mirrored = try ErrorRate(errors: answer.trials - answer.errors, trials: answer.trials)
            #expect(abs(mirrored.lowerBound(confidence: answer.confidence) - (1 - answer.bound)) < 1e-7)
        }
        #expect(try ErrorRate(errors: 3, trials: 3).upperBound(confidence: 0.95) == 1)
        #expect(try ErrorRate(errors: 0, trials: 3).lowerBound(confidence: 0.95) == 0)
    }

    @Test(arguments: runs.indices) func oneRun(index: Int) throws {
        let run = Self.runs[index]
        let audit = try OneRunAudit(canaries: run.canaries, guesses: run.guesses, correct: run.correct)
        let delta = try Delta(run.delta)
        func near(_ value: Double, _ answer: Double) -> Bool { abs(value - answer) <= 1e-6 * answer }
        #expect(near(try audit.epsilonLowerBound(at: delta, confidence: run.confidence), run.binomial))
        #expect(near(try audit.epsilonLowerBoundByTradeOff(at: delta, confidence: run.confidence), run.tradeOff))
        #expect(near(try audit.muLowerBound(confidence: run.confidence), run.mu))
        #expect(near(try audit.epsilonLowerBoundIfGaussian(at: delta, confidence: run.confidence), run.gaussian))
    }

    @Test func auditsOfNothingAreRefused() throws {
        for (canaries, guesses, correct) in [
            (0, 0, 0), (10, 0, 0), (10, 11, 5), (10, 5, 6), (10, 5, -1), (65_537, 5, 5),
        ] {
            #expect(throws: AuditRefusal.countOutOfRange) {
                try OneRunAudit(canaries: canaries, guesses: guesses, correct: correct)
            }
        }
        let audit = try OneRunAudit(canaries: 10, guesses: 5, correct: 5)
        for confidence in [0.5, 1, .nan, -1, 2] {
            #expect(throws: AuditRefusal.confidenceOutOfRange) { try audit.muLowerBound(confidence: confidence) }
            #expect(throws: AuditRefusal.confidenceOutOfRange) {
                try CanaryAudit(present: [1], absent: [0], thresholds: [1], confidence: confidence)
            }
        }
        #expect(throws: AuditRefusal.thresholdsOutOfRange) {
            try CanaryAudit(present: [1], absent: [0], thresholds: [], confidence: 0.9)
        }
        #expect(throws: AuditRefusal.countOutOfRange) {
            try CanaryAudit(present: [], absent: [0], thresholds: [1], confidence: 0.9)
        }
        #expect(throws: AuditRefusal.countOutOfRange) { try ErrorRate(errors: 2, trials: 1) }
    }
}
