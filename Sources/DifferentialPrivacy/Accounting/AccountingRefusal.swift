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
    /// A variance that is zero, negative, not finite or above 2^200.
    case varianceOutOfRange
    /// Sampling with integer noise of sigma^2 = 9 or less, for which no bound is offered.
    case sampledNarrowGrid
    /// Integer noise of sigma^2 = 9 or less has no continuous stand-in; zCDP covers it without sampling.
    case narrowGrid
    /// A group without members, or more than 2^20.
    case groupOutOfRange
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

extension AccountingRefusal: CustomStringConvertible {
    /// What is not accounted for, and why.
    public var description: String {
        switch self {
        case .emptySchedule: "there is no event to bound"
        case .countOutOfRange: "a count outside 1...2^40, or noise outside the range served"
        case .fixedSizeNeedsReplaceOne:
            "a sample of a fixed size tells the number of units; neighbours must differ by exchange"
        case .poissonNeedsAddRemove: "Poisson sampling is accounted for by adding or removing a unit, not by exchange"
        case .sampledLaplace: "no bound is offered for Laplace noise on samples of a fixed size"
        case .shareTooSmall(let minimum): "a share of noise has a variance below \(minimum) grid units squared"
        case .varianceOutOfRange: "a variance that is zero, negative, not finite or above 2^200"
        case .sampledNarrowGrid: "no bound is offered for sampling under integer noise of variance 9 or less"
        case .narrowGrid: "integer noise of variance 9 or less is covered by zCDP alone"
        case .groupOutOfRange: "a group has 1...2^20 units"
        case .noCoordinates: "a vector without coordinates"
        case .budgetUnreachable: "even the most noise, the fewest steps or the lowest rate spends more than the budget"
        case .budgetNeverSpent: "even the least noise, the most steps or the full rate stays within the budget"
        case .closedFormNeedsUnsampledGaussian: "the closed form covers Gaussian noise without sampling only"
        case .latticeNeedsIndependentSampling: "samples of a fixed size are covered by Rényi bounds only"
        }
    }
}
