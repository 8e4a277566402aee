/// Eigenvalues and orthonormal eigenvectors of a small symmetric matrix, by cyclic Jacobi rotations.
///
/// Residual and orthogonality are of the order of the machine precision times the norm. At most 64 sweeps; a dozen are
/// usual. Costs about `10 * size^3` multiplications.
/// Source: moment-regression section 3
struct SymmetricSpectrum {
    /// In no order.
    let values: [Double]
    /// Row-major; column k belongs to value k.
    let vectors: [Double]

    init(_ matrix: SymmetricMatrix) {
        let size = matrix.size
        var a = [Double](repeating: 0, count: size * size)
        var v = [Double](repeating: 0, count: size * size)
        var total = 0.0
        for row in 0..<size {
            v[row * size + row] = 1
            for column in 0..<size {
                a[row * size + column] = matrix[row, column]
                total += matrix[row, column] * matrix[row, column]
            }
        }
        for _ in 0..<64 {
            var rest = 0.0
            for row in 0..<size {
                for column in (row + 1)..<max(size, row + 1) {
                    rest += a[row * size + column] * a[row * size + column]
                }
            }
            if rest <= total * 0x1p-106 { break }
            for p in 0..<size {
                for q in (p + 1)..<max(size, p + 1) { Self.rotate(&a, &v, size, p, q) }
            }
        }
        values = (0..<size).map { a[$0 * size + $0] }
        vectors = v
    }

    /// Makes the element (p, q) zero.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ size: Int, _ p: Int, _ q: Int) {
        let off = a[p * size + q]
        guard off != 0 else { return }
        let half = (a[q * size + q] - a[p * size + p]) / (2 * off)
        let t = (half < 0 ? -1 : 1) / (half.magnitude + (1 + half * half).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        for k in 0..<size {
            let left = a[k * size + p]
            let right = a[k * size + q]
            a[k * size + p] = c * left - s * right
            a[k * size + q] = s * left + c * right
        }
        for k in 0..<size {
            let left = a[p * size + k]
            let right = a[q * size + k]
            a[p * size + k] = c * left - s * right
            a[q * size + k] = s * left + c * right
        }
        for k in 0..<size {
            let left = v[k * size + p]
            let right = v[k * size + q]
            v[k * size + p] = c * left - s * right
            v[k * size + q] = s * left + c * right
        }
    }
}
