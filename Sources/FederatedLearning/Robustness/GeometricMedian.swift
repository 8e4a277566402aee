/// The geometric median of a few long vectors, as weights on them.
///
/// Every iterate of Weiszfeld's is a convex combination of the points, so the iteration runs on weights and needs only the
/// squared distances of pairs: `|x_i - sum w_j x_j|^2 = sum_j w_j D_ij - 1/2 sum_jk w_j w_k D_jk`. At a data point the step
/// of Vardi and Zhang is taken, which leaves the point unless it is the median.
/// Source: robust-sums section 4
enum GeometricMedian {
    /// Weights that add up to 1; stops when no weight moves by more than 1e-12, at the latest after 1000 steps.
    ///
    /// Near a data point convergence is slow; the cost is then within about 1e-8 of the least, relative to the distances.
    static func weights(squaredDistances d: [Double], count g: Int) -> [Double] {
        precondition(d.count == g * g && g >= 1, "distances of another size")
        let scale = (d.max() ?? 0).squareRoot()
        guard scale > 0 else { return [Double](repeating: 1 / Double(g), count: g) }
        var w = [Double](repeating: 1 / Double(g), count: g)
        for _ in 0..<1000 {
            let distances = self.distances(d, w, count: g)
            var next = [Double](repeating: 0, count: g)
            let here = (0..<g).filter { distances[$0] <= 1e-9 * scale }
            var total = 0.0
            for i in 0..<g where distances[i] > 1e-9 * scale {
                next[i] = 1 / distances[i]
                total += next[i]
            }
            guard total > 0 else { return w }
            for i in 0..<g { next[i] /= total }
            if !here.isEmpty {
                // The pull of the others against the point's own multiplicity: R = total * (T - y).
                let pull = total * gap(d, next, w, count: g)
                let hold = Double(here.count)
                guard pull > hold else { return w }
                for i in 0..<g { next[i] = (1 - hold / pull) * next[i] + hold / pull * w[i] }
            }
            let moved = zip(w, next).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
            w = next
            if moved <= 1e-12 { break }
        }
        return w
    }

    private static func distances(_ d: [Double], _ w: [Double], count g: Int) -> [Double] {
        var toMean = [Double](repeating: 0, count: g)
        for i in 0..<g {
            for j in 0..<g { toMean[i] += w[j] * d[i * g + j] }
        }
        let spread = zip(w, toMean).reduce(0) { $0 + $1.0 * $1.1 } / 2
        return toMean.map { max(0, $0 - spread).squareRoot() }
    }

    /// The distance of two combinations of the points: with e = a - b, `|sum e_i x_i|^2 = -1/2 sum e_i e_j D_ij`.
    private static func gap(_ d: [Double], _ a: [Double], _ b: [Double], count g: Int) -> Double {
        var sum = 0.0
        for i in 0..<g {
            for j in 0..<g { sum -= (a[i] - b[i]) * (a[j] - b[j]) * d[i * g + j] / 2 }
        }
        return max(0, sum).squareRoot()
    }
}
