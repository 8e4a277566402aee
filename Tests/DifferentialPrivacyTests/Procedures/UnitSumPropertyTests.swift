import Testing

@testable import DifferentialPrivacy

/// What a company adds up before its noise, and how far one unit can move it.
@Suite struct UnitSumPropertyTests {
    static let dimension = 7

    static func request(squared: UInt128, dimension: Int, cap: Int = 16) throws -> NoisePlan {
        try NoisePlan(
            NoiseRequest(
                participants: 3, colluders: 0, dropouts: 0, multiplier: NoiseRatio(2, over: 1),
                squaredSensitivity: squared, machinesPerParticipant: cap, dimension: dimension, rounds: 1))
    }

    static func unitSum(memberships: Int = 1, indicator: Int64? = 300) throws -> UnitSum {
        let clip = try L2Clip(bound: 1000, dimension: dimension)
        let slot = try indicator.map { try ClipIndicator(weight: $0) }
        let admitted = try AdmittedProcedure.admit(
            .unitFedAvg, unit: .asset, ingredients: [], memberships: memberships)
        let squared = try #require(UnitSum.squaredSensitivity(clip, indicator: slot, procedure: admitted))
        let plan = try request(squared: squared, dimension: dimension + (slot == nil ? 0 : 1))
        return try UnitSum(plan, clip: clip, indicator: slot, procedure: admitted)
    }

    /// A company's integers with the noise of one fixed key taken off again.
    static func integers(_ sum: UnitSum, _ units: [[Float]]) throws -> [Int64] {
        func noise() throws -> NoiseVector {
            try sum.plan.draw(NoiseKey(fixedSecret: .init(), round: 1, purpose: .update))
        }
        let noised = try sum.noised(units, levelsPerUnit: 10, noise: noise()) { $0 }
        let plain = try noise().copiedValues()
        return zip(noised, plain).map { $0 - $1 }
    }

    static let hostile: [[Float]] = [
        [], [Float](repeating: .nan, count: dimension), [Float](repeating: .infinity, count: dimension),
        [Float](repeating: 3e38, count: dimension), [Float](repeating: -3e38, count: dimension),
        [1e30, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, -1e9], [100, 0, 0, 0, 0, 0, 0], [99, 14, 0, 0, 0, 0, 0],
        [.nan, 1, 2, 3, 4, 5, 6], [Float](repeating: .leastNonzeroMagnitude, count: dimension),
        [Float](repeating: 37.79, count: dimension),
    ]

