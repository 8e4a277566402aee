import Testing

@testable import DifferentialPrivacy

@Suite struct AdaptiveClippingPropertyTests {
    @Test func theIndicatorIsASlotUnderTheSameBound() throws {
        let rule = try L2Clip(bound: 5, dimension: 2)
        let indicator = try ClipIndicator(weight: 3)
        let inside = indicator.append(to: rule.clip([3, 4]))
        let outside = indicator.append(to: rule.clip([30, 40]))
        let broken = indicator.append(to: rule.clip([.nan, 1], levelsPerUnit: 1))
        #expect(inside.values == [3, 4, 3])
        #expect(outside.values == [3, 4, -3])
        #expect(broken.values == [0, 0, -3])
        for vector in [inside, outside, broken] {
            #expect(vector.squaredBound == 34)
            #expect(vector.values.reduce(0) { $0 + $1 * $1 } <= 34)
        }
    }

    @Test func countsComeBackFromTheSlot() throws {
        let indicator = try ClipIndicator(weight: 1000)
        for clipped in 0...20 {
            let slot = Int64(20 - clipped) * 1000 - Int64(clipped) * 1000
            #expect(indicator.clippedCount(noisedSlot: slot, machines: 20) == Double(clipped))
        }
        #expect(indicator.clippedCount(noisedSlot: 1 << 40, machines: 20) == 0)
        #expect(indicator.clippedCount(noisedSlot: -(1 << 40), machines: 20) == 20)
        #expect(indicator.clippedCount(noisedSlot: 19_000, machines: 20) == 0.5)
        #expect(throws: ClipRefusal.boundOutOfRange) { try ClipIndicator(weight: 0) }
    }

    /// Norms of the machines are 1...100; the norm settles at their quantile.
    @Test(arguments: [0.3, 0.5, 0.9]) func theNormFindsTheQuantile(quantile: Double) throws {
        var state = try AdaptiveClipNorm(norm: 0.1, range: 0.01...1000, quantile: quantile, rate: 0.2)
        for _ in 0..<400 {
            let clipped = (1...100).filter { Double($0) > state.norm }.count
            state.update(clippedCount: Double(clipped), machines: 100)
        }
        #expect(abs(state.norm - 100 * quantile) <= 1.5)
        #expect(state.levelsPerUnit(bound: 1 << 20) == Double(1 << 20) / state.norm)
    }

    @Test func theNormStaysInItsRange() throws {
        var state = try AdaptiveClipNorm(norm: 1, range: 0.5...2, quantile: 0.5, rate: 10)
        state.update(clippedCount: 1e300, machines: 1)
        #expect(state.norm == 2)
        state.update(clippedCount: -1e300, machines: 1)
        #expect(state.norm == 0.5)
        let wrong: [(Double, ClosedRange<Double>, Double, Double)] = [
            (3, 0.5...2, 0.5, 0.2), (1, 0...2, 0.5, 0.2), (1, 0.5...(.infinity), 0.5, 0.2), (1, 0.5...2, 1.1, 0.2),
            (1, 0.5...2, 0.5, 0), (1, 0.5...2, 0.5, .nan), (.nan, 0.5...2, 0.5, 0.2),
        ]
        for (norm, range, quantile, rate) in wrong {
            #expect(throws: ClipRefusal.invalidAdaptation) {
                try AdaptiveClipNorm(norm: norm, range: range, quantile: quantile, rate: rate)
            }
        }
    }

    /// Clip, indicate, add up, noise: what leaves is the clear sum and one share, and the noised count is near.
    @Test func companiesSendTheirSumUnderTheirShare() throws {
        let rule = try L2Clip(bound: 1 << 16, dimension: 20)
        let indicator = try ClipIndicator(weight: 1 << 16)
        let plan = try NoisePlan(
            NoiseRequest(
                participants: 4, colluders: 1, dropouts: 0, multiplier: try NoiseRatio(1, over: 2),
                squaredSensitivity: 2 << 32, machinesPerParticipant: 60, dimension: 21, rounds: 1))
        var draw = Draw(6)
        var opened = [Int64](repeating: 0, count: 21)
        var (clear, noises) = (opened, opened)
        for company in 0..<UInt64(4) {
            var sum = try CompanySum(plan)
            for machine in 0..<(company == 3 ? 0 : 60) {
                let scale: Int64 = machine < 15 ? 1 << 20 : 1 << 8
                let vector = indicator.append(to: rule.clip((0..<20).map { _ in Int64(draw.next() % 1024) * scale }))
                for index in clear.indices { clear[index] += vector.values[index] }
                try sum.add(vector)
            }
            #expect(sum.clippedMachines >= (company == 3 ? 0 : 15))
            if company != 3 {
                let extra = indicator.append(to: rule.clip([Int64](repeating: 1, count: 20)))
                #expect(throws: ClipRefusal.tooManyMachines(maximum: 60)) { try sum.add(extra) }
            }
            let noise = try plan.draw(NoiseKey(fixedSecret: .init(), round: company, purpose: .update))
            for (index, value) in noise.copiedValues().enumerated() { noises[index] += value }
            for (index, value) in try sum.noised(noise).enumerated() { opened[index] += value }
        }
        #expect(opened == zip(clear, noises).map { $0 + $1 })
        #expect(noises.allSatisfy { $0 != 0 })
        let exact = indicator.clippedCount(noisedSlot: clear[20], machines: 180)
        #expect(abs(indicator.clippedCount(noisedSlot: opened[20], machines: 180) - exact) < 3)
    }

    @Test func sumsThatCouldOverflowAreRefused() throws {
        #expect(throws: ClipRefusal.tooManyMachines(maximum: (1 << 11) - 1)) {
            _ = try CompanySum(dimension: 1, squaredBound: 1 << 102, machineLimit: 1 << 11)
        }
        #expect(throws: ClipRefusal.dimensionOutOfRange(largest: 1 << 32)) {
            _ = try CompanySum(dimension: 0, squaredBound: 1, machineLimit: 1)
        }
    }
}
