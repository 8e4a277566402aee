#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Two laws of losses at the points (first + index) x mesh, which bound the loss of one direction of a pair.
///
/// `upper`: every cell split over its ends (the privacy curve becomes its chords, which lie above). `lower`: the chords
/// less the largest distance from chord to curve of the cells around each point, a curve below the true one whose
/// kinks are lattice points too. Both are off by a multiple of mesh squared.
struct LossLattice: Sendable {
    let mesh: Double
    let first: Int
    /// Masses for the upper end, not below, and for the lower end, not above.
    let upper: [Double]
    let lower: [Double]
    /// Mass at an infinite loss, upper end.
    let infinite: Double
    /// What the lower end claims too much of delta, a step.
    let deficit: Double
    /// Losses are known up to this much, once a step.
    let displacement: Double

    /// One direction of a cut pair; `adding` exchanges the laws.
    init(_ cells: LossCells, adding: Bool) {
        let unit = 0x1p-53
        var (low, high, error) = (cells.low, cells.high, cells.error)
        var atoms = cells.atoms
        let count = low.count
        var infinite = cells.top.p
        if adding {
            // Q in place of P, losses with their signs exchanged: e^-l times the mass, from the last cell to the first.
            for cell in 0..<count {
                let other = count - 1 - cell
                let factor = exp(-Double(cells.first + other) * cells.mesh)
                let next = factor * exp(-cells.mesh)
                low[cell] = cells.high[other] * next
                high[cell] = cells.low[other] * factor
                error[cell] = cells.error[other] * factor + 48 * unit * (low[cell] + high[cell]) + 1e-300
            }
            for index in atoms.indices {
                atoms[index].mass *= exp(-Double(cells.first + atoms[index].point) * cells.mesh)
                atoms[index].point = count - atoms[index].point
            }
            first = -(cells.first + count)
            infinite = cells.isWhole ? 0 : cells.bottom.q
        } else {
            first = cells.first
        }
        var above = [Double](repeating: 0, count: count + 1)
        for cell in 0..<count {
            above[cell] += low[cell] + error[cell]
            above[cell + 1] += high[cell] + error[cell]
        }
        for atom in atoms { above[atom.point] += atom.mass * (1 + 64 * unit) }
        if adding {
            // The cells reach less than two meshes beyond the range that was cut.
            above[2] += cells.top.q
            if cells.isWhole { above[count] += cells.bottom.q }
        } else {
            above[2] += cells.bottom.p
        }
        for point in above.indices { above[point] *= 1 + 8 * unit }
        var curve = LowerCurve(low, high, error, atoms: atoms, mesh: cells.mesh)
        curve.makeConvex()
        mesh = cells.mesh
        upper = above
        lower = curve.masses
        self.infinite = infinite
        deficit = curve.deficit
        displacement = cells.displacement
    }

    /// ln of the sum of mass e^(s loss) of either law, off by less than 4 x points x 2^-53 downwards.
    func logMoments(_ s: Double) -> (upper: Double, lower: Double) {
        let step = s * mesh
        // Powers from the end where they are largest, four at a time.
        let rising = step >= 0
        let ratio = exp(-abs(step))
        let lanes = SIMD4<Double>(1, ratio, ratio * ratio, ratio * ratio * ratio)
        let stride = SIMD4<Double>(repeating: ratio * ratio * ratio * ratio)
        let count = upper.count
        var sums = (SIMD4<Double>(repeating: 0), SIMD4<Double>(repeating: 0))
        let blocks = (count + 3) / 4
        for block in (0..<blocks).reversed() {
            var values = (SIMD4<Double>(repeating: 0), SIMD4<Double>(repeating: 0))
            let base = 4 * block
            for lane in 0..<4 where base + lane < count {
                let index = rising ? count - 1 - base - lane : base + lane
                values.0[lane] = upper[index]
                values.1[lane] = lower[index]
            }
            sums.0 = sums.0 * stride + values.0
            sums.1 = sums.1 * stride + values.1
        }
        let edge = step * Double(rising ? first + count - 1 : first)
        return (edge + log((sums.0 * lanes).sum()), edge + log((sums.1 * lanes).sum()))
    }
}
