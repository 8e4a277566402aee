import SecureAggregation
import Testing

/// Refusals, one row each, and the promise that what a refusal offers is accepted.
@Suite struct PlannerMisuseTests {
    /// Ten participants, one colluder, changed by `change`.
    static func request(_ change: (inout PlanRequest) -> Void) -> PlanRequest {
        var request = PlanRequest(participants: 10, colluders: 1, dimension: 1000, valueBound: 1 << 15)
        change(&request)
        return request
    }

    static let refusals: [(PlanRequest, PlanRefusal)] = [
        (request { $0.participants = 2 }, .tooFewParticipants(minimum: 3)),
        (request { $0.participants = -7 }, .tooFewParticipants(minimum: 3)),
        (request { $0.participants = 65_537 }, .tooManyParticipants(maximum: 65_536)),
        (request { $0.colluders = -1 }, .invalidField(.colluders)),
        (request { $0.colluders = 8 }, .tooManyColluders(largest: 7, participantsNeeded: 11)),
        (request { $0.colluders = .max }, .tooManyColluders(largest: 7, participantsNeeded: .max)),
        (
            request {
                $0.participants = 3
                $0.colluders = 2
            }, .tooManyColluders(largest: 1, participantsNeeded: 5)
        ),
        (
            request {
                $0.participants = 4
                $0.colluders = 2
            }, .tooManyColluders(largest: 1, participantsNeeded: 5)
        ),
        (request { $0.minimumHonest = 1 }, .invalidField(.minimumHonest)),
        (request { $0.minimumHonest = 11 }, .minimumHonestTooHigh(largest: 9)),
        (request { $0.minimumHonest = .max }, .minimumHonestTooHigh(largest: 9)),
        (request { $0.minimumSurvivors = -1 }, .invalidField(.minimumSurvivors)),
        (request { $0.minimumSurvivors = 11 }, .minimumSurvivorsTooHigh(largest: 10)),
        (
            request {
                $0.minimumSurvivors = 9
                $0.dropouts = Dropouts(early: 2)
            }, .minimumSurvivorsTooHigh(largest: 8)
        ),
        (request { $0.thresholdRule = .explicit(1) }, .thresholdTooLow(minimum: 2)),
        (request { $0.thresholdRule = .explicit(11) }, .thresholdTooHigh(maximum: 10)),
        (request { $0.dropouts.early = -1 }, .invalidField(.dropouts)),
        (request { $0.dropouts.late = -1 }, .invalidField(.dropouts)),
        (request { $0.dropouts.setup = .min }, .invalidField(.dropouts)),
        (
            request { $0.dropouts = Dropouts(early: 5) },
            .tooManyDropouts(largestBeforeSurvivors: 4, largestBeforeOpening: 8)
        ),
        (
            request { $0.dropouts = Dropouts(setup: .max, early: .max, late: .max) },
            .tooManyDropouts(largestBeforeSurvivors: 4, largestBeforeOpening: 8)
        ),
        (
            request { $0.dropouts = Dropouts(early: 2, late: 3) },
            .tooManyDropouts(largestBeforeSurvivors: 4, largestBeforeOpening: 4)
        ),
        (
            request {
                $0.colluders = 5
                $0.dropouts = Dropouts(early: 3)
            }, .tooManyDropouts(largestBeforeSurvivors: 2, largestBeforeOpening: 4)
        ),
        (request { $0.dimension = 0 }, .invalidField(.dimension)),
        (request { $0.dimension = (1 << 32) + 1 }, .invalidField(.dimension)),
        (request { $0.valueBound = 0 }, .invalidField(.valueBound)),
        (request { $0.weightCap = 0 }, .invalidField(.weightCap)),
        (request { $0.requestedBits = 19 }, .overflowPossible(requiredBits: 20)),
        (request { $0.requestedBits = 7 }, .unsupportedRingBits(nearest: 8)),
        (request { $0.requestedBits = 63 }, .unsupportedRingBits(nearest: 64)),
        (request { $0.requestedBits = 65 }, .unsupportedRingBits(nearest: 64)),
        (request { $0.valueBound = .max }, .overflowPossible(requiredBits: 69)),
        (request { $0.noiseTail = .max }, .overflowPossible(requiredBits: 66)),
        (request { $0.neighbours = .count(1) }, .invalidField(.neighbours)),
        (request { $0.neighbours = .count(5) }, .neighboursOdd(nearest: 6)),
        (
            request {
                $0.participants = 1000
                $0.colluders = 100
                $0.dropouts = Dropouts(early: 100)
                $0.neighbours = .count(20)
            }, .neighboursTooFew(minimum: 160)
        ),
        (
            request {
                $0.participants = 1000
                $0.colluders = 100
                $0.neighbours = .count(160)
                $0.thresholdRule = .explicit(66)
            }, .thresholdTooLow(minimum: 67)
        ),
        (
            request {
                $0.participants = 1000
                $0.colluders = 100
                $0.neighbours = .count(160)
                $0.thresholdRule = .explicit(161)
            }, .thresholdTooHigh(maximum: 160)
        ),
    ]

