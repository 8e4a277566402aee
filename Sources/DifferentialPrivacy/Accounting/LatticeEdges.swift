#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Where the lattice points of the loss lie in t, the log-ratio of the unsampled step.
///
/// The computed places are taken as the exact ends of the cells; what their rounding does to the loss there is
/// `displacements`.
struct LatticeEdges {
    /// t at each lattice point, clamped to the range that is covered, rising.
    private(set) var places: [Double]
    /// Whether the lattice point was not clamped.
    private(set) var inside: [Bool]
    /// q e^t and e^l - 1 there.
    private(set) var excess: [Double]
    private(set) var growth: [Double]
    /// Distance of the loss at the place from the lattice point, at most.
    private(set) var displacements: [Double]
    /// Relative error of `excess` as q e^t, in units of 2^-53.
    private(set) var relative: [Double]

    init(_ pair: LossPair, mesh: Double, first: Int, count: Int, range: (low: Double, high: Double)) {
        places = [Double](repeating: range.low, count: count)
        inside = [Bool](repeating: false, count: count)
        excess = [Double](repeating: 0, count: count)
        growth = excess
        displacements = excess
        relative = excess
        let q = pair.rate
        let unit = 0x1p-53
        let logRate = log(q)
        // e^l - 1 within a block from that of its first point; a wide mesh would lose all digits that way.
        let blocks = mesh <= 0.05
        let steps = (0..<16).map { expm1(mesh * Double($0)) }
        var start = 0.0
        var last = range.low
        for index in 0..<count {
            let loss = Double(first + index) * mesh
            if blocks, index & 15 == 0 { start = expm1(loss) }
            let rise = blocks && q < 1 && loss <= 30 ? start + steps[index & 15] * (1 + start) : expm1(loss)
            growth[index] = rise
            var t = loss
            if q < 1 {
                let above = q + rise
                excess[index] = above
                let slip = abs(above) + 24 * (abs(rise) + 32 * mesh)
                if loss > 30 {
                    t = loss - logRate + log1p((q - 1) * exp(-loss))
                    excess[index] = q * exp(t)
                    relative[index] = 48 + 24 * (abs(t) + abs(logRate))
                    displacements[index] = unit * (24 + 24 * (abs(loss) + abs(logRate)))
                } else if above > 0 {
                    t = log(above / q)
                    relative[index] = 4 + 16 * abs(t) + slip / above
                    displacements[index] = 1.1 * unit * (slip + above * (2 + 16 * abs(t))) / (1 + rise)
                } else {
                    t = -.infinity
                }
            } else {
                excess[index] = 1 + rise
                relative[index] = 32
            }
            if t > range.low, t < range.high {
                places[index] = max(t, last)
                inside[index] = true
            } else {
                places[index] = t >= range.high ? range.high : range.low
                displacements[index] = 0
                relative[index] = 0
            }
            last = places[index]
        }
    }
}
