/// Measures of a score that do not depend on one threshold.
public enum RankingMetrics {
    /// The area under the precision-recall curve as average precision: the sum over distinct scores, from the highest,
    /// of the gain in recall times the precision there; equal scores count as one step.
    ///
    /// Throws `dimensionMismatch`, `nonFinite` on a NaN, or `noExamples` without positives. Sorts once.
    public static func averagePrecision(scores: [Double], labels: [Bool]) throws(LearningFailure) -> Double {
        try check(scores, labels)
        let positives = labels.reduce(0) { $0 + ($1 ? 1 : 0) }
        guard positives > 0 else { throw .noExamples }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var found = 0
        var area = 0.0
        var start = 0
        while start < order.count {
            var end = start
            var gain = 0
            while end < order.count, scores[order[end]] == scores[order[start]] {
                gain += labels[order[end]] ? 1 : 0
                end += 1
            }
            found += gain
            area += Double(gain) / Double(positives) * Double(found) / Double(end)
            start = end
        }
        return area
    }

    /// The threshold (an alarm is `score > threshold`) that lets through at most a share of the negatives: the
    /// quantile `1 - falseAlarms` of their scores.
    ///
    /// Throws `dimensionMismatch`, `nonFinite`, or `noExamples` without negatives; `falseAlarms` must be in 0...1.
    public static func threshold(
        scores: [Double], labels: [Bool], falseAlarms: Double
    ) throws(LearningFailure) -> Double {
        try check(scores, labels)
        let negatives = zip(scores, labels).filter { !$0.1 }.map(\.0)
        return try Quantile.linear(negatives, at: 1 - falseAlarms)
    }

    /// The share of positives that a threshold for this share of false alarms catches; throws as `threshold` does, and
    /// `noExamples` without positives.
    public static func recall(
        scores: [Double], labels: [Bool], falseAlarms: Double
    ) throws(LearningFailure) -> Double {
        let threshold = try threshold(scores: scores, labels: labels, falseAlarms: falseAlarms)
        guard let recall = try ConfusionCounts(scores: scores, labels: labels, threshold: threshold).recall else {
            throw .noExamples
        }
        return recall
    }

    private static func check(_ scores: [Double], _ labels: [Bool]) throws(LearningFailure) {
        guard scores.count == labels.count else {
            throw .dimensionMismatch(expected: labels.count, found: scores.count)
        }
        if let index = scores.firstIndex(where: \.isNaN) { throw .nonFinite(index: index) }
    }
}
