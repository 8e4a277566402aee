import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

@Suite struct RemovableNoisePropertyTests {
    /// For every n, t, k and j: (n - t - j) (base + components 1...j) reaches z^2 Delta^2 and hardly more.
    @Test func whatIsLeftReachesTheFloorForEveryNumberOfSilentMembers() throws {
        let sensitivities: [UInt128] = [1 << 12, 1 << 20, (1 << 27) + 12_345, 1 << 44]
        var planned = 0
        for participants in 1...14 {
            for colluders in 0..<participants {
                for dropouts in 0..<(participants - colluders) {
                    for squared in sensitivities {
                        let cohort = try? RemovalCohort(
                            participants: participants, colluders: colluders, dropouts: dropouts,
                            squaredSensitivity: squared)
                        guard let cohort else { continue }
                        planned += 1
                        try Self.check(cohort.plan, squared)
                    }
                }
            }
        }
        #expect(planned > 700)
    }

    private static func check(_ plan: RemovableNoisePlan, _ squared: UInt128) throws {
        let request = plan.total.request
        let everything = [plan.base] + plan.components
        #expect(plan.components.count == request.dropouts)
        #expect(everything.allSatisfy { $0.isAtLeast(18) })
        let share = plan.total.share
        let parts: UInt128 = share.isAtLeast((1 << 32) + 1) ? 1 : 64
        let billed = try plan.billedSum()
        for silent in 0...request.dropouts {
            let honest = request.participants - request.colluders - silent
            let kept = try ExactVariance(everything[...silent])
            let below = UInt128(kept.denominator)
            let sum = UInt128(honest) * kept.numerator
            let floor = 9 * squared * below
            #expect(4 * sum >= floor)
            let excess = parts * sum - UInt128(honest) * below
            #expect(4 * excess < parts * floor)
            let told = try plan.honestVariance(silent: silent)
            #expect(told.numerator * below == sum * UInt128(told.denominator))
            #expect(billed.variances.count >= honest * (silent + 1))
        }
        let whole = try ExactVariance(everything)
        let left = whole.numerator * UInt128(share.denominator)
        #expect(left == UInt128(share.numerator) * UInt128(whole.denominator))
        let asked = 2.25 * Double(squared)
        #expect(billed.variance.lower >= asked * (1 - 1e-9))
        #expect(billed.variance.lower <= asked * (1 + 1e-9) + 1)
    }

    /// Every survivor set of five members: what stays is the survivors' bases and components 1...j, to the integer.
    @Test func removalIsExact() throws {
        let cohort = try RemovalCohort(participants: 5, colluders: 1, dropouts: 3, dimension: 6)
        let members = cohort.round.members
        for mask in 0..<32 {
            let survivors = members.indices.filter { mask >> $0 & 1 == 1 }.map { members[$0] }
            guard survivors.count >= 2 else { continue }
            let silent = 5 - survivors.count
            var opened: [Int64] = [10, -20, 30, 0, 5_000_000, -7]
            var expected = opened
            var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
            for member in survivors {
                var noise = try cohort.noise(member)
                try noise.take().add(to: &opened)
                let seeds = try noise.seeds(toRemoveFor: survivors)
                #expect(seeds.firstComponent == silent + 1 && seeds.seeds.count == 3 - silent)
                try removal.add(seeds)
                for part in try cohort.parts(member)[...silent] {
                    for index in expected.indices { expected[index] += part[index] }
                }
            }
            let left = try removal.remove(from: &opened, bits: 64)
            #expect(opened == expected)
            #expect(left.silent == silent && left.withheld.isEmpty && left.provenance == .injectedSource)
            #expect(left.honest == (try cohort.plan.honestVariance(silent: silent)))
            #expect(
                left.whole.numerator * UInt128(survivors.count - 1)
                    == left.honest.numerator * UInt128(survivors.count))
        }
    }

    /// Whoever reveals nothing leaves its surplus in: never less noise than planned.
    @Test func withheldSeedsLeaveMoreNoise() throws {
        let cohort = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2)
        let survivors = Array(cohort.round.members.dropLast())
        var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
        var opened = [Int64](repeating: 0, count: 8)
        var expected = opened
        for (position, member) in survivors.enumerated() {
            var noise = try cohort.noise(member)
            try noise.take().add(to: &opened)
            if position > 0 { try removal.add(try noise.seeds(toRemoveFor: survivors)) }
            for part in try cohort.parts(member)[...(position > 0 ? 1 : 2)] {
                for index in expected.indices { expected[index] += part[index] }
            }
        }
        let left = try removal.remove(from: &opened, bits: 64)
        #expect(opened == expected)
        #expect(left.withheld == [survivors[0]] && left.provenance == nil)
        let parts = UInt128(left.whole.denominator)
        let base = ExactVariance.scaled(cohort.plan.base, to: left.whole.denominator)
        let components = cohort.plan.components.map { ExactVariance.scaled($0, to: left.whole.denominator) }
        #expect(left.whole.numerator == 3 * base + 3 * components[0] + components[1])
        #expect(4 * left.honest.numerator >= 9 * parts << 24)
    }

    /// In a small ring the sum of everything may wrap; what is left does not.
    @Test func removalIsExactInARing() throws {
        let cohort = try RemovalCohort(participants: 3, colluders: 0, dropouts: 2, squaredSensitivity: 1 << 12)
        let survivors = cohort.round.members
        let bits = 9
        var opened = [Int64](repeating: 1, count: 8)
        var expected = opened
        var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
        for member in survivors {
            var noise = try cohort.noise(member)
            try noise.take().add(to: &opened)
            try removal.add(try noise.seeds(toRemoveFor: survivors))
            for index in expected.indices { expected[index] += try cohort.parts(member)[0][index] }
        }
        #expect(expected.allSatisfy { abs($0) < 256 } && opened.contains { abs($0) >= 256 })
        for index in opened.indices { opened[index] = (opened[index] << 55) >> 55 }
        _ = try removal.remove(from: &opened, bits: bits)
        #expect(opened == expected)
    }

    /// What is left of many coordinates has the variance that is told, for every number of silent members.
    @Test(arguments: [0, 1, 2]) func theRemainderHasTheToldVariance(silent: Int) throws {
        let dimension = 30_000
        let cohort = try RemovalCohort(participants: 4, colluders: 1, dropouts: 2, dimension: dimension)
        let survivors = Array(cohort.round.members.dropFirst(silent))
        var opened = [Int64](repeating: 0, count: dimension)
        var removal = try NoiseRemoval(cohort.plan, in: cohort.round, survivors: survivors)
        for member in survivors {
            var noise = try cohort.noise(member)
            try noise.take().add(to: &opened)
            try removal.add(try noise.seeds(toRemoveFor: survivors))
        }
        #expect(opened.allSatisfy { $0.magnitude <= cohort.plan.total.noiseTail })
        let left = try removal.remove(from: &opened, bits: 64)
        let variance = Double(left.whole.numerator) / Double(left.whole.denominator)
        let square = opened.reduce(0) { $0 + Double($1) * Double($1) } / Double(dimension)
        #expect(abs(square / variance - 1) < 4 * (2 / Double(dimension)).squareRoot())
        #expect(abs(ChiSquare(wideGaussian: variance.squareRoot()).deviate(opened)) < 4)
        // Four hundredths off would be seen.
        #expect(abs(square / (variance * 1.08) - 1) > 4 * (2 / Double(dimension)).squareRoot())
    }
}
