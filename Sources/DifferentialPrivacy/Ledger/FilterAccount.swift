internal import CryptoPrimitives

/// The running state of a filter: what may still be spent, which releases are taken, which charges are given back.
struct FilterAccount: Sendable {
    /// What one charge took, so that a refund gives the same back.
    private struct Taken: Sendable {
        var line: Int?
        var cost: Double
        var count: Int
        var isRefunded = false
    }

    /// Uses left of each line of a plan.
    private(set) var remaining: [Int] = []
    /// Spent of a filter's bound, rounded up.
    private(set) var spent = 0.0
    private var count = 0
    private var lastRound: UInt64 = 0
    private var kindsOfRound: Set<ReleaseKind> = []
    private var taken: [Digest: Taken] = [:]
    private var costs: [ChargedEvent: Double] = [:]

    /// Different sampled events that one ledger may hold: each costs the accountant milliseconds.
    static let mostSampledEvents = 4096

    init(_ terms: LedgerTerms) {
        if case .planned(let releases) = terms.filter { remaining = releases.map(\.event.count) }
    }

    /// Whether the entry of this digest is a charge that was given back.
    func isRefunded(_ digest: Digest) -> Bool { taken[digest]?.isRefunded ?? false }

    /// Enters a charge or a refund; nothing has changed when it throws.
    mutating func enter(_ entry: LedgerEntry, _ terms: LedgerTerms) throws(LedgerRefusal) {
        switch entry.body {
        case .charge(let charge): try enter(charge, entry.digest, terms)
        case .refund(let refund): try enter(refund, terms)
        }
    }

    private mutating func enter(
        _ charge: PrivacyCharge, _ digest: Digest, _ terms: LedgerTerms
    ) throws(LedgerRefusal) {
        if case .unnoised = charge.event.noise { throw .unnoisedRelease }
        guard charge.round >= lastRound else { throw .roundOutOfOrder }
        let kinds = charge.round == lastRound ? kindsOfRound : []
        guard !kinds.contains(charge.release) else { throw .alreadyCharged }
        try LedgerTerms.check(charge.event, survivors: charge.survivors, terms.trust)
        guard count + charge.event.count <= 1 << 40 else { throw .budgetExceeded }
        var entry = Taken(line: nil, cost: 0, count: charge.event.count)
        switch terms.filter {
        case .planned(let releases): entry.line = try line(charge, releases)
        case .gaussian(let bound):
            entry.cost = try ChargeCost.gaussian(charge.event, terms.adjacency)
            guard (spent + entry.cost).nextUp <= bound else { throw .budgetExceeded }
            spent = (spent + entry.cost).nextUp
        case .renyi(let order, let bound):
            entry.cost = try cost(charge.event, order: order, terms)
            guard (spent + entry.cost).nextUp <= bound else { throw .budgetExceeded }
            spent = (spent + entry.cost).nextUp
        }
        if let line = entry.line { remaining[line] -= entry.count }
        count += entry.count
        kindsOfRound = kinds.union([charge.release])
        lastRound = charge.round
        taken[digest] = entry
    }

    /// The line of the plan that the charge is drawn from, with enough left.
    private func line(_ charge: PrivacyCharge, _ releases: [PlannedRelease]) throws(LedgerRefusal) -> Int {
        let once = charge.event.once
        guard
            let line = releases.firstIndex(where: { $0.release == charge.release && $0.event.once == once })
        else { throw .notPlanned }
        guard remaining[line] >= charge.event.count else { throw .budgetExceeded }
        return line
    }

    private mutating func cost(
        _ event: ChargedEvent, order: Double, _ terms: LedgerTerms
    ) throws(LedgerRefusal) -> Double {
        if let known = costs[event] { return known }
        guard costs.count < Self.mostSampledEvents else { throw .tooLarge }
        let cost = try ChargeCost.renyi(event, order: order, unit: terms.unit, terms.adjacency)
        costs[event] = cost
        return cost
    }

    private mutating func enter(_ refund: PrivacyRefund, _ terms: LedgerTerms) throws(LedgerRefusal) {
        guard terms.participant != nil else { throw .refundNotAllowed }
        guard let entry = taken[refund.charge] else { throw .unknownCharge }
        guard !entry.isRefunded else { throw .alreadyRefunded }
        taken[refund.charge]?.isRefunded = true
        if let line = entry.line { remaining[line] += entry.count }
        // An upper bound of a sum less one of its very terms, rounded up, is one of the rest.
        spent = max(0, (spent - entry.cost).nextUp)
    }
}
