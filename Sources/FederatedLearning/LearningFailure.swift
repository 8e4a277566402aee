/// Why a learning operation refused its input; payloads are sizes and positions, never values of a company's data.
public enum LearningFailure: Error, Equatable, Sendable {
    /// A vector or table has another length than its layout or schema asks for.
    case dimensionMismatch(expected: Int, found: Int)
    /// A NaN or an infinity at this position.
    case nonFinite(index: Int)
    /// A number at this position lies outside the bound that was declared for it.
    case valueOutOfBound(index: Int)
    /// More examples (or fewer than none) than the plan's hard cap; weights are never silently degraded.
    case exampleCountOutOfRange(found: Int, maximum: Int)
    /// The sum was made for another schema than this strategy's.
    case schemaMismatch
    /// The parameters belong to another model.
    case layoutMismatch
    /// The cohort's weights add up to nothing (or, after noise, to less), so no mean exists.
    case zeroTotalWeight
    /// The system has no unique solution: the Cholesky pivot at this position is not positive.
    case notPositiveDefinite(pivot: Int)
    /// A class label at this row is not one of the declared classes.
    case labelOutOfRange(row: Int, classes: Int)
    /// A group index at this row is not one of the declared groups.
    case groupOutOfRange(row: Int, groups: Int)
    /// A mean over nothing was asked for.
    case noExamples
    /// A plan with no epoch, an empty batch or a step size that is not a positive number.
    case invalidPlan
    /// Local training left the finite numbers at this step.
    case diverged(step: Int)
    /// More participants in a sum than the federation has, or fewer than a rule needs.
    case cohortOutOfRange(found: Int, allowed: ClosedRange<Int>)
}
