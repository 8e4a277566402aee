/// Why a ledger was not opened, or a charge or refund not entered. Carries public numbers alone, never input bytes.
/// Source: privacy-ledger section 6
public enum LedgerRefusal: Error, Hashable, Sendable {
    /// The charge would exceed what the filter allows; nothing has changed. The command line answers with exit code 5.
    case budgetExceeded
    /// The schedule or filter as fixed beforehand exceeds the budget, so nothing could ever be released.
    case filterExceedsBudget
    /// A total without noise is infinitely expensive.
    case unnoisedRelease
    /// The plan has no such release with this noise and sampling.
    case notPlanned
    /// A plan without releases, with more than 64, or with one of them twice.
    case planOutOfRange
    /// A budget, a bound or an order that is zero, not finite or not served.
    case boundOutOfRange
    /// The event cannot be accounted for under the ledger's adjacency.
    case notAccounted(AccountingRefusal)
    /// The event is sampled or not Gaussian, and the filter takes unsampled Gaussian events only.
    case notGaussian
    /// A noise parameter out of its range.
    case noiseOutOfRange
    /// Participants, colluders and dropouts of which no honest survivor remains, or more than 65,536 participants.
    case trustOutOfRange
    /// Fewer survivors than the event's noise was planned for.
    case belowFloor(minimum: Int)
    /// More survivors than participants.
    case tooManySurvivors(maximum: Int)
    /// An empty name, one above 128 bytes, or one with control characters.
    case invalidName
    /// This release of this round has been charged before.
    case alreadyCharged
    /// A round before one that was charged already.
    case roundOutOfOrder
    /// The ledger is the whole federation's; a refund is one company's affair.
    case refundNotAllowed
    /// No charge has this digest.
    case unknownCharge
    /// The charge was refunded before.
    case alreadyRefunded
    /// The line could not be made durable. A charge stays counted, no permit is handed out.
    case notDurable
    /// An earlier line is not known to be durable; settle it first.
    case unsettled
    /// A permit for another release.
    case otherRelease
    /// The text ends inside a line, or there is no line at all.
    case truncated
    /// A line above 64 KiB, a ledger above 64 MiB, or more than 4,096 different sampled events.
    case tooLarge
    /// Not JSON, or an entry without its members; entries count from 0.
    case malformed(entry: Int)
    /// The entry decodes, but these are not its canonical bytes.
    case notCanonical(entry: Int)
    /// The entry's digest is not that of its contents, or does not name the entry before.
    case chainBroken(entry: Int)
    /// The chain does not hold the digest that was presented: an older state, or another ledger.
    case rolledBack
    /// The chain goes on after the digest that was presented, by so many entries.
    case ahead(by: Int)
    /// The first line is of no schema known here.
    case unknownSchema
    /// The ledger was opened under another budget.
    case otherBudget
    /// The ledger was opened under other terms.
    case otherTerms
}

extension LedgerRefusal: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .budgetExceeded: "the release would exceed the privacy budget"
        case .filterExceedsBudget: "the planned releases exceed the privacy budget"
        case .unnoisedRelease: "a total without noise cannot be released under a privacy budget"
        case .notPlanned: "the plan has no such release"
        case .planOutOfRange: "a plan has 1 to 64 different releases"
        case .boundOutOfRange: "a budget, bound or order is out of range"
        case .notAccounted(let reason): "the event cannot be accounted for: \(reason)"
        case .notGaussian: "this filter takes unsampled Gaussian events only"
        case .noiseOutOfRange: "a noise parameter is out of range"
        case .trustOutOfRange: "participants must exceed colluders and dropouts together"
        case .belowFloor(let minimum): "too few survivors; at least \(minimum) are needed"
        case .tooManySurvivors(let maximum): "there are only \(maximum) participants"
        case .invalidName: "a name has 1 to 128 bytes without control characters"
        case .alreadyCharged: "this release of this round was charged before"
        case .roundOutOfOrder: "the round lies before one that was charged"
        case .refundNotAllowed: "the federation's ledger gives no refunds"
        case .unknownCharge: "no charge has this digest"
        case .alreadyRefunded: "the charge was refunded before"
        case .notDurable: "the line could not be made durable; the charge stays counted"
        case .unsettled: "an earlier line is not known to be durable"
        case .otherRelease: "the permit is for another release"
        case .truncated: "the ledger ends inside a line"
        case .tooLarge: "the ledger is too large"
        case .malformed(let entry): "entry \(entry) is not a ledger entry"
        case .notCanonical(let entry): "entry \(entry) is not in canonical form"
        case .chainBroken(let entry): "the chain is broken at entry \(entry)"
        case .rolledBack: "the ledger does not hold the last digest presented"
        case .ahead(let count): "the ledger goes on for \(count) entries after the digest presented"
        case .unknownSchema: "unknown ledger schema"
        case .otherBudget: "the ledger was opened under another budget"
        case .otherTerms: "the ledger was opened under other terms"
        }
    }
}
