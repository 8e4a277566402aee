extension Planner {
    /// Refuses dropouts with which no round could end even if every colluder answered.
    static func checkDropouts(
        _ dropouts: Dropouts, _ members: Members, _ graph: ChosenGraph, _ survivors: Int, demanded: Int
    ) throws(PlanRefusal) {
        let participants = members.participants
        let silent = participantsSilent(dropouts, participants)
        guard silent.survivors <= participants - survivors else {
            if survivors == demanded { throw .minimumSurvivorsTooHigh(largest: participants - silent.survivors) }
            throw .tooManyDropouts(
                largestBeforeSurvivors: max(0, participants - max(survivors, members.quorum)),
                largestBeforeOpening: participants - graph.threshold)
        }
        guard silent.opening <= participants - graph.threshold else {
            throw .tooManyDropouts(
                largestBeforeSurvivors: participants - max(survivors, members.quorum, graph.threshold),
                largestBeforeOpening: participants - graph.threshold)
        }
    }

    /// What silent colluders on top of the dropouts can stall.
    static func stalls(_ dropouts: Dropouts, _ members: Members, _ graph: ChosenGraph) -> [PlanWarning] {
        var warnings: [PlanWarning] = []
        let (participants, colluders) = (members.participants, members.colluders)
        let silent = participantsSilent(dropouts, participants)
        let beforeSurvivors = participants - members.quorum - colluders
        if silent.survivors > beforeSurvivors {
            // n - q - c >= d with q = floor((n + c) / 2) + 1 holds from n = 3c + 2d + 1 on.
            warnings.append(
                .colludersCanStallQuorum(
                    toleratedDropouts: beforeSurvivors,
                    participantsNeeded: 3 * colluders + 2 * silent.survivors + 1))
        }
        if let regular = graph.regular {
            if !stays(regular, silent.survivors + colluders, silent.opening + colluders) {
                warnings.append(.colludersCanStallRing)
            }
        } else if silent.opening > participants - graph.threshold - colluders {
            warnings.append(
                .colludersCanStallOpening(toleratedDropouts: participants - graph.threshold - colluders))
        }
        return warnings
    }

    /// The receipts asked of a dealer: as many as t + c, fewer where silent members would keep honest dealers out,
    /// never below t. On a ring the colluders and the dropouts are the most among any member's neighbours.
    static func receipts(
        _ setupDropouts: Int, _ members: Members, _ graph: ChosenGraph, _ warnings: inout [PlanWarning]
    ) -> Int {
        let wanted: Int
        let available: Int
        if let regular = graph.regular {
            let most = regular.mostColluders(members.colluders, WindowRule.livenessBits)
            wanted = regular.threshold + most
            available = regular.neighbours - most - regular.mostColluders(setupDropouts, WindowRule.livenessBits)
        } else {
            wanted = graph.threshold + members.colluders
            available = members.participants - members.colluders - setupDropouts
        }
        if available < graph.threshold { warnings.append(.colludersCanWithholdReceipts) }
        let receipts = max(graph.threshold, min(wanted, available))
        if receipts < wanted { warnings.append(.badDealerCanAbort(receipts: receipts, receiptsToExclude: wanted)) }
        return receipts
    }
}

extension RegularGraph {
    /// The most of `marked` members among any member's neighbours, except with probability 2^-bits.
    func mostColluders(_ marked: Int, _ bits: Int) -> Int {
        WindowRule.mostNeighbours(participants, marked, neighbours, WindowRule.unionBound(bits, participants))
    }
}
