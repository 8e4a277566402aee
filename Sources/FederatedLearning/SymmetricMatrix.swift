/// A small symmetric matrix in double precision and its Cholesky solution.
/// Source: federated-ridge section 3
struct SymmetricMatrix {
    let size: Int
    private var values: [Double]

    /// Takes the upper triangle row by row, `size * (size + 1) / 2` numbers.
    init(upperTriangle: [Double], size: Int) {
        precondition(upperTriangle.count == size * (size + 1) / 2, "a triangle of another size")
        self.size = size
        values = [Double](repeating: 0, count: size * size)
        var place = 0
        for row in 0..<size {
            for column in row..<size {
                values[row * size + column] = upperTriangle[place]
                values[column * size + row] = upperTriangle[place]
                place += 1
            }
        }
    }

    /// Both mirrored places are written.
    subscript(row: Int, column: Int) -> Double {
        get { values[row * size + column] }
        set {
            values[row * size + column] = newValue
            values[column * size + row] = newValue
        }
    }

    /// Solves A x = b: scales the diagonal to 1, factors A = L L', substitutes twice, and refines once.
    ///
    /// Throws `notPositiveDefinite` when a pivot is not above 1e-13 of its diagonal.
    func solve(_ right: [Double]) throws(LearningFailure) -> [Double] {
        precondition(right.count == size, "a right-hand side of another size")
        var scale = [Double](repeating: 0, count: size)
        for index in 0..<size {
            let diagonal = self[index, index]
            guard diagonal > 0, diagonal.isFinite else { throw .notPositiveDefinite(pivot: index) }
            scale[index] = 1 / diagonal.squareRoot()
        }
        let lower = try factor(scale)
        var solution = substitute(right, lower, scale)
        var rest = right
        for row in 0..<size {
            for column in 0..<size { rest[row] -= self[row, column] * solution[column] }
        }
        for (index, correction) in substitute(rest, lower, scale).enumerated() { solution[index] += correction }
        return solution
    }

    private func factor(_ scale: [Double]) throws(LearningFailure) -> [Double] {
        var lower = [Double](repeating: 0, count: size * size)
        for column in 0..<size {
            for row in column..<size {
                var sum = self[row, column] * scale[row] * scale[column]
                for k in 0..<column { sum -= lower[row * size + k] * lower[column * size + k] }
                if row == column {
                    guard sum > 1e-13 else { throw .notPositiveDefinite(pivot: column) }
                    lower[row * size + row] = sum.squareRoot()
                } else {
                    lower[row * size + column] = sum / lower[column * size + column]
                }
            }
        }
        return lower
    }

    private func substitute(_ right: [Double], _ lower: [Double], _ scale: [Double]) -> [Double] {
        var x = zip(right, scale).map { $0 * $1 }
        for row in 0..<size {
            for k in 0..<row { x[row] -= lower[row * size + k] * x[k] }
            x[row] /= lower[row * size + row]
        }
        for row in stride(from: size - 1, through: 0, by: -1) {
            for k in (row + 1)..<max(size, row + 1) { x[row] -= lower[k * size + row] * x[k] }
            x[row] /= lower[row * size + row]
        }
        return zip(x, scale).map { $0 * $1 }
    }
}
