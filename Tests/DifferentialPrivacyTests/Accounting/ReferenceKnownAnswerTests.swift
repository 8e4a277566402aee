import Foundation
import Testing

@testable import DifferentialPrivacy

/// The wide grid of make_reference.py: [q, z, count, delta, low, high].
@Suite struct ReferenceKnownAnswerTests {
    static let rows: [[Double]] = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "reference.json")
        guard let data = try? Data(contentsOf: path) else { return [] }
        return (try? JSONDecoder().decode([[Double]].self, from: data)) ?? []
    }()

    @Test func neverBelowTheTruthAndTight() throws {
        #expect(Self.rows.count >= 150)
        var sampled = 0
        for row in Self.rows {
            let schedule = try AccountingKnownAnswers.gaussian(row[1], rate: row[0], count: Int(row[2]))
            let found = try schedule.bound(at: Delta(row[3]), by: .best)
            let interval = found.interval
            #expect(interval.upper >= row[4] * (1 - 1e-9), "\(row) \(found)")
            #expect(interval.lower <= row[5] * (1 + 1e-9), "\(row) \(found)")
            guard row[4] >= 0.01, row[3] >= 1e-12 else { continue }
            #expect(interval.upper <= row[5] * (1 + 2e-5), "\(row) \(found)")
            #expect(interval.width <= 1e-4 * interval.upper, "\(row) \(found)")
            if row[0] < 1 {
                #expect(
                    found.method == .pld && found.numericError.map { $0 < 1e-5 * row[3] } == true, "\(row) \(found)")
                sampled += 1
            }
        }
        #expect(sampled >= 40)
    }

    @Test func accountantsCoverOrRefuse() throws {
        let plain = try AccountingKnownAnswers.gaussian(4, count: 10)
        let sampled = try AccountingKnownAnswers.gaussian(2, rate: 0.1, count: 10)
        let delta = try Delta(1e-6)
        let exact = try plain.bound(at: delta, by: .gaussian)
        let lattice = try plain.bound(at: delta, by: .pld)
        let renyi = try plain.bound(at: delta, by: .rdp)
        #expect(exact.method == .gaussian && lattice.method == .pld && renyi.method == .zcdp)
        #expect(lattice.interval.lower <= exact.interval.upper && lattice.interval.upper >= exact.interval.lower)
        #expect(renyi.interval.upper > exact.interval.upper && renyi.interval.upper < 1.2 * exact.interval.upper)
        #expect(throws: AccountingRefusal.closedFormNeedsUnsampledGaussian) {
            try sampled.bound(at: delta, by: .gaussian)
        }
        #expect(try sampled.bound(at: delta, by: .rdp).method == .rdp)
        let fixed = SamplingScheme.fixedSize(try FixedSample(size: 2, population: 10))
        let event = try PrivacyEvent(.gaussian(NoiseMultiplier(5)), sampling: fixed, count: 3)
        let drawn = try PrivacySchedule(unit: .asset, adjacency: .replaceOne, events: [event])
        #expect(throws: AccountingRefusal.latticeNeedsIndependentSampling) { try drawn.bound(at: delta, by: .pld) }
        #expect(try plain.bound(at: Epsilon(1), by: .best).method == .gaussian)
        #expect(Accountant.allCases.count == 4)
        #expect(plain.muSquared.map { abs($0 - 0.625) < 1e-12 } == true && sampled.muSquared == nil)
    }

    /// What accountants have been seen to get wrong.
    @Test func figuresStayPossible() throws {
        for (rate, noise, count) in [(1.0, 100.0, 10_000), (0.5, 100.0, 100), (0.01, 10.0, 10)] {
            for delta in [1e-15, 1e-14, 1e-12, 1e-6, 0.39, 0.5] {
                let found = try AccountingKnownAnswers.gaussian(noise, rate: rate, count: count).epsilon(
                    at: Delta(delta))
                #expect(
                    found.lower >= 0 && found.upper >= found.lower && found.upper.isFinite, "\(rate) \(noise) \(delta)")
            }
            for epsilon in [0, 1e-6, 0.5, 8, 40] {
                let found = try AccountingKnownAnswers.gaussian(noise, rate: rate, count: count).delta(
                    at: Epsilon(epsilon))
                #expect(found.lower >= 0 && found.upper <= 1 && found.upper >= found.lower)
            }
        }
        // A whole number and its double are one multiplier, composition and all.
        let whole = try AccountingKnownAnswers.gaussian(Double(2), rate: 0.3, count: 100)
        #expect(
            whole.epsilon(at: try Delta(1e-6))
                == (try AccountingKnownAnswers.gaussian(2.0, rate: 0.3, count: 100)
                    .epsilon(at: Delta(1e-6))))
        #expect(whole.epsilon(at: try Delta(1e-6)).lower > 5)
        // The multiplier of Laplace noise is its scale: half a sensitivity of it costs two.
        let laplace = try AccountingKnownAnswers.schedule(.laplace(NoiseMultiplier(0.5)))
        let cost = laplace.epsilon(at: try Delta(1e-12))
        #expect(cost.upper <= 2.0001 && cost.lower > 1.99)
        // Replacing means the same to every accountant.
        let replace = try AccountingKnownAnswers.schedule(.gaussian(NoiseMultiplier(2)), adjacency: .replaceOne)
        let one = try replace.bound(at: Delta(1e-6), by: .pld).interval
        let other = try replace.bound(at: Delta(1e-6), by: .rdp).interval
        #expect(other.upper >= one.lower && other.upper < 1.2 * one.upper)
    }
}
