/// k-means over companies from sums alone: each company holds one embedding (a histogram of regimes, a sketch of its first
/// update); only the sum and the number of embeddings of each cluster are opened.
///
/// One iteration is two sums: the count through a `CountGate`, then `[embedding | 1]` in the block of the nearest *open*
/// centroid. So no cluster below the minimum is ever summed, which plain Lloyd would do. Without closed clusters the
/// iterates are exactly Lloyd's.
///
/// Blocks: for each cluster j `sum<j>` (bound = the embedding's), then `members` (bound 1), `inertia` (the squared distance to
/// the centroid over its largest value, bound 1).
/// Source: clustering section 3
public struct SecureLloyd: Hashable, Sendable {
    /// Numbers an embedding, at least 1.
    public let dimension: Int
    /// k, at least 1.
    public let clusters: Int
    /// The largest magnitude of an embedding's number.
    public let bound: Double
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes the terms.
    public init(dimension: Int, clusters: Int, bound: Double) {
        precondition(dimension >= 1 && clusters >= 1, "nothing to cluster")
        self.dimension = dimension
        self.clusters = clusters
        self.bound = bound
        var blocks = (0..<clusters).map { UploadSchema.Block(name: "sum\($0)", count: dimension, bound: bound) }
        blocks.append(.init(name: "members", count: clusters, bound: 1))
        blocks.append(.init(name: "inertia", count: 1, bound: 1))
        schema = UploadSchema(blocks)
    }

    /// The largest squared distance of two points within the bound.
    var largestDistance: Double { 4 * bound * bound * Double(dimension) }

    /// The participant's side: one embedding in clear, which stays at home.
    public struct Participant: Sendable {
        /// What was agreed.
        public let terms: SecureLloyd
        private let embedding: [Double]

        /// Takes an embedding; throws `dimensionMismatch`, `nonFinite`, `valueOutOfBound`.
        public init(_ terms: SecureLloyd, embedding: [Double]) throws(LearningFailure) {
            guard embedding.count == terms.dimension else {
                throw .dimensionMismatch(expected: terms.dimension, found: embedding.count)
            }
            for (index, value) in embedding.enumerated() {
                guard value.isFinite else { throw .nonFinite(index: index) }
                guard value.magnitude <= terms.bound else { throw .valueOutOfBound(index: index) }
            }
            self.terms = terms
            self.embedding = embedding
        }

        /// The clusters from the nearest centroid to the farthest, equal distances by number.
        public func ranking(_ centroids: [[Double]]) throws(LearningFailure) -> [Int] {
            let distances = try self.distances(centroids)
            return (0..<terms.clusters).sorted {
                distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1
            }
        }

        /// The upload to the nearest open cluster.
        public func upload(
            _ centroids: [[Double]], permission: CountGate.OpenSlots
        ) throws(ClusterFailure) -> Upload {
            let ranked = try ClusterFailure.learning { () throws(LearningFailure) in try ranking(centroids) }
            let slot = try ClusterFailure.gate { () throws(GateRefusal) in try permission.first(in: ranked) }
            return try ClusterFailure.learning { () throws(LearningFailure) in
                var values = [Double](repeating: 0, count: terms.schema.dimension)
                for index in embedding.indices { values[slot * terms.dimension + index] = embedding[index] }
                values[terms.clusters * terms.dimension + slot] = 1
                values[values.count - 1] = try min(1, distances(centroids)[slot] / terms.largestDistance)
                return try Upload(schema: terms.schema, values: values)
            }
        }

        private func distances(_ centroids: [[Double]]) throws(LearningFailure) -> [Double] {
            guard centroids.count == terms.clusters else {
                throw .dimensionMismatch(expected: terms.clusters, found: centroids.count)
            }
            var result: [Double] = []
            for centroid in centroids {
                guard centroid.count == terms.dimension else {
                    throw .dimensionMismatch(expected: terms.dimension, found: centroid.count)
                }
                var sum = 0.0
                for (a, b) in zip(embedding, centroid) { sum += (a - b) * (a - b) }
                result.append(sum)
            }
            return result
        }
    }

    /// The coordinator's side.
    public struct Coordinator: Sendable, Equatable {
        /// What was agreed.
        public let terms: SecureLloyd
        /// The centroids, public.
        public private(set) var centroids: [[Double]]
        /// The mean squared distance to the centroids that the last sum was taken at; nil before the first.
        public private(set) var inertia: Double?

        /// Starts from public centroids; throws `dimensionMismatch` or `nonFinite`.
        public init(_ terms: SecureLloyd, centroids: [[Double]]) throws(LearningFailure) {
            guard centroids.count == terms.clusters else {
                throw .dimensionMismatch(expected: terms.clusters, found: centroids.count)
            }
            for centroid in centroids {
                guard centroid.count == terms.dimension else {
                    throw .dimensionMismatch(expected: terms.dimension, found: centroid.count)
                }
                if let index = centroid.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
            }
            self.terms = terms
            self.centroids = centroids
        }

        /// Random centroids within the bound from a public seed; try several and keep the least inertia.
        public init(_ terms: SecureLloyd, seed: UInt64) {
            var generator = SeededGenerator(mixing: seed, 0x4C4C_4F59_44)
            self.terms = terms
            centroids = (0..<terms.clusters).map { _ in
                (0..<terms.dimension).map { _ in terms.bound * (2 * generator.uniform() - 1) }
            }
        }

        /// Moves the open centroids to their clusters' means; returns the largest move of a coordinate.
        ///
        /// Throws the gate's refusal or `schemaMismatch`; then nothing has moved.
        @discardableResult
        public mutating func absorb(
            _ sum: AggregateSum, permission: CountGate.OpenSlots
        ) throws(ClusterFailure) -> Double {
            guard sum.schema == terms.schema else { throw .learning(.schemaMismatch) }
            guard permission.slots == terms.clusters else { throw .gate(.schemaMismatch) }
            try ClusterFailure.gate { () throws(GateRefusal) in try permission.admit(cohortSize: sum.cohortSize) }
            var largest = 0.0
            for slot in permission.open {
                let members = sum.values[terms.clusters * terms.dimension + slot]
                guard members > 0.5 else { continue }
                for index in 0..<terms.dimension {
                    let next = sum.values[slot * terms.dimension + index] / members
                    largest = max(largest, (next - centroids[slot][index]).magnitude)
                    centroids[slot][index] = next
                }
            }
            inertia = sum.values[sum.values.count - 1] * terms.largestDistance / Double(sum.cohortSize)
            return largest
        }
    }
}
