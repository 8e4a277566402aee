/// How often each true class was taken for each class.
public struct ConfusionMatrix: Hashable, Sendable {
    /// How many classes.
    public let classes: Int
    /// Row-major [true class, predicted class].
    public let counts: [Int]

    /// Counts pairs; throws `dimensionMismatch` or `labelOutOfRange`. `classes` must be at least 1.
    public init(predicted: [Int], actual: [Int], classes: Int) throws(LearningFailure) {
        precondition(classes >= 1, "no class")
        guard predicted.count == actual.count else {
            throw .dimensionMismatch(expected: actual.count, found: predicted.count)
        }
        var counts = [Int](repeating: 0, count: classes * classes)
        for (row, (guess, truth)) in zip(predicted, actual).enumerated() {
            guard (0..<classes).contains(guess), (0..<classes).contains(truth) else {
                throw .labelOutOfRange(row: row, classes: classes)
            }
            counts[truth * classes + guess] += 1
        }
        self.classes = classes
        self.counts = counts
    }

    /// The count of one pair.
    public subscript(actual actual: Int, predicted predicted: Int) -> Int {
        precondition((0..<classes).contains(actual) && (0..<classes).contains(predicted), "no such class")
        return counts[actual * classes + predicted]
    }

    /// Right answers over all; nil without any.
    public var accuracy: Double? {
        let total = counts.reduce(0, +)
        let right = (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] }
        return total > 0 ? Double(right) / Double(total) : nil
    }

    /// Right answers over all of a true class; nil when there are none of it (an absent class is not a zero).
    public func recall(of label: Int) -> Double? {
        let row = (0..<classes).map { self[actual: label, predicted: $0] }
        let total = row.reduce(0, +)
        return total > 0 ? Double(row[label]) / Double(total) : nil
    }
}
