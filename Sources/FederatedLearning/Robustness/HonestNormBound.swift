#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A bound on the norm of updates that follows the honest norm: a quantile of everybody's norms times a factor.
///
/// Norms go into public buckets, each a factor wider than the last; a secure sum of one-hot vectors gives the histogram, and the
/// upper edge of the quantile's bucket is the base of the bound. A bound fixed beforehand is useless as soon as honest updates
/// are much shorter than it. b liars among n move a quantile by at most b / n of its rank.
///
/// Block: `norms` (one a bucket, bound 1). The histogram is a release.
/// Source: robust-sums section 6
public struct HonestNormBound: Hashable, Sendable {
    /// The upper edge of the first bucket, positive.
    public let smallest: Double
    /// The ratio of neighbouring edges, above 1.
    public let ratio: Double
    /// How many buckets, at least 2; the last one has no upper edge and counts as if it had.
    public let buckets: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes the public buckets.
    public init(smallest: Double, ratio: Double, buckets: Int) {
        precondition(smallest > 0 && smallest.isFinite && ratio > 1 && ratio.isFinite && buckets >= 2, "out of range")
        self.smallest = smallest
        self.ratio = ratio
        self.buckets = buckets
        schema = UploadSchema([.init(name: "norms", count: buckets, bound: 1)])
    }

    /// The upper edge of a bucket.
    public func edge(_ bucket: Int) -> Double { smallest * pow(ratio, Double(bucket)) }

    /// The one-hot vector of a participant's norm; throws `normOutOfRange`.
    public func upload(norm: Double) throws(RobustnessRefusal) -> Upload {
        guard norm >= 0, norm.isFinite else { throw .normOutOfRange }
        var values = [Double](repeating: 0, count: buckets)
        values[(0..<(buckets - 1)).first { norm <= edge($0) } ?? buckets - 1] = 1
        do throws(LearningFailure) {
            return try Upload(schema: schema, values: values)
        } catch {
            preconditionFailure("a one-hot vector fits its schema")
        }
    }

    /// The bound for the next sums: `factor` times the upper edge of the bucket that holds the quantile.
    ///
    /// Throws `schemaMismatch`, or `countsInconsistent` unless the counts are whole, not negative and add up to the cohort.
    /// The quantile must be in 0 (exclusive) to 1, the factor finite and positive.
    public func bound(from sum: AggregateSum, quantile: Double, factor: Double) throws(RobustnessRefusal) -> Double {
        precondition(quantile > 0 && quantile <= 1 && factor > 0 && factor.isFinite, "out of range")
        guard sum.schema == schema else { throw .schemaMismatch }
        var counts: [Int] = []
        for value in sum.values {
            guard value.isFinite, value.magnitude < 0x1p52, (value - value.rounded()).magnitude < 0.25,
                value > -0.5
            else { throw .countsInconsistent }
            counts.append(Int(value.rounded()))
        }
        guard counts.reduce(0, +) == sum.cohortSize else { throw .countsInconsistent }
        let rank = max(1, Int((quantile * Double(sum.cohortSize)).rounded(.up)))
        var seen = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return factor * edge(bucket) }
        }
        throw .countsInconsistent
    }
}

extension LocalUpdate {
    /// The Euclidean norm of the change.
    public var norm: Double {
        var sum = 0.0
        for change in delta { sum += Double(change) * Double(change) }
        return sum.squareRoot()
    }

    /// The update scaled down to a norm when it is longer; the bound must be finite and positive.
    public func clipped(toNorm bound: Double) -> LocalUpdate {
        precondition(bound > 0 && bound.isFinite, "a bound must be finite and positive")
        let length = norm
        guard length > bound else { return self }
        var copy = self
        let factor = Float(bound / length)
        for index in copy.delta.indices { copy.delta[index] *= factor }
        return copy
    }
}
