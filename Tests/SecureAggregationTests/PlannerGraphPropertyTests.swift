import SecureAggregation
import Testing

/// What the window rule promises, exhaustively on a small ring, and how its numbers move.
@Suite struct PlannerGraphPropertyTests {
    /// A ring of nine with windows of three; no colluders in the statistics, so that any floor may be built.
    static func ring(windowFloor: Int) throws -> RegularGraph {
        try RegularGraph(
            checking: 6, windowFloor: windowFloor, threshold: 2, participants: 9, colluders: 0, server: .curious)
    }

    static func isConnected(_ members: [Int], _ graph: RegularGraph) -> Bool {
        guard let first = members.first else { return true }
        var reached: Set<Int> = [first]
        var open = [first]
        while let next = open.popLast() {
            for other in members where !reached.contains(other) && graph.areLinked(next, other) {
                reached.insert(other)
                open.append(other)
            }
        }
        return reached.count == members.count
    }

    /// Every corrupt set and every survivor set of nine members, windows of one, two and three positions.
    @Test(arguments: [2, 4, 6])
    func honestSurvivorsStayConnected(neighbours: Int) throws {
        var admitted = 0
        var brokenBelow = 0
        let window = neighbours / 2
        let graphs = try (0..<window).map {
            try RegularGraph(
                checking: neighbours, windowFloor: $0, threshold: 2, participants: 9, colluders: 0, server: .curious)
        }
        for corrupt in 0..<512 {
            let worst =
                (0..<9).map { start in
                    (0..<window).count { corrupt >> ((start + $0) % 9) & 1 == 1 }
                }.max() ?? 0
            for survivors in 0..<512 {
                let bits = (0..<9).map { survivors >> $0 & 1 == 1 }
                let honest = (0..<9).filter { bits[$0] && corrupt >> $0 & 1 == 0 }
                if worst < window, graphs[worst].admits(survivorsInRingOrder: bits) {
                    admitted += 1
                    if honest.isEmpty || !Self.isConnected(honest, graphs[worst]) {
                        Issue.record("corrupt \(corrupt) survivors \(survivors)")
                    }
                }
                // One less and colluders can fill a window: the rule is tight.
                if worst > 0, graphs[worst - 1].admits(survivorsInRingOrder: bits),
                    !Self.isConnected(honest, graphs[worst - 1])
                {
                    brokenBelow += 1
                }
            }
        }
        #expect(admitted > 0)
        #expect(brokenBelow > 0)
    }

    @Test func admitsAgreesWithTheDefinition() throws {
        for floor in 0...2 {
            let graph = try Self.ring(windowFloor: floor)
            var fewest = 9
            for survivors in 0..<512 {
                let bits = (0..<9).map { survivors >> $0 & 1 == 1 }
                let expected = (0..<9).allSatisfy { start in
                    (0..<3).count { bits[(start + $0) % 9] } > floor
                }
                #expect(graph.admits(survivorsInRingOrder: bits) == expected)
                if expected { fewest = min(fewest, survivors.nonzeroBitCount) }
            }
            #expect(graph.fewestSurvivors == fewest)
            #expect(!graph.admits(survivorsInRingOrder: Array(repeating: true, count: 8)))
            #expect(!graph.admits(survivorsInRingOrder: []))
        }
    }

    @Test func linksAreSymmetricAndRegular() throws {
        let graph = try Self.ring(windowFloor: 0)
        for position in 0..<9 {
            let neighbours = graph.neighbourPositions(of: position)
            #expect(neighbours.count == 6)
            #expect(Set(neighbours).count == 6)
            for other in 0..<9 {
                #expect(neighbours.contains(other) == graph.areLinked(position, other))
                #expect(graph.areLinked(other, position) == graph.areLinked(position, other))
            }
            #expect(!graph.areLinked(position, position))
        }
        #expect(graph.neighbourPositions(of: 0) == [6, 7, 8, 1, 2, 3])
    }

    @Test func requirementsAreMonotone() {
        for participants in [130, 500, 3000] {
            for neighbours in stride(from: 2, through: 126, by: 14) {
                var last = (floor: 0, threshold: 0)
                for colluders in stride(from: 0, through: participants / 2, by: participants / 25) {
                    func required(_ bits: Int) -> (floor: Int, threshold: Int) {
                        (
                            WindowRule.requiredWindowFloor(
                                participants: participants, colluders: colluders, neighbours: neighbours,
                                securityBits: bits),
                            WindowRule.requiredThreshold(
                                participants: participants, colluders: colluders, neighbours: neighbours,
                                securityBits: bits)
                        )
                    }
                    let (curious, active) = (required(40), required(104))
                    #expect(active.floor >= curious.floor && active.threshold >= curious.threshold)
                    #expect(active.floor >= last.floor && active.threshold >= last.threshold)
                    #expect(active.floor <= min(colluders, neighbours / 2))
                    #expect(active.threshold <= max(2, min(colluders, neighbours) + 1))
                    last = active
                }
            }
        }
    }

    /// Fewer than 128 members or many: whatever the planner proposes, a client accepts.
    @Test(arguments: [ServerModel.active, .curious])
    func clientsAcceptEveryPlan(server: ServerModel) throws {
        for participants in stride(from: 40, through: 4000, by: 330) {
            for percent in [0, 5, 20, 33] {
                let colluders = participants * percent / 100
                guard
                    let graph = WindowRule.sparsestGraph(
                        participants: participants, colluders: colluders,
                        dropouts: Dropouts(early: participants / 20, late: participants / 20), server: server)
                else { continue }
                let checked = try RegularGraph(
                    checking: graph.neighbours, windowFloor: graph.windowFloor, threshold: graph.threshold,
                    participants: participants, colluders: colluders, server: server)
                #expect(checked == graph)
            }
        }
    }
}
