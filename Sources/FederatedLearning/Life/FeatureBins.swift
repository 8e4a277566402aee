/// Public bins of each feature: agreed before the sum, never computed from one company's data.
///
/// Feature j has `edges[j].count + 1` bins; a value's bin is the number of edges at or below it, so that the outer bins are
/// open and no value is without one.
/// Source: model-life section 2
public struct FeatureBins: Hashable, Sendable {
    /// For each feature its inner edges, ascending and finite, at least one.
    public let edges: [[Double]]

    /// Takes the edges.
    public init(_ edges: [[Double]]) {
        precondition(!edges.isEmpty && edges.allSatisfy { !$0.isEmpty }, "a feature without an edge")
        for line in edges {
            precondition(line.allSatisfy(\.isFinite), "an edge without a place")
            precondition(zip(line, line.dropFirst()).allSatisfy { $0 < $1 }, "edges that do not ascend")
        }
        self.edges = edges
    }

    /// `bins` equal bins inside each public range; values beyond a range fall into its outer bins. At least two bins.
    public init(ranges: [PublicRange], bins: Int) {
        precondition(bins >= 2, "one bin tells nothing")
        self.init(
            ranges.map { range in
                (1..<bins).map { range.lower + (range.upper - range.lower) * Double($0) / Double(bins) }
            })
    }

    /// How many features.
    public var features: Int { edges.count }

    /// How many bins a feature has.
    public func binCount(_ feature: Int) -> Int { edges[feature].count + 1 }

    /// The bin of a value that is a number.
    public func bin(of value: Double, feature: Int) -> Int {
        let line = edges[feature]
        var low = 0
        var high = line.count
        while low < high {
            let middle = (low + high) / 2
            if line[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Counts of a row-major table by feature and bin; throws `lengthMismatch` or `nonFinite` with the place in the table.
    public func counts(of values: [Double]) throws(LifeRefusal) -> [[Int]] {
        let rows = values.count / features
        guard values.count == rows * features else {
            throw .lengthMismatch(expected: rows * features, found: values.count)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        var counts = edges.map { [Int](repeating: 0, count: $0.count + 1) }
        for (place, value) in values.enumerated() {
            let feature = place % features
            counts[feature][bin(of: value, feature: feature)] += 1
        }
        return counts
    }
}
