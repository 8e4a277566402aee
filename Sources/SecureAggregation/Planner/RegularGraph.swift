/// Why a proposed k-regular graph is refused; the payload is the nearest safe value.
/// Source: window-rule section 3
public enum GraphFailure: Error, Hashable, Sendable {
    /// n outside 3...65,536.
    case participantsOutOfRange
    /// c negative or n and more.
    case colludersOutOfRange(largest: Int)
    /// k outside 2...n - 2.
    case neighboursOutOfRange(largest: Int)
    /// k odd.
    case neighboursOdd(nearest: Int)
    /// w below what this client computes: a window could hold nothing but colluders.
    case windowFloorTooLow(minimum: Int)
    /// w so high that no survivor set passes.
    case windowFloorTooHigh(maximum: Int)
    /// t within reach of the colluders among some member's neighbours.
    case thresholdTooLow(minimum: Int)
    /// t above the number of neighbours.
    case thresholdTooHigh(maximum: Int)
}

/// A ring of n members, each linked to k/2 on either side, with the window floor w and the neighbourhood threshold t.
///
/// Shares go to the k neighbours alone; a member's share of its own secret is not counted.
/// Source: window-rule section 1
public struct RegularGraph: Hashable, Sendable {
    /// Members on the ring, n.
    public let participants: Int
    /// Neighbours of each member, k: even, at most n - 2.
    public let neighbours: Int
    /// Every k/2 consecutive positions must hold more than this many survivors, w.
    public let windowFloor: Int
    /// Shares that open a secret, t, of the k dealt.
    public let threshold: Int

    /// Checks a server's proposal as a client must; total over all inputs, O(log n) tails. Throws the reason and the
    /// nearest safe value. Larger w and t are accepted as long as a round can pass.
    /// Source: window-rule section 3
    public init(
        checking neighbours: Int, windowFloor: Int, threshold: Int, participants: Int, colluders: Int,
        server: ServerModel
    ) throws(GraphFailure) {
        try self.init(
            checking: neighbours, windowFloor: windowFloor, threshold: threshold, participants: participants,
            colluders: colluders, securityBits: server.securityBits)
    }

    /// Checks a server's proposal against an exponent s of the client's own policy, at least 1 (a precondition);
    /// otherwise as above.
    /// Source: window-rule section 3
    public init(
        checking neighbours: Int, windowFloor: Int, threshold: Int, participants: Int, colluders: Int,
        securityBits: Int
    ) throws(GraphFailure) {
        precondition(securityBits >= 1, "security exponent out of range")
        guard participants >= 3 && participants <= HypergeometricTail.maximumPopulation else {
            throw .participantsOutOfRange
        }
        guard colluders >= 0 && colluders < participants else { throw .colludersOutOfRange(largest: participants - 1) }
        guard neighbours >= 2 && neighbours <= participants - 2 else {
            throw .neighboursOutOfRange(largest: max(0, (participants - 2) / 2 * 2))
        }
        guard neighbours % 2 == 0 else { throw .neighboursOdd(nearest: neighbours - 1) }
        let smallestFloor = WindowRule.requiredWindowFloor(
            participants: participants, colluders: colluders, neighbours: neighbours,
            securityBits: securityBits)
        guard windowFloor >= smallestFloor else { throw .windowFloorTooLow(minimum: smallestFloor) }
        guard windowFloor < neighbours / 2 else { throw .windowFloorTooHigh(maximum: neighbours / 2 - 1) }
        let smallestThreshold = WindowRule.requiredThreshold(
            participants: participants, colluders: colluders, neighbours: neighbours,
            securityBits: securityBits)
        guard threshold >= smallestThreshold else { throw .thresholdTooLow(minimum: smallestThreshold) }
        guard threshold <= neighbours else { throw .thresholdTooHigh(maximum: neighbours) }
        self.init(unchecked: participants, neighbours: neighbours, windowFloor: windowFloor, threshold: threshold)
    }

    init(unchecked participants: Int, neighbours: Int, windowFloor: Int, threshold: Int) {
        self.participants = participants
        self.neighbours = neighbours
        self.windowFloor = windowFloor
        self.threshold = threshold
    }

    /// The window, k/2 positions.
    public var window: Int { neighbours / 2 }

    /// The fewest survivors a set that passes every window can have: ceil(n (w + 1) / (k/2)).
    /// Source: window-rule section 5
    public var fewestSurvivors: Int { (participants * (windowFloor + 1) + window - 1) / window }

    /// Whether every window of the ring holds more than w survivors; `survivors[p]` tells of position p. O(n).
    ///
    /// False also for a list that is not n long.
    /// Source: window-rule section 1
    public func admits(survivorsInRingOrder survivors: [Bool]) -> Bool {
        guard survivors.count == participants else { return false }
        var inside = survivors[..<window].count { $0 }
        for start in 0..<participants {
            if inside <= windowFloor { return false }
            if survivors[start] { inside -= 1 }
            if survivors[(start + window) % participants] { inside += 1 }
        }
        return true
    }

    /// The ring positions linked to a position in 0..<n: k/2 before it, then k/2 after, in ring order.
    /// Source: window-rule section 1
    public func neighbourPositions(of position: Int) -> [Int] {
        precondition(position >= 0 && position < participants, "position out of range")
        let before = (1...window).reversed().map { (position - $0 + participants) % participants }
        return before + (1...window).map { (position + $0) % participants }
    }

    /// Whether two ring positions are linked; never with oneself.
    /// Source: window-rule section 1
    public func areLinked(_ first: Int, _ second: Int) -> Bool {
        let distance = abs(first - second)
        return distance != 0 && min(distance, participants - distance) <= window
    }
}
