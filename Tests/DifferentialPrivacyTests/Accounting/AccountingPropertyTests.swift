import Testing

@testable import DifferentialPrivacy

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct AccountingPropertyTests {
    typealias Answers = AccountingKnownAnswers
    static let limits = AccountingLimits(bins: 1 << 14, window: 1 << 17)

    /// The proven ends of two settings may not contradict the order of the exact figures.
    func ordered(_ less: PrivacyInterval, _ more: PrivacyInterval) -> Bool {
        less.lower <= less.upper && more.lower <= more.upper && less.lower <= more.upper
            && less.upper <= more.upper * 1.01 + 1e-3
    }

    @Test func figuresFollowNoiseStepsRateAndDelta() throws {
        let delta = try Delta(1e-6)
        for (noise, rate, count) in [(0.8, 0.02, 40), (1.5, 0.2, 10), (3.0, 0.7, 100), (1.0, 0.001, 2000)] {
            let base = try Answers.gaussian(noise, rate: rate, count: count).epsilon(at: delta, limits: Self.limits)
            let louder = try Answers.gaussian(noise * 1.3, rate: rate, count: count)
            #expect(ordered(louder.epsilon(at: delta, limits: Self.limits), base))
            let longer = try Answers.gaussian(noise, rate: rate, count: count * 2)
            #expect(ordered(base, longer.epsilon(at: delta, limits: Self.limits)))
            let wider = try Answers.gaussian(noise, rate: rate * 1.3, count: count)
            #expect(ordered(base, wider.epsilon(at: delta, limits: Self.limits)))
            let stricter = try Answers.gaussian(noise, rate: rate, count: count)
            #expect(ordered(base, stricter.epsilon(at: try Delta(1e-9), limits: Self.limits)))
            #expect(base.upper > base.lower && base.lower > 0)
        }
    }

    @Test func coarserLimitsWidenAndNeverContradict() throws {
        let schedule = try Answers.gaussian(1, rate: 0.02, count: 300)
        let delta = try Delta(1e-6)
        let fine = schedule.epsilon(at: delta)
        for bins in [1 << 8, 1 << 10, 1 << 12] {
            let coarse = schedule.epsilon(at: delta, limits: AccountingLimits(bins: bins, window: 1 << 12))
            #expect(coarse.upper >= fine.lower && coarse.lower <= fine.upper)
            #expect(coarse.width >= fine.width)
        }
        #expect(fine.width < 1e-3 * fine.upper)
    }

    /// Found by random search: a mesh so coarse that the lower law owes more than it may must not spoil the upper one.
    @Test func coarseMeshesNeverContradictFineOnes() throws {
        let coarse = AccountingLimits(bins: 1 << 10, window: 1 << 12)
        for (rate, noise, count, delta) in [
            (0.00673753263257805, 0.37456512541724285, 607_305, 1.695e-7),
            (0.017704811360500436, 0.35598195496759427, 786_115, 0.0515),
            (0.0036456303970616396, 0.350597702643901, 358_219, 0.0216),
        ] {
            let schedule = try Answers.gaussian(noise, rate: rate, count: count)
            let fine = LossComposition(schedule, limits: AccountingLimits(bins: 1 << 18, window: 1 << 18))
                .epsilon(upperDelta: delta, lowerDelta: delta)
            let rough = LossComposition(schedule, limits: coarse).epsilon(upperDelta: delta, lowerDelta: delta)
            #expect(fine.lower > 0 && fine.lower <= rough.upper && rough.lower <= fine.upper, "\(fine) \(rough)")
        }
    }

    @Test func mixedEventsMatchTheirJoin() throws {
        // Two Gaussian events of multipliers 6 and 8 are one of multiplier 4.8; a sampled one beside them adds.
        let one = try Answers.gaussian(4.8).epsilon(at: Delta(1e-6))
        let events = try [6.0, 8.0].map { try PrivacyEvent(.gaussian(NoiseMultiplier($0)), sampling: .none, count: 1) }
        let both = try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: events)
        let joined = both.epsilon(at: try Delta(1e-6))
        #expect(abs(joined.upper - one.upper) < 1e-9)
        let sampled = try PrivacyEvent(.gaussian(NoiseMultiplier(2)), sampling: .poisson(SamplingRate(0.1)), count: 20)
        let more = try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: events + [sampled])
        let figure = more.epsilon(at: try Delta(1e-6), limits: Self.limits)
        #expect(figure.lower > one.upper && figure.upper < 3 * one.upper)
        #expect(figure.width < 0.02 * figure.upper)
    }

    @Test func replacingCostsTwiceTheSensitivity() throws {
        let delta = try Delta(1e-6)
        let replace = try Answers.schedule(.gaussian(NoiseMultiplier(8)), adjacency: .replaceOne)
        #expect(replace.epsilon(at: delta) == (try Answers.gaussian(4).epsilon(at: delta)))
    }

    @Test func extremeSettingsStayOrdered() throws {
        let limits = AccountingLimits(bins: 1 << 10, window: 1 << 12)
        for (noise, rate, count) in [
            (1e6, 1e-9, 1), (1e6, 1e-9, 1 << 40), (1e-3, 0.5, 1), (1e-3, 1e-9, 1 << 40), (0.1, 0.999, 7),
            (40, 0.5, 1 << 30),
        ] {
            let schedule = try Answers.gaussian(noise, rate: rate, count: count)
            for delta in [1e-15, 1e-6, 0.5] {
                let found = schedule.epsilon(at: try Delta(delta), limits: limits)
                #expect(found.lower >= 0 && found.lower <= found.upper, "\(noise) \(rate) \(count) \(delta) \(found)")
                // Never above the same noise without sampling.
                let whole = try Answers.gaussian(noise, count: count).epsilon(at: Delta(delta))
                #expect(found.lower <= whole.upper)
            }
        }
        for scale in [1e-3, 0.3, 1e6] {
            for count in [1, 9, 1 << 40] {
                let schedule = try Answers.schedule(.laplace(NoiseMultiplier(scale)), count: count)
                let found = schedule.epsilon(at: try Delta(1e-12), limits: limits)
                #expect(found.lower >= 0 && found.lower <= found.upper)
                #expect(found.upper <= Double(count) / scale * (1 + 1e-4), "\(scale) \(count) \(found)")
            }
        }
    }

    /// delta of a one-dimensional discrete Gaussian by direct summation.
    func exactDiscreteDelta(variance: Double, shift: Int, epsilon: Double) -> Double {
        let reach = Int(40 * variance.squareRoot())
        var (sum, total) = (0.0, 0.0)
        for x in -reach...reach {
            let p = exp(-Double((x - shift) * (x - shift)) / (2 * variance))
            let q = exp(-Double(x * x) / (2 * variance))
            total += q
            sum += max(0, p - exp(epsilon) * q)
        }
        return sum / total
    }

    /// Fails when the r^2 is not taken from the variance: the discrete curve lies above the continuous one of the
    /// same parameter.
    @Test func discreteNoiseIsEnclosed() throws {
        var aboveContinuous = 0
        for variance in [18.0, 25, 64, 400] {
            for shift in [1, 3, 7] {
                for epsilon in [0.05, 0.3, 0.5, 1.1] {
                    let exact = exactDiscreteDelta(variance: variance, shift: shift, epsilon: epsilon)
                    let sum = try DiscreteGaussianSum(
                        variances: [variance], sensitivity: L2Sensitivity(UInt64(shift)), coordinates: 1)
                    let found = try Answers.schedule(.discreteGaussian(sum)).delta(at: Epsilon(epsilon))
                    #expect(found.lower <= exact * (1 + 1e-12) && found.upper >= exact * (1 - 1e-12))
                    let noise = try NoiseMultiplier(variance.squareRoot() / Double(shift))
                    if exact > GaussianCurve(noise).delta(at: try Epsilon(epsilon)).upper { aboveContinuous += 1 }
                }
            }
        }
        #expect(aboveContinuous > 5)
    }

    @Test func zeroConcentrationIsExact() throws {
        let sum = try DiscreteGaussianSum(variances: [400], sensitivity: L2Sensitivity(10), coordinates: 1000)
        let rho = try #require(try Answers.schedule(.discreteGaussian(sum), count: 5).zeroConcentrated)
        #expect(rho >= 0.625 && rho < 0.625 + 1e-12)
        let shares = try DiscreteGaussianSum(variances: [200, 200], sensitivity: L2Sensitivity(10), coordinates: 9)
        #expect(try Answers.schedule(.discreteGaussian(shares)).zeroConcentrated == nil)
        #expect(try Answers.gaussian(1, rate: 0.5).zeroConcentrated == nil)
    }

    @Test func calibrationReturnsTheSafeSide() throws {
        let budget = PrivacyBudget(epsilon: try Epsilon(2), delta: try Delta(1e-6))
        func plain(_ noise: NoiseMultiplier) throws(AccountingRefusal) -> PrivacySchedule {
            let event = try PrivacyEvent(.gaussian(noise), sampling: .none, count: 10)
            return try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [event])
        }
        let noise = try budget.leastNoise(tolerance: 1e-9, plain)
        #expect(budget.holds(try plain(noise)))
        #expect(!budget.holds(try plain(NoiseMultiplier(noise.value * (1 - 1e-8)))))

        let rate = try SamplingRate(0.1)
        let fixed = try NoiseMultiplier(1.2)
        func steps(_ count: Int) throws(AccountingRefusal) -> PrivacySchedule {
            let event = try PrivacyEvent(.gaussian(fixed), sampling: .poisson(rate), count: count)
            return try PrivacySchedule(unit: .record, adjacency: .addRemove, events: [event])
        }
        let most = try budget.mostSteps(upTo: 1 << 20, limits: Self.limits, steps)
        #expect(budget.holds(try steps(most), limits: Self.limits))
        #expect(!budget.holds(try steps(most + 1), limits: Self.limits))

        func rated(_ rate: SamplingRate) throws(AccountingRefusal) -> PrivacySchedule {
            let event = try PrivacyEvent(.gaussian(fixed), sampling: .poisson(rate), count: 20)
            return try PrivacySchedule(unit: .record, adjacency: .addRemove, events: [event])
        }
        let highest = try budget.highestRate(tolerance: 1e-3, limits: Self.limits, rated)
        #expect(budget.holds(try rated(highest), limits: Self.limits))
        #expect(!budget.holds(try rated(SamplingRate(highest.value * 1.01)), limits: Self.limits))
    }

    /// Far from the epsilon that the tilt was chosen for, what the transform returns is rounding noise alone; fails
    /// when its error bound is not taken off the lower end.
    @Test func transformNoiseIsNeverClaimed() throws {
        let curve = GaussianCurve(try NoiseMultiplier(5), count: 10)
        let pair = LossPair(noise: .gaussian(5), rate: 1)
        let cells = try #require(LossCells(pair, mesh: 0x1p-10, below: 8, above: 8))
        let loss = try #require(
            ComposedLoss([(LossLattice(cells, adding: false), 10)], .epsilon(0.1), limit: 1 << 17, scale: 0.6))
        for epsilon in [0.1, 1, 3, 4, 5, 5.5, 6, 6.5, 7] {
            let exact = curve.delta(at: try Epsilon(epsilon))
            #expect(loss.delta(at: epsilon).lower <= exact.upper, "\(epsilon)")
            #expect(loss.delta(at: epsilon).upper >= exact.lower, "\(epsilon)")
        }
        #expect(loss.delta(at: 0.1).lower > 0.99 * curve.delta(at: try Epsilon(0.1)).lower)
    }

    @Test func transformMatchesDirectSums() {
        let length = 64
        let real = (0..<length).map { Double(($0 * 37) % 11) - 3 }
        var (re, im) = (real, [Double](repeating: 0, count: length))
        let transform = FourierTransform(length: length)
        transform.forward(&re, &im)
        for place in 0..<length {
            // Bit-reversed order.
            let k = (0..<6).reduce(0) { $0 | (place >> $1 & 1) << (5 - $1) }
            var (sumRe, sumIm) = (0.0, 0.0)
            for n in 0..<length {
                let angle = -2 * Double.pi * Double((k * n) % length) / Double(length)
                sumRe += real[n] * cos(angle)
                sumIm += real[n] * sin(angle)
            }
            #expect(abs(re[place] - sumRe) < 1e-11 && abs(im[place] - sumIm) < 1e-11)
            let other = FourierTransform.partner(place)
            #expect(abs(re[other] - sumRe) < 1e-11 && abs(im[other] + sumIm) < 1e-11)
        }
        transform.inverse(&re, &im)
        #expect(zip(re, real).allSatisfy { abs($0 / 64 - $1) < 1e-12 } && im.allSatisfy { abs($0) < 1e-10 })
    }
}
