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

    /// The value that a further draw of the same kind exceeds with probability about `1 - share`: between the order statistics
    /// at rank `(n + 1) share`, counted from 1, and never beyond the greatest.
    ///
    /// The k-th of n exchangeable values is exceeded by a further one with probability `1 - k / (n + 1)`; the plain quantile
    /// of few values is exceeded more often than its share says. Throws `noExamples`; the share must be in 0...1.
    static func predictive(_ values: [Double], at share: Double) throws(LearningFailure) -> Double {
        precondition((0...1).contains(share), "a share out of range")
        guard !values.isEmpty else { throw .noExamples }
        let sorted = values.sorted()
        let place = min(max(Double(sorted.count + 1) * share, 1), Double(sorted.count)) - 1
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
