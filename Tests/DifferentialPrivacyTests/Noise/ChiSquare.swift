import Foundation

/// Pearson's test of integer draws against a law, as a standard normal deviate (Wilson and Hilferty).
struct ChiSquare {
    /// Probability of each cell; cell c holds the integers above edges[c - 1] and at most edges[c].
    private var expected: [Double] = []
    private var edges: [Int64] = []

    /// Cells of at least `least` probability from masses of the integers -reach ... reach.
    init(reach: Int64, least: Double, weight: (Int64) -> Double) {
        let weights = (-reach...reach).map(weight)
        let total = weights.sorted().reduce(0, +)
        var mass = 0.0
        for (offset, weight) in weights.enumerated() {
            mass += weight / total
            if mass >= least {
                expected.append(mass)
                edges.append(Int64(offset) - reach)
                mass = 0
            }
        }
        expected[expected.count - 1] += mass
        edges[edges.count - 1] = .max
    }

    /// Cells between multiples of sigma / 8 of a discrete Gaussian so wide that the midpoint rule is exact to
    /// 1/sigma^2.
    init(wideGaussian sigma: Double) {
        var last = 0.0
        for step in -28...28 {
            let edge = Int64((Double(step) * sigma / 8).rounded(.down))
            let below = 0.5 * erfc(-(Double(edge) + 0.5) / sigma / 2.0.squareRoot())
            expected.append(below - last)
            edges.append(edge)
            last = below
        }
        expected.append(1 - last)
        edges.append(.max)
    }

    /// The deviate of `samples`: within about +-4 if they follow the law.
    func deviate(_ samples: [Int64]) -> Double {
        var counts = [Double](repeating: 0, count: expected.count)
        for sample in samples {
            var (low, high) = (0, edges.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if sample <= edges[middle] { high = middle } else { low = middle + 1 }
            }
            counts[low] += 1
        }
        let total = Double(samples.count)
        var statistic = 0.0
        for (count, mass) in zip(counts, expected) {
            let excess = count - total * mass
            statistic += excess * excess / (total * mass)
        }
        let freedom = Double(expected.count - 1)
        return (cbrt(statistic / freedom) - (1 - 2 / (9 * freedom))) / (2 / (9 * freedom)).squareRoot()
    }
}
