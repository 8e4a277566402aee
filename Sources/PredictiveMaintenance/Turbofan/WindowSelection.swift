/// Which windows of an engine's history become examples.
/// Source: cmapss section 2
public enum WindowSelection: Hashable, Sendable {
    /// Windows ending at cycle 15, 15 + stride, 15 + 2 stride, ...
    case every(stride: Int)
    /// One window an engine, ending at its last cycle.
    case last

    /// The earliest cycle at which a window of `every` may end.
    public static let earliestEnd = 15

    /// The end cycles (from 1) selected in a history of `cycles` rows.
    func ends(cycles: Int) -> [Int] {
        switch self {
        case .every(let step):
            precondition(step > 0, "a stride is positive")
            return Array(stride(from: Self.earliestEnd, through: cycles, by: step))
        case .last: return cycles > 0 ? [cycles] : []
        }
    }
}
