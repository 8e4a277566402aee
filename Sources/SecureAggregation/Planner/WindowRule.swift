#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The numbers behind a k-regular graph whose survivor set every client checks window by window.
///
/// Members stand on a ring in an order drawn by hashing all nonces; each is linked to the k/2 next on either side. A
/// client refuses a survivor set unless every k/2 consecutive positions hold more than w survivors. All functions are
/// for 3 <= n <= 65,536, 0 <= c < n and even k with 2 <= k <= n - 2 (preconditions; `RegularGraph` checks a peer's).
/// Source: window-rule section 3
public enum WindowRule {
    /// A round of honest members with the assumed dropouts fails by bad luck with probability at most 2 * 2^-30.
    /// Source: window-rule section 3
    public static let livenessBits = 30

    /// The planner asks for this much more (in log2) than a client does, so that peers whose tails differ in the last
    /// places never refuse a plan.
    static let margin = 1e-6

    /// The smallest w a client accepts: some window of k/2 positions holds more than w of the c colluders with
    /// probability at most 2^-s, by a union over the n windows. A proposal is checked with `>=`.
    /// Source: window-rule section 3
    public static func requiredWindowFloor(participants: Int, colluders: Int, neighbours: Int, securityBits: Int) -> Int
    {
        windowFloor(participants, colluders, neighbours, unionBound(securityBits, participants))
    }

    /// The smallest neighbourhood threshold a client accepts: one more than the colluders among the k neighbours of
    /// any member, except with probability 2^-s by a union over the members; at least 2. Checked with `>=`.
    /// Source: window-rule section 3
    public static func requiredThreshold(participants: Int, colluders: Int, neighbours: Int, securityBits: Int) -> Int {
        threshold(participants, colluders, neighbours, unionBound(securityBits, participants))
    }

    static func windowFloor(_ participants: Int, _ colluders: Int, _ neighbours: Int, _ bound: Double) -> Int {
        HypergeometricTail(population: participants, marked: colluders, draws: neighbours / 2)
            .smallestCount(exceededAtMost: bound)
    }

    static func threshold(_ participants: Int, _ colluders: Int, _ neighbours: Int, _ bound: Double) -> Int {
        max(2, mostNeighbours(participants, colluders, neighbours, bound) + 1)
    }

    /// The most of `marked` members, none of them oneself, that any member has among its neighbours.
    static func mostNeighbours(_ participants: Int, _ marked: Int, _ neighbours: Int, _ bound: Double) -> Int {
        HypergeometricTail(population: participants - 1, marked: min(marked, participants - 1), draws: neighbours)
            .smallestCount(exceededAtMost: bound)
    }

    /// log2 of the probability one of n equally likely bad events may have.
    static func unionBound(_ bits: Int, _ participants: Int) -> Double { -Double(bits) - log2(Double(participants)) }
}

extension WindowRule {
    /// Whether, with so many members silent at random, every window keeps more than w survivors (2^-30, union over
    /// the windows).
    /// Source: window-rule section 3
    public static func windowsStay(participants: Int, silent: Int, neighbours: Int, windowFloor: Int) -> Bool {
        let window = neighbours / 2
        guard windowFloor < window else { return false }
        return HypergeometricTail(population: participants, marked: min(silent, participants), draws: window)
            .log2AtLeast(window - windowFloor) <= unionBound(livenessBits, participants)
    }

    /// Whether, with so many members silent at random, every member keeps `threshold` answering neighbours (2^-30,
    /// union over the members).
    /// Source: window-rule section 3
    public static func neighboursStay(participants: Int, silent: Int, neighbours: Int, threshold: Int) -> Bool {
        guard threshold <= neighbours else { return false }
        let others = HypergeometricTail(
            population: participants - 1, marked: min(silent, participants - 1), draws: neighbours)
        return others.log2MoreThan(neighbours - threshold) <= unionBound(livenessBits, participants)
    }

    /// The sparsest graph that is safe and, with these dropouts, live; nil when no even k up to n - 2 is.
    ///
    /// `explicitThreshold` replaces the smallest safe threshold and must reach it. O(n) tails.
    /// Source: window-rule section 3
    public static func sparsestGraph(
        participants: Int, colluders: Int, dropouts: Dropouts, server: ServerModel, explicitThreshold: Int? = nil
    ) -> RegularGraph? {
        sparsestGraph(
            participants: participants, colluders: colluders, dropouts: dropouts, server: server,
            explicitThreshold: explicitThreshold, from: 2)
    }

    /// As above, from a given even k on.
    static func sparsestGraph(
        participants: Int, colluders: Int, dropouts: Dropouts, server: ServerModel, explicitThreshold: Int?, from: Int
    ) -> RegularGraph? {
        let bound = unionBound(server.securityBits, participants) - margin
        var floor = 0
        for neighbours in stride(from: from, through: participants - 2, by: 2) {
            // w never falls as the window grows, so the search goes on from the last one.
            let windows = HypergeometricTail(population: participants, marked: colluders, draws: neighbours / 2)
            while windows.log2MoreThan(floor) > bound { floor += 1 }
            guard
                windowsStay(
                    participants: participants, silent: dropouts.beforeSurvivors, neighbours: neighbours,
                    windowFloor: floor)
            else { continue }
            let smallest = threshold(participants, colluders, neighbours, bound)
            let chosen = explicitThreshold ?? smallest
            guard chosen >= smallest,
                neighboursStay(
                    participants: participants, silent: dropouts.beforeOpening, neighbours: neighbours,
                    threshold: chosen)
            else { continue }
            return RegularGraph(
                unchecked: participants, neighbours: neighbours, windowFloor: floor, threshold: chosen)
        }
        return nil
    }
}
