import CryptoPrimitives
import Foundation
import Testing

@testable import DifferentialPrivacy

/// The mechanism, seen from outside: a canary machine goes through clip, company sum, noise shares and total, or not.
///
/// Coordinate j is the canary of its own machine, whose vector is Delta along j alone: many independent trials in one
/// sum. Keys are fixed, so that the verdicts are the same for ever.
@Suite struct MechanismAuditPropertyTests {
    enum Fault: CaseIterable {
        case none, quietNoise, missingShare, doubledClip, unsampledRound
    }

    static let bound: Int64 = 1000
    static let dimension = 1000
    static let companies = 4
    static let multiplier = 1.0

    /// z = 1 with four honest companies: each share is Delta^2 / 4.
    private static func plan(dimension: Int = dimension) throws -> NoisePlan {
        try NoisePlan(
            NoiseRequest(
                participants: companies, colluders: 0, dropouts: 0, multiplier: try NoiseRatio(1, over: 1),
                squaredSensitivity: UInt128(bound * bound), machinesPerParticipant: dimension, dimension: dimension,
                rounds: 1))
    }

    /// One opened sum; canaries whose coin shows heads are in company j mod 4.
    private static func opened(_ fault: Fault, round: UInt64, coins: [Bool]) throws -> [Int64] {
        let plan = try Self.plan()
        let reach = fault == .doubledClip ? 2 * bound : bound
        let clip = try L2Clip(bound: reach, dimension: dimension)
        var total = [Int64](repeating: 0, count: dimension)
        for company in 0..<companies {
            var sum = try CompanySum(
                dimension: dimension, squaredBound: clip.squaredBound, machineLimit: dimension)
            for canary in stride(from: company, to: dimension, by: companies) where coins[canary] {
                var vector = [Int64](repeating: 0, count: dimension)
                vector[canary] = 1 << 40
                try sum.add(clip.clip(vector))
            }
            let key = NoiseKey(fixedSecret: Bytes32(), round: round << 8 | UInt64(company), purpose: .update)
            var noised: [Int64]
            switch fault {
            case .missingShare where company == 0:
                let tiny = NoiseLaw.gaussian(DiscreteGaussian(variance: try NoiseVariance(1, over: 1 << 40)))
                noised = try sum.noised(try NoiseVector(tiny, dimension: dimension, key: key))
            case .quietNoise:
                let share = try NoiseVariance(plan.share.numerator * 64, over: plan.share.denominator * 100)
                let quiet = NoiseLaw.gaussian(DiscreteGaussian(variance: share))
                noised = try sum.noised(try NoiseVector(quiet, dimension: dimension, key: key))
            default: noised = try sum.noised(try plan.draw(key))
            }
            for index in total.indices { total[index] += noised[index] }
        }
        return total
    }

    private static func observations(
        _ fault: Fault, present: Bool, rate: Double = 1, sums: UInt64 = 16
    ) throws -> [Int64] {
        var draw = Draw(present ? 5 : 6)
        return try (0..<sums).flatMap { round in
            let coins = (0..<dimension).map { _ in
                present && (fault == .unsampledRound || Double(draw.next() >> 11) * 0x1p-53 < rate)
            }
            return try opened(fault, round: round << 1 | (present ? 1 : 0), coins: coins)
        }
    }

    private static func audit(_ fault: Fault, rate: Double = 1, thresholds: [Int64]) throws -> CanaryAudit {
        try CanaryAudit(
            present: try observations(fault, present: true, rate: rate),
            absent: try observations(fault, present: false, rate: rate), thresholds: thresholds, confidence: 0.95)
    }

    /// The mechanism's own mu is 1: shares that are exactly planned, nobody colluding.
    @Test func theHonestMechanismIsNotFlagged() throws {
        let audit = try Self.audit(.none, thresholds: [500])
        #expect(audit.muLowerBound <= 1 && audit.muLowerBound > 0.9)
        let plan = try Self.plan()
        let table = try CollusionTable(plan, sampling: .none, adjacency: .addRemove, delta: try Delta(1e-5))
        let claim = try #require(table.rows.first?.nobody.epsilon)
        let delta = try Delta(1e-5)
        #expect(audit.epsilonLowerBoundIfGaussian(at: delta) <= claim.upper)
        #expect(audit.epsilonLowerBound(at: delta) <= claim.upper)
        #expect(audit.epsilonLowerBound(at: delta) > 0.5)
        #expect(audit.epsilonLowerBoundIfGaussian(at: delta) > audit.epsilonLowerBound(at: delta))
    }

