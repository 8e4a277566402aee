/// Quantiles of a sample.
public enum Quantile {
    /// The quantile by linear interpolation between order statistics: place `fraction * (count - 1)`.
    ///
    /// Throws `noExamples` on an empty sample and `nonFinite` on a NaN; `fraction` must be in 0...1. Sorts a copy.
    public static func linear(_ values: [Double], at fraction: Double) throws(LearningFailure) -> Double {
        precondition((0...1).contains(fraction), "a fraction out of range")
        guard !values.isEmpty else { throw .noExamples }
        if let index = values.firstIndex(where: \.isNaN) { throw .nonFinite(index: index) }
        let sorted = values.sorted()
        let place = fraction * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        let share = place - Double(below)
        return share == 0 ? sorted[below] : sorted[below] + share * (sorted[above] - sorted[below])
    }
}
