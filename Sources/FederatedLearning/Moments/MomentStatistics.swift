/// One machine's mean second moments: all that a least-squares fit with several targets needs of it, each machine
/// counting alike.
///
/// With z = (x, 1), x clamped to -limit...limit, and y less its public centre, the vector is the upper triangle of the mean
/// of z z' over the machine's rows, row by row, and then `weight` times the mean of z y_k, target after target. It depends
/// on that machine's rows alone and has a length that data cannot change; a machine without rows gives zeros. Means, not
/// sums, keep the norm of a machine with many rows like that of others. A weight above 1 spends more of a clip norm, and so
/// less noise, on what carries the signal.
/// Source: moment-regression section 1
public struct MomentStatistics: Hashable, Sendable {
    /// Features a row.
    public let features: Int
    /// The public centre of each target; its range is about one around it.
    public let centres: [Double]
    /// The largest magnitude of a feature; beyond it a feature counts as this.
    public let limit: Double
    /// What the moments with the targets are multiplied by.
    public let weight: Double

    /// Declares the shape; there must be a feature and a target, `limit` and `weight` finite and positive, centres finite.
    public init(features: Int, centres: [Double], limit: Double, weight: Double) {
        precondition(features >= 1 && !centres.isEmpty, "no feature or no target")
        precondition(limit > 0 && limit.isFinite && weight > 0 && weight.isFinite, "a constant out of range")
        precondition(centres.allSatisfy(\.isFinite), "a centre that is no number")
        self.features = features
        self.centres = centres
        self.limit = limit
        self.weight = weight
    }

    /// Targets a row.
    public var targets: Int { centres.count }

    private var width: Int { features + 1 }
    private var triangle: Int { width * (width + 1) / 2 }

    /// Numbers of one machine's vector.
    public var dimension: Int { triangle + targets * width }

    /// One machine's vector from its features (row-major) and targets (row-major, `targets` a row).
    ///
    /// Tables that do not fit together are a precondition. A NaN comes out as a NaN, which a clip turns into zeros.
    /// Costs `rows * features^2 / 2` multiplications.
    public func vector(features table: [Float], targets values: [Float]) -> [Float] {
        let rows = table.count / features
        precondition(table.count == rows * features && values.count == rows * targets, "tables that do not fit")
        guard rows > 0 else { return [Float](repeating: 0, count: dimension) }
        var sums = [Double](repeating: 0, count: dimension)
        var z = [Double](repeating: 1, count: width)
        for row in 0..<rows {
            for column in 0..<features {
                let value = Double(table[row * features + column])
                z[column] = value < -limit ? -limit : value > limit ? limit : value
            }
            var place = 0
            for i in 0..<width {
                for j in i..<width {
                    sums[place] += z[i] * z[j]
                    place += 1
                }
            }
            for target in 0..<targets {
                let y = Double(values[row * targets + target]) - centres[target]
                for i in 0..<width {
                    sums[place] += z[i] * y
                    place += 1
                }
            }
        }
        let scale = 1 / Double(rows)
        return sums.enumerated().map { Float($0.element * scale * ($0.offset < triangle ? 1 : weight)) }
    }

    /// The fit from a sum over machines, noised or not.
    ///
    /// The symmetric matrix is projected onto those without negative eigenvalues, and every eigenvalue is raised by
    /// `penalty`; against independent noise of deviation s an entry, `penalty(noise:)` gives a good one.
    /// Throws `dimensionMismatch`, `nonFinite`, or `notPositiveDefinite` when the penalty is zero and the matrix is singular.
    /// Costs about `10 * features^3` multiplications. What it computes from a noised sum costs no privacy.
    /// Source: moment-regression section 2
    public func fit(_ sum: [Double], penalty: Double) throws(LearningFailure) -> LinearModel {
        precondition(penalty >= 0 && penalty.isFinite, "a penalty must be finite and not negative")
        guard sum.count == dimension else { throw .dimensionMismatch(expected: dimension, found: sum.count) }
        if let index = sum.firstIndex(where: { !$0.isFinite }) { throw .nonFinite(index: index) }
        let spectrum = SymmetricSpectrum(SymmetricMatrix(upperTriangle: Array(sum[..<triangle]), size: width))
        let largest = spectrum.values.reduce(0) { max($0, $1) }
        var coefficients: [Double] = []
        var intercepts: [Double] = []
        for target in 0..<targets {
            let start = triangle + target * width
            let right = sum[start..<start + width].map { $0 / weight }
            var solution = [Double](repeating: 0, count: width)
            for index in 0..<width {
                let value = max(0, spectrum.values[index]) + penalty
                guard value > largest * 1e-13 else { throw .notPositiveDefinite(pivot: index) }
                var share = 0.0
                for row in 0..<width { share += spectrum.vectors[row * width + index] * right[row] }
                share /= value
                for row in 0..<width { solution[row] += spectrum.vectors[row * width + index] * share }
            }
            coefficients += solution[..<features]
            intercepts.append(solution[features] + centres[target])
        }
        return LinearModel(features: features, outputs: targets, coefficients: coefficients, intercepts: intercepts)
    }

    /// Half of s sqrt(p + 1): of the order of the norm that noise of deviation s an entry gives the matrix.
    ///
    /// The factor was chosen on public data and is a constant; it knows nothing of a federation's own.
    /// Source: moment-regression section 2
    public func penalty(noise deviation: Double) -> Double {
        0.5 * deviation * Double(width).squareRoot()
    }
}
