#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// When a feature has drifted and when a company has.
/// Source: model-life section 2
public struct DriftCriterion: Hashable, Sendable {
    /// The least population stability index of a drifted feature.
    public var stabilityIndex: Double
    /// The largest p-value of a drifted feature, divided by the number of features.
    public var significance: Double
    /// How many features must have drifted.
    public var features: Int

    /// A feature has drifted when both tests say so; by default index 0.25, significance 0.01, one feature.
    public init(stabilityIndex: Double = 0.25, significance: Double = 0.01, features: Int = 1) {
        precondition(stabilityIndex > 0 && stabilityIndex.isFinite, "an index out of range")
        precondition(significance > 0 && significance < 1 && features >= 1, "a criterion out of range")
        self.stabilityIndex = stabilityIndex
        self.significance = significance
        self.features = features
    }
}

/// How far one feature's present distribution lies from the reference.
/// Source: model-life section 2
public struct FeatureDrift: Hashable, Sendable {
    /// The population stability index, sum over bins of (p - q) ln(p / q), each bin with half a row more.
    public let stabilityIndex: Double
    /// The largest distance of the distribution functions at the edges: never above the Kolmogorov-Smirnov statistic.
    public let statistic: Double
    /// What the statistic of the rows themselves cannot exceed.
    public let statisticBound: Double
    /// The asymptotic p-value of `statistic`: never below that of the rows' own statistic.
    public let pValue: Double
    /// Whether both tests say drift.
    public let isDrifted: Bool
}

/// A company's present data against the federated reference; stays with the company.
/// Source: model-life section 2
public struct DriftReport: Hashable, Sendable {
    /// One entry a feature.
    public let features: [FeatureDrift]
    /// Whether as many features drifted as the criterion asks for: the company's vote.
    public let isDrifted: Bool

    /// Compares a row-major table with the reference; throws `lengthMismatch`, `nonFinite`, or `tooFewRows` without a row.
    ///
    /// The p-value takes rows for independent. Rows of overlapping windows are not, which is why the index must speak too.
    public init(
        present values: [Double], against reference: DriftReference, criterion: DriftCriterion
    ) throws(LifeRefusal) {
        let counts = try reference.bins.counts(of: values)
        let rows = values.count / reference.bins.features
        guard rows > 0 else { throw .tooFewRows(found: 0, needed: 1) }
        let level = criterion.significance / Double(counts.count)
        features = zip(counts, reference.counts).map { present, past in
            let index = BinnedDistance.stabilityIndex(present, past)
            let distance = BinnedDistance.kolmogorovSmirnov(present, past)
            let size = Double(rows) * Double(reference.rows) / (Double(rows) + Double(reference.rows))
            let pValue = BinnedDistance.kolmogorovTail(distance.atEdges * size.squareRoot())
            return FeatureDrift(
                stabilityIndex: index, statistic: distance.atEdges, statisticBound: distance.atMost, pValue: pValue,
                isDrifted: index >= criterion.stabilityIndex && pValue <= level)
        }
        isDrifted = features.count(where: \.isDrifted) >= criterion.features
    }
}

/// Distances of two binned samples.
/// Source: model-life section 2
public enum BinnedDistance {
    /// The population stability index of two histograms over the same bins, each bin with half a row more.
    public static func stabilityIndex(_ present: [Int], _ past: [Int]) -> Double {
        precondition(present.count == past.count && !past.isEmpty, "histograms of different bins")
        let bins = Double(past.count)
        let (here, there) = (Double(present.reduce(0, +)), Double(past.reduce(0, +)))
        return zip(present, past).reduce(0) { sum, pair in
            let p = (Double(pair.0) + 0.5) / (here + bins / 2)
            let q = (Double(pair.1) + 0.5) / (there + bins / 2)
            return sum + (p - q) * log(p / q)
        }
    }

    /// Bounds of the Kolmogorov-Smirnov statistic of the samples behind two histograms, each with a row.
    ///
    /// `atEdges` is the largest distance of the distribution functions just below an edge; inside a bin both may rise at
    /// any place, so that the statistic lies between it and `atMost`.
    public static func kolmogorovSmirnov(_ present: [Int], _ past: [Int]) -> (atEdges: Double, atMost: Double) {
        precondition(present.count == past.count, "histograms of different bins")
        let (here, there) = (present.reduce(0, +), past.reduce(0, +))
        precondition(here > 0 && there > 0, "a sample without rows")
        var (f, g) = (0, 0)
        var (atEdges, atMost) = (0.0, 0.0)
        for (p, q) in zip(present, past) {
            let low = (Double(f) / Double(here), Double(g) / Double(there))
            f += p
            g += q
            let high = (Double(f) / Double(here), Double(g) / Double(there))
            atEdges = max(atEdges, (high.0 - high.1).magnitude)
            // only a bin with rows of one sample lets its function rise before the other's
            atMost = max(atMost, high.0 - low.1, high.1 - low.0)
        }
        return (atEdges, atMost)
    }

    /// The upper tail of Kolmogorov's law, P[K > x].
    public static func kolmogorovTail(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        if x < 1 {
            let scale = Double.pi * Double.pi / (8 * x * x)
            var sum = 0.0
            for k in 1...8 {
                let odd = Double(2 * k - 1)
                sum += exp(-odd * odd * scale)
            }
            return 1 - (2 * Double.pi).squareRoot() / x * sum
        }
        var sum = 0.0
        for k in 1...8 {
            let term = exp(-2 * Double(k * k) * x * x)
            sum += k % 2 == 1 ? term : -term
        }
        return min(1, max(0, 2 * sum))
    }
}