    @Test(arguments: refusals.indices)
    func refuses(index: Int) {
        let (request, refusal) = Self.refusals[index]
        #expect(throws: refusal) { try Planner.plan(request) }
        #expect(!refusal.description.isEmpty)
    }

    /// A refusal's alternative, put into the request, is not refused again for the same reason.
    @Test(arguments: refusals.indices)
    func offersWhatIsAccepted(index: Int) throws {
        var (request, refusal) = Self.refusals[index]
        switch refusal {
        case .tooManyColluders(let largest, let needed):
            if needed < 65_536 {
                var more = request
                more.participants = needed
                _ = try Planner.plan(more)
            }
            request.colluders = largest
        case .minimumHonestTooHigh(let largest): request.minimumHonest = largest
        case .minimumSurvivorsTooHigh(let largest): request.minimumSurvivors = largest
        case .tooManyDropouts(let survivors, let opening):
            request.dropouts = Dropouts(early: min(survivors, opening))
            if opening > survivors { request.thresholdRule = .minimum }
            request.dropouts.late = max(0, opening - survivors)
        case .overflowPossible(let bits) where bits <= 64: request.requestedBits = bits
        case .unsupportedRingBits(let nearest): request.requestedBits = nearest < 20 ? nil : nearest
        case .neighboursOdd(let nearest): request.neighbours = .count(nearest)
        case .neighboursTooFew(let minimum): request.neighbours = .count(minimum)
        case .thresholdTooLow(let value), .thresholdTooHigh(let value): request.thresholdRule = .explicit(value)
        case .tooFewParticipants(let minimum): request.participants = minimum
        case .tooManyParticipants(let maximum): request.participants = maximum
        default: return
        }
        _ = try Planner.plan(request)
    }

    /// Above 1,024 members and with too many colluders no sparse graph is safe; both alternatives are.
    @Test(arguments: [NeighbourChoice.auto, .count(200)])
    func noSafeGraph(neighbours: NeighbourChoice) throws {
        var request = Self.request {
            $0.participants = 3000
            $0.colluders = 2700
            $0.dropouts = Dropouts(early: 140)
            $0.neighbours = neighbours
        }
        let refusal = try #require(throws: PlanRefusal.self) { try Planner.plan(request) }
        guard case .noSafeGraph(let colluders?, let dropouts?, let complete) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(complete == 1024)
        request.neighbours = .auto
        var fewer = request
        fewer.colluders = colluders
        _ = try Planner.plan(fewer)
        fewer = request
        fewer.dropouts = Dropouts(early: dropouts)
        _ = try Planner.plan(fewer)
    }

    /// Where no number of dropouts helps, none is offered.
    @Test func noSafeGraphWhateverDropsOut() {
        let request = Self.request {
            $0.participants = 65_536
            $0.colluders = 65_500
        }
        #expect {
            try Planner.plan(request)
        } throws: { error in
            guard case PlanRefusal.noSafeGraph(let colluders?, nil, 1024) = error else { return false }
            return colluders < 65_500
        }
    }

    @Test func anExplicitThresholdNoGraphServes() {
        var request = Self.request {
            $0.participants = 3000
            $0.colluders = 300
            $0.thresholdRule = .explicit(10)
        }
        #expect(throws: PlanRefusal.self) { try Planner.plan(request) }
        do {
            _ = try Planner.plan(request)
        } catch {
            guard case .thresholdTooLow(let minimum) = error else {
                Issue.record("\(error)")
                return
            }
            request.thresholdRule = .explicit(minimum)
            #expect(throws: Never.self) { try Planner.plan(request) }
        }
    }
}
