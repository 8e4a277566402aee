/// Why a schedule is not accounted for, or no setting meets a budget.
/// Source: privacy-accounting section 1
public enum AccountingRefusal: Error, Hashable, Sendable {
    /// No event at all: there is nothing to bound.
    case emptySchedule
    /// A count outside 1 ... 2^40, in one event or in all together.
    case countOutOfRange
    /// Fixed-size sampling reveals the number of units; it has no meaning when neighbours differ by one unit.
    case fixedSizeNeedsReplaceOne
    /// The figure of Poisson sampling is proven for adding or removing a unit; it must not be quoted for an exchange.
    case poissonNeedsAddRemove
    /// No bound is offered for Laplace noise on samples of a fixed size.
    case sampledLaplace
    /// No share at all, or a share of noise whose variance lies below 18 grid units squared (or is not finite).
    case shareTooSmall(minimum: Int)
    /// A sensitivity above 2^51 grid units.
    case sensitivityOutOfRange
    /// A vector without coordinates.
    case noCoordinates
    /// Even the most noise, the fewest steps or the lowest rate that is served spends more than the budget.
    case budgetUnreachable
    /// Even the least noise, the most steps or the full rate stays within the budget: there is nothing to calibrate.
    case budgetNeverSpent
    /// The closed form holds for Gaussian noise without sampling only.
    case closedFormNeedsUnsampledGaussian
    /// Samples of a fixed size have no loss distribution here; Rényi bounds cover them.
    case latticeNeedsIndependentSampling
}
