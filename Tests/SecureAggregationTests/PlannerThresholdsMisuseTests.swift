import SecureAggregation
import Testing

/// Unsafe thresholds and unsafe graphs, one row an error.
@Suite struct PlannerThresholdsMisuseTests {
    static let computed: [(Int, Int, ThresholdRule, ThresholdFailure)] = [
        (2, 0, .quorum, .tooFewParticipants(minimum: 3)),
        (-1, 0, .quorum, .tooFewParticipants(minimum: 3)),
        (.min, 0, .quorum, .tooFewParticipants(minimum: 3)),
        (5, 5, .quorum, .colludersOutOfRange(largest: 4)),
        (5, -1, .quorum, .colludersOutOfRange(largest: 4)),
        (5, .max, .quorum, .colludersOutOfRange(largest: 4)),
        (10, 3, .explicit(3), .thresholdTooLow(minimum: 4)),
        (10, 0, .explicit(1), .thresholdTooLow(minimum: 2)),
        (10, 3, .explicit(11), .thresholdTooHigh(maximum: 10)),
    ]

    @Test(arguments: computed.indices)
    func refusesToCompute(index: Int) {
        let (participants, colluders, rule, failure) = Self.computed[index]
        #expect(throws: failure) { try Thresholds(participants: participants, colluders: colluders, rule: rule) }
    }

    static let proposed: [(Int, Int, ThresholdFailure)] = [
        (5, 6, .quorumTooLow(minimum: 6)),
        (11, 6, .quorumTooHigh(maximum: 10)),
        (6, 1, .thresholdTooLow(minimum: 2)),
        (6, 11, .thresholdTooHigh(maximum: 10)),
    ]

    @Test(arguments: proposed.indices)
    func refusesAProposal(index: Int) {
        let (quorum, shamir, failure) = Self.proposed[index]
        #expect(throws: failure) { try Thresholds(participants: 10, colluders: 1, quorum: quorum, shamir: shamir) }
    }

    @Test func acceptsASaferProposal() throws {
        #expect(try Thresholds(participants: 10, colluders: 1, quorum: 10, shamir: 10).quorum == 10)
    }

    /// n = 1000, c = 100, active: k = 160, w = 49, t = 67 are the smallest safe.
    static let graphs: [(Int, Int, Int, Int, Int, GraphFailure)] = [
        (160, 48, 67, 1000, 100, .windowFloorTooLow(minimum: 49)),
        (160, 80, 67, 1000, 100, .windowFloorTooHigh(maximum: 79)),
        (160, 49, 66, 1000, 100, .thresholdTooLow(minimum: 67)),
        (160, 49, 161, 1000, 100, .thresholdTooHigh(maximum: 160)),
        (161, 49, 67, 1000, 100, .neighboursOdd(nearest: 160)),
        (0, 0, 2, 1000, 100, .neighboursOutOfRange(largest: 998)),
        (-2, 0, 2, 1000, 100, .neighboursOutOfRange(largest: 998)),
        (1000, 0, 2, 1000, 100, .neighboursOutOfRange(largest: 998)),
        (.max, 0, 2, 1000, 100, .neighboursOutOfRange(largest: 998)),
        (2, 0, 2, 3, 1, .neighboursOutOfRange(largest: 0)),
        (160, 49, 67, 1000, 1000, .colludersOutOfRange(largest: 999)),
        (160, 49, 67, 1000, -1, .colludersOutOfRange(largest: 999)),
        (160, 49, 67, 65_537, 100, .participantsOutOfRange),
        (160, 49, 67, 2, 0, .participantsOutOfRange),
    ]

    @Test(arguments: graphs.indices)
    func refusesAnUnsafeGraph(index: Int) {
        let (neighbours, floor, threshold, participants, colluders, failure) = Self.graphs[index]
        #expect(throws: failure) {
            try RegularGraph(
                checking: neighbours, windowFloor: floor, threshold: threshold, participants: participants,
                colluders: colluders, server: .active)
        }
    }

    @Test func aStricterClientRefusesWhatAnotherAccepts() throws {
        #expect(throws: GraphFailure.windowFloorTooLow(minimum: 51)) {
            try RegularGraph(
                checking: 160, windowFloor: 49, threshold: 67, participants: 1000, colluders: 100, securityBits: 112)
        }
        _ = try RegularGraph(
            checking: 160, windowFloor: 49, threshold: 67, participants: 1000, colluders: 100, securityBits: 40)
    }

    @Test func acceptsTheSmallestAndLarger() throws {
        for (floor, threshold) in [(49, 67), (50, 67), (49, 68), (79, 160)] {
            let graph = try RegularGraph(
                checking: 160, windowFloor: floor, threshold: threshold, participants: 1000, colluders: 100,
                server: .active)
            #expect(graph.windowFloor == floor)
            let same = try RegularGraph(
                checking: 160, windowFloor: floor, threshold: threshold, participants: 1000, colluders: 100,
                securityBits: 104)
            #expect(same == graph)
            #expect(graph.threshold == threshold)
        }
    }
}