    @Test("No vector of one unit moves the sum by more than Delta", arguments: hostile)
    func influenceOfOneUnit(_ vector: [Float]) throws {
        for indicator in [nil, 300] as [Int64?] {
            let sum = try Self.unitSum(indicator: indicator)
            let others: [[Float]] = (0..<5).map { unit in (0..<Self.dimension).map { Float(unit * $0) - 7 } }
            let without = try Self.integers(sum, others)
            let with = try Self.integers(sum, others + [vector])
            let square = zip(with, without).reduce(Int64(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            #expect(UInt128(square) <= sum.plan.request.squaredSensitivity)
        }
    }

    @Test func theWorstUnitReachesDelta() throws {
        let sum = try Self.unitSum(indicator: nil)
        let moved = try Self.integers(sum, [[100, 0, 0, 0, 0, 0, 0]])
        #expect(moved == [1000, 0, 0, 0, 0, 0, 0])
    }

    @Test func aUnitThatCannotBeComputedCountsAsZeroAndClipped() throws {
        let sum = try Self.unitSum()
        #expect(try Self.integers(sum, [[]]) == [0, 0, 0, 0, 0, 0, 0, -300])
        #expect(try Self.integers(sum, [[1, 2, 0, 0, 0, 0, 0]]) == [10, 20, 0, 0, 0, 0, 0, 300])
    }

    @Test func aCompanyWithoutUnitsSendsNoiseAllTheSame() throws {
        let sum = try Self.unitSum()
        let noise = try sum.plan.draw(NoiseKey(fixedSecret: .init(), round: 1, purpose: .update))
        let sent = try sum.noised([], levelsPerUnit: 10, noise: noise) { (unit: [Float]) in unit }
        #expect(sent.contains { $0 != 0 } && sent.count == Self.dimension + 1)
        #expect(try Self.integers(sum, []).allSatisfy { $0 == 0 })
    }

    @Test func moreUnitsThanThePublicCapAreRefusedBeforeOneIsRead() throws {
        let sum = try Self.unitSum()
        var read = 0
        let failure = #expect(throws: PrivateSumRefusal.self) {
            let noise = try sum.plan.draw(NoiseKey(fixedSecret: .init(), round: 1, purpose: .update))
            _ = try sum.noised(Array(0..<17), levelsPerUnit: 10, noise: noise) { _ in
                read += 1
                return []
            }
        }
        #expect(failure == .clip(.tooManyMachines(maximum: 16)) && read == 0)
    }

    @Test func aPlanThatDoesNotCoverTheClipIsRefused() throws {
        let clip = try L2Clip(bound: 1000, dimension: Self.dimension)
        let admitted = try AdmittedProcedure.admit(.unitFedSGD, unit: .asset, ingredients: [], memberships: 1)
        let twice = try AdmittedProcedure.admit(.unitFedSGD, unit: .asset, ingredients: [], memberships: 2)
        let plan = try Self.request(squared: clip.squaredBound, dimension: Self.dimension)
        #expect(throws: NoiseRefusal.invalidField(.sensitivity)) {
            try UnitSum(plan, clip: clip, indicator: nil, procedure: twice)
        }
        #expect(throws: NoiseRefusal.invalidField(.sensitivity)) {
            let small = try Self.request(squared: clip.squaredBound - 1, dimension: Self.dimension)
            return try UnitSum(small, clip: clip, indicator: nil, procedure: admitted)
        }
        #expect(throws: NoiseRefusal.dimensionMismatch(expected: Self.dimension + 1)) {
            try UnitSum(plan, clip: clip, indicator: ClipIndicator(weight: 1), procedure: admitted)
        }
        _ = try UnitSum(plan, clip: clip, indicator: nil, procedure: admitted)
    }

    @Test func aPlansScheduleIsItsHonestFloor() throws {
        let request = NoiseRequest(
            participants: 10, colluders: 2, dropouts: 3, multiplier: try NoiseRatio(11, over: 1),
            squaredSensitivity: 1 << 40, machinesPerParticipant: 10, dimension: 20, rounds: 50)
        let plan = try NoisePlan(request)
        let floor = try NoiseShares(floorOf: plan)
        let schedule = try floor.schedule(unit: .asset, adjacency: .addRemove, rounds: 50)
        let bound = schedule.epsilon(at: try Delta(1e-6))
        let exact = try PrivacySchedule(
            unit: .asset, adjacency: .addRemove,
            events: [PrivacyEvent(.gaussian(NoiseMultiplier(11)), sampling: .none, count: 50)]
        ).epsilon(at: try Delta(1e-6))
        #expect(abs(bound.upper - exact.upper) < 1e-6 * exact.upper)
        let replaced = try floor.schedule(unit: .asset, adjacency: .replaceOne, rounds: 50)
        #expect(replaced.epsilon(at: try Delta(1e-6)).upper > 2 * bound.lower)
    }

    @Test func forecastsFollowTheirFormula() throws {
        let budget = PrivacyBudget(epsilon: try Epsilon(3), delta: try Delta(1e-6))
        func forecast(_ procedure: PrivateProcedure, events: Int, dimension: Int) throws -> ProcedureForecast {
            try ProcedureForecast(
                procedure, events: events, dimension: dimension, units: 100, companies: 10, colluders: 0, dropouts: 0,
                budget: budget, unit: .asset, adjacency: .addRemove)
        }
        // The figures that make a small fleet choose one-shot statistics.
        let many = try forecast(.unitFedAvg, events: 50, dimension: 5794)
        #expect(abs(many.noiseToSignal - 8.3) < 0.05)
        let single = try forecast(.oneShotStatistics, events: 1, dimension: 1710)
        #expect(abs(single.noiseToSignal - 0.64) < 0.005)
        #expect(ProcedureForecast.choice([many, single]) == single)
        #expect(ProcedureForecast.choice([]) == nil)
        let quiet = try ProcedureForecast(
            .unitFedAvg, events: 50, dimension: 5794, units: 2000, companies: 10, colluders: 0, dropouts: 0,
            budget: budget, unit: .asset, adjacency: .addRemove)
        #expect(quiet.noiseToSignal > 0.41 && quiet.noiseToSignal < 0.42)
        #expect(ProcedureForecast.choice([many, single, quiet]) == quiet)
        let short = try ProcedureForecast(
            .unitFedAvg, events: 9, dimension: 5794, units: 2000, companies: 10, colluders: 0, dropouts: 0,
            budget: budget, unit: .asset, adjacency: .addRemove)
        let statistics = try ProcedureForecast(
            .oneShotStatistics, events: 1, dimension: 1710, units: 2000, companies: 10, colluders: 0, dropouts: 0,
            budget: budget, unit: .asset, adjacency: .addRemove)
        #expect(ProcedureForecast.choice([short, statistics]) == statistics)
        let alone = try forecast(.companySGD, events: 50, dimension: 5794)
        #expect(abs(alone.noiseToSignal / many.noiseToSignal - 10.0.squareRoot()) < 1e-9)
    }
}
