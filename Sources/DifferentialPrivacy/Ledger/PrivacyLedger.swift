public import CryptoPrimitives

/// The right to release one thing once: handed out after the charge is durable, consumed by the release.
///
/// It cannot be copied, and nothing but a ledger makes one, so a release step that takes it by `consuming` is paid for.
/// Source: privacy-ledger section 4
public struct ReleasePermit: ~Copyable, Sendable {
    /// The round.
    public let round: UInt64
    /// What may be released.
    public let release: ReleaseKind
    /// The entry that paid for it.
    public let digest: Digest

    fileprivate init(_ charge: PrivacyCharge, _ digest: Digest) {
        round = charge.round
        release = charge.release
        self.digest = digest
    }

    /// Gives up the permit for the release that it was bought for, and answers with the digest of the entry. Throws
    /// `otherRelease`; the permit is gone either way, the charge stays.
    /// Source: privacy-ledger section 4
    public consuming func redeem(round: UInt64, release: ReleaseKind) throws(LedgerRefusal) -> Digest {
        guard round == self.round, release == self.release else { throw .otherRelease }
        return digest
    }
}

/// The ledger of a running federation: every release is charged, and made durable, before it happens.
///
/// It cannot be copied, for two copies would spend one budget twice. Entries are only ever appended.
/// Source: privacy-ledger section 4
public struct PrivacyLedger: ~Copyable, Sendable {
    /// Terms and entries so far.
    public private(set) var record: LedgerRecord

    /// A line that may or may not be durable.
    private struct Pending: Sendable {
        var line: LedgerLine
        var entry: LedgerEntry
    }

    private var pending: Pending?

    /// Opens a ledger; its first line is durable when this returns.
    ///
    /// Throws `notDurable` when `persist` throws: there is no ledger then, and the same terms make the same line again.
    /// Source: privacy-ledger section 4
    public init(_ terms: LedgerTerms, persist: (LedgerLine) throws -> Void) throws(LedgerRefusal) {
        record = LedgerRecord(terms)
        do { try persist(record.firstLine) } catch { throw .notDurable }
    }

    /// Goes on with a ledger from its text and the digest that was stored apart from it.
    ///
    /// `unrecorded` is how many entries may follow that digest: 1 where a crash between storing a line and storing its
    /// digest is to be survived, else 0. They count as spent. Throws what reading throws, `otherBudget` or `otherTerms`,
    /// `rolledBack` when the chain does not hold the digest, `ahead`.
    /// Source: privacy-ledger section 6
    public init(
        resuming bytes: [UInt8], lastDigest: Digest, terms: LedgerTerms, unrecorded: Int
    ) throws(LedgerRefusal) {
        let record = try LedgerRecord(reading: bytes)
        guard record.terms == terms else {
            throw record.terms.differsInBudgetAlone(from: terms) ? .otherBudget : .otherTerms
        }
        let digests = [LedgerRecord(terms).lastDigest] + record.entries.map(\.digest)
        guard let position = digests.lastIndex(of: lastDigest) else { throw .rolledBack }
        let after = digests.count - 1 - position
        guard after <= unrecorded else { throw .ahead(by: after) }
        self.record = record
    }

    /// Pays for one release.
    ///
    /// Everything is checked first; what throws then has changed nothing (`budgetExceeded`, `unnoisedRelease`,
    /// `notPlanned`, `alreadyCharged`, `roundOutOfOrder`, `belowFloor`, `tooManySurvivors`, `notGaussian`,
    /// `notAccounted`, `tooLarge`, `unsettled`). Then the charge counts, `persist` gets the line, and the permit is
    /// handed out when it returns. If it throws, nobody knows whether the line is on disk: the charge stays counted,
    /// `notDurable` is thrown, and nothing more is entered before `settle`.
    /// Source: privacy-ledger section 4
    public mutating func charge(
        _ charge: PrivacyCharge, persist: (LedgerLine) throws -> Void
    ) throws(LedgerRefusal) -> ReleasePermit {
        guard pending == nil else { throw .unsettled }
        try LedgerTerms.check(charge.event, survivors: charge.survivors, record.terms.trust)
        let (entry, bytes) = record.next(.charge(charge))
        let line = LedgerLine(offset: record.byteCount, bytes: bytes, digest: entry.digest)
        try record.admit(entry, byteCount: bytes.count)
        pending = Pending(line: line, entry: entry)
        do { try persist(line) } catch { throw .notDurable }
        pending = nil
        return ReleasePermit(charge, entry.digest)
    }

    /// Gives a charge back to the company whose ledger this is.
    ///
    /// Only for a survivor set without the company that a quorum has signed, which the caller has verified; never for
    /// an aborted round, whose sum somebody may have seen. Throws `refundNotAllowed`, `unknownCharge`,
    /// `alreadyRefunded`, `tooLarge`, `unsettled`, and `notDurable`, in which case nothing is given back before
    /// `settle`.
    /// Source: privacy-ledger section 5
    public mutating func refund(
        _ refund: PrivacyRefund, persist: (LedgerLine) throws -> Void
    ) throws(LedgerRefusal) {
        guard pending == nil else { throw .unsettled }
        let (entry, bytes) = record.next(.refund(refund))
        let line = LedgerLine(offset: record.byteCount, bytes: bytes, digest: entry.digest)
        try record.check(entry, byteCount: bytes.count)
        pending = Pending(line: line, entry: entry)
        do { try persist(line) } catch { throw .notDurable }
        try record.admit(entry, byteCount: bytes.count)
        pending = nil
    }

    /// Makes the line durable that `charge` or `refund` left open: the same bytes at the same offset. Gives the permit
    /// of a charge, nil for a refund or when nothing was open. Throws `notDurable` again.
    /// Source: privacy-ledger section 4
    public mutating func settle(persist: (LedgerLine) throws -> Void) throws(LedgerRefusal) -> ReleasePermit? {
        guard let open = pending else { return nil }
        do { try persist(open.line) } catch { throw .notDurable }
        pending = nil
        switch open.entry.body {
        case .charge(let charge): return ReleasePermit(charge, open.entry.digest)
        case .refund:
            try record.admit(open.entry, byteCount: open.line.bytes.count)
            return nil
        }
    }
}
