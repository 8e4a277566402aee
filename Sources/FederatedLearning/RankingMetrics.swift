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

    /// The threshold (an alarm is `score > threshold`) that a further negative of the same kind passes with probability about
    /// `falseAlarms`: for thresholds chosen on few examples, where the quantile lets more through.
    ///
    /// Throws as `threshold` does.
    public static func predictiveThreshold(
        scores: [Double], labels: [Bool], falseAlarms: Double
    ) throws(LearningFailure) -> Double {
        try check(scores, labels)
        let negatives = zip(scores, labels).filter { !$0.1 }.map(\.0)
        return try Quantile.predictive(negatives, at: 1 - falseAlarms)
    }

    /// The threshold (an alarm is `score > threshold`) that a quiet machine of the same kind as the given ones passes with
    /// probability at most `falseAlarms`: the smallest score with ceil((n + 1)(1 - falseAlarms)) of the n scores at or below.
    ///
    /// The promise holds when quiet scores are exchangeable, whatever their law. Throws `nonFinite`, or `noExamples` with
    /// fewer than 1 / falseAlarms - 1 scores, of which no such promise can be made; `falseAlarms` must be above 0, below 1.
    /// Source: autoencoder section 2
    public static func conformalThreshold(quiet: [Double], falseAlarms: Double) throws(LearningFailure) -> Double {
        precondition(falseAlarms > 0 && falseAlarms < 1, "a share out of range")
        if let index = quiet.firstIndex(where: \.isNaN) { throw .nonFinite(index: index) }
        let rank = Int((Double(quiet.count + 1) * (1 - falseAlarms) - 1e-9).rounded(.up))
        guard rank <= quiet.count, !quiet.isEmpty else { throw .noExamples }
        return quiet.sorted()[max(rank, 1) - 1]
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
