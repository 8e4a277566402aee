import SecureAggregation
import Testing

/// What holds for every plan that is given.
@Suite struct PlannerPropertyTests {
    static let sizes = [3, 4, 5, 7, 10, 31, 100, 127, 128, 200, 512, 1024, 1500, 5000]

    @Test(arguments: sizes)
    func everyPlanIsSafe(participants: Int) {
        var given = 0
        for percent in [0, 1, 10, 25, 33, 45, 60] {
            for dropped in [0, 5, 20, 40] {
                for rule in [ThresholdRule.quorum, .minimum] {
                    let early = participants * dropped / 100
                    let request = PlanRequest(
                        participants: participants, colluders: participants * percent / 100,
                        dropouts: Dropouts(setup: early / 4, early: early - early / 4, late: early / 4),
                        dimension: 10_000, valueBound: 1 << 20, weightCap: 50, noiseTail: 1 << 24,
                        thresholdRule: rule)
                    guard let plan = try? Planner.plan(request) else { continue }
                    given += 1
                    check(plan, request)
                }
            }
        }
        #expect(given > 3)
    }

    private func check(_ plan: Plan, _ request: PlanRequest) {
        let (participants, colluders) = (plan.participants, plan.colluders)
        #expect(2 * plan.quorum > participants + colluders)
        #expect(plan.minimumSurvivors >= colluders + plan.minimumHonest)
        #expect(plan.minimumHonest >= 2)
        #expect(plan.receiptsRequired >= plan.shamirThreshold)
        #expect(plan.receiptsRequired <= plan.shamirThreshold + colluders)
        #expect(plan.receiptsRequired <= max(plan.peers + 1, plan.shamirThreshold))
        let silent = request.dropouts.beforeSurvivors
        #expect(participants - silent >= max(plan.quorum, plan.minimumSurvivors))
        let largest = UInt64(participants) * 50 << 20 + 1 << 24
        #expect(largest <= UInt64(1) << UInt64(plan.ringBits - 1) - 1)
        #expect(plan.ringBits == 8 || largest > UInt64(1) << UInt64(plan.ringBits - 2) - 1)
        switch plan.graph {
        case .complete:
            #expect(plan.shamirThreshold >= max(2, colluders + 1))
            #expect(participants - request.dropouts.beforeOpening >= plan.shamirThreshold)
        case .regular(let neighbours, let floor):
            #expect(throws: Never.self) {
                try RegularGraph(
                    checking: neighbours, windowFloor: floor, threshold: plan.shamirThreshold,
                    participants: participants, colluders: colluders, server: request.server)
            }
            #expect(neighbours < participants - 1)
        }
    }

    /// More colluders never lower q, t, w or the survivors demanded.
    @Test func plansAreMonotoneInTheColluders() throws {
        for participants in [10, 60, 127] {
            var last: Plan?
            for colluders in 0...(participants - 3) {
                let plan = try Planner.plan(
                    PlanRequest(participants: participants, colluders: colluders, dimension: 10, valueBound: 100))
                if let last {
                    #expect(plan.quorum >= last.quorum)
                    #expect(plan.shamirThreshold >= last.shamirThreshold)
                    #expect(plan.minimumSurvivors > last.minimumSurvivors)
                }
                last = plan
            }
        }
    }

    @Test func bitsAreMonotone() {
        var last = 0
        for value in stride(from: UInt64(1), through: 1 << 40, by: (1 << 40) / 997) {
            let bits = RingWidth.requiredBits(participants: 100, weightCap: 3, valueBound: value, noiseTail: 17)
            #expect(bits >= last)
            last = bits
        }
    }

    /// The largest session the planner serves.
    @Test func sixtyFiveThousand() throws {
        let plan = try Planner.plan(PlanRequest(participants: 65_536, dimension: 1000, valueBound: 1 << 15))
        #expect(plan.graph != .complete)
        #expect(plan.peers < 220)
    }
}
