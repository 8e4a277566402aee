public import CryptoPrimitives

/// One release to be paid for.
/// Source: privacy-ledger section 1
public struct PrivacyCharge: Hashable, Sendable {
    /// The round, never before one that was charged already.
    public let round: UInt64
    /// What is released.
    public let release: ReleaseKind
    /// The noise counted on, the sampling, and how often.
    public let event: ChargedEvent
    /// Members whose shares are in the sum (in the smallest group, for group sums), where they are agreed before the
    /// sum is opened; nil where they are not known.
    public let survivors: Int?

    /// Names the release; everything is checked when it is charged.
    public init(round: UInt64, release: ReleaseKind, event: ChargedEvent, survivors: Int?) {
        self.round = round
        self.release = release
        self.event = event
        self.survivors = survivors
    }

    /// What really happened: the shares of all survivors but the colluders, where shares add up.
    func realised(_ trust: TrustAssumptions) -> ChargedEvent {
        guard let survivors, release.addsShares else { return event }
        return event.with(honest: survivors - trust.colluders)
    }
}

/// A charge given back to a company that was not in the agreed survivor set.
/// Source: privacy-ledger section 5
public struct PrivacyRefund: Hashable, Sendable {
    /// The entry given back.
    public let charge: Digest
    /// The survivor set, signed by the quorum, in which the company is missing. The caller has verified it.
    public let agreement: Digest

    /// Names both. An aborted round is no reason for a refund.
    public init(charge: Digest, agreement: Digest) {
        self.charge = charge
        self.agreement = agreement
    }
}

/// One line of a ledger after the first.
/// Source: privacy-ledger section 2
public struct LedgerEntry: Hashable, Sendable {
    /// What the line says.
    public enum Body: Hashable, Sendable {
        /// A release paid for.
        case charge(PrivacyCharge)
        /// A charge given back.
        case refund(PrivacyRefund)
    }

    /// The position in the chain, from 1; the terms are entry 0.
    public let index: Int
    /// What the line says.
    public let body: Body
    /// The digest of the entry before.
    public let previous: Digest
    /// The digest of this entry.
    public let digest: Digest
}

/// A line to be made durable before anything is released.
/// Source: privacy-ledger section 4
public struct LedgerLine: Sendable {
    /// Where in the file the line begins: writing it there twice is writing it once.
    public let offset: Int
    /// The canonical JSON of the entry and a line feed.
    public let bytes: [UInt8]
    /// The digest to be presented when the ledger is resumed; to be stored elsewhere, after the line.
    public let digest: Digest
}
