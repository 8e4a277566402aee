import Foundation
import Testing

@testable import DifferentialPrivacy

/// Draws at sigma = 100 a second of process time, for compare_speed.py: runs when NOISE_SPEED names how many draws.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["NOISE_SPEED"] != nil)) struct NoiseSpeedTests {
    @Test func drawsPerSecondOfProcessTime() throws {
        let text = ProcessInfo.processInfo.environment["NOISE_SPEED"] ?? ""
        let draws = try #require(Int(text))
        let law = NoiseLaw.gaussian(DiscreteGaussian(variance: try NoiseVariance(10_000)))
        let start = clock()
        let noise = try NoiseVector(law, dimension: draws, key: NoiseKey(round: 1, purpose: .update))
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        #expect(noise.count == draws)
        print("draws per CPU-second: \(Double(draws) / seconds)")
    }
}
