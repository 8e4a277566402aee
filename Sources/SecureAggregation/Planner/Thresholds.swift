internal import RoundProtocol

/// How the Shamir threshold of a complete graph is chosen.
/// Source: thresholds section 2
public enum ThresholdRule: Hashable, Sendable {
    /// t = quorum: conservative, safe even if the agreement on the survivors were bypassed; no slack for late dropouts.
    case quorum
    /// t = max(2, colluders + 1): the most slack, safe because the survivor set is unique.
    case minimum
    /// A chosen t, refused when unsafe.
    case explicit(Int)
}

/// Why thresholds are refused; the payload is the nearest safe value.
/// Source: thresholds section 2
public enum ThresholdFailure: Error, Hashable, Sendable {
    /// Fewer than three members: a member could subtract its own input and read the other's.
    case tooFewParticipants(minimum: Int)
    /// Colluders negative, or so many that no quorum holds an honest majority of its overlap.
    case colludersOutOfRange(largest: Int)
    /// Two quorums of this size may share no honest member.
    case quorumTooLow(minimum: Int)
    /// A quorum no session of this size can reach.
    case quorumTooHigh(maximum: Int)
    /// The colluders alone could open a secret, or one share would.
    case thresholdTooLow(minimum: Int)
    /// More shares than there are holders.
    case thresholdTooHigh(maximum: Int)
}

/// The signature quorum q and the Shamir threshold t of a session on the complete graph.
///
/// n is always the size of the session, never of a later cohort. A value of this type is safe by construction:
/// 2q > n + c, q <= n and max(2, c + 1) <= t <= n.
/// Source: thresholds section 2
public struct Thresholds: Hashable, Sendable {
    /// Members of the session, n >= 3.
    public let participants: Int
    /// Colluders assumed, c, the server's operator included when it is a member.
    public let colluders: Int
    /// Signatures that fix a survivor set, q.
    public let quorum: Int
    /// Shares that open a secret, t.
    public let shamir: Int

    /// Computes q = floor((r + c) / 2) + 1 for a roster of r members, all of them unless told otherwise, and t by `rule`;
    /// throws the reason and the nearest safe value.
    ///
    /// Counted over the roster, the quorums of any two sessions share an honest signer, who signs one survivor set a model.
    /// Source: thresholds section 2
    public init(
        participants: Int, colluders: Int, rule: ThresholdRule = .quorum, roster: Int? = nil
    ) throws(ThresholdFailure) {
        try Self.checkRange(participants: participants, colluders: colluders)
        let quorum = Self.quorum(participants: max(participants, roster ?? participants), colluders: colluders)
        let threshold =
            switch rule {
            case .quorum: quorum
            case .minimum: Self.smallestThreshold(colluders: colluders)
            case .explicit(let value): value
            }
        try self.init(participants: participants, colluders: colluders, quorum: quorum, shamir: threshold)
    }

    /// Checks thresholds that somebody else proposed; throws the reason and the nearest safe value.
    /// Source: thresholds section 2
    public init(participants: Int, colluders: Int, quorum: Int, shamir: Int) throws(ThresholdFailure) {
        try Self.checkRange(participants: participants, colluders: colluders)
        let smallestQuorum = Self.quorum(participants: participants, colluders: colluders)
        guard quorum >= smallestQuorum else { throw .quorumTooLow(minimum: smallestQuorum) }
        guard quorum <= participants else { throw .quorumTooHigh(maximum: participants) }
        let smallest = Self.smallestThreshold(colluders: colluders)
        guard shamir >= smallest else { throw .thresholdTooLow(minimum: smallest) }
        guard shamir <= participants else { throw .thresholdTooHigh(maximum: participants) }
        self.participants = participants
        self.colluders = colluders
        self.quorum = quorum
        self.shamir = shamir
    }

    /// floor((n + c) / 2) + 1, the smallest q with 2q > n + c.
    /// Source: thresholds section 1
    public static func quorum(participants: Int, colluders: Int) -> Int {
        Agreement.quorum(participants: participants, colluders: colluders)
    }

    /// max(2, c + 1), the smallest t that the colluders cannot reach alone.
    /// Source: thresholds section 2
    public static func smallestThreshold(colluders: Int) -> Int { max(2, colluders + 1) }

    private static func checkRange(participants: Int, colluders: Int) throws(ThresholdFailure) {
        guard participants >= 3 else { throw .tooFewParticipants(minimum: 3) }
        guard colluders >= 0 && colluders < participants else {
            throw .colludersOutOfRange(largest: participants - 1)
        }
    }
}

extension Thresholds {
    /// Members that may send no input and no signature while every colluder is silent too: n - q - c, negative when
    /// the colluders alone can stall the agreement (always so below n = 3c + 1).
    /// Source: thresholds section 3
    public var toleratedBeforeSurvivors: Int { participants - quorum - colluders }

    /// Members that may reveal nothing while every colluder is silent too: n - t - c, possibly negative.
    /// Source: thresholds section 3
    public var toleratedBeforeOpening: Int { participants - shamir - colluders }

    /// Whether a round ends although these members and all colluders fall silent.
    /// Source: thresholds section 3
    public func isLive(with dropouts: Dropouts) -> Bool {
        dropouts.beforeSurvivors <= toleratedBeforeSurvivors && dropouts.beforeOpening <= toleratedBeforeOpening
    }

    /// The receipts A a dealer may be asked for: t...min(t + c, n - c - setupDropouts), nil when that is empty.
    ///
    /// Below t + c a bad dealer and lying holders together can abort a round.
    /// Source: thresholds section 4
    public func receipts(setupDropouts: Int) -> ClosedRange<Int>? {
        let upper = min(shamir + colluders, participants - colluders - setupDropouts)
        return upper >= shamir ? shamir...upper : nil
    }
}
