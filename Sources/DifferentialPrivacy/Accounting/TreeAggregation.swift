/// Running sums by a binary tree: every node's sum is noised once, and a prefix is the sum of at most `depth` nodes.
///
/// A unit that is in one leaf is in `depth` nodes, so that the vector of all nodes moves by sqrt(depth) clip norms: one
/// event, however many prefixes are read. With a unit in up to m leaves it moves by at most m sqrt(depth).
/// Source: privacy-accounting section 8
public struct TreeAggregation: Hashable, Sendable {
    /// Leaves, 1...2^40: the steps of the run.
    public let leaves: Int
    /// The most leaves that one unit is in, 1...leaves.
    public let leavesPerUnit: Int

    /// Refuses counts out of range.
    /// Source: privacy-accounting section 8
    public init(leaves: Int, leavesPerUnit: Int) throws(AccountingRefusal) {
        guard (1...1 << 40).contains(leaves), (1...leaves).contains(leavesPerUnit) else { throw .countOutOfRange }
        self.leaves = leaves
        self.leavesPerUnit = leavesPerUnit
    }

    /// Nodes above and at a leaf: ceil(log2 leaves) + 1.
    public var depth: Int { Int.bitWidth - (leaves - 1).leadingZeroBitCount + 1 }

    /// Noise of a prefix relative to a node's, at most: the root of the nodes that add up to it.
    public var prefixFactor: Double { Double(leaves.bitWidth - leaves.leadingZeroBitCount).squareRoot() }

    /// The whole tree as one event, for noise of so many clip norms on every node. Throws `countOutOfRange` where the
    /// ratio of noise to reach leaves the range served.
    /// Source: privacy-accounting section 8
    public func event(nodeNoise: NoiseMultiplier) throws(AccountingRefusal) -> PrivacyEvent {
        let reach = Enclosure(Double(leavesPerUnit)) * Enclosure(Double(depth)).squareRoot
        guard let noise = try? NoiseMultiplier((Enclosure(nodeNoise.value) / reach).lower) else {
            throw .countOutOfRange
        }
        return try PrivacyEvent(.gaussian(noise), sampling: .none, count: 1)
    }
}
