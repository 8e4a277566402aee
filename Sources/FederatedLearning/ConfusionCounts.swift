/// How a yes-or-no decision came out against the truth.
public struct ConfusionCounts: Hashable, Sendable {
    /// Positive and said so.
    public var truePositives: Int
    /// Negative but said to be positive.
    public var falsePositives: Int
    /// Negative and said so.
    public var trueNegatives: Int
    /// Positive but missed.
    public var falseNegatives: Int

    /// Joins counts, none negative.
    public init(truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.trueNegatives = trueNegatives
        self.falseNegatives = falseNegatives
    }

    /// Counts decisions `score > threshold`; throws `dimensionMismatch`, or `nonFinite` on a NaN score.
    public init(scores: [Double], labels: [Bool], threshold: Double) throws(LearningFailure) {
        guard scores.count == labels.count else {
            throw .dimensionMismatch(expected: labels.count, found: scores.count)
        }
        if let index = scores.firstIndex(where: \.isNaN) { throw .nonFinite(index: index) }
        self.init(truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)
        for (score, label) in zip(scores, labels) {
            switch (score > threshold, label) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, false): trueNegatives += 1
            case (false, true): falseNegatives += 1
            }
        }
    }

    /// Caught positives over all positives; nil without positives.
    public var recall: Double? { Self.ratio(truePositives, truePositives + falseNegatives) }

    /// False alarms over all negatives; nil without negatives.
    public var falseAlarmRate: Double? { Self.ratio(falsePositives, falsePositives + trueNegatives) }

    /// True alarms over all alarms; nil without alarms.
    public var precision: Double? { Self.ratio(truePositives, truePositives + falsePositives) }

    /// Right decisions over all; nil without any.
    public var accuracy: Double? {
        Self.ratio(truePositives + trueNegatives, truePositives + falsePositives + trueNegatives + falseNegatives)
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}
