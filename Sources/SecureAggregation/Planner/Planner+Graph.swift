extension Planner {
    /// The graph chosen: regular or (nil) complete, with its Shamir threshold.
    struct ChosenGraph {
        let regular: RegularGraph?
        let threshold: Int
    }

    static func graph(
        of request: PlanRequest, _ members: Members, _ warnings: inout [PlanWarning]
    ) throws(PlanRefusal) -> ChosenGraph {
        let dropouts = request.dropouts
        guard dropouts.setup >= 0 && dropouts.early >= 0 && dropouts.late >= 0 else { throw .invalidField(.dropouts) }
        // Whatever the graph, a quorum of the session must sign; this also bounds the counts used below.
        let silent = participantsSilent(dropouts, members.participants)
        let smallest = Thresholds.smallestThreshold(colluders: members.colluders)
        guard silent.survivors <= members.participants - members.quorum && silent.opening < members.participants
        else {
            throw .tooManyDropouts(
                largestBeforeSurvivors: members.participants - members.quorum,
                largestBeforeOpening: max(members.participants - smallest, 0))
        }
        switch request.neighbours {
        case .complete:
            return try completeGraph(of: request, members, &warnings)
        case .count(let count):
            guard count >= 2 else { throw .invalidField(.neighbours) }
            if count >= members.participants - 1 { return try completeGraph(of: request, members, &warnings) }
            guard count % 2 == 0 else { throw .neighboursOdd(nearest: count + 1) }
            return try regularGraph(of: request, members, count, &warnings)
        case .auto:
            if members.participants < completeBelow { return try completeGraph(of: request, members, &warnings) }
            if let graph = sparsest(request, members) { return ChosenGraph(regular: graph, threshold: graph.threshold) }
            if members.participants <= completeUpTo { return try completeGraph(of: request, members, &warnings) }
            if let demanded = request.explicitThreshold, let graph = sparsest(request, members, anyThreshold: true) {
                if demanded < graph.threshold { throw .thresholdTooLow(minimum: graph.threshold) }
                throw .thresholdTooHigh(maximum: graph.threshold)
            }
            throw noSafeGraph(request, members)
        }
    }

    private static func completeGraph(
        of request: PlanRequest, _ members: Members, _ warnings: inout [PlanWarning]
    ) throws(PlanRefusal) -> ChosenGraph {
        guard members.participants <= completeUpTo else { throw .tooManyParticipants(maximum: completeUpTo) }
        do {
            let thresholds = try Thresholds(
                participants: members.participants, colluders: members.colluders, rule: request.thresholdRule,
                roster: request.rosterCount)
            return ChosenGraph(regular: nil, threshold: thresholds.shamir)
        } catch {
            switch error {
            case .thresholdTooLow(let minimum): throw .thresholdTooLow(minimum: minimum)
            case .thresholdTooHigh(let maximum): throw .thresholdTooHigh(maximum: maximum)
            case .tooFewParticipants(let minimum): throw .tooFewParticipants(minimum: minimum)
            case .colludersOutOfRange(let largest), .quorumTooLow(let largest), .quorumTooHigh(let largest):
                throw .tooManyColluders(largest: largest, participantsNeeded: members.colluders + members.honest)
            }
        }
    }

    private static func regularGraph(
        of request: PlanRequest, _ members: Members, _ neighbours: Int, _ warnings: inout [PlanWarning]
    ) throws(PlanRefusal) -> ChosenGraph {
        let bound = WindowRule.unionBound(request.server.securityBits, members.participants) - WindowRule.margin
        let floor = WindowRule.windowFloor(members.participants, members.colluders, neighbours, bound)
        let smallest = WindowRule.threshold(members.participants, members.colluders, neighbours, bound)
        guard floor < neighbours / 2 && smallest <= neighbours else {
            guard let graph = sparsest(request, members) else { throw noSafeGraph(request, members) }
            throw .neighboursTooFew(minimum: graph.neighbours)
        }
        let threshold = request.explicitThreshold ?? smallest
        guard threshold >= smallest else { throw .thresholdTooLow(minimum: smallest) }
        guard threshold <= neighbours else { throw .thresholdTooHigh(maximum: neighbours) }
        let graph = RegularGraph(
            unchecked: members.participants, neighbours: neighbours, windowFloor: floor, threshold: threshold)
        let silent = participantsSilent(request.dropouts, members.participants)
        if !stays(graph, silent.survivors, silent.opening) {
            warnings.append(.neighbourhoodMayStall(recommended: sparsest(request, members)?.neighbours))
        }
        return ChosenGraph(regular: graph, threshold: threshold)
    }

    /// Whether the ring passes every window and opens every secret with so many members silent at random.
    static func stays(_ graph: RegularGraph, _ survivors: Int, _ opening: Int) -> Bool {
        WindowRule.windowsStay(
            participants: graph.participants, silent: survivors, neighbours: graph.neighbours,
            windowFloor: graph.windowFloor)
            && WindowRule.neighboursStay(
                participants: graph.participants, silent: opening, neighbours: graph.neighbours,
                threshold: graph.threshold)
    }

    /// Silent members before the survivor set and before the opening, capped at n + 1 so that nothing overflows.
    static func participantsSilent(_ dropouts: Dropouts, _ participants: Int) -> (survivors: Int, opening: Int) {
        let cap = participants + 1
        let survivors = min(min(dropouts.setup, cap) + min(dropouts.early, cap), cap)
        return (survivors, min(survivors + min(dropouts.late, cap), cap))
    }

    private static func sparsest(
        _ request: PlanRequest, _ members: Members, anyThreshold: Bool = false
    ) -> RegularGraph? {
        WindowRule.sparsestGraph(
            participants: members.participants, colluders: members.colluders, dropouts: request.dropouts,
            server: request.server, explicitThreshold: anyThreshold ? nil : request.explicitThreshold)
    }

    /// The refusal with what would be safe, each found by bisection over the densest graphs.
    private static func noSafeGraph(_ request: PlanRequest, _ members: Members) -> PlanRefusal {
        let densest = max(2, (members.participants - 2) / 2 * 2 - 6)
        func isSafe(_ colluders: Int, _ dropouts: Dropouts) -> Bool {
            WindowRule.sparsestGraph(
                participants: members.participants, colluders: colluders, dropouts: dropouts,
                server: request.server, explicitThreshold: nil, from: densest) != nil
        }
        let colluders = largest(below: members.colluders) { isSafe($0, request.dropouts) }
        let silent = participantsSilent(request.dropouts, members.participants).survivors
        let dropouts = largest(below: silent) { isSafe(members.colluders, Dropouts(early: $0)) }
        return .noSafeGraph(largestColluders: colluders, largestDropouts: dropouts, completeUpTo: completeUpTo)
    }

    /// The largest value in 0..<bound that passes, for a test that once failed goes on failing; nil when zero fails.
    private static func largest(below bound: Int, where passes: (Int) -> Bool) -> Int? {
        guard bound > 0, passes(0) else { return nil }
        var low = 0
        var high = bound
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if passes(middle) { low = middle } else { high = middle }
        }
        return low
    }
}

extension PlanRequest {
    /// The threshold demanded by number, if one is.
    var explicitThreshold: Int? {
        if case .explicit(let value) = thresholdRule { value } else { nil }
    }
}
