/// How a model does in each open group and how far the groups lie apart.
///
/// With G open groups each of the 3 G intervals is Clopper and Pearson's at 1 - (1 - confidence) / (3 G), so that all of them,
/// and the gaps that follow from them, hold together at the confidence, whatever the dependence.
/// Source: model-life section 5
public struct GroupReport: Hashable, Sendable {
    /// A share with the values it is not contradicted by; nil share when it is over nothing.
    public struct Share: Hashable, Sendable {
        /// The observed share.
        public let value: Double?
        /// The values it may have; 0...1 over nothing.
        public let interval: ClosedRange<Double>
    }

    /// One open group.
    public struct Group: Hashable, Sendable {
        /// Its number.
        public let group: Int
        /// Its counts.
        public let counts: ConfusionCounts
        /// Caught positives over positives.
        public let recall: Share
        /// False alarms over negatives.
        public let falseAlarmRate: Share
        /// Right decisions over all.
        public let accuracy: Share
    }

    /// The largest difference between two groups.
    public struct Gap: Hashable, Sendable {
        /// The observed one, over groups that have a share; nil with fewer than two of them.
        public let value: Double?
        /// Where the true one lies.
        public let interval: ClosedRange<Double>

        /// Whether the groups are known to differ.
        public var isCertain: Bool { interval.lowerBound > 0 }
    }

    /// The open groups in ascending order.
    public let groups: [Group]
    /// How many companies took part.
    public let cohortSize: Int
    /// How sure all intervals are together.
    public let confidence: Double

    init(_ open: [(group: Int, counts: ConfusionCounts)], cohortSize: Int, confidence: Double) {
        precondition(confidence > 0 && confidence < 1, "a confidence out of range")
        let each = 1 - (1 - confidence) / Double(3 * max(1, open.count))
        func share(_ part: Int, _ whole: Int) -> Share {
            Share(
                value: whole > 0 ? Double(part) / Double(whole) : nil,
                interval: BinomialLaw.interval(part, of: whole, confidence: each))
        }
        groups = open.map { group, counts in
            Group(
                group: group, counts: counts, recall: share(counts.truePositives, counts.positives),
                falseAlarmRate: share(counts.falsePositives, counts.negatives),
                accuracy: share(
                    counts.truePositives + counts.trueNegatives, counts.positives + counts.negatives))
        }
        self.cohortSize = cohortSize
        self.confidence = confidence
    }

    /// The gap in recall.
    public var recallGap: Gap { gap(\.recall) }
    /// The gap in false alarms.
    public var falseAlarmGap: Gap { gap(\.falseAlarmRate) }
    /// The gap in accuracy.
    public var accuracyGap: Gap { gap(\.accuracy) }

    private func gap(_ measure: KeyPath<Group, Share>) -> Gap {
        let shares = groups.map { $0[keyPath: measure] }
        let values = shares.compactMap(\.value)
        var observed: Double?
        if values.count >= 2, let high = values.max(), let low = values.min() { observed = high - low }
        guard let top = shares.map(\.interval.upperBound).max(), let bottom = shares.map(\.interval.lowerBound).min(),
            let floor = shares.map(\.interval.lowerBound).max(), let ceiling = shares.map(\.interval.upperBound).min(),
            shares.count >= 2
        else { return Gap(value: observed, interval: 0...0) }
        return Gap(value: observed, interval: max(0, floor - ceiling)...(top - bottom))
    }
}
