/// Turns what a consortium wants into parameters that are safe, or says why not and what would be.
///
/// Safety is refused, liveness is warned about; only a round that could never end is refused as well.
/// Source: thresholds section 2
public enum Planner {
    /// Below this many members `auto` takes the complete graph: sparsity hardly helps.
    public static let completeBelow = 128
    /// Up to this many members `auto` falls back on the complete graph.
    public static let completeUpTo = 1_024
    /// The longest vector planned, 2^32 elements.
    public static let maximumDimension = 1 << 32

    /// Plans a session; throws the reason and the nearest safe request. At most O(n) hypergeometric tails.
    /// Source: thresholds section 2
    public static func plan(_ request: PlanRequest) throws(PlanRefusal) -> Plan {
        var warnings: [PlanWarning] = []
        let members = try members(of: request, &warnings)
        let ringBits = try ringBits(of: request)
        let graph = try graph(of: request, members, &warnings)
        let holders = graph.regular?.neighbours ?? members.participants
        let survivors = max(
            request.minimumSurvivors, members.colluders + members.honest, graph.regular?.fewestSurvivors ?? 0)
        try checkDropouts(request.dropouts, members, graph, survivors, demanded: request.minimumSurvivors)
        warnings += stalls(request.dropouts, members, graph)
        let receipts = receipts(request.dropouts.setup, members, graph, &warnings)

        let vectorBytes = RingWidth.vectorBytes(dimension: request.dimension, bits: ringBits)
        let controlBytes = controlBytes(
            participants: members.participants, peers: min(holders, members.participants - 1),
            threshold: graph.threshold)
        return Plan(
            participants: members.participants, colluders: members.colluders, quorum: members.quorum,
            shamirThreshold: graph.threshold,
            graph: graph.regular.map { .regular(neighbours: $0.neighbours, windowFloor: $0.windowFloor) } ?? .complete,
            receiptsRequired: receipts, minimumHonest: members.honest, minimumSurvivors: survivors,
            ringBits: ringBits, dimension: request.dimension, vectorBytes: vectorBytes, controlBytes: controlBytes,
            uploadRatio: (Double(vectorBytes) + Double(controlBytes)) / (4 * Double(request.dimension)),
            server: request.server, warnings: warnings)
    }

    /// Who takes part: n, c, q and the honest inputs demanded.
    struct Members {
        let participants: Int
        let colluders: Int
        let quorum: Int
        let honest: Int
    }

    private static func members(
        of request: PlanRequest, _ warnings: inout [PlanWarning]
    ) throws(PlanRefusal) -> Members {
        let participants = request.participants
        var honest = request.minimumHonest
        guard honest >= 2 else { throw .invalidField(.minimumHonest) }
        if let colluders = request.colluders, colluders < 0 { throw .invalidField(.colluders) }
        guard request.minimumSurvivors >= 0 else { throw .invalidField(.minimumSurvivors) }
        guard participants >= 3 else { throw .tooFewParticipants(minimum: 3) }
        guard participants <= HypergeometricTail.maximumPopulation else {
            throw .tooManyParticipants(maximum: HypergeometricTail.maximumPopulation)
        }
        let colluders = request.colluders ?? PlanRequest.defaultColluders(participants: participants)
        if participants == 3 && colluders == 1 && honest == 3 { honest = 2 }
        let largest = participants == 3 && honest == 3 ? 1 : participants - honest
        guard largest >= 0 else { throw .minimumHonestTooHigh(largest: max(2, participants - colluders)) }
        guard participants - colluders >= honest else {
            let needed = colluders.addingReportingOverflow(honest)
            throw .tooManyColluders(largest: largest, participantsNeeded: needed.overflow ? .max : needed.partialValue)
        }
        if colluders == 0 { warnings.append(.noColludersAssumed) }
        if honest < 3 { warnings.append(.fewHonestInputs(honest)) }
        return Members(
            participants: participants, colluders: colluders,
            quorum: Thresholds.quorum(
                participants: max(participants, request.rosterCount ?? participants), colluders: colluders),
            honest: honest)
    }

    private static func ringBits(of request: PlanRequest) throws(PlanRefusal) -> Int {
        guard request.dimension >= 1 && request.dimension <= maximumDimension else { throw .invalidField(.dimension) }
        guard request.valueBound > 0 else { throw .invalidField(.valueBound) }
        guard request.weightCap > 0 else { throw .invalidField(.weightCap) }
        let required = RingWidth.requiredBits(
            participants: request.participants, weightCap: request.weightCap, valueBound: request.valueBound,
            noiseTail: request.noiseTail)
        if let requested = request.requestedBits {
            guard RingWidth.isSupported(requested) else {
                throw .unsupportedRingBits(nearest: requested < 8 ? 8 : 64)
            }
            guard requested >= required else { throw .overflowPossible(requiredBits: required) }
            return requested
        }
        guard required <= 64 else { throw .overflowPossible(requiredBits: required) }
        return required
    }

    /// Estimated upload of one client beside the vector, in a one-round epoch: six signed frames, a sealed pair of
    /// shares and one revealed share a peer, two commitment lists, three bitmaps.
    /// Source: thresholds section 5
    static func controlBytes(participants: Int, peers: Int, threshold: Int) -> Int {
        let frames = 6 * (60 + 64)
        let fixed = 32 + 32 + 32 + 64 + 32 + (32 + 8 + 32) + (32 + 32)
        let bitmaps = 3 * ((participants + 7) / 8)
        return frames + fixed + bitmaps + peers * (24 + 64 + 16 + 32) + 2 * 32 * threshold
    }
}
