/// How many rows of each class all companies have together, from one secure sum, and weights that make up for rare classes.
///
/// One upload holds one number a class: its rows over the cap, bound 1. The coordinator learns the cohort's counts. Counts
/// come out right up to the quantiser's step times cap and cohort; they are rounded to integers.
/// Source: federated-statistics section 4
public struct ClassCounts: Hashable, Sendable {
    /// How many classes, at least 1.
    public let classes: Int
    /// The most rows one company may count.
    public let maximumRows: Int
    /// What participants must upload: block `classes`.
    public let schema: UploadSchema

    /// Declares the terms; both numbers must be at least 1.
    public init(classes: Int, maximumRows: Int) {
        precondition(classes >= 1 && maximumRows >= 1, "no class or no row")
        self.classes = classes
        self.maximumRows = maximumRows
        schema = UploadSchema([.init(name: "classes", count: classes, bound: 1)])
    }

    /// One company's upload from its labels; throws `exampleCountOutOfRange` or `labelOutOfRange`.
    public func upload(_ labels: [Int]) throws(LearningFailure) -> Upload {
        guard labels.count <= maximumRows else {
            throw .exampleCountOutOfRange(found: labels.count, maximum: maximumRows)
        }
        var counts = [Double](repeating: 0, count: classes)
        for (row, label) in labels.enumerated() {
            guard (0..<classes).contains(label) else { throw .labelOutOfRange(row: row, classes: classes) }
            counts[label] += 1
        }
        return try Upload(schema: schema, values: counts.map { $0 / Double(maximumRows) })
    }

    /// The cohort's counts; throws `schemaMismatch`, or `noExamples` when there are no rows at all.
    public func counts(from sum: AggregateSum) throws(LearningFailure) -> [Int] {
        guard sum.schema == schema else { throw .schemaMismatch }
        let counts = sum.values.map { max(0, Int(($0 * Double(maximumRows)).rounded())) }
        guard counts.contains(where: { $0 > 0 }) else { throw .noExamples }
        return counts
    }

    /// Weights whose mean over all rows is 1 and under which every present class counts alike, none above `limit` (at least
    /// 1) before the mean is restored: rows / (present classes * count). A class without rows gets 0.
    public static func balancingWeights(_ counts: [Int], limit: Double) -> [Double] {
        precondition(limit >= 1 && counts.allSatisfy { $0 >= 0 }, "a limit below 1 or a negative count")
        let rows = Double(counts.reduce(0, +))
        let present = Double(counts.count { $0 > 0 })
        let raw = counts.map { $0 > 0 ? min(rows / (present * Double($0)), limit) : 0 }
        let mean = zip(raw, counts).reduce(0) { $0 + $1.0 * Double($1.1) } / max(rows, 1)
        return mean > 0 ? raw.map { $0 / mean } : raw
    }

    /// What a binary head's positive examples should weigh so that both kinds count alike: negatives over positives, at most
    /// `limit`; 1 when one kind is missing.
    public static func positiveWeight(positives: Int, negatives: Int, limit: Double) -> Double {
        precondition(positives >= 0 && negatives >= 0 && limit >= 1, "a negative count or a limit below 1")
        guard positives > 0, negatives > 0 else { return 1 }
        return min(Double(negatives) / Double(positives), limit)
    }
}
