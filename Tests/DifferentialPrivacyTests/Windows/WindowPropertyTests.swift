import Foundation
import Testing

@testable import DifferentialPrivacy

@Suite struct WindowPropertyTests {
    /// Every sample of a long series, every length and stride: the most windows that contain it.
    @Test func windowsOfASampleAreCounted() throws {
        for length in 1...12 {
            for stride in 1...14 {
                let starts = Swift.stride(from: 0, through: 200, by: stride)
                let most = (50..<150).map { sample in
                    starts.filter { $0 <= sample && sample < $0 + length }.count
                }.max()
                #expect(try WindowOverlap(length: length, stride: stride).windowsPerSample == most)
            }
        }
    }

    /// One sample moves the sum of clipped windows by k Delta at most, and does when it dominates every window.
    @Test func unsampledWindowsMoveByAllOfThem() throws {
        let overlap = try WindowOverlap(length: 6, stride: 2)
        let clip = try L2Clip(bound: 100, dimension: 1)
        let billing = try WindowBilling(overlap, sampling: .none, clip: try L2Sensitivity(100))
        var most: Int64 = 0
        for sample in 20..<40 {
            for value in [Int64(0), 3, 99, 100, 1 << 40] {
                var moved: Int64 = 0
                for start in stride(from: 0, through: 60, by: 2) where start <= sample && sample < start + 6 {
                    moved += clip.clip([value]).values[0]
                }
                most = max(most, moved)
            }
        }
        #expect(billing.sensitivity.value == 300 && billing.rate == nil)
        #expect(UInt64(most) == billing.sensitivity.value)
        let event = try billing.event(variances: [40_000], coordinates: 1, rounds: 2)
        #expect(event.sampling == .none && event.count == 2)
    }

    /// delta(epsilon) of one round, both directions, by summing over every pattern of coins and over the line.
    private static func truth(_ epsilon: Double, windows: Int, rate: Double, clip: Double, sigma: Double) -> Double {
        var weights = [Double](repeating: 0, count: windows + 1)
        for coins in 0..<(1 << windows) {
            let heads = coins.nonzeroBitCount
            weights[heads] += pow(rate, Double(heads)) * pow(1 - rate, Double(windows - heads))
        }
        let step = sigma / 400
        var (remove, add) = (0.0, 0.0)
        var place = -12 * sigma
        while place < 12 * sigma + Double(windows) * clip {
            let density = { (mean: Double) in exp(-(place - mean) * (place - mean) / (2 * sigma * sigma)) }
            let with = weights.indices.reduce(0) { $0 + weights[$1] * density(Double($1) * clip) }
            let without = density(0)
            remove += max(0, with - exp(epsilon) * without)
            add += max(0, without - exp(epsilon) * with)
            place += step
        }
        return max(remove, add) * step / (sigma * (2 * Double.pi).squareRoot())
    }

    private static func delta(_ event: PrivacyEvent, _ epsilon: Double) throws -> PrivacyInterval {
        try PrivacySchedule(unit: .record, adjacency: .addRemove, events: [event]).delta(at: try Epsilon(epsilon))
    }

    /// Coins a window are covered by rate 1 - (1 - q)^k at k Delta; rate q at k Delta is below the truth.
    @Test(arguments: [(2, 0.3), (4, 0.1), (3, 0.02), (5, 0.5)]) func coinsOfWindowsAreCovered(
        windows: Int, rate: Double
    )
        throws
    {
        let overlap = try WindowOverlap(length: windows, stride: 1)
        let billing = try WindowBilling(
            overlap, sampling: .windowCoins(try SamplingRate(rate)), clip: try L2Sensitivity(100))
        let any = try #require(billing.rate?.value)
        #expect(any >= 1 - pow(1 - rate, Double(windows)) && any < 1 - pow(1 - rate, Double(windows)) + 1e-12)
        var naiveFails = false
        for sigma in [40.0, 100, 400] {
            let event = try billing.event(variances: [sigma * sigma], coordinates: 1, rounds: 1)
            let naive = try PrivacyEvent(event.mechanism, sampling: .poisson(try SamplingRate(rate)), count: 1)
            for epsilon in [0, 0.05, 0.3, 1, 2] {
                let truth = Self.truth(epsilon, windows: windows, rate: rate, clip: 100, sigma: sigma)
                #expect(try Self.delta(event, epsilon).upper >= truth * (1 - 1e-9))
                if try Self.delta(naive, epsilon).upper < 0.99 * truth { naiveFails = true }
            }
        }
        #expect(naiveFails)
    }

    /// With one window a sample, or coins that always fall, the two forms are the same as the plain ones.
    @Test func theEdgesAreThePlainMechanisms() throws {
        let clip = try L2Sensitivity(100)
        let rate = try SamplingRate(0.2)
        let single = try WindowBilling(
            try WindowOverlap(length: 5, stride: 5), sampling: .windowCoins(rate), clip: clip)
        #expect(single.rate == rate && single.sensitivity == clip)
        let always = try WindowBilling(
            try WindowOverlap(length: 5, stride: 1), sampling: .windowCoins(try SamplingRate(1)), clip: clip)
        #expect(always.sensitivity.value == 500)
        #expect(try always.event(variances: [1000], coordinates: 1, rounds: 1).sampling == .none)
        let blocks = try WindowBilling(
            try WindowOverlap(length: 5, stride: 1), sampling: .blockCoins(rate, length: 60), clip: clip)
        #expect(blocks.sensitivity == clip && blocks.rate == rate)
        let event = try blocks.event(variances: [10_000], coordinates: 1, rounds: 1)
        #expect(event.sampling == .poisson(rate))
        let truth = Self.truth(0.1, windows: 1, rate: 0.2, clip: 100, sigma: 100)
        let ours = try Self.delta(event, 0.1)
        #expect(ours.upper >= truth * (1 - 1e-9) && ours.upper < truth * 1.002)
    }

    @Test func otherSamplingIsRefused() throws {
        let overlap = try WindowOverlap(length: 30, stride: 10)
        let clip = try L2Sensitivity(100)
        let fixed = WindowSampling.fixedSize(try FixedSample(size: 2, population: 10))
        #expect(throws: WindowRefusal.fixedSizeOfWindows) { try WindowBilling(overlap, sampling: fixed, clip: clip) }
        let short = WindowSampling.blockCoins(try SamplingRate(0.1), length: 29)
        #expect(throws: WindowRefusal.blockTooShort(minimum: 30)) {
            try WindowBilling(overlap, sampling: short, clip: clip)
        }
        for sampling in [WindowSampling.none, .windowCoins(try SamplingRate(0.1))] {
            #expect(throws: WindowRefusal.sensitivityTooLarge) {
                try WindowBilling(overlap, sampling: sampling, clip: try L2Sensitivity(1 << 50))
            }
        }
        let wrong = [(0, 1), (-1, 1), ((1 << 20) + 1, 1), (5, 0), (5, -1)]
        for (length, stride) in wrong {
            #expect(throws: WindowRefusal.windowOutOfRange) { try WindowOverlap(length: length, stride: stride) }
        }
        let billing = try WindowBilling(overlap, sampling: .none, clip: clip)
        #expect(throws: WindowRefusal.accounting(.shareTooSmall(minimum: 18))) {
            try billing.event(variances: [17], coordinates: 1, rounds: 1)
        }
        #expect(throws: WindowRefusal.accounting(.countOutOfRange)) {
            try billing.event(variances: [18], coordinates: 1, rounds: 0)
        }
    }
}
