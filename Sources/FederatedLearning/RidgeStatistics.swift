/// The sufficient statistics of a linear regression with intercept, summed over companies: the exact pooled fit from
/// one secure sum.
///
/// With z = (x, 1) the blocks are `gram` (upper triangle of the sum of z z', row by row; its last number is the count
/// of rows), `moments` (the sum of z y) and `energy` (the sum of y^2). Each is divided by its declared bounds, so every
/// block has bound 1, and each is followed by what a grid of 2^-20 leaves of it (`gram rest` and so on): features that
/// nearly depend on each other need more digits than a lane has. The coordinator learns the cohort's second moments
/// and nothing about one company; with a quantiser's step of 2^-40 the sums are those of double precision.
/// Source: federated-ridge section 1
public struct RidgeStatistics: Hashable, Sendable {
    /// The largest magnitude of each feature.
    public let featureBounds: [Double]
    /// The largest magnitude of the target.
    public let targetBound: Double
    /// The most rows one company may count.
    public let maximumRows: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// Declares the bounds; each must be finite and positive, and there must be a feature and a row.
    public init(featureBounds: [Double], targetBound: Double, maximumRows: Int) {
        precondition(!featureBounds.isEmpty && maximumRows >= 1, "no feature or no row")
        precondition(
            (featureBounds + [targetBound]).allSatisfy { $0 > 0 && $0.isFinite }, "a bound must be finite and positive")
        self.featureBounds = featureBounds
        self.targetBound = targetBound
        self.maximumRows = maximumRows
        let width = featureBounds.count + 1
        self.schema = UploadSchema(
            [("gram", width * (width + 1) / 2), ("moments", width), ("energy", 1)].flatMap { name, count in
                [
                    UploadSchema.Block(name: name, count: count, bound: 1),
                    UploadSchema.Block(name: SplitNumbers.rest(of: name), count: count, bound: 1),
                ]
            })
    }

    /// One bound for all features.
    public init(features: Int, featureBound: Double, targetBound: Double, maximumRows: Int) {
        precondition(features >= 1, "no feature")
        self.init(
            featureBounds: [Double](repeating: featureBound, count: features), targetBound: targetBound,
            maximumRows: maximumRows)
    }

    /// How many features, without the intercept.
    public var features: Int { featureBounds.count }

    /// One company's upload from its table (row-major) and targets.
    ///
    /// Throws `dimensionMismatch`, `exampleCountOutOfRange`, or, with the place in the table (targets follow
    /// features), `nonFinite` and `valueOutOfBound`: clipping here would fit another regression in silence.
    /// Costs `rows * features^2 / 2` multiplications.
    public func upload(features table: [Double], targets: [Double]) throws(LearningFailure) -> Upload {
        guard targets.count <= maximumRows else {
            throw .exampleCountOutOfRange(found: targets.count, maximum: maximumRows)
        }
        let sums = try RidgeSums(self, features: table, targets: targets)
        let cap = Double(maximumRows)
        let values = [sums.gram, sums.moments, [sums.energy]].flatMap { block in
            SplitNumbers.split(block.map { $0 / cap })
        }
        return try Upload(schema: schema, values: values)
    }
}

/// Sums of products of features, intercept and target, each divided by its declared bound.
struct RidgeSums {
    /// The upper triangle, row by row; the intercept is the last row.
    var gram: [Double]
    var moments: [Double]
    var energy: Double

    init(_ statistics: RidgeStatistics, features table: [Double], targets: [Double]) throws(LearningFailure) {
        let count = statistics.features
        guard table.count == targets.count * count else {
            throw .dimensionMismatch(expected: targets.count * count, found: table.count)
        }
        let width = count + 1
        gram = [Double](repeating: 0, count: width * (width + 1) / 2)
        moments = [Double](repeating: 0, count: width)
        energy = 0
        var z = [Double](repeating: 1, count: width)
        for row in targets.indices {
            for j in 0..<count {
                z[j] = try Self.scaled(table[row * count + j], statistics.featureBounds[j], at: row * count + j)
            }
            let y = try Self.scaled(targets[row], statistics.targetBound, at: table.count + row)
            var place = 0
            for i in 0..<width {
                let left = z[i]
                for j in i..<width {
                    gram[place] += left * z[j]
                    place += 1
                }
                moments[i] += left * y
            }
            energy += y * y
        }
    }

    /// The sums of a whole cohort, as they come out of the secure sum.
    init(_ statistics: RidgeStatistics, sum: AggregateSum) throws(LearningFailure) {
        guard sum.schema == statistics.schema, let gram = SplitNumbers.joined(sum, "gram"),
            let moments = SplitNumbers.joined(sum, "moments"), let energy = SplitNumbers.joined(sum, "energy")
        else { throw .schemaMismatch }
        let cap = Double(statistics.maximumRows)
        self.gram = gram.map { $0 * cap }
        self.moments = moments.map { $0 * cap }
        self.energy = energy[0] * cap
    }

    private static func scaled(_ value: Double, _ bound: Double, at place: Int) throws(LearningFailure) -> Double {
        guard value.isFinite else { throw .nonFinite(index: place) }
        guard value.magnitude <= bound else { throw .valueOutOfBound(index: place) }
        return value / bound
    }
}
