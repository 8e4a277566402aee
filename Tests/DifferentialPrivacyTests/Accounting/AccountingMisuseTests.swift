import Testing

@testable import DifferentialPrivacy

@Suite struct AccountingMisuseTests {
    typealias Answers = AccountingKnownAnswers

    @Test func quantitiesRefuseWhatTheyAreNot() throws {
        #expect(throws: ParameterRefusal.notFinite) { try Epsilon(.nan) }
        #expect(throws: ParameterRefusal.notFinite) { try Epsilon(.infinity) }
        #expect(throws: ParameterRefusal.notPositive) { try Epsilon(-1e-9) }
        #expect(throws: ParameterRefusal.notPositive) { try Delta(0) }
        #expect(throws: ParameterRefusal.notPositive) { try Delta(9e-16) }
        #expect(throws: ParameterRefusal.tooLarge) { try Delta(0.6) }
        #expect(throws: ParameterRefusal.notFinite) { try Delta(.nan) }
        #expect(throws: ParameterRefusal.notPositive) { try NoiseMultiplier(0) }
        #expect(throws: ParameterRefusal.notPositive) { try NoiseMultiplier(-1) }
        #expect(throws: ParameterRefusal.tooLarge) { try NoiseMultiplier(1e7) }
        #expect(throws: ParameterRefusal.notFinite) { try NoiseMultiplier(.infinity) }
        #expect(throws: ParameterRefusal.notPositive) { try L2Sensitivity(0) }
        #expect(throws: ParameterRefusal.tooLarge) { try L2Sensitivity(1 << 51 + 1) }
        #expect(throws: ParameterRefusal.notPositive) { try SamplingRate(0) }
        #expect(throws: ParameterRefusal.tooLarge) { try SamplingRate(1.000001) }
        #expect(throws: ParameterRefusal.notFinite) { try SamplingRate(.nan) }
        #expect(throws: ParameterRefusal.sampleOutOfRange) { try FixedSample(size: 0, population: 3) }
        #expect(throws: ParameterRefusal.sampleOutOfRange) { try FixedSample(size: 4, population: 3) }
        #expect(try Delta(1e-15).value == 1e-15 && Delta(0.5).value == 0.5)
    }

    @Test func schedulesRefuseWrongDirections() throws {
        let gaussian = Mechanism.gaussian(try NoiseMultiplier(5))
        let rate = SamplingScheme.poisson(try SamplingRate(0.2))
        let fixed = SamplingScheme.fixedSize(try FixedSample(size: 2, population: 10))
        let sampled = try PrivacyEvent(gaussian, sampling: rate, count: 3)
        let drawn = try PrivacyEvent(gaussian, sampling: fixed, count: 3)
        #expect(throws: AccountingRefusal.poissonNeedsAddRemove) {
            try PrivacySchedule(unit: .asset, adjacency: .replaceOne, events: [sampled])
        }
        #expect(throws: AccountingRefusal.fixedSizeNeedsReplaceOne) {
            try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [drawn])
        }
        #expect(throws: AccountingRefusal.emptySchedule) {
            try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [])
        }
        #expect(throws: AccountingRefusal.countOutOfRange) { try PrivacyEvent(gaussian, sampling: .none, count: 0) }
        #expect(throws: AccountingRefusal.countOutOfRange) {
            try PrivacyEvent(gaussian, sampling: .none, count: 1 << 40 + 1)
        }
        #expect(throws: AccountingRefusal.sampledLaplace) {
            try PrivacyEvent(.laplace(NoiseMultiplier(1)), sampling: fixed, count: 1)
        }
        // Two companies of ten, exchanged: at most as if all took part, never as Poisson sampling at 0.2.
        let fixedFigure = try PrivacySchedule(unit: .silo, adjacency: .replaceOne, events: [drawn])
        let whole = try Answers.gaussian(2.5, count: 3)
        let found = fixedFigure.epsilon(at: try Delta(1e-6))
        #expect(found.upper <= whole.epsilon(at: try Delta(1e-6)).upper)
        let coins = try PrivacySchedule(
            unit: .silo, adjacency: .addRemove,
            events: [PrivacyEvent(gaussian, sampling: .poisson(SamplingRate(0.2)), count: 3)]
        ).epsilon(at: try Delta(1e-6))
        #expect(found.upper > coins.upper && found.lower > 0 && found.lower <= coins.upper)
    }

    @Test func discreteSharesRefuseThinNoise() throws {
        let one = try L2Sensitivity(1)
        #expect(throws: AccountingRefusal.shareTooSmall(minimum: 18)) {
            try DiscreteGaussianSum(variances: [100, 17.99], sensitivity: one, coordinates: 4)
        }
        #expect(throws: AccountingRefusal.shareTooSmall(minimum: 18)) {
            try DiscreteGaussianSum(variances: [], sensitivity: one, coordinates: 4)
        }
        #expect(throws: AccountingRefusal.shareTooSmall(minimum: 18)) {
            try DiscreteGaussianSum(variances: [.nan], sensitivity: one, coordinates: 4)
        }
        #expect(throws: AccountingRefusal.noCoordinates) {
            try DiscreteGaussianSum(variances: [100], sensitivity: one, coordinates: 0)
        }
    }

    @Test func calibrationRefusesWhatCannotBe() throws {
        let tiny = PrivacyBudget(epsilon: try Epsilon(1e-9), delta: try Delta(1e-15))
        func plain(_ noise: NoiseMultiplier) throws(AccountingRefusal) -> PrivacySchedule {
            let event = try PrivacyEvent(.gaussian(noise), sampling: .none, count: 1 << 30)
            return try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [event])
        }
        #expect(throws: AccountingRefusal.budgetUnreachable) { try tiny.leastNoise(plain) }
        let loose = PrivacyBudget(epsilon: try Epsilon(1e3), delta: try Delta(0.1))
        #expect(throws: AccountingRefusal.budgetNeverSpent) {
            try loose.mostSteps(upTo: 3) { count throws(AccountingRefusal) in
                let event = try PrivacyEvent(.gaussian(fixedNoise), sampling: .none, count: count)
                return try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [event])
            }
        }
    }

    private var fixedNoise: NoiseMultiplier {
        guard let noise = try? NoiseMultiplier(10) else { preconditionFailure("10 is a multiplier") }
        return noise
    }
}
