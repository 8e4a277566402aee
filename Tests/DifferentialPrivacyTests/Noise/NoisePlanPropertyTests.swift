import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct NoisePlanPropertyTests {
    private static func request(
        participants: Int = 10, colluders: Int = 2, dropouts: Int = 1, multiplier: NoiseRatio? = nil,
        squaredSensitivity: UInt128 = 1 << 40, machines: Int = 500, dimension: Int = 10_000, rounds: Int = 50
    ) throws -> NoiseRequest {
        NoiseRequest(
            participants: participants, colluders: colluders, dropouts: dropouts,
            multiplier: try multiplier ?? NoiseRatio(1092, over: 100), squaredSensitivity: squaredSensitivity,
            machinesPerParticipant: machines, dimension: dimension, rounds: rounds)
    }

    private static func refusal(_ request: NoiseRequest) -> NoiseRefusal? {
        do {
            _ = try NoisePlan(request)
            return nil
        } catch {
            return error
        }
    }

    /// (n - t - k) sigma_i^2 >= z^2 Delta^2 exactly, and a sixty-fourth (from 2^32 on: one) less would not do.
    @Test func sharesReachTheFloorAndHardlyMore() throws {
        var draw = Draw(3)
        var planned = 0
        for _ in 0..<20_000 {
            let participants = Int(draw.next() % 100) + 1
            let request = try Self.request(
                participants: participants, colluders: Int(draw.next() % 4), dropouts: Int(draw.next() % 4),
                multiplier: try NoiseRatio(draw.next() % 100_000 + 1, over: draw.next() % 1000 + 1),
                squaredSensitivity: UInt128(draw.next() >> (20 + draw.next() % 40)) + 1,
                machines: 1, dimension: 10, rounds: 1)
            guard let plan = try? NoisePlan(request) else { continue }
            planned += 1
            let ratio = request.multiplier
            let floor = plan.floorVariance
            let above = UInt128(ratio.numerator * ratio.numerator) * request.squaredSensitivity
            let below = UInt128(ratio.denominator * ratio.denominator)
            #expect(floor.numerator * below >= above * UInt128(floor.denominator))
            let honest = UInt128(participants - request.colluders - request.dropouts)
            let parts: UInt128 = plan.share.isAtLeast((1 << 32) + 1) ? 1 : 64
            let (numerator, denominator) = (UInt128(plan.share.numerator), UInt128(plan.share.denominator))
            #expect(honest * (numerator * parts - denominator) * below < above * denominator * parts)
            #expect(plan.share.isAtLeast(18))
        }
        #expect(planned > 5000)
    }

    @Test func survivorsBelowTheFloorAreNotUnmasked() throws {
        let plan = try NoisePlan(try Self.request(participants: 10, colluders: 3, dropouts: 2))
        #expect(plan.minimumSurvivors == 8)
        for survivors in [0, 7] {
            #expect(throws: NoiseRefusal.belowFloor(survivors: survivors, minimum: 8)) {
                try plan.requireFloor(survivors: survivors)
            }
            #expect(throws: NoiseRefusal.belowFloor(survivors: survivors, minimum: 8)) {
                _ = try plan.honestVariance(survivors: survivors)
            }
        }
        #expect(throws: NoiseRefusal.tooManySurvivors(maximum: 10)) { try plan.requireFloor(survivors: 11) }
        for survivors in 8...10 {
            try plan.requireFloor(survivors: survivors)
            let honest = try plan.honestVariance(survivors: survivors)
            #expect(honest.numerator == UInt128(survivors - 3) * UInt128(plan.share.numerator))
            #expect(honest.denominator == plan.share.denominator)
            #expect(honest.numerator >= plan.floorVariance.numerator)
        }
    }

    /// 2 d T exp(-B^2 / (2 n sigma_i^2)) <= 2^-40, with at most two hundredths to spare.
    @Test(arguments: [1, 3, 10, 1000]) func wrapsAreLessLikelyThanPromised(participants: Int) throws {
        for (dimension, rounds) in [(1, 1), (1000, 1), (20_000, 50), (1 << 28, 1 << 32)] {
            let plan = try NoisePlan(
                try Self.request(
                    participants: participants, colluders: 0, dropouts: 0, dimension: dimension, rounds: rounds))
            let tail = Double(plan.noiseTail)
            let variance = Double(participants) * Double(plan.share.numerator) / Double(plan.share.denominator)
            let log2Chance = 1 + log2(Double(dimension)) + log2(Double(rounds)) - tail * tail / (2 * variance) / log(2)
            #expect(log2Chance <= -40)
            #expect(log2Chance >= -42.1 - 0.012 * (41 + log2(Double(dimension)) + log2(Double(rounds))))
        }
    }

    @Test func ringsHoldEveryMachineAndTheTail() throws {
        for machines in [1, 500, 5000, 1 << 20] {
            let plan = try NoisePlan(try Self.request(machines: machines))
            let largest = UInt128(10 * machines) * (1 << 20) + UInt128(plan.noiseTail)
            #expect(largest < UInt128(1) << UInt128(plan.requiredBits - 1))
            #expect(largest >= UInt128(1) << UInt128(plan.requiredBits - 2))
            try plan.requireRing(bits: plan.requiredBits)
            #expect(throws: NoiseRefusal.sumCouldWrap(requiredBits: plan.requiredBits)) {
                try plan.requireRing(bits: plan.requiredBits - 1)
            }
        }
        #expect(Self.refusal(try Self.request(machines: 1 << 32, dimension: 1)) == nil)
    }

    @Test func requestsOutOfRangeAreRefusedByName() throws {
        let refused: [(NoiseRequest, NoiseRefusal)] = [
            (try Self.request(participants: 0), .invalidField(.participants)),
            (try Self.request(participants: 65_537), .invalidField(.participants)),
            (try Self.request(colluders: -1), .invalidField(.colluders)),
            (try Self.request(dropouts: -1), .invalidField(.dropouts)),
            (try Self.request(colluders: 6, dropouts: 4), .tooFewParticipants(minimum: 11)),
            (try Self.request(squaredSensitivity: 0), .invalidField(.sensitivity)),
            (try Self.request(machines: 0), .invalidField(.machinesPerParticipant)),
            (try Self.request(dimension: 0), .invalidField(.dimension)),
            (try Self.request(rounds: 0), .invalidField(.rounds)),
            (try Self.request(squaredSensitivity: 1), .shareTooSmall(minimum: 18)),
            (try Self.request(squaredSensitivity: 1 << 60), .shareTooLarge),
            (try Self.request(squaredSensitivity: .max), .shareTooLarge),
            (
                try Self.request(
                    multiplier: try NoiseRatio(1, over: 1 << 10), squaredSensitivity: 1 << 76, machines: 1 << 30),
                .sumCouldWrap(requiredBits: 73)
            ),
        ]
        for (request, refusal) in refused { #expect(Self.refusal(request) == refusal) }
        // Seven honest shares of z = 1: 18 * 7 is admitted and one less is not.
        let one = try NoiseRatio(1, over: 1)
        #expect(Self.refusal(try Self.request(multiplier: one, squaredSensitivity: 126)) == nil)
        #expect(
            Self.refusal(try Self.request(multiplier: one, squaredSensitivity: 125)) == .shareTooSmall(minimum: 18))
    }

    @Test func multipliersAreRoundedUp() throws {
        for value in [1e-300, 0.1, 1, 10.92, 4.6, 0x1p15, Double(1).nextUp] {
            let ratio = try NoiseRatio(roundingUp: value)
            #expect(Double(ratio.numerator) / 65_536 >= value)
            #expect(Double(ratio.numerator - 1) / 65_536 < value)
        }
        for value in [0, -1, .nan, .infinity, Double(0x1p15).nextUp] {
            #expect(throws: NoiseRefusal.invalidField(.multiplier)) { try NoiseRatio(roundingUp: value) }
        }
        #expect(throws: NoiseRefusal.invalidField(.multiplier)) { try NoiseRatio(1, over: 65_537) }
        #expect(throws: NoiseRefusal.invalidField(.multiplier)) { try NoiseRatio(0, over: 1) }
    }

    /// The shares of all members together have the planned variance and stay within the tail.
    @Test func sharesAddUp() throws {
        let plan = try NoisePlan(
            try Self.request(participants: 5, colluders: 1, dropouts: 1, dimension: 40_000, rounds: 1))
        var sum = [Int64](repeating: 0, count: 40_000)
        for member in 0..<UInt64(5) {
            let key = NoiseKey(fixedSecret: .init(), round: member, purpose: .update)
            try plan.draw(key).add(to: &sum)
        }
        let variance = 5 * Double(plan.share.numerator) / Double(plan.share.denominator)
        let square = sum.reduce(0) { $0 + Double($1) * Double($1) } / 40_000
        #expect(abs(square / variance - 1) < 4 * (2.0 / 40_000).squareRoot())
        #expect(sum.allSatisfy { $0.magnitude <= plan.noiseTail })
    }
}
