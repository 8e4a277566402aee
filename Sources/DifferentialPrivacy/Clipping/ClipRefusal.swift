/// Why a clipping rule or a company's sum is refused. Depends on public numbers alone, never on data.
/// Source: discrete-gaussian section 6
public enum ClipRefusal: Error, Hashable, Sendable {
    /// A bound that is not in 1...2^51 grid units.
    case boundOutOfRange
    /// No layer, or a dimension below 1, or so large that dimension * bound^2 could exceed 2^126: the largest for this
    /// bound.
    case dimensionOutOfRange(largest: Int)
    /// Adaptive clipping whose norms, rate or quantile are not finite and in range.
    case invalidAdaptation
    /// More machines than the public cap.
    case tooManyMachines(maximum: Int)
}

extension ClipRefusal: CustomStringConvertible {
    /// One sentence: what, and what would do.
    public var description: String {
        switch self {
        case .boundOutOfRange: "a clip bound must be 1...2^51 grid units"
        case .dimensionOutOfRange(let largest): "the dimension must be 1...\(largest) for this clip bound"
        case .invalidAdaptation: "the norms must be positive and ordered, the rate positive, the quantile within 0...1"
        case .tooManyMachines(let maximum): "more machines than the public cap of \(maximum)"
        }
    }
}
