/// Searches for the setting that just fits. What comes back was itself found to fit.
enum QuerySearch {
    /// The least number of a range at which `holds`, found within `tolerance` (relative), where it is false below some
    /// point and true above; looks around `start` first.
    static func least(
        in range: ClosedRange<Double>, from start: Double, tolerance: Double,
        _ holds: (Double) throws(QueryRefusal) -> Bool
    ) throws(QueryRefusal) -> Double {
        var good = start
        var factor = 2.0
        while !(try holds(good)) {
            guard good < range.upperBound else { throw QueryRefusal(.budgetUnreachable) }
            good = min(good * factor, range.upperBound)
            factor = min(factor * factor, 1024)
        }
        var bad = good
        factor = 2.0
        repeat {
            good = bad
            guard good > range.lowerBound else { throw QueryRefusal(.budgetNeverSpent) }
            bad = max(good / factor, range.lowerBound)
            factor = min(factor * factor, 1024)
        } while try holds(bad)
        while good - bad > tolerance * good {
            let middle = good > 4 * bad ? (good * bad).squareRoot() : 0.5 * (good + bad)
            guard middle > bad, middle < good else { break }
            if try holds(middle) { good = middle } else { bad = middle }
        }
        return good
    }

    /// The largest count of 1 ... `most` at which `holds`, where it is true below some point.
    static func most(
        upTo most: Int, _ holds: (Int) throws(QueryRefusal) -> Bool
    ) throws(QueryRefusal) -> Int {
        guard try holds(1) else { throw QueryRefusal(.budgetUnreachable) }
        var good = 1
        var bad = 2
        while bad <= most, try holds(bad) {
            good = bad
            bad *= 4
        }
        if bad > most {
            guard good < most, !(try holds(most)) else { throw QueryRefusal(.budgetNeverSpent) }
            bad = most
        }
        while bad - good > 1 {
            let root = Int((Double(good) * Double(bad)).squareRoot())
            let middle = bad > 4 * good ? min(max(root, good + 1), bad - 1) : good + (bad - good) / 2
            if try holds(middle) { good = middle } else { bad = middle }
        }
        return good
    }
}
