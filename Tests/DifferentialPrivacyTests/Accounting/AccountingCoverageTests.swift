import Foundation
import Testing

@testable import DifferentialPrivacy

/// Noise on the grid of any width, samples of a fixed size, groups, trees.
@Suite struct AccountingCoverageTests {
    /// From make_coverage_answers.py: size, population, multiplier, steps, delta, Rényi epsilon over whole orders.
    static let fixedSize: [(Int, Int, Double, Int, Double, Double)] = [
        (2, 10, 10, 100, 1e-5, 6.64861245923618),
        (1, 100, 4, 500, 1e-6, 1.20044120935002),
        (10, 1000, 2, 1000, 1e-5, 3.57611148235055),
        (3, 4, 20, 10, 1e-8, 1.7557239878845),
        (1, 50, 8, 2000, 1e-10, 3.76069421571419),
    ]

    static func schedule(
        _ mechanism: Mechanism, _ sampling: SamplingScheme = .none, count: Int = 1, _ adjacency: Adjacency = .addRemove
    ) throws -> PrivacySchedule {
        try PrivacySchedule(
            unit: .record, adjacency: adjacency, events: [PrivacyEvent(mechanism, sampling: sampling, count: count)])
    }

    @Test("Fixed-size samples: the formula, below the unsampled figure, above an instance", arguments: fixedSize)
    func fixedSizeSamples(_ row: (Int, Int, Double, Int, Double, Double)) throws {
        let sample = try FixedSample(size: row.0, population: row.1)
        let noise = Mechanism.gaussian(try NoiseMultiplier(row.2))
        let delta = try Delta(row.4)
        let sampled = try Self.schedule(noise, .fixedSize(sample), count: row.3, .replaceOne)
        let bound = try sampled.bound(at: delta, by: .rdp)
        // Fractional orders are bounded by the whole order above, so nothing lies below the whole orders' best.
        #expect(abs(bound.interval.upper - row.5) < 1e-9 * row.5)
        let best = try sampled.bound(at: delta, by: .best)
        let unsampled = try Self.schedule(noise, count: row.3, .replaceOne).epsilon(at: delta)
        #expect(best.interval.upper <= unsampled.upper)
        #expect(best.interval.lower > 0 && best.interval.lower < best.interval.upper)
        // The instance: a unit present or not, sampled at the share.
        let rate = try SamplingRate((Double(row.0) / Double(row.1)).nextDown)
        let instance = try Self.schedule(noise, .poisson(rate), count: row.3).epsilon(at: delta)
        #expect(best.interval.lower >= instance.lower * (1 - 1e-9))
        #expect(throws: AccountingRefusal.latticeNeedsIndependentSampling) { try sampled.bound(at: delta, by: .pld) }
        #expect(throws: AccountingRefusal.closedFormNeedsUnsampledGaussian) {
            try sampled.bound(at: delta, by: .gaussian)
        }
        #expect(throws: AccountingRefusal.fixedSizeNeedsReplaceOne) {
            try Self.schedule(noise, .fixedSize(sample), count: row.3)
        }
    }

    /// The exact curve of one discrete Gaussian on the integers, by summing masses.
    static func exactEpsilon(variance: Double, shift: Int, delta: Double) -> Double {
        let reach = Int(60 * variance.squareRoot()) + 60 + shift
        var mass: [Double] = []
        for x in -reach...reach { mass.append(exp(-Double(x * x) / (2 * variance))) }
        let total = mass.reduce(0, +)
        func curve(at epsilon: Double) -> Double {
            var sum = 0.0
            for x in (-reach + shift)...reach {
                let p = mass[x + reach - shift] / total
                let q = mass[x + reach] / total
                sum += max(0, p - exp(epsilon) * q)
            }
            return sum
        }
        var low = 0.0
        var high = 400.0
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if curve(at: middle) > delta { low = middle } else { high = middle }
        }
        return high
    }

    @Test("One draw on the grid is bounded at any width", arguments: [0.25, 0.5, 1, 2, 4, 9, 9.5, 12, 16, 25, 64, 400])
    func grid(_ variance: Double) throws {
        for shift in [1, 2, 5] where variance / Double(shift * shift) > 0.05 {
            for delta in [1e-3, 1e-6] {
                let noise = try GridGaussian(variance: variance, sensitivity: L2Sensitivity(UInt64(shift)))
                let bound = try Self.schedule(.gridGaussian(noise)).bound(at: Delta(delta), by: .best)
                let exact = Self.exactEpsilon(variance: variance, shift: shift, delta: delta)
                #expect(bound.interval.upper >= exact * (1 - 1e-9), "\(variance) \(shift) \(delta)")
                #expect(bound.interval.lower <= exact * (1 + 1e-9), "\(variance) \(shift) \(delta)")
                #expect(bound.interval.upper <= 1.5 * exact + 0.2, "\(variance) \(shift) \(delta)")
            }
        }
    }

    @Test func narrowGridsHaveNoStandIn() throws {
        let narrow = try GridGaussian(variance: 9, sensitivity: L2Sensitivity(1))
        let schedule = try Self.schedule(.gridGaussian(narrow))
        #expect(try schedule.bound(at: Delta(1e-5), by: .best).method == .zcdp)
        #expect(throws: AccountingRefusal.narrowGrid) { try schedule.bound(at: Delta(1e-5), by: .pld) }
        #expect(throws: AccountingRefusal.closedFormNeedsUnsampledGaussian) {
            try schedule.bound(at: Delta(1e-5), by: .gaussian)
        }
        #expect(throws: AccountingRefusal.sampledNarrowGrid) {
            try Self.schedule(.gridGaussian(narrow), .poisson(SamplingRate(0.1)))
        }
        for variance in [0, -1, Double.nan, .infinity] {
            #expect(throws: AccountingRefusal.varianceOutOfRange) {
                try GridGaussian(variance: variance, sensitivity: L2Sensitivity(1))
            }
        }
        let budget = PrivacyBudget(epsilon: try Epsilon(3), delta: try Delta(1e-5))
        #expect(budget.holds(schedule))
        let half = try GridGaussian(variance: 0.5, sensitivity: L2Sensitivity(1))
        #expect(!budget.holds(try Self.schedule(.gridGaussian(half))))
    }

    @Test func groupsOfUnsampledGaussianNoiseAreExact() throws {
        let delta = try Delta(1e-6)
        let group = try GroupPrivacy(size: 5)
        let wide = try group.schedule(Self.schedule(.gaussian(NoiseMultiplier(20)), count: 3)).epsilon(at: delta)
        let exact = try Self.schedule(.gaussian(NoiseMultiplier(4)), count: 3).epsilon(at: delta)
        #expect(abs(wide.upper - exact.upper) < 1e-9 * exact.upper && wide.upper >= exact.lower)
        // Two Laplace draws apart by twice the reach: pure privacy doubles.
        let pair = try GroupPrivacy(size: 2).schedule(Self.schedule(.laplace(NoiseMultiplier(1))))
        #expect(abs(pair.epsilon(at: delta).upper - 2) < 1e-3)
        // Sampling is forgotten.
        let sampled = try Self.schedule(.gaussian(NoiseMultiplier(20)), .poisson(SamplingRate(0.01)), count: 3)
        #expect(try group.schedule(sampled).epsilon(at: delta).upper == wide.upper)
        let generic = try #require(group.pair(epsilon: Epsilon(0.5), delta: 1e-9))
        #expect(abs(generic.epsilon - 2.5) < 1e-12)
        #expect(abs(generic.delta / (1e-9 * (exp(2.5) - 1) / (exp(0.5) - 1)) - 1) < 1e-9)
        #expect(group.pair(epsilon: try Epsilon(8), delta: 1e-9) == nil)
        for size in [0, -1, (1 << 20) + 1] {
            #expect(throws: AccountingRefusal.groupOutOfRange) { try GroupPrivacy(size: size) }
        }
        #expect(throws: AccountingRefusal.countOutOfRange) {
            try GroupPrivacy(size: 1 << 20).schedule(Self.schedule(.gaussian(NoiseMultiplier(1))))
        }
    }

    @Test("A tree moves by its event's sensitivity at most", arguments: 1...40)
    func trees(_ leaves: Int) throws {
        let tree = try TreeAggregation(leaves: leaves, leavesPerUnit: 1)
        // Nodes of a complete binary tree over the leaves, as intervals.
        var nodes: [Range<Int>] = []
        var width = 1
        while true {
            for start in stride(from: 0, to: leaves, by: width) { nodes.append(start..<start + width) }
            if width >= leaves { break }
            width *= 2
        }
        let touched = (0..<leaves).map { leaf in nodes.count { $0.contains(leaf) } }
        #expect(touched.allSatisfy { $0 == tree.depth })
        // Every prefix is the sum of as many nodes as its number has ones.
        let most = (1...leaves).map(\.nonzeroBitCount).max() ?? 0
        #expect(Double(most).squareRoot() <= tree.prefixFactor)
        for several in [2, 3] where several <= leaves {
            var worst = 0
            for start in 0...(leaves - several) {
                let square = nodes.reduce(0) { sum, node in
                    let inside = (start..<start + several).count { node.contains($0) }
                    return sum + inside * inside
                }
                worst = max(worst, square)
            }
            #expect(worst <= several * several * tree.depth)
        }
        let event = try tree.event(nodeNoise: NoiseMultiplier(10))
        guard case .gaussian(let noise) = event.mechanism else {
            Issue.record("a tree is one Gaussian event")
            return
        }
        #expect(abs(noise.value - 10 / Double(tree.depth).squareRoot()) < 1e-12 && event.count == 1)
    }

    @Test func treesOutOfRange() throws {
        #expect(throws: AccountingRefusal.countOutOfRange) { try TreeAggregation(leaves: 0, leavesPerUnit: 1) }
        #expect(throws: AccountingRefusal.countOutOfRange) { try TreeAggregation(leaves: 4, leavesPerUnit: 5) }
        #expect(throws: AccountingRefusal.countOutOfRange) {
            try TreeAggregation(leaves: 1 << 30, leavesPerUnit: 1 << 30).event(nodeNoise: NoiseMultiplier(1))
        }
    }
}
