import SecureAggregation
import Testing

/// The sparsest graphs against a reference on Python integers, which decides every bound exactly:
/// `count(X > w) * n << s <= comb(N, m)`.
@Suite struct PlannerWindowRuleKnownAnswerTests {
    /// (n, c, dropouts, server, k, w, t); the first six have the neighbours published with the rule.
    static let reference: [(Int, Int, Int, ServerModel, Int, Int, Int)] = [
        (1000, 100, 100, .active, 160, 49, 67),
        (1000, 100, 100, .curious, 104, 27, 39),
        (1000, 330, 100, .active, 354, 130, 206),
        (1000, 330, 100, .curious, 226, 76, 126),
        (1000, 100, 300, .active, 292, 64, 86),
        (1000, 100, 300, .curious, 200, 37, 55),
        (1000, 50, 50, .active, 98, 31, 41),
        (1000, 50, 50, .curious, 62, 16, 23),
        (200, 20, 20, .active, 76, 20, 21),
        (200, 20, 20, .curious, 70, 18, 21),
        (200, 66, 20, .active, 172, 65, 67),
        (200, 66, 20, .curious, 134, 46, 66),
        (200, 20, 60, .active, 118, 20, 21),
        (200, 20, 60, .curious, 118, 20, 21),
        (200, 10, 10, .active, 42, 10, 11),
        (200, 10, 10, .curious, 42, 10, 11),
        (150, 15, 15, .active, 60, 15, 16),
        (150, 15, 15, .curious, 60, 15, 16),
        (150, 49, 15, .active, 130, 49, 50),
        (150, 49, 15, .curious, 110, 39, 50),
        (150, 15, 45, .active, 96, 15, 16),
        (150, 15, 45, .curious, 96, 15, 16),
        (150, 7, 7, .active, 30, 7, 8),
        (150, 7, 7, .curious, 30, 7, 8),
        (2000, 200, 200, .active, 176, 54, 77),
        (2000, 200, 200, .curious, 108, 28, 42),
        (2000, 660, 200, .active, 402, 147, 241),
        (2000, 660, 200, .curious, 248, 83, 140),
        (2000, 200, 600, .active, 334, 74, 105),
        (2000, 200, 600, .curious, 220, 41, 62),
        (2000, 100, 100, .active, 110, 35, 47),
        (2000, 100, 100, .curious, 70, 18, 25),
        (5000, 500, 500, .active, 186, 57, 83),
        (5000, 500, 500, .curious, 116, 30, 45),
        (5000, 1650, 500, .active, 436, 159, 266),
        (5000, 1650, 500, .curious, 266, 89, 152),
        (5000, 500, 1500, .active, 366, 81, 120),
        (5000, 500, 1500, .curious, 236, 44, 68),
        (5000, 250, 250, .active, 116, 37, 50),
        (5000, 250, 250, .curious, 72, 19, 26),
        (10000, 1000, 1000, .active, 192, 59, 86),
        (10000, 1000, 1000, .curious, 120, 31, 47),
        (10000, 1000, 3000, .curious, 246, 46, 71),
        (10000, 500, 500, .active, 120, 38, 52),
        (10000, 500, 500, .curious, 74, 19, 27),
        (20000, 2000, 2000, .active, 196, 60, 88),
        (20000, 2000, 2000, .curious, 124, 32, 48),
        (20000, 2000, 6000, .curious, 252, 47, 73),
        (20000, 1000, 1000, .active, 124, 39, 54),
        (20000, 1000, 1000, .curious, 76, 20, 28),
    ]

    @Test func publishedNeighbours() {
        let active = [(100, 100), (100, 330), (300, 100)].map { neighbours($0.0, $0.1, .active) }
        let curious = [(100, 100), (100, 330), (300, 100)].map { neighbours($0.0, $0.1, .curious) }
        #expect(active == [160, 354, 292])
        #expect(curious == [104, 226, 200])
    }

    private func neighbours(_ dropouts: Int, _ colluders: Int, _ server: ServerModel) -> Int? {
        WindowRule.sparsestGraph(
            participants: 1000, colluders: colluders, dropouts: Dropouts(early: dropouts), server: server)?.neighbours
    }

    @Test(arguments: reference.indices)
    func agreesWithExactIntegers(index: Int) throws {
        let (participants, colluders, dropouts, server, neighbours, floor, threshold) = Self.reference[index]
        let graph = try #require(
            WindowRule.sparsestGraph(
                participants: participants, colluders: colluders, dropouts: Dropouts(early: dropouts), server: server))
        #expect(graph.neighbours == neighbours)
        #expect(graph.windowFloor == floor)
        #expect(graph.threshold == threshold)
        let bits = server.securityBits
        #expect(
            WindowRule.requiredWindowFloor(
                participants: participants, colluders: colluders, neighbours: neighbours, securityBits: bits) == floor)
        #expect(
            WindowRule.requiredThreshold(
                participants: participants, colluders: colluders, neighbours: neighbours, securityBits: bits)
                == threshold)
    }

    @Test func securityExponents() {
        #expect(ServerModel.active.securityBits == 104)
        #expect(ServerModel.curious.securityBits == 40)
        #expect(WindowRule.livenessBits == 30)
    }
}
