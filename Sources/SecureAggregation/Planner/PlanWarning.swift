/// What the user of a plan should know; nothing here makes it unsafe.
/// Source: thresholds section 3
public enum PlanWarning: Hashable, Sendable {
    /// No colluders are assumed, not even the server's operator.
    case noColludersAssumed
    /// A sum may hide each honest input among only this many.
    case fewHonestInputs(Int)
    /// With the assumed dropouts, silent colluders can prevent the quorum; so many dropouts would be survived
    /// (negative: not even none), and so many members would be needed.
    case colludersCanStallQuorum(toleratedDropouts: Int, participantsNeeded: Int)
    /// With the assumed dropouts, silent colluders can prevent the opening; so many dropouts would be survived.
    case colludersCanStallOpening(toleratedDropouts: Int)
    /// Silent colluders can cut windows or neighbourhoods of the ring and so stall a round, though never open one.
    case colludersCanStallRing
    /// Colluders that withhold receipts can keep honest dealers out of the cohort.
    case colludersCanWithholdReceipts
    /// A is below t + c: a bad dealer and lying holders together can abort a round.
    case badDealerCanAbort(receipts: Int, receiptsToExclude: Int)
    /// With the assumed dropouts, rounds on this graph fail more often than 2^-30; the payload is a k that is enough,
    /// nil when only the complete graph is.
    case neighbourhoodMayStall(recommended: Int?)

    /// Whether it is about shares of mask secrets, which an encrypted sum does not deal.
    public var concernsDealing: Bool {
        switch self {
        case .colludersCanWithholdReceipts, .badDealerCanAbort: true
        default: false
        }
    }
}

extension PlanWarning: CustomStringConvertible {
    /// One sentence: what, and what to do.
    public var description: String {
        switch self {
        case .noColludersAssumed:
            "no colluders are assumed; a server run by a member counts as one"
        case .fewHonestInputs(let count):
            "a sum may hold only \(count) honest inputs; more participants would hide each better"
        case .colludersCanStallQuorum(let tolerated, let needed):
            "silent colluders can prevent the quorum: \(max(0, tolerated)) dropouts are survived"
                + (tolerated < 0 ? " and not even that is certain" : "") + "; \(needed) participants would be enough"
        case .colludersCanStallOpening(let tolerated):
            "silent colluders can prevent the opening: \(max(0, tolerated)) dropouts are survived"
                + (tolerated < 0 ? " and not even that is certain" : "") + "; a lower threshold gives slack"
        case .colludersCanStallRing:
            "silent colluders can stall a round on this sparse graph; more neighbours give slack"
        case .colludersCanWithholdReceipts:
            "colluders that withhold receipts can keep honest dealers out; a lower threshold gives slack"
        case .badDealerCanAbort(let receipts, let wanted):
            "\(receipts) receipts are asked for, not \(wanted): a bad dealer and lying holders can abort a round"
        case .neighbourhoodMayStall(let recommended):
            "with these dropouts rounds may fail by chance; use "
                + (recommended.map { "\($0) neighbours" } ?? "the complete graph")
        }
    }
}
