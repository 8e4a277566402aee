import SecureAggregation
import Testing

/// Whole plans whose numbers follow by hand from the rules.
@Suite struct PlannerKnownAnswerTests {
    static func request(_ participants: Int, colluders: Int? = nil) -> PlanRequest {
        PlanRequest(participants: participants, colluders: colluders, dimension: 1000, valueBound: 1 << 15)
    }

    /// (n, c, q, t by quorum, A, minimum survivors, bits).
    static let small: [(Int, Int, Int, Int, Int, Int, Int)] = [
        (3, 1, 3, 3, 3, 3, 18),
        (4, 1, 3, 3, 3, 4, 19),
        (5, 1, 4, 4, 4, 4, 19),
        (10, 1, 6, 6, 7, 4, 20),
        (10, 3, 7, 7, 7, 6, 20),
        (32, 3, 18, 18, 21, 6, 22),
        (100, 10, 56, 56, 66, 13, 23),
    ]

    @Test(arguments: small.indices)
    func completeGraphs(index: Int) throws {
        let (participants, colluders, quorum, threshold, receipts, survivors, bits) = Self.small[index]
        let plan = try Planner.plan(Self.request(participants, colluders: colluders))
        #expect(plan.graph == .complete)
        #expect(plan.peers == participants - 1)
        #expect(plan.quorum == quorum)
        #expect(plan.shamirThreshold == threshold)
        #expect(plan.receiptsRequired == receipts)
        #expect(plan.minimumSurvivors == survivors)
        #expect(plan.ringBits == bits)
        #expect(plan.vectorBytes == 8 * ((1000 + 64 / bits - 1) / (64 / bits)))
        #expect(plan.uploadRatio == Double(plan.vectorBytes + plan.controlBytes) / 4000)
    }

    @Test func defaultsOfTen() throws {
        let plan = try Planner.plan(Self.request(10))
        #expect(plan.colluders == 1)
        #expect(plan.minimumHonest == 3)
        #expect(plan.warnings == [])
        #expect(try Planner.plan(Self.request(57)).colluders == 5)
        #expect(try Planner.plan(Self.request(4)).colluders == 1)
    }

    @Test func threeTakeTwoHonestAndSaySo() throws {
        let plan = try Planner.plan(Self.request(3))
        #expect(plan.minimumHonest == 2)
        #expect(plan.minimumSurvivors == 3)
        #expect(
            plan.warnings == [
                .fewHonestInputs(2), .colludersCanStallQuorum(toleratedDropouts: -1, participantsNeeded: 4),
                .colludersCanStallOpening(toleratedDropouts: -1), .colludersCanWithholdReceipts,
                .badDealerCanAbort(receipts: 3, receiptsToExclude: 4),
            ])
        var without = Self.request(3, colluders: 0)
        without.thresholdRule = .minimum
        let plain = try Planner.plan(without)
        #expect(plain.minimumHonest == 3)
        #expect(plain.warnings == [.noColludersAssumed])
    }

    @Test func thresholdRules() throws {
        var request = Self.request(10, colluders: 2)
        request.thresholdRule = .minimum
        var plan = try Planner.plan(request)
        #expect(plan.shamirThreshold == 3)
        #expect(plan.receiptsRequired == 5)
        request.thresholdRule = .explicit(5)
        plan = try Planner.plan(request)
        #expect(plan.shamirThreshold == 5)
        #expect(plan.receiptsRequired == 7)
        request.dropouts = Dropouts(setup: 2)
        plan = try Planner.plan(request)
        #expect(plan.receiptsRequired == 6)
        #expect(plan.warnings.contains(.badDealerCanAbort(receipts: 6, receiptsToExclude: 7)))
    }

    /// n = 1000 with 10 % dropouts and colluders: the sparsest graph, checked by hand against the window rule.
    @Test func aThousand() throws {
        var request = Self.request(1000, colluders: 100)
        request.dropouts = Dropouts(early: 100)
        let plan = try Planner.plan(request)
        #expect(plan.graph == .regular(neighbours: 160, windowFloor: 49))
        #expect(plan.shamirThreshold == 67)
        #expect(plan.quorum == 551)
        #expect(plan.peers == 160)
        #expect(plan.minimumSurvivors == 625)  // ceil(1000 * 50 / 80) is more than c + 3
        #expect((67...167).contains(plan.receiptsRequired))
        request.server = .curious
        #expect(try Planner.plan(request).graph == .regular(neighbours: 104, windowFloor: 27))
        request.neighbours = .complete
        let complete = try Planner.plan(request)
        #expect(complete.graph == .complete)
        #expect(complete.shamirThreshold == 551)
        #expect(complete.controlBytes > plan.controlBytes)
    }

    @Test func automaticGraph() throws {
        #expect(try Planner.plan(Self.request(127)).graph == .complete)
        #expect(try Planner.plan(Self.request(128)).graph != .complete)
        var crowded = Self.request(1000, colluders: 900)
        crowded.dropouts = Dropouts(early: 45)
        #expect(try Planner.plan(crowded).graph == .complete)
        var everyone = Self.request(20)
        everyone.neighbours = .count(19)
        #expect(try Planner.plan(everyone).graph == .complete)
        everyone.neighbours = .count(40)
        #expect(try Planner.plan(everyone).graph == .complete)
        var large = Self.request(2000, colluders: 100)
        large.neighbours = .complete
        #expect(throws: PlanRefusal.tooManyParticipants(maximum: 1_024)) { try Planner.plan(large) }
    }

    @Test func chosenNeighbours() throws {
        var request = Self.request(1000, colluders: 100)
        request.neighbours = .count(160)
        #expect(try Planner.plan(request).shamirThreshold == 67)
        request.dropouts = Dropouts(early: 300)
        let plan = try Planner.plan(request)
        #expect(plan.warnings.contains(.neighbourhoodMayStall(recommended: 292)))
        request.neighbours = .count(292)
        #expect(
            try !Planner.plan(request).warnings.contains { warning in
                if case .neighbourhoodMayStall = warning { true } else { false }
            })
        request.thresholdRule = .explicit(90)
        #expect(try Planner.plan(request).shamirThreshold == 90)
    }

    @Test func demandedWidth() throws {
        var request = Self.request(10)
        request.requestedBits = 20
        #expect(try Planner.plan(request).ringBits == 20)
        request.requestedBits = 64
        #expect(try Planner.plan(request).ringBits == 64)
    }

    @Test func survivorsDemandedForOtherReasons() throws {
        var request = Self.request(10)
        request.minimumSurvivors = 8
        request.dropouts = Dropouts(early: 2)
        #expect(try Planner.plan(request).minimumSurvivors == 8)
    }

    @Test func sentencesNameTheAlternative() {
        #expect(PlanRefusal.tooManyColluders(largest: 2, participantsNeeded: 6).description.contains("6"))
        #expect(PlanRefusal.overflowPossible(requiredBits: 33).description.contains("33"))
        #expect(PlanWarning.badDealerCanAbort(receipts: 3, receiptsToExclude: 4).description.contains("4"))
    }
}
