import Testing

@testable import DifferentialPrivacy

@Suite struct AccountingKnownAnswerTests {
    typealias Answers = AccountingKnownAnswers

    @Test func millsRatioWithinItsError() {
        #expect(Answers.table("mills").count >= 20)
        for row in Answers.table("mills") {
            #expect(abs(NormalTail.mills(row[0]) / row[1] - 1) <= NormalTail.millsError, "x = \(row[0])")
        }
    }

    @Test func closedFormEnclosesEpsilon() throws {
        let table = Answers.table("gaussian")
        #expect(table.count >= 100)
        for row in table {
            let found = try GaussianCurve(NoiseMultiplier(row[0]), count: Int(row[1])).epsilon(at: Delta(row[2]))
            // The table is rounded to doubles.
            #expect(found.lower <= row[3] * (1 + 1e-15) && found.upper >= row[3] * (1 - 1e-15), "\(row)")
            #expect(found.width <= 1e-8 * row[3] + 1e-12, "\(row)")
        }
    }

    @Test func closedFormEnclosesDelta() throws {
        #expect(Answers.table("gaussianDelta").count >= 25)
        for row in Answers.table("gaussianDelta") {
            let found = try GaussianCurve(NoiseMultiplier(row[0])).delta(at: Epsilon(row[1]))
            #expect(found.lower <= row[2] * (1 + 1e-15) && found.upper >= row[2] * (1 - 1e-15), "\(row)")
            #expect(found.width <= 1e-7 * row[2] || found.upper < 1e-30, "\(row)")
        }
    }

    /// The loss lattice against the closed form at q = 1, over more than a hundred settings.
    @Test func latticeEnclosesTheClosedForm() throws {
        let limits = AccountingLimits(bins: 1 << 12, window: 1 << 17)
        var settings = 0
        // Joined into one step, a hundred thousand of little noise have losses of thousands; those take seconds.
        for row in Answers.table("gaussian") where row[1] < 100_000 * row[0] * row[0] {
            let lattice = LossComposition(try Answers.gaussian(row[0], count: Int(row[1])), limits: limits)
            let found = lattice.epsilon(upperDelta: row[2], lowerDelta: row[2])
            #expect(found.upper >= row[3] * (1 - 1e-15), "\(row) \(found)")
            #expect(found.lower <= row[3] * (1 + 1e-15), "\(row) \(found)")
            if row[1] <= 50, row[2] <= 1e-3, row[2] >= 1e-10, row[0] >= 1 {
                #expect(found.upper - found.lower < 0.01 * row[3] + 1e-4, "\(row) \(found)")
            }
            settings += 1
        }
        #expect(settings >= 95)
    }

    @Test func sampledStepEnclosesTheIntegral() throws {
        #expect(Answers.table("oneStep").count >= 40)
        for row in Answers.table("oneStep") {
            let schedule = try Answers.gaussian(row[1], rate: row[0])
            let found = schedule.delta(at: try Epsilon(row[2]), limits: AccountingLimits(bins: 1 << 14))
            #expect(found.lower <= row[3] * (1 + 1e-14) && found.upper >= row[3] * (1 - 1e-14), "\(row) \(found)")
            if row[3] > 1e-9, row[1] >= 1 { #expect(found.width < 0.1 * row[3], "\(row) \(found)") }
        }
    }

    @Test func fewStepsAgreeWithBruteForce() throws {
        #expect(Answers.table("fewSteps").count >= 20)
        for row in Answers.table("fewSteps") {
            let schedule = try Answers.gaussian(row[1], rate: row[0], count: Int(row[2]))
            let found = schedule.delta(at: try Epsilon(row[3]), limits: AccountingLimits(bins: 1 << 13))
            #expect(found.lower <= row[5] && found.upper >= row[4], "\(row) \(found)")
        }
    }

    @Test func laplaceStepEnclosesTheFormula() throws {
        for row in Answers.table("laplace") {
            let schedule = try Answers.schedule(.laplace(NoiseMultiplier(row[0])))
            let found = schedule.delta(at: try Epsilon(row[1]))
            #expect(found.lower <= row[2] * (1 + 1e-14) && found.upper >= row[2] * (1 - 1e-14), "\(row) \(found)")
            if row[2] > 0 { #expect(found.width < 1e-3 * row[2], "\(row) \(found)") }
        }
    }

    @Test func renyiNeverBelowQuadrature() throws {
        let table = Answers.table("renyi")
        #expect(table.count >= 60)
        for row in table {
            let curve = RenyiCurve(try Answers.gaussian(row[1], rate: row[0]))
            let index = try #require(RenyiCurve.orders.firstIndex(of: row[2]))
            #expect(curve.divergences[index] >= row[3] * (1 - 1e-14), "\(row)")
            if row[2] == row[2].rounded() { #expect(curve.divergences[index] <= row[3] * (1 + 1e-10), "\(row)") }
        }
    }
}