    @Test(arguments: [Fault.quietNoise, .missingShare, .doubledClip]) func faultsAreFlagged(fault: Fault) throws {
        let audit = try Self.audit(fault, thresholds: [500])
        #expect(audit.muLowerBound > 1)
        let delta = try Delta(1e-5)
        let claim = GaussianCurve(try NoiseMultiplier(1)).epsilon(at: delta)
        #expect(audit.epsilonLowerBoundIfGaussian(at: delta) > claim.upper)
        #expect(try audit.contradicts(Self.schedule(rate: nil)))
    }

    private static func schedule(rate: Double?) throws -> PrivacySchedule {
        let sampling: SamplingScheme = try rate.map { .poisson(try SamplingRate($0)) } ?? .none
        let event = try PrivacyEvent(.gaussian(try NoiseMultiplier(1)), sampling: sampling, count: 1)
        return try PrivacySchedule(unit: .asset, adjacency: .addRemove, events: [event])
    }

    /// A round that was billed as sampled and was not: the trade-off curve is crossed.
    @Test func roundsThatWereNotSampledAreFlagged() throws {
        let schedule = try Self.schedule(rate: 0.25)
        let thresholds: [Int64] = [500, 1000]
        #expect(try !Self.audit(.none, rate: 0.25, thresholds: thresholds).contradicts(schedule))
        #expect(try Self.audit(.unsampledRound, rate: 0.25, thresholds: thresholds).contradicts(schedule))
        #expect(try !Self.audit(.none, thresholds: thresholds).contradicts(Self.schedule(rate: nil)))
    }

    /// Two rounds under one seed: the difference has no noise. With seeds of their own it has that of both.
    @Test(arguments: [false, true]) func reusedSeedsAreFlagged(reused: Bool) throws {
        let coins = [Bool](repeating: true, count: Self.dimension)
        let none = [Bool](repeating: false, count: Self.dimension)
        var (present, absent): ([Int64], [Int64]) = ([], [])
        for round in UInt64(0)..<4 {
            let next = reused ? round : round + 100
            let idle = try Self.opened(.none, round: next, coins: none)
            present += zip(try Self.opened(.none, round: round, coins: coins), idle).map { $0 - $1 }
            absent += zip(
                try Self.opened(.none, round: round + 200, coins: none),
                try Self.opened(.none, round: next + 200, coins: none)
            ).map { $0 - $1 }
        }
        let audit = try CanaryAudit(present: present, absent: absent, thresholds: [500], confidence: 0.95)
        if reused {
            #expect(audit.muLowerBound > 5)
            #expect(audit.epsilonLowerBound(at: try Delta(1e-5)) > 5)
        } else {
            #expect(audit.muLowerBound < 1 && audit.muLowerBound > 0.5)
        }
    }

    /// Of a thousand honest audits at 90 percent at most about a hundred are wrong; exact laws, no mechanism.
    @Test func theConfidenceIsKept() throws {
        var draw = Draw(12)
        func normal() -> Double {
            let (first, second) = (Double(draw.next() >> 11) * 0x1p-53, Double(draw.next() >> 11) * 0x1p-53)
            return (-2 * log(1 - first)).squareRoot() * cos(2 * .pi * second)
        }
        var (wrong, found) = (0, 0.0)
        for _ in 0..<1000 {
            let present = (0..<300).map { _ in Int64((normal() + 1) * 1000) }
            let absent = (0..<300).map { _ in Int64(normal() * 1000) }
            let audit = try CanaryAudit(present: present, absent: absent, thresholds: [500], confidence: 0.9)
            wrong += audit.muLowerBound > 1 ? 1 : 0
            found += audit.muLowerBound / 1000
        }
        #expect(wrong <= 100 + 30)
        #expect(found > 0.6)
    }

    /// One run with many canaries through the real path: below the truth, and not by far too much.
    @Test func oneRunIsALowerBound() throws {
        var draw = Draw(21)
        let coins = (0..<Self.dimension).map { _ in draw.next() & 1 == 1 }
        let opened = try Self.opened(.none, round: 77, coins: coins)
        // The hundred most extreme on both sides of Delta / 2.
        let order = opened.indices.sorted { abs(opened[$0] - 500) > abs(opened[$1] - 500) }
        let guessed = order.prefix(100)
        let right = guessed.filter { (opened[$0] > 500) == coins[$0] }.count
        let audit = try OneRunAudit(canaries: Self.dimension, guesses: 100, correct: right)
        let delta = try Delta(1e-5)
        let truth = GaussianCurve(try NoiseMultiplier(1)).epsilon(at: delta)
        #expect(try audit.muLowerBound(confidence: 0.95) <= 1)
        #expect(try audit.muLowerBound(confidence: 0.95) > 0.4)
        let binomial = try audit.epsilonLowerBound(at: delta, confidence: 0.95)
        #expect(binomial > 1 && binomial < truth.upper)
    }
}
