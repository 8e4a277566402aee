public import CryptoPrimitives

/// One sum whose noise is to be made to fit: the names that every seed is bound to.
/// Source: removable-noise section 3
public struct RemovalRound: Hashable, Sendable {
    /// The session.
    public let session: Digest
    /// The round.
    public let round: UInt64
    /// What the noise is for.
    public let purpose: NoisePurpose
    /// All members by ascending identifier.
    public let members: [UInt32]

    /// Throws `membersNotAscending` for a repeated or unordered identifier.
    public init(
        session: Digest, round: UInt64, purpose: NoisePurpose, members: [UInt32]
    ) throws(RemovalRefusal) {
        guard Self.isAscending(members) else { throw .membersNotAscending }
        self.session = session
        self.round = round
        self.purpose = purpose
        self.members = members
    }

    /// The digest that a survivor set has in this round.
    ///
    /// Throws `survivorsNotAscending`, `unknownSurvivor`, `belowFloor`, and `wrongCohort` for a plan of another size.
    func agreement(
        on survivors: [UInt32], under plan: RemovableNoisePlan
    ) throws(RemovalRefusal) -> (digest: Digest, silent: Int) {
        guard members.count == plan.total.request.participants else {
            throw .wrongCohort(expected: plan.total.request.participants)
        }
        guard Self.isAscending(survivors) else { throw .survivorsNotAscending }
        var next = members.startIndex
        for survivor in survivors {
            while next < members.endIndex, members[next] < survivor { next += 1 }
            guard next < members.endIndex, members[next] == survivor else { throw .unknownSurvivor(survivor) }
        }
        guard survivors.count >= plan.total.minimumSurvivors else {
            throw .belowFloor(survivors: survivors.count, minimum: plan.total.minimumSurvivors)
        }
        var hash = Blake2b(Personalisation("SecAgg DP agreed"))
        hash.update(session)
        hash.update(littleEndian: round)
        hash.update(littleEndian: purpose.rawValue)
        hash.update(littleEndian: UInt32(members.count))
        for id in members { hash.update(littleEndian: id) }
        for id in survivors { hash.update(littleEndian: id) }
        return (hash.finalize(), members.count - survivors.count)
    }

    private static func isAscending(_ ids: [UInt32]) -> Bool {
        zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
    }
}

/// Why seeds are not revealed, not taken, or noise is not removed. Public numbers alone.
/// Source: removable-noise section 4
public enum RemovalRefusal: Error, Hashable, Sendable {
    /// A member twice, or members out of order.
    case membersNotAscending
    /// Another number of members than the plan is for.
    case wrongCohort(expected: Int)
    /// Not one of the members.
    case unknownMember(UInt32)
    /// A survivor twice, or survivors out of order.
    case survivorsNotAscending
    /// A survivor that is no member.
    case unknownSurvivor(UInt32)
    /// Too few survivors: the sum must stay masked.
    case belowFloor(survivors: Int, minimum: Int)
    /// The one whose seeds they are is not among the survivors.
    case notASurvivor(UInt32)
    /// The noise was taken before.
    case noiseTaken
    /// The noise has not been taken: there is nothing in the sum that could be removed.
    case noiseNotTaken
    /// Seeds were revealed before, for one survivor set.
    case alreadyRevealed
    /// Seeds for another survivor set, session, round or purpose.
    case otherAgreement(UInt32)
    /// Not exactly the components that may go: the first and how many.
    case wrongComponents(UInt32, first: Int, count: Int)
    /// Seeds of this survivor were taken before.
    case duplicateSeeds(UInt32)
    /// A vector of another dimension.
    case dimensionMismatch(expected: Int)
    /// A ring of a width that signed sums cannot have: not 2...64 bits.
    case unsupportedBits
}
