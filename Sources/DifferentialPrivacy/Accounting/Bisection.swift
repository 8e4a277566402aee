/// Searches a monotone predicate over positive doubles and answers with the side on which it holds.
enum Bisection {
    /// The smallest number found at which `holds` is true, where it is false below some point and true above it;
    /// nil when it is false at `high`. `low` itself is tried first. At most 130 trials.
    static func first(from low: Double, to high: Double, relative: Double = 1e-12, _ holds: (Double) -> Bool) -> Double?
    {
        if holds(low) { return low }
        guard holds(high) else { return nil }
        var bad = low
        var good = high
        for _ in 0..<130 {
            if good - bad <= relative * good { break }
            // Orders of magnitude first, then halves.
            let middle = bad > 0 && good > 4 * bad ? (bad * good).squareRoot() : 0.5 * (bad + good)
            if middle <= bad || middle >= good { break }
            if holds(middle) { good = middle } else { bad = middle }
        }
        return good
    }

    /// The largest number found at which `holds` is true, where it is true below some point; nil when it is false at
    /// `low`.
    static func last(from low: Double, to high: Double, relative: Double = 1e-12, _ holds: (Double) -> Bool) -> Double?
    {
        guard holds(low) else { return nil }
        if holds(high) { return high }
        var good = low
        var bad = high
        for _ in 0..<130 {
            if bad - good <= relative * bad { break }
            let middle = good > 0 && bad > 4 * good ? (bad * good).squareRoot() : 0.5 * (bad + good)
            if middle <= good || middle >= bad { break }
            if holds(middle) { good = middle } else { bad = middle }
        }
        return good
    }
}
