internal import CryptoPrimitives

extension LedgerRecord {
    /// The charges that were not given back.
    public var charges: [PrivacyCharge] {
        entries.compactMap { entry in
            guard case .charge(let charge) = entry.body, !account.isRefunded(entry.digest) else { return nil }
            return charge
        }
    }

    /// Releases that a plan still allows, by line; nil for the other filters.
    /// Source: privacy-ledger section 7
    public var remaining: [PlannedRelease]? {
        guard case .planned(let releases) = terms.filter else { return nil }
        return zip(releases, account.remaining).compactMap { release, left in
            left > 0 ? PlannedRelease(release.release, release.event.repeated(left)) : nil
        }
    }

    /// What a Gaussian or Rényi filter has spent of its bound, rounded up; nil for a plan.
    /// Source: privacy-ledger section 7
    public var spentOfBound: (spent: Double, bound: Double)? {
        switch terms.filter {
        case .planned: nil
        case .gaussian(let bound), .renyi(_, let bound): (account.spent, bound)
        }
    }

    /// What the releases up to a round cost at the noise that was really in them. It may be quoted only as "spent, if
    /// the choices did not depend on data"; the claim is the terms' `guarantee`. nil before the first charge.
    ///
    /// Beyond 64 different events the charged ones stand in for the realised ones. Cost: one accountant query.
    /// Source: privacy-ledger section 7
    public func realised(throughRound round: UInt64 = .max) -> PrivacyGuarantee? {
        let charges = charges.filter { $0.round <= round }
        guard let schedule = schedule(charges.map { $0.realised(terms.trust) }, atMost: PrivacyFilter.mostLines) else {
            return schedule(charges.map(\.event), atMost: .max).map(PrivacyGuarantee.init)
        }
        return PrivacyGuarantee(schedule)
    }

    /// Equal events joined; nil when none is left, too many differ, or the accountant refuses.
    private func schedule(_ events: [ChargedEvent], atMost limit: Int) -> PrivacySchedule? {
        var counts: [ChargedEvent: Int] = [:]
        var order: [ChargedEvent] = []
        for event in events {
            if counts[event.once] == nil { order.append(event.once) }
            counts[event.once, default: 0] += event.count
        }
        guard !order.isEmpty, order.count <= limit else { return nil }
        let joined = order.map { $0.repeated(counts[$0] ?? 1) }
        return try? .charged(unit: terms.unit, adjacency: terms.adjacency, joined)
    }
}

extension LedgerRecord {
    /// Whether another ledger has the same terms and entries, but for whose copy it is. Refunds, which are one company's
    /// affair, make a difference.
    /// Source: privacy-ledger section 7
    public func charges(theSameAs other: LedgerRecord) -> Bool {
        guard terms.equalsButForParticipant(other.terms), entries.count == other.entries.count else {
            return false
        }
        return zip(entries, other.entries).allSatisfy { $0.body == $1.body }
    }
}
