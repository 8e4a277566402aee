/// A public seed that no party chose alone, such as the hash of everybody's opened commitments.
/// Source: robust-sums section 1
public struct JointSeed: Hashable, Sendable {
    let words: [UInt64]

    /// Takes 32 bytes; throws `seedLength`.
    public init(bytes: [UInt8]) throws(RobustnessRefusal) {
        guard bytes.count == 32 else { throw .seedLength(found: bytes.count) }
        words = (0..<4).map { word in
            (0..<8).reduce(0) { $0 | UInt64(bytes[8 * word + $1]) << (8 * UInt64($1)) }
        }
    }
}

/// A partition of the participants into groups of nearly equal size, each of which is summed by itself.
///
/// Everybody computes it from the joint seed, so neither the coordinator nor attackers choose who sits with whom. The order
/// is that of `SeededGenerator`: 64 bits of state, enough against chance, and only as good as the seed is joint.
///
/// Each further grouping of the same companies lets the coordinator compare sums over overlapping groups: keep one grouping
/// for many rounds and charge each.
/// Source: robust-sums section 1
public struct JointGroups: Hashable, Sendable {
    /// The members of each group, ascending.
    public let members: [[Int]]
    /// How many participants there are.
    public let participants: Int

    /// Splits `participants` into `groups`; throws `groupsTooSmall` when one would have fewer than `minimumSize` members.
    ///
    /// - Parameters:
    ///   - minimumSize: at least 2, so that no group is one company; 3 unless a group's members may know each other's.
    ///   - period: which of the agreed groupings in a row; 0 is the first.
    public init(
        participants: Int, groups: Int, minimumSize: Int, seed: JointSeed, period: UInt64
    ) throws(RobustnessRefusal) {
        precondition(groups >= 1 && participants >= 1 && minimumSize >= 2, "no group or no privacy")
        guard participants / groups >= minimumSize else {
            throw .groupsTooSmall(smallest: participants / groups, minimum: minimumSize)
        }
        let w = seed.words
        var generator = SeededGenerator(mixing: w[0], w[1], w[2], w[3], period)
        var order = Array(0..<participants)
        generator.shuffle(&order)
        var result = [[Int]](repeating: [], count: groups)
        for (place, participant) in order.enumerated() { result[place % groups].append(participant) }
        members = result.map { $0.sorted() }
        self.participants = participants
    }

    /// How many groups.
    public var count: Int { members.count }

    /// The group of each participant.
    public var groupOfParticipant: [Int] {
        var result = [Int](repeating: 0, count: participants)
        for (group, members) in members.enumerated() {
            for member in members { result[member] = group }
        }
        return result
    }

    /// How many groups `attackers` of `participants` spoil on average when groups have `size` members:
    /// `g (1 - C(n - b, s) / C(n, s))`.
    public static func expectedSpoiled(participants: Int, size: Int, attackers: Int) -> Double {
        precondition(size >= 1 && size <= participants && (0...participants).contains(attackers), "out of range")
        var clean = 1.0
        for index in 0..<size {
            clean *= Double(max(0, participants - attackers - index)) / Double(participants - index)
        }
        return Double(participants) / Double(size) * (1 - clean)
    }
}
